package records

import (
	"context"
	"fmt"
	"slices"

	"github.com/habitue-data/habitue/connectors/lake"
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/pipelines/brief"
	"github.com/habitue-data/habitue/pipelines/flow"
	"github.com/habitue-data/habitue/pipelines/work"
	"github.com/habitue-data/habitue/transforms/consent"
)

var rememberStage = work.Stage{Name: "remember", Run: remember, Outs: []flow.Port{"remembered", "vowed"}}

// SaidFiles are the files of what the run before knew of what was said.
func SaidFiles(said *lake.Table) (flow.Seed, error) {
	files := make([]int, len(said.Files))
	for i := range files {
		files[i] = i
	}
	return flow.SeedOf(files)
}

// remember reads a file of consent_statements of the run before. A no goes to
// its address again, whatever became of its record. A yes holds only while its
// record says it: what is kept of it is of which address it was given, and what
// it took back.
func remember(ctx context.Context, w *work.Worker, _ int, in *flow.Inputs, out *flow.Outputs) error {
	var f int
	if err := in.ReadOne("saidfiles", &f); err != nil {
		return err
	}
	a := newAddressWriter(w)
	want := []string{"address_type", "address", "channel", "purpose", "state", "suppresses", "said_at", "explicit", "inherited", "source", "evidence", "past"}
	err := lake.Lake{Dir: w.Lake}.ReadFile(ctx, *w.Said, w.Said.Files[f], want, func(k *columns.Chunk) error {
		for i := range k.N {
			text := func(c int) string { return work.Text(&k.Cols[c], i) }
			kind, ok := customer.KeyTypeOf(text(0))
			if !ok {
				return fmt.Errorf("no address is of type %q", text(0))
			}
			address := append([]byte{byte(kind), ':'}, text(1)...)
			s := consent.Statement{Channel: text(2), Purpose: text(3), Suppress: text(5), At: k.Cols[6].Ints[i], Explicit: k.Cols[7].Ints[i] == 1,
				Source: text(9), Record: text(10), Past: true}
			if s.At == columns.MissingInt {
				s.At = customer.NoTime
			}
			inherited := k.Cols[8].Ints[i] == 1
			s.State = consent.StateOf(text(4))
			yes := s.State == consent.Subscribed && s.Suppress == ""
			if s.State == consent.Unsubscribed || s.Suppress != "" || yes && s.Explicit {
				a.sayOf(address, &s)
			}
			source := slices.IndexFunc(w.Sources, func(one brief.Source) bool { return one.Name == s.Source })
			if past := k.Cols[11].Ints[i] == 1; yes && !past && (s.Explicit || inherited) && source >= 0 {
				a.vows(&vow{source: source, record: s.Record, at: s.At, written: columns.MissingInt, file: remembered, own: !inherited}, kind, [][]byte{address})
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("read what was said of addresses before: %w", err)
	}
	work.EmitShards(out, "remembered", a.shards)
	work.EmitShards(out, "vowed", a.named)
	return nil
}

// statementBook writes consent_statements.
type statementBook struct {
	table   *work.TableWriter
	row     work.Setters
	address string
	s       consent.Statement
	counts  bool
}

func newStatementBook(w *work.Worker, shard int) (b *statementBook, err error) {
	b = &statementBook{}
	cal := customer.NewCalendar(w.Location)
	text := func(v *string) func(*columns.Column) { return func(c *columns.Column) { c.AddOptional(*v) } }
	truth := func(v *bool) func(*columns.Column) {
		return func(c *columns.Column) {
			is := int64(0)
			if *v {
				is = 1
			}
			work.AddInt(c, is)
		}
	}
	b.table, b.row, err = w.NewRows("consent_statements", shard, map[string]func(*columns.Column){
		"address_type": func(c *columns.Column) { c.AddText(customer.KeyType(b.address[0]).Name()) },
		"address":      func(c *columns.Column) { c.AddText(b.address[2:]) },
		"channel":      text(&b.s.Channel), "purpose": text(&b.s.Purpose),
		"state": func(c *columns.Column) {
			if b.s.Suppress != "" {
				c.AddMissing()
				return
			}
			c.AddText(b.s.State.String())
		},
		"suppresses": text(&b.s.Suppress),
		"said_at":    func(c *columns.Column) { work.AddTime(c, b.s.At, customer.NoTime) },
		"said_date": func(c *columns.Column) {
			if b.s.At == customer.NoTime {
				c.AddMissing()
				return
			}
			work.AddInt(c, int64(cal.Day(b.s.At)))
		},
		"explicit": truth(&b.s.Explicit), "inherited": truth(&b.s.Inherited), "past": truth(&b.s.Past), "counts": truth(&b.counts),
		"source": text(&b.s.Source), "evidence": text(&b.s.Record),
	})
	return b, err
}

// write adds what was said of an address.
func (b *statementBook) write(address string, counts, overtaken []consent.Statement) error {
	b.address = address
	for n, all := range [][]consent.Statement{counts, overtaken} {
		b.counts = n == 0
		for _, b.s = range all {
			if err := b.table.Row(b.row); err != nil {
				return err
			}
		}
	}
	return nil
}

func (b *statementBook) close(out *flow.Outputs) error { return b.table.Close(out, "consentfiles") }
