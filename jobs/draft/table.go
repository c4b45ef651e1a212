package draft

import (
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
// nothing else, nil where it does not know the rule.
func (t *table) mapped(kind customer.Kind, f mapping.FieldSpec) *mapping.Mapped {
	spec := mapping.Spec{Kind: kind, Fields: []mapping.FieldSpec{f}}
	if _, needs := kind.Field("at"); needs && f.Field != "at" {
		day := "2000-01-01"
		spec.Fields = append(spec.Fields, mapping.FieldSpec{Field: "at", Constant: &day})
	}
	m, faults := mapping.Compile(spec, t.header)
	if faults != nil {
		return nil
	}
	in := columns.Chunk{N: t.Rows}
	for _, want := range m.Want() {
		in.Cols = append(in.Cols, t.cols[slices.Index(t.header, want)])
	}
	var out mapping.Mapped
	m.Map(&in, &out)
	return &out
}

// reads tells the share of the rows that the mapping takes by such a rule. One
// that it does not know takes none.
func (t *table) reads(kind customer.Kind, f mapping.FieldSpec) float64 {
	out := t.mapped(kind, f)
	if out == nil {
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
