package mapping

import (
	"fmt"
	"slices"

	"github.com/habitue-data/habitue/internal/columns"
)

// State is what became of a row.
type State uint8

const (
	Kept     State = iota // a record
	Filtered              // left out by where
	Rejected              // a value cannot be used
)

// Reasons of a reject.
const (
	BadAmount       = "bad_amount"
	BadTime         = "bad_time"
	BadDate         = "bad_date"
	BadNumber       = "bad_number"
	BadBool         = "bad_bool"
	BadEnum         = "bad_enum"
	BadCurrency     = "bad_currency"
	MissingID       = "missing_id"
	MissingTime     = "missing_time"
	ImplausibleTime = "implausible_time"
	UnreadableExpr  = "unreadable_expr"
)

// Reject is why a row cannot be used.
type Reject struct {
	Row    int
	Column string // of the source
	Reason string // a code
	Detail string // what was wrong and what to do, for a person
}

// Mapped is the fields of the rows of a chunk, a column each, in the order
// of Spec.Fields, then Attributes where it is asked for.
//
// Rows that are filtered or rejected have their values too, as far as they
// can be read: their money is counted. Columns may share memory with the
// chunk they came from: both are used until the next Map, or copied.
type Mapped struct {
	columns.Chunk
	State   []State
	Rejects []Reject // at most one a row, in order of rows

	own  []scratch   // per field
	vars []varValues // what expr and where see of the rows
	mask [][]bool    // of where
	// scales are the digits of each row's currency, nil where all have the
	// source's; noScale where it is unknown.
	scales []uint8
}

// scratch is the memory of one field, used again by every Map.
type scratch struct {
	merged, relabelled, text, out columns.Column
	dict                          columns.Column
	spans                         []columns.Span
	values                        []int64
	decimals                      [][]decimal
	index                         []uint32
	scales, digits                []uint8
	seen                          map[string]uint32
}

const noScale = 0xFF

// reject refuses a row, unless it was filtered or refused before.
func (o *Mapped) reject(row int, column, reason, detail string, args ...any) {
	if o.State[row] == Kept {
		o.State[row] = Rejected
		o.Rejects = append(o.Rejects, Reject{row, column, reason, fmt.Sprintf(detail, args...)})
	}
}

// Map maps the rows of in, whose columns are those of Want in that order.
func (m *Mapper) Map(in *columns.Chunk, out *Mapped) {
	out.reset(m, in)
	if m.where != nil {
		m.where.apply(in, out)
	}
	if m.currency >= 0 {
		m.readCurrencies(in, out)
	}
	for j := range m.fields {
		if j == m.currency {
			m.takeCurrencies(out)
			continue
		}
		m.convert(j, in, out)
	}
	if m.rest >= 0 {
		c := in.Cols[m.rest]
		c.Name = Attributes
		out.Cols[len(m.fields)] = c
	}
	slices.SortFunc(out.Rejects, func(a, b Reject) int { return a.Row - b.Row }) // they came field by field
}

// reset makes out ready for the rows of in.
func (o *Mapped) reset(m *Mapper, in *columns.Chunk) {
	n := len(m.fields)
	if m.rest >= 0 {
		n++
	}
	if len(o.Cols) != n || len(o.own) != n {
		o.Cols, o.own = make([]columns.Column, n), make([]scratch, n)
	}
	o.N, o.FirstLine, o.Lines = in.N, in.FirstLine, in.Lines
	o.RawData, o.RawSpans, o.Refused = in.RawData, in.RawSpans, in.Refused
	o.Rejects, o.scales = o.Rejects[:0], nil
	o.State = resized(o.State, in.N)
	clear(o.State)
	for k := range o.vars {
		o.vars[k].state = unread
	}
}

// convert makes the column of one field.
func (m *Mapper) convert(j int, in *columns.Chunk, out *Mapped) {
	f, own := &m.fields[j], &out.own[j]
	c := &own.out
	c.Name, c.Type = f.Field, f.typ
	switch {
	case f.expr != nil && f.expr.givesNumber():
		m.evaluateNumbers(f, in, out, c)
	case f.Multiply != nil || f.Sum != nil:
		m.combine(f, in, out, c, own)
	default:
		src := m.source(f, in, out, own)
		if src = f.relabelled(src, out, own); src != nil {
			f.read(src, m, out, own, c)
		}
	}
	out.Cols[j] = *c
	if f.required != "" {
		f.requireValue(&out.Cols[j], out)
	}
}

// requireValue refuses the rows that have none.
func (f *field) requireValue(c *columns.Column, out *Mapped) {
	for i := range out.N {
		missing := false
		if c.Type == columns.Text {
			b, ok := c.Bytes(i)
			missing = !ok || blank(b)
		} else {
			missing = c.Ints[i] == columns.MissingInt
		}
		if missing {
			out.reject(i, f.name(), f.required, "the field %s has no value; without it the row is no %s", f.Field, f.kind)
		}
	}
}

// blank tells whether a text is spaces only; nearly always the first byte
// tells.
func blank(b []byte) bool {
	for _, c := range b {
		if c != ' ' {
			return false
		}
	}
	return true
}

// name is the column to name in a reject: the first one of the field.
func (f *field) name() string {
	for _, names := range [][]string{f.Columns, f.Multiply, f.Sum} {
		if len(names) > 0 {
			return names[0]
		}
	}
	return f.Field
}

// ColumnOf is the column to name in a reject that is about a field.
func (s Spec) ColumnOf(name string) string {
	for _, f := range s.Fields {
		if f.Field == name {
			return (&field{FieldSpec: f}).name()
		}
	}
	return name
}

// resized is s with n elements, their values undefined.
func resized[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}
