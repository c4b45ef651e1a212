package resolve

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"slices"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/pipelines/brief"
	"github.com/habitue-data/habitue/pipelines/flow"
	"github.com/habitue-data/habitue/pipelines/work"
	"github.com/habitue-data/habitue/transforms/identity"
)

var linkStage = work.Stage{Name: "link", Run: link, Outs: []flow.Port{"edges", "ties", "bonds"}}

// link has the numbers of the keys that the records of one block hold: two
// keys on one record are an edge. Where single links are looked at, each is
// told as well, with what speaks for it.
func link(_ context.Context, w *work.Worker, block int, in *flow.Inputs, out *flow.Outputs) error {
	e := edgeWriter{rounds: w.Rounds > 0}
	if !w.Guarded {
		var first []uint64 // node of each row, plus one
		err := in.Read("nodes", func(_ *flow.Batch, data []byte) error {
			return ReadNodes(data, func(row int64, node uint64) {
				if row >= int64(len(first)) {
					first = append(first, make([]uint64, row+1-int64(len(first)))...)
				}
				if first[row] == 0 {
					first[row] = node + 1
				} else {
					e.join(first[row]-1, node)
				}
			})
		})
		if err != nil {
			return err
		}
		e.take(w, out)
		return nil
	}
	bonds, err := bondsOf(w, block, in)
	if err != nil {
		return err
	}
	told := make([][]byte, w.Shards)
	for i := range bonds {
		b := &bonds[i]
		if b.rule != ruleNever {
			e.join(b.a, b.b)
		}
		s := &told[b.a&(1<<brief.BucketBits-1)]
		*s = b.append(*s)
	}
	e.take(w, out)
	for shard, data := range told {
		if len(data) > 0 {
			out.Emit("bonds", shard, data)
		}
	}
	return nil
}

// edgeWriter collects edges in the form that those want who join them.
type edgeWriter struct {
	rounds bool
	edges  []byte
	links  [][2]uint64
}

func (e *edgeWriter) join(a, b uint64) {
	switch {
	case a == b:
	case e.rounds:
		e.links = append(e.links, [2]uint64{a, b})
	default:
		e.edges = binary.AppendUvarint(binary.AppendUvarint(e.edges, a), b)
	}
}

func (e *edgeWriter) take(w *work.Worker, out *flow.Outputs) {
	if len(e.edges) > 0 {
		out.Emit("edges", 0, e.edges)
	}
	said := newWordWriter(w)
	for _, l := range identity.Contract(e.links) {
		said.say(identity.Word{To: l[0], About: l[1], Kind: identity.Link})
		said.say(identity.Word{To: l[1], About: l[0], Kind: identity.Link})
	}
	said.take(func(shard int, data []byte) { out.Emit("ties", shard, data) })
}

// bond is what ties two keys: the records of one source, or a decision. a is
// the stronger key of the records.
type bond struct {
	a, b    uint64 // nodes
	rule    byte
	source  int   // place; of records
	records int64 // of records
	first   int64 // of records: the earliest, customer.NoTime without a time
}

const (
	ruleRecord = iota
	ruleAlways // a decision that the keys are one customer's
	ruleNever  // a decision that they are two's
)

func (b *bond) append(dst []byte) []byte {
	dst = binary.AppendUvarint(binary.AppendUvarint(dst, b.a), b.b)
	dst = append(dst, b.rule)
	if b.rule == ruleRecord {
		dst = binary.AppendUvarint(dst, uint64(b.source))
		dst = work.AppendMaybeTime(binary.AppendUvarint(dst, uint64(b.records)), b.first)
	}
	return dst
}

// readBonds reads what append wrote.
func readBonds(data []byte, yield func(bond)) error {
	d := work.Decoder{B: data}
	for d.More() {
		b := bond{a: d.Uvarint(), b: d.Uvarint(), rule: d.Byte(), first: customer.NoTime}
		if b.rule == ruleRecord {
			b.source, b.records, b.first = int(d.Uvarint()), int64(d.Uvarint()), d.MaybeTime()
		}
		if d.Err == nil {
			yield(b)
		}
	}
	return d.Err
}

// mergeBonds puts together what speaks for the same in several places.
func mergeBonds(bonds []bond) []bond {
	slices.SortFunc(bonds, func(a, b bond) int {
		return cmp.Or(cmp.Compare(a.a, b.a), cmp.Compare(a.b, b.b), cmp.Compare(a.rule, b.rule), cmp.Compare(a.source, b.source))
	})
	n := 0
	for i := range bonds {
		b := &bonds[i]
		if n > 0 {
			if m := &bonds[n-1]; m.a == b.a && m.b == b.b && m.rule == b.rule && m.source == b.source {
				m.records += b.records
				m.first = min(m.first, b.first)
				continue
			}
		}
		bonds[n] = *b
		n++
	}
	return bonds[:n]
}

// bondsOf are those of one block: from the strongest key of each record to
// its others. So one that is cut takes one key off its records, and nothing
// more.
func bondsOf(w *work.Worker, block int, in *flow.Inputs) (bonds []bond, err error) {
	batches, err := in.All("nodes")
	if err != nil {
		return nil, err
	}
	type strong struct {
		node uint64 // plus one
		at   int64
	}
	var rows []strong
	for _, data := range batches {
		err := readLinked(data, func(row int64, l linkedKey) {
			if !l.strongest {
				return
			}
			if row >= int64(len(rows)) {
				rows = append(rows, make([]strong, row+1-int64(len(rows)))...)
			}
			rows[row] = strong{l.node + 1, l.at}
		})
		if err != nil {
			return nil, err
		}
	}
	decided := block == w.DecisionBlock()
	lost := false
	for _, data := range batches {
		err := readLinked(data, func(row int64, l linkedKey) {
			switch {
			case l.strongest:
			case row >= int64(len(rows)) || rows[row].node == 0:
				lost = true
			case decided:
				rule := byte(ruleAlways)
				if row >= int64(len(w.Identity.Decisions.Always)) {
					rule = ruleNever
				}
				bonds = append(bonds, bond{a: rows[row].node - 1, b: l.node, rule: rule, first: customer.NoTime})
			default:
				bonds = append(bonds, bond{a: rows[row].node - 1, b: l.node, source: w.Places[w.SourceOf(block)], records: 1, first: rows[row].at})
			}
		})
		if err != nil {
			return nil, err
		}
	}
	if lost && !decided { // of a decision one key may be unknown
		return nil, errors.New("a record has keys and no strongest one")
	}
	in.Release()
	return mergeBonds(bonds), nil
}

// linkedKey is a key of a record of several.
type linkedKey struct {
	node      uint64
	strongest bool
	at        int64 // of the strongest: when the record was
}

// addLinked adds a key of a record for who looks at single links.
func (n *nodeWriter) addLinked(row int64, l linkedKey) {
	if !l.strongest {
		n.add(row, l.node<<1)
		return
	}
	n.add(row, l.node<<1|1)
	n.data = work.AppendMaybeTime(n.data, l.at)
}

// readLinked reads what addLinked wrote.
func readLinked(data []byte, yield func(row int64, l linkedKey)) error {
	d, row := work.Decoder{B: data}, int64(0)
	for d.More() {
		row += d.Varint()
		x := d.Uvarint()
		l := linkedKey{node: x >> 1, strongest: x&1 != 0, at: customer.NoTime}
		if l.strongest {
			l.at = d.MaybeTime()
		}
		if d.Err == nil {
			yield(row, l)
		}
	}
	return d.Err
}
