package draft

import (
	"math"
	"slices"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/transforms/mapping"
)

// table is a sample at work.
type table struct {
	*Sample
	header []string
	names  []name
	shapes []shape
	cols   []columns.Column // as the mapping reads them

	kind   customer.Kind
	fits   Reason
	fields map[string]match // field -> its column, of kind
	why    string           // the sample fits no kind
	notes  []string         // what to look at first, beside guesses
}

func newTable(s *Sample) *table {
	t := &table{Sample: s}
	for _, c := range s.Columns {
		t.header = append(t.header, c.Name)
		t.names = append(t.names, readName(c.Name))
		t.shapes = append(t.shapes, shapeOf(c.Values, s.InNewest))
		col := columns.Column{Name: c.Name}
		for _, v := range c.Values {
			col.AddOptional(v)
		}
		t.cols = append(t.cols, col)
	}
	return t
}

// mapped is what the mapping makes of the rows by a rule for a field and
// nothing else; ok is false of a rule that it does not know.
func (t *table) mapped(kind customer.Kind, f mapping.FieldSpec) (out mapping.Mapped, ok bool) {
	spec := mapping.Spec{Kind: kind, Fields: []mapping.FieldSpec{f}, Scale: fine}
	if _, needs := kind.Field("at"); needs && f.Field != "at" {
		day := "2000-01-01"
		spec.Fields = append(spec.Fields, mapping.FieldSpec{Field: "at", Constant: &day})
	}
	m, faults := mapping.Compile(spec, t.header)
	if faults != nil {
		return out, false
	}
	in := columns.Chunk{N: t.Rows}
	for _, want := range m.Want() {
		in.Cols = append(in.Cols, t.cols[slices.Index(t.header, want)])
	}
	m.Map(&in, &out)
	return out, true
}

// fine is how many digits behind the point amounts are compared by.
const fine = 4

// numbers are the values of a field of numbers in each row, NaN where it has
// none.
func (t *table) numbers(kind customer.Kind, f mapping.FieldSpec) []float64 {
	values := make([]float64, t.Rows)
	out, ok := t.mapped(kind, f)
	var c *columns.Column
	if ok {
		c = out.Col(f.Field)
	}
	for i := range values {
		if values[i] = math.NaN(); c != nil && !c.Missing(i) {
			values[i] = float64(c.Ints[i]) / math.Pow10(int(c.Scale))
		}
	}
	return values
}

// reads tells the share of the rows that a rule takes; one that the mapping
// does not know takes none.
func (t *table) reads(kind customer.Kind, f mapping.FieldSpec) float64 {
	out, ok := t.mapped(kind, f)
	if !ok {
		return 0
	}
	refused := 0
	for _, r := range out.Rejects {
		if r.Reason != mapping.MissingID && r.Reason != mapping.MissingTime {
			refused++
		}
	}
	filled := t.Rows
	if len(f.Columns) == 1 {
		filled = t.shapes[slices.Index(t.header, f.Columns[0])].filled
	}
	if filled == 0 {
		return 0
	}
	return 1 - share(refused, filled)
}

// most is the share of a column's values that a rule must read: the rest are
// rejects, of which a night takes but so many.
const most = .95

// rule is the first of several that reads the most, ok is false where none
// reads enough.
func (t *table) rule(kind customer.Kind, rules []mapping.FieldSpec) (best mapping.FieldSpec, reads float64, ok bool) {
	for _, r := range rules {
		if n := t.reads(kind, r); n > reads {
			best, reads = r, n
		}
		if reads == 1 {
			break
		}
	}
	return best, reads, reads >= most
}
