package resolve

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"github.com/habitue-data/habitue/connectors/lake"
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/pipelines/brief"
	"github.com/habitue-data/habitue/pipelines/flow"
	"github.com/habitue-data/habitue/pipelines/work"
	"github.com/habitue-data/habitue/transforms/identity"
)

var (
	ledgerStage   = work.Stage{Name: "ledger", Run: ledger, Outs: []flow.Port{"earlier", "standing", "followers"}}
	awardStage    = work.Stage{Name: "award", Run: award, Outs: []flow.Port{"awards", "ledgerrows"}}
	registerStage = work.Stage{Name: "register", Run: registerIDs, Outs: []flow.Port{"idfiles", "turned", "listedids"}}
)

// ledgerFile names a file of the ledger: of customer_ids or customer_keys.
type ledgerFile struct {
	End  bool // it is the line's end's
	IDs  bool
	File int
}

// LedgerFiles are those of the run before, then those of the line's end: what
// the first says of a key or an id goes before what the other says.
func LedgerFiles(l *brief.Ledger) (flow.Seed, error) {
	var all []ledgerFile
	for _, k := range []*brief.Known{l.Before, l.End} {
		if k == nil {
			continue
		}
		for i := range k.CustomerIDs.Files {
			all = append(all, ledgerFile{k == l.End, true, i})
		}
		for i := range k.CustomerKeys.Files {
			all = append(all, ledgerFile{k == l.End, false, i})
		}
	}
	return flow.SeedOf(all)
}

// ledger reads a file of the ledger and deals it out: keys to where
// today's keys are, ids to where claims on them come together, and of an id
// that was merged its shard to the id that it is part of.
func ledger(ctx context.Context, w *work.Worker, _ int, in *flow.Inputs, out *flow.Outputs) error {
	var f ledgerFile
	if err := in.ReadOne("ledgerfiles", &f); err != nil {
		return err
	}
	known := w.Ledger.Before
	if f.End {
		known = w.Ledger.End
	}
	table := known.CustomerKeys
	to := &dealer{Worker: w, end: f.End, parts: make([][]byte, w.Shards*w.InShard), followers: make([][]byte, w.Shards)}
	p := flow.Port("earlier")
	deal := to.key
	want := []string{"customer_id", "key"}
	if f.IDs {
		table = known.CustomerIDs
		p, deal = "standing", to.id
		want = []string{"customer_id", "birth_source", "birth_record_id", "birth_at", "born_date", "merged_into", "retired_date", "cause"}
	}
	err := lake.Lake{Dir: w.Lake}.ReadFile(ctx, table, table.Files[f.File], want, func(k *columns.Chunk) error {
		for i := range k.N {
			if err := deal(k, i); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("read the ledger: %w", err)
	}
	work.TakeSections(w.InShard, len(to.parts), func(i int) []byte { return to.parts[i] }, func(shard int, data []byte) { out.Emit(p, shard, data) })
	work.EmitShards(out, "followers", to.followers)
	return nil
}

// dealer deals out the rows of one file.
type dealer struct {
	*work.Worker
	end       bool     // the file is of the line's end
	parts     [][]byte // by section
	followers [][]byte // by shard
}

func (to *dealer) key(k *columns.Chunk, i int) error {
	text, _ := k.Cols[1].Bytes(i)
	name, _ := k.Cols[0].Bytes(i)
	id, err := customer.ParseID(name)
	if err != nil {
		return err
	}
	if len(text) < 3 || text[1] != ':' {
		return fmt.Errorf("key %q: want letter:value", text)
	}
	one := work.KeyOf(customer.KeyType(text[0]), text[2:])
	s := &to.parts[to.Section(one.Hash)]
	*s = append(*s, text[0])
	*s = work.AppendBytes(*s, text[2:])
	late := byte(0)
	if to.end {
		late = 1
	}
	*s = append(append(*s, late), id[:]...)
	return nil
}

// ledgerRow is what the ledger says of an id.
type ledgerRow struct {
	id, into       customer.ID
	source, record []byte
	at             int64 // columns.MissingInt without a time
	born, retired  int64 // days; retired is columns.MissingInt for the living
	cause          []byte
	foreseen       bool // only the line's end knows it: it is given on this day, later, or not at all
}

func (r *ledgerRow) append(b []byte) []byte {
	b = append(append(b, r.id[:]...), r.into[:]...)
	b = work.AppendBytes(work.AppendBytes(b, r.source), r.record)
	for _, v := range []int64{r.at, r.born, r.retired} {
		b = binary.LittleEndian.AppendUint64(b, uint64(v))
	}
	foreseen := byte(0)
	if r.foreseen {
		foreseen = 1
	}
	return append(work.AppendBytes(b, r.cause), foreseen)
}

func (r *ledgerRow) read(d *work.Decoder) {
	copy(r.id[:], d.Take(len(r.id)))
	copy(r.into[:], d.Take(len(r.into)))
	r.source, r.record = d.Bytes(), d.Bytes()
	r.at, r.born, r.retired = int64(d.Uint64()), int64(d.Uint64()), int64(d.Uint64())
	r.cause = d.Bytes()
	r.foreseen = d.Byte() != 0
}

func (r *ledgerRow) standing() identity.Standing {
	switch {
	case r.foreseen:
		return identity.Foreseen
	case !r.into.IsZero():
		return identity.Merged
	case r.retired != columns.MissingInt:
		return identity.Retired
	}
	return identity.Live
}

func (to *dealer) id(k *columns.Chunk, i int) (err error) {
	var r ledgerRow
	name, _ := k.Cols[0].Bytes(i)
	if r.id, err = customer.ParseID(name); err != nil {
		return err
	}
	if into, ok := k.Cols[5].Bytes(i); ok {
		if r.into, err = customer.ParseID(into); err != nil {
			return err
		}
	}
	r.source, _ = k.Cols[1].Bytes(i)
	r.record, _ = k.Cols[2].Bytes(i)
	r.at, r.born, r.retired = k.Cols[3].Ints[i], k.Cols[4].Ints[i], k.Cols[6].Ints[i]
	r.cause, _ = k.Cols[7].Bytes(i)
	if to.end {
		r.foreseen = to.Ledger.Before != nil || r.born >= int64(to.AsOf)
		if !r.foreseen && r.retired >= int64(to.AsOf) && r.retired != columns.MissingInt { // it still lived
			r.retired, r.cause = columns.MissingInt, []byte("created")
		}
	}
	s := &to.parts[to.IdShard(r.id)*to.InShard] // ids need no sections: one is enough
	*s = r.append(*s)
	if !r.into.IsZero() {
		f := &to.followers[to.IdShard(r.into)]
		*f = binary.AppendUvarint(append(*f, r.into[:]...), uint64(to.IdShard(r.id)))
	}
	return nil
}

// readFollowers are the shards of the ids that are part of each id of one
// shard, so that they hear of it where that is merged in its turn. To tell
// every shard of every merge was rejected: it is as many bytes as there are
// merges and shards.
func readFollowers(in *flow.Inputs) (map[customer.ID][]int, error) {
	all := map[customer.ID][]int{}
	err := in.Read("followers", func(_ *flow.Batch, data []byte) error {
		d := work.Decoder{B: data}
		for d.More() {
			var into customer.ID
			copy(into[:], d.Take(len(into)))
			all[into] = append(all[into], int(d.Uvarint()))
		}
		return d.Err
	})
	for into, shards := range all {
		slices.Sort(shards)
		all[into] = slices.Compact(shards)
	}
	return all, err
}

// award has the claims on the ids of one shard side by side with what the
// ledger says of them, and answers each.
func award(_ context.Context, w *work.Worker, shard int, in *flow.Inputs, out *flow.Outputs) error {
	rows, err := readStanding(w, in, "stood")
	if err != nil {
		return err
	}
	claims, order, err := readClaims(in, "claimed")
	if err != nil {
		return err
	}
	partings, err := readPartings(in)
	if err != nil {
		return err
	}
	followers, err := readFollowers(in)
	if err != nil {
		return err
	}
	awards := make([][]byte, w.Shards)
	for _, id := range order {
		all := claims[id]
		if !rows[id].foreseen {
			all = slices.DeleteFunc(all, func(c claimed) bool {
				return c.how == claimByLateBirth || c.how == claimByLateKeys && w.Ledger.Before != nil // a run of that time tells its keys
			})
		}
		slices.SortFunc(all, func(a, b claimed) int { return bytes.Compare(a.FirstKey, b.FirstKey) })
		plain := make([]identity.Claim, len(all))
		for i := range all {
			plain[i] = all[i].Claim
			plain[i].Parted = partings[parting{id, all[i].label}]
		}
		standing, born, day := identity.Unknown, int64(customer.NoTime), int64(math.MaxInt32)
		if r, ok := rows[id]; ok {
			standing, day = r.standing(), r.born
			if r.at != columns.MissingInt {
				born = r.at
			}
		}
		for i, answer := range identity.Judge(standing, plain) {
			a := &awards[all[i].shard]
			*a = binary.LittleEndian.AppendUint32(*a, all[i].label)
			*a = append(append(*a, id[:]...), byte(answer))
			*a = binary.LittleEndian.AppendUint64(*a, uint64(born))
			*a = binary.AppendVarint(*a, day)
			told := followers[id]
			if !answer.Merges() {
				told = nil
			}
			*a = binary.AppendUvarint(*a, uint64(len(told)))
			for _, s := range told {
				*a = binary.AppendUvarint(*a, uint64(s))
			}
		}
	}
	for s, data := range awards {
		if len(data) > 0 {
			out.Emit("awards", s, data)
		}
	}
	in.Pass("stood", out, "ledgerrows")
	return nil
}

// bear gives an id that was foreseen: on this day, if the line's end has it
// born on a later one, and without what became of it since.
func bear(w *work.Worker, r *ledgerRow, what byte) {
	r.born = min(r.born, int64(w.AsOf))
	r.into, r.retired = customer.ID{}, columns.MissingInt
	if what != outcomeSplit && (string(r.cause) != "split" || w.AsOf < w.Ledger.EndDay) {
		r.cause = []byte("created")
	}
}

// registerIDs writes customer_ids: the ledger as it stood, with what became
// of each id today, and the ids given today. Segments are told of both sides of
// every merge and split, and whom the ids of lists are part of.
func registerIDs(_ context.Context, w *work.Worker, shard int, in *flow.Inputs, out *flow.Outputs) error {
	outcomes := map[customer.ID]outcome{}
	moved := map[customer.ID]outcome{} // where a customer of this shard is part of now, or one that has others of this shard
	err := in.Read("outcomes", func(_ *flow.Batch, data []byte) error {
		d := work.Decoder{B: data}
		for d.More() {
			var o outcome
			if o.read(&d); o.what == outcomeMerged {
				moved[o.id] = o
			} else {
				outcomes[o.id] = o
			}
		}
		return d.Err
	})
	if err != nil {
		return err
	}
	t, err := w.NewTableWriter("customer_ids", shard)
	if err != nil || t == nil {
		return err
	}
	changes, err := newChanges(w, shard)
	if err != nil {
		return err
	}
	turns, err := newTurns(w)
	if err != nil {
		return err
	}
	var r ledgerRow
	row, err := t.Set(map[string]func(*columns.Column){
		"customer_id":     func(c *columns.Column) { r.id.AddTo(c) },
		"birth_source":    func(c *columns.Column) { c.AddBytes(r.source) },
		"birth_record_id": func(c *columns.Column) { c.AddBytes(r.record) },
		"birth_at":        func(c *columns.Column) { work.AddInt(c, r.at) },
		"born_date":       func(c *columns.Column) { work.AddInt(c, r.born) },
		"merged_into":     func(c *columns.Column) { addID(c, r.into) },
		"retired_date":    func(c *columns.Column) { work.AddInt(c, r.retired) },
		"cause":           func(c *columns.Column) { c.AddBytes(r.cause) },
	})
	if err != nil {
		return err
	}
	err = eachStanding(w, in, "ledgerrows", func(next *ledgerRow) error {
		r = *next
		o, told := outcomes[r.id]
		delete(outcomes, r.id)
		change, other, cause := "", customer.ID{}, byte(becauseRecords)
		switch {
		case r.foreseen && told:
			change = "created"
			bear(w, &r, o.what)
		case r.foreseen && w.AsOf < w.Ledger.EndDay:
			return nil // it is of a later day
		}
		merge, merged := moved[r.id]
		further, ok := moved[r.into]
		switch {
		case merged:
			if r.into != merge.other {
				change, other, cause = "merged", merge.other, merge.cause
			}
			r.into, r.cause = merge.other, []byte("merged")
		case told && o.what == outcomeSplit: // it has its id back
			change, other, cause = "split", o.other, o.cause
			r.into, r.cause = customer.ID{}, []byte("split")
		case ok: // what it is part of was merged in its turn
			r.into = further.other
		case !told && r.into.IsZero() && r.retired == columns.MissingInt:
			change = "retired"
			r.retired, r.cause = int64(w.AsOf), []byte("retired")
		}
		turns.add(&r, change, other)
		if change != "" {
			if err := changes.add(r.id, change, other, cause); err != nil {
				return err
			}
		}
		return t.Row(row)
	})
	if err != nil {
		return err
	}
	var fresh []customer.ID
	for id := range outcomes {
		fresh = append(fresh, id)
	}
	slices.SortFunc(fresh, func(a, b customer.ID) int { return bytes.Compare(a[:], b[:]) })
	for _, id := range fresh {
		o := outcomes[id]
		r = ledgerRow{id: id, source: []byte(w.Names[o.birth.Source]), record: o.birth.Record, at: o.birth.At, born: int64(w.AsOf),
			retired: columns.MissingInt, cause: []byte("created")}
		if o.birth.At == customer.NoTime {
			r.at = columns.MissingInt
		}
		if o.what == outcomeSplit {
			r.cause = []byte("split")
		}
		turns.add(&r, string(r.cause), o.other)
		if err := changes.add(id, string(r.cause), o.other, o.cause); err != nil {
			return err
		}
		if err := t.Row(row); err != nil {
			return err
		}
	}
	turns.emit(out)
	if err := changes.close(out, "idfiles"); err != nil {
		return err
	}
	return t.Close(out, "idfiles")
}
