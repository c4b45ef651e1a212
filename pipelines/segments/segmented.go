package segments

import (
	"strings"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/pipelines/flow"
	"github.com/habitue-data/habitue/pipelines/work"
	"github.com/habitue-data/habitue/transforms/activation"
)

// segmentTable is a table of segments that is being written: the row in hand,
// and how its columns are filled from it. Nothing happens where nobody asked
// for the table.
type segmentTable struct {
	writer *work.TableWriter
	fill   work.Setters

	id       customer.ID
	interval interval
	move     string
	day      int64
	reason   string
	clause   string
	version  string
	decision activation.Decision
	fields   []byte // joined as a list
}

// tables begins the tables of the shard.
func (s *segmenting) tables(shard int) (err error) {
	begin := func(name string, columnsOf func(t *segmentTable) map[string]func(*columns.Column)) *segmentTable {
		t := &segmentTable{}
		if err == nil {
			t.writer, err = s.NewTableWriter(name, shard)
		}
		if err == nil && t.writer != nil {
			t.fill, err = t.writer.Set(columnsOf(t))
		}
		return t
	}
	s.members = begin("segment_members", func(t *segmentTable) map[string]func(*columns.Column) { return intervalColumns(&t.id, &t.interval) })
	s.moves = begin("segment_moves", (*segmentTable).moveColumns)
	s.exports = begin("export_rows", func(t *segmentTable) map[string]func(*columns.Column) {
		return t.exportColumns(s.Segments.Destinations)
	})
	return err
}

func (t *segmentTable) write() error {
	if t.writer == nil {
		return nil
	}
	return t.writer.Row(t.fill)
}

func (t *segmentTable) close(out *flow.Outputs) error { return t.writer.Close(out, "segmentfiles") }

// add adds an interval of membership.
func (t *segmentTable) add(id customer.ID, one interval) error {
	t.id, t.interval = id, one
	return t.write()
}

// moved tells of an entry or an exit; version is the definition that decided.
func (s *segmenting) moved(id customer.ID, one interval, entered bool, version string) error {
	t := s.moves
	t.id, t.interval, t.day, t.version = id, one, int64(s.AsOf), version
	t.move, t.reason, t.clause = "left", one.leftReason, one.leftClause
	if entered {
		t.move, t.reason, t.clause = "entered", one.enteredReason, one.enteredClause
	}
	return t.write()
}

func (t *segmentTable) moveColumns() map[string]func(*columns.Column) {
	optional := func(v *string) func(*columns.Column) { return func(c *columns.Column) { c.AddOptional(*v) } }
	return map[string]func(*columns.Column){
		"segment": optional(&t.interval.segment), "customer_id": func(c *columns.Column) { t.id.AddTo(c) },
		"move": optional(&t.move), "move_date": func(c *columns.Column) { work.AddInt(c, t.day) },
		"reason": optional(&t.reason), "clause": optional(&t.clause), "definition": optional(&t.version),
	}
}

// decided adds what becomes of a candidate of a destination.
func (t *segmentTable) decided(s *segmenting, i int, d activation.Decision) error {
	t.id, t.decision, t.fields = s.h.IDs[i], d, t.fields[:0]
	if d.Outcome == activation.InFile {
		first := true
		s.decider.Fields(i, d, func(field []byte) {
			if !first {
				t.fields = append(t.fields, columns.ListSep)
			}
			first = false
			t.fields = append(t.fields, field...)
		})
	}
	return t.write()
}

func (t *segmentTable) exportColumns(all []activation.Destination) map[string]func(*columns.Column) {
	dest := func() *activation.Destination { return &all[t.decision.Destination] }
	inFile := func(add func(c *columns.Column)) func(*columns.Column) {
		return func(c *columns.Column) {
			if t.decision.Outcome != activation.InFile {
				c.AddMissing()
				return
			}
			add(c)
		}
	}
	return map[string]func(*columns.Column){
		"destination":  func(c *columns.Column) { c.AddText(dest().Name) },
		"customer_id":  func(c *columns.Column) { t.id.AddTo(c) },
		"outcome":      func(c *columns.Column) { c.AddText(t.decision.Outcome.String()) },
		"address_type": inFile(func(c *columns.Column) { c.AddText(dest().Address) }),
		"address":      inFile(func(c *columns.Column) { c.AddText(t.decision.Address) }),
		"fields":       inFile(func(c *columns.Column) { c.AddBytes(t.fields) }),
		"withheld": func(c *columns.Column) {
			c.AddOptional(strings.Join(t.decision.Withheld, string(rune(columns.ListSep))))
		},
	}
}
