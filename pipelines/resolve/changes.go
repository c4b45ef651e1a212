package resolve

import (
	"bytes"
	"encoding/binary"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/pipelines/flow"
	"github.com/habitue-data/habitue/pipelines/work"
	"github.com/habitue-data/habitue/transforms/identity"
)

// linkedRow is a row of identity_links as guard wrote it.
type linkedRow struct {
	labels  [2]uint32 // nobody where the key is nobody's
	kinds   [2]customer.KeyType
	texts   [2][]byte
	rule    byte
	reason  identity.Reason
	source  int
	records int64
	first   int64
	owners  [2]customer.ID // zero for nobody
}

func (l *linkedRow) read(d *work.Decoder) {
	for i := range l.labels {
		l.labels[i] = d.Uint32()
		l.kinds[i], l.texts[i] = customer.KeyType(d.Byte()), d.Bytes()
	}
	l.rule = d.Byte()
	l.reason = identity.Reason{Why: identity.Why(d.Byte()), Kind: customer.KeyType(d.Byte())}
	l.source, l.records, l.first = int(d.Uvarint()), int64(d.Uvarint()), d.MaybeTime()
}

// writeLinks writes the links of a section, now that the ends have names.
func (c *crowd) writeLinks(t *work.TableWriter, batches []work.Sectioned, section int, ids []customer.ID) error {
	if t == nil {
		return nil
	}
	var l linkedRow
	cal := customer.NewCalendar(c.Location)
	key := func(i int) func(*columns.Column) {
		return func(col *columns.Column) { col.AddText(string(rune(l.kinds[i])) + ":" + string(l.texts[i])) }
	}
	row, err := t.Set(map[string]func(*columns.Column){
		"customer_id": func(col *columns.Column) { addID(col, l.owners[0]) },
		"key_a":       key(0),
		"key_b":       key(1),
		"rule": func(col *columns.Column) {
			if l.rule == ruleAlways {
				col.AddText("decision")
			} else {
				col.AddText("record")
			}
		},
		"source": func(col *columns.Column) {
			if l.rule == ruleAlways {
				col.AddMissing()
			} else {
				col.AddText(c.Names[l.source])
			}
		},
		"record_count":  func(col *columns.Column) { work.AddInt(col, l.records) },
		"first_seen_at": func(col *columns.Column) { work.AddTime(col, l.first, customer.NoTime) },
		"first_seen_date": func(col *columns.Column) {
			if l.first == customer.NoTime {
				col.AddMissing()
			} else {
				work.AddInt(col, int64(cal.Day(l.first)))
			}
		},
		"kept": func(col *columns.Column) {
			kept := int64(0)
			if l.reason.Why == identity.Held {
				kept = 1
			}
			work.AddInt(col, kept)
		},
		"reason": func(col *columns.Column) { col.AddOptional(l.reason.String()) },
		"other_id": func(col *columns.Column) {
			if l.reason.Why == identity.Held {
				col.AddMissing()
			} else {
				addID(col, l.owners[1])
			}
		},
	})
	if err != nil {
		return err
	}
	for _, b := range batches {
		d := work.Decoder{B: b.Sections[section]}
		for d.More() {
			if l.read(&d); d.Err != nil {
				return d.Err
			}
			for i, label := range l.labels {
				if l.owners[i] = (customer.ID{}); label != nobody {
					l.owners[i] = ids[c.labels.number(label)]
				}
			}
			if err := t.Row(row); err != nil {
				return err
			}
		}
	}
	return nil
}

// addID appends an id, missing where there is none.
func addID(col *columns.Column, id customer.ID) {
	if id.IsZero() {
		col.AddMissing()
	} else {
		id.AddTo(col)
	}
}

// readFates reads why components are as they are, by label.
func readFates(in *flow.Inputs) (map[uint32]byte, error) {
	fates := map[uint32]byte{}
	err := in.Read("fates", func(_ *flow.Batch, data []byte) error {
		d := work.Decoder{B: data}
		for d.More() {
			label := d.Uint32()
			fates[label] = d.Byte()
		}
		return d.Err
	})
	return fates, err
}

// What a change of identity rests on.
const (
	becauseRecords = iota
	becauseDecision
	becauseShared
	becauseLimit
	becauseVeto
)

var causes = []string{"records", "decision", "shared", "limit", "veto"}

// splitCause is why a component stands apart from another.
func splitCause(fate byte) byte {
	for _, c := range []struct{ why, cause byte }{
		{byte(identity.NeverJoin), becauseDecision}, {byte(identity.Vetoed), becauseVeto},
		{byte(identity.SharedBy), becauseShared}, {byte(identity.Limited), becauseLimit},
	} {
		if fate&(1<<c.why) != 0 {
			return c.cause
		}
	}
	return becauseRecords
}

func mergeCause(fate byte) byte {
	if fate&fateDecided != 0 {
		return becauseDecision
	}
	return becauseRecords
}

// formerly is the customer that a component's keys were, most of them: zero
// where they were nobody's.
func (c *component) formerly() (id customer.ID) {
	facts := int64(-1)
	for _, e := range c.earlier {
		if !e.late && (e.facts > facts || e.facts == facts && bytes.Compare(e.id[:], id[:]) < 0) {
			id, facts = e.id, e.facts
		}
	}
	return id
}

// changeWriter writes identity_changes.
type changeWriter struct {
	*work.TableWriter
	row work.Setters

	id, other customer.ID
	change    string
	cause     byte
}

// newChanges is nil where nobody asked for them.
func newChanges(w *work.Worker, shard int) (*changeWriter, error) {
	t, err := w.NewTableWriter("identity_changes", shard)
	if err != nil || t == nil {
		return nil, err
	}
	c := &changeWriter{TableWriter: t}
	c.row, err = t.Set(map[string]func(*columns.Column){
		"customer_id": func(col *columns.Column) { c.id.AddTo(col) },
		"change":      func(col *columns.Column) { col.AddText(c.change) },
		"other_id":    func(col *columns.Column) { addID(col, c.other) },
		"cause":       func(col *columns.Column) { col.AddText(causes[c.cause]) },
	})
	return c, err
}

// add adds what became of an id.
func (c *changeWriter) add(id customer.ID, change string, other customer.ID, cause byte) error {
	if c == nil {
		return nil
	}
	c.id, c.change, c.other, c.cause = id, change, other, cause
	return c.TableWriter.Row(c.row)
}

// close finishes the file and tells of it at a port.
func (c *changeWriter) close(out *flow.Outputs, p flow.Port) error {
	if c == nil {
		return nil
	}
	return c.TableWriter.Close(out, p)
}

// outcome is what name tells of an id.
type outcome struct {
	id    customer.ID
	other customer.ID // that it was merged into, or was part of before
	what  byte
	cause byte
	birth identity.Birth
}

func (o *outcome) append(b []byte) []byte {
	b = append(append(append(b, o.id[:]...), o.other[:]...), o.what, o.cause)
	b = binary.LittleEndian.AppendUint64(b, uint64(o.birth.At))
	return work.AppendBytes(binary.AppendUvarint(b, uint64(o.birth.Source)), o.birth.Record)
}

func (o *outcome) read(d *work.Decoder) {
	copy(o.id[:], d.Take(len(o.id)))
	copy(o.other[:], d.Take(len(o.other)))
	o.what, o.cause = d.Byte(), d.Byte()
	o.birth = identity.Birth{At: int64(d.Uint64()), Source: int(d.Uvarint()), Record: d.Bytes()}
}
