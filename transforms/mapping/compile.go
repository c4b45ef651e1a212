package mapping

import (
	"fmt"
	"sort"
	"strings"
	"time"

	"cel.dev/cel-go/common/types"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/internal/fault"
)

// Compile makes a Spec ready. header is the columns of the file, nil where
// each row has its own (JSONL). All faults are told at once.
func Compile(s Spec, header []string) (*Mapper, fault.List) {
	c := &compiler{Mapper: &Mapper{spec: s, currency: -1, rest: -1}, header: header, places: map[string]int{}, seen: map[string]bool{}}
	c.source()
	for _, f := range s.Fields {
		c.add(f)
	}
	c.filter()
	c.needed()
	for k := range c.vars.list {
		c.vars.list[k].place = c.place(c.vars.list[k].column)
	}
	if s.Attributes {
		c.rest = c.place("*")
	}
	if len(c.faults) > 0 {
		c.faults.Sort()
		return nil, c.faults
	}
	return c.Mapper, nil
}

// compiler is a Mapper that is being made.
type compiler struct {
	*Mapper
	header []string
	zone   *zone
	vars   *variables
	places map[string]int  // column -> place in want
	seen   map[string]bool // fields
	faults fault.List
}

func (c *compiler) fault(f FieldSpec, what, why, todo string) {
	c.faults = append(c.faults, fault.Fault{File: c.spec.File, Line: f.Line, Col: f.Col,
		What: fmt.Sprintf("source %s: %s", c.spec.Source, what), Why: why, Todo: todo})
}

// place is where a column comes in the chunk.
func (c *compiler) place(column string) int {
	k, ok := c.places[column]
	if !ok {
		k = len(c.want)
		c.want = append(c.want, column)
		c.places[column] = k
	}
	return k
}

// source checks what all fields share.
func (c *compiler) source() {
	var err error
	if c.zone, err = loadZone(c.spec.Zone); err != nil {
		c.fault(FieldSpec{}, fmt.Sprintf("unknown zone %s", c.spec.Zone), "", "write a name such as Europe/Moscow")
		c.zone = utcZone
	}
	c.vars = &variables{header: c.header, types: c.spec.Types, zone: c.zone}
	if _, ok := customer.CurrencyScale(c.spec.Currency); !ok && c.spec.Currency != "" {
		c.fault(FieldSpec{}, fmt.Sprintf("unknown currency %s", c.spec.Currency), "", "write an ISO 4217 code such as EUR")
	}
	known := []string{"text", "int", "decimal", "bool", "date", "time"}
	for _, column := range sortedKeys(c.spec.Types) {
		if t := c.spec.Types[column]; !contains(known, t) {
			c.fault(FieldSpec{}, fmt.Sprintf("types: %s is %s", column, t), "there is no such type", didYouMean(t, known))
		}
		if c.header != nil && !contains(c.header, column) {
			c.fault(FieldSpec{}, fmt.Sprintf("types: there is no column %s", column), "", didYouMean(column, c.header))
		}
	}
}

func didYouMean(word string, candidates []string) string {
	if near := fault.Nearest(word, candidates); near != "" {
		return fmt.Sprintf("did you mean %s?", near)
	}
	if len(candidates) > 12 {
		candidates = append(candidates[:12:12], "...")
	}
	return "there are " + strings.Join(candidates, ", ")
}

// add checks one field and makes it ready.
func (c *compiler) add(s FieldSpec) {
	def, ok := c.spec.Kind.Field(s.Field)
	if !ok {
		var names []string
		for _, f := range c.spec.Kind.Fields() {
			names = append(names, f.Name)
		}
		c.fault(s, fmt.Sprintf("%s has no field %s", c.spec.Kind, s.Field), "", didYouMean(s.Field, names))
		c.lookUp(&field{FieldSpec: s})
		return
	}
	if c.seen[s.Field] {
		c.fault(s, fmt.Sprintf("the field %s is mapped twice", s.Field), "", "take one of them out")
	}
	c.seen[s.Field] = true

	f := field{FieldSpec: s, def: def, kind: c.spec.Kind, zone: c.zone, notation: notations[s.Decimal], minor: s.Unit == "minor"}
	f.quantity = def.Type == customer.QuantityField
	if f.lastYear = posixYear; s.Field == "birth_date" && c.spec.AsOf != 0 {
		f.lastDay = int64(c.spec.AsOf)
		f.lastYear = time.Unix(f.lastDay*daySeconds, 0).UTC().Year()
	}
	f.typ = outputType(def.Type, s.Split)
	if s.Field == c.spec.Kind.IDField() {
		f.required = MissingID
	} else if s.Field == "at" {
		f.required = MissingTime
	}
	c.sources(&f)
	c.options(&f)
	c.labels(&f)
	if s.Field == "currency" {
		c.currency = len(c.fields)
	}
	c.fields = append(c.fields, f)
	if s.Constant != nil {
		c.try(&c.fields[len(c.fields)-1])
	}
}

// outputType is the type of the column of a field.
func outputType(t customer.FieldType, split string) columns.Type {
	switch t {
	case customer.ListField:
		return columns.List
	case customer.KeyField:
		if split != "" {
			return columns.List
		}
	case customer.TimeField:
		return columns.Time
	case customer.DateField:
		return columns.Date
	case customer.MoneyField, customer.QuantityField:
		return columns.Money
	case customer.NumberField:
		return columns.Float
	case customer.IntField:
		return columns.Int
	case customer.BoolField:
		return columns.Bool
	}
	return columns.Text
}

// sources finds the columns of a field.
func (c *compiler) sources(f *field) {
	ways := 0
	for _, there := range []bool{len(f.Columns) > 0, f.Constant != nil, len(f.Multiply) > 0, len(f.Sum) > 0, f.Expr != ""} {
		if there {
			ways++
		}
	}
	if ways != 1 {
		c.fault(f.FieldSpec, fmt.Sprintf("the field %s has %d origins", f.Field, ways), "it takes exactly one", "give it one of column, columns, value, multiply, sum, expr")
		return
	}
	switch {
	case f.Constant != nil:
		f.constant = &columns.Column{}
		f.constant.AddOptional(*f.Constant)
	case f.Expr != "":
		c.expression(f)
	case len(f.Columns) == 0 && f.typ != columns.Money:
		c.fault(f.FieldSpec, fmt.Sprintf("the field %s takes no multiply or sum", f.Field), "only amounts and quantities do", "use expr")
	}
	c.lookUp(f)
}

// lookUp finds the columns of a field: of several that stand for each other
// one must be there, of those that are multiplied or added all.
func (c *compiler) lookUp(f *field) {
	there := func(column string) bool { return c.header == nil || contains(c.header, column) }
	for _, column := range f.Columns {
		if there(column) {
			f.cols = append(f.cols, c.place(column))
		}
	}
	if len(f.Columns) > 0 && len(f.cols) == 0 {
		c.gone(f, f.Columns[0])
	}
	for _, column := range f.names() {
		if there(column) {
			f.cols = append(f.cols, c.place(column))
		} else {
			c.gone(f, column)
		}
	}
}

func (c *compiler) gone(f *field, column string) {
	c.fault(f.FieldSpec, fmt.Sprintf("there is no column %s", column), fmt.Sprintf("the field %s is mapped from it", f.Field), didYouMean(column, c.header))
}

// options checks unit, format, zone, decimal and split.
func (c *compiler) options(f *field) {
	clock := f.typ == columns.Time || f.typ == columns.Date
	units := map[string]int64{"s": second, "ms": 1000, "us": 1}
	switch {
	case f.Unit == "":
	case clock && units[f.Unit] > 0:
		f.unit = units[f.Unit]
	case clock:
		c.fault(f.FieldSpec, fmt.Sprintf("unknown unit %s of the time %s", f.Unit, f.Field), "", "write s, ms or us")
	case f.typ == columns.Money && !f.quantity:
		if f.Unit != "major" && f.Unit != "minor" {
			c.fault(f.FieldSpec, fmt.Sprintf("unknown unit %s of the amount %s", f.Unit, f.Field), "", "write major (roubles) or minor (kopecks)")
		}
	default:
		c.fault(f.FieldSpec, fmt.Sprintf("the field %s takes no unit", f.Field), "only amounts and times do", "take it out")
	}
	if f.Format != "" {
		steps, err := compileLayout(f.Format)
		f.layout = steps
		switch {
		case !clock:
			c.fault(f.FieldSpec, fmt.Sprintf("the field %s takes no format", f.Field), "it is no time", "take it out")
		case err != nil:
			c.fault(f.FieldSpec, fmt.Sprintf("unusable format %s", f.Format), err.Error(), "write one such as %d.%m.%Y %H:%M:%S")
		case f.unit > 0:
			c.fault(f.FieldSpec, fmt.Sprintf("the field %s has a unit and a format", f.Field), "a time is counted or written", "take one out")
		}
	}
	if f.Zone != "" {
		z, err := loadZone(f.Zone)
		if err != nil {
			c.fault(f.FieldSpec, fmt.Sprintf("unknown zone %s", f.Zone), "", "write a name such as Europe/Moscow")
		} else {
			f.zone = z
		}
	}
	if _, ok := notations[f.Decimal]; !ok {
		c.fault(f.FieldSpec, fmt.Sprintf("unknown decimal separator %q", f.Decimal), "", `write "." or ","`)
	}
	if f.Split != "" && f.typ != columns.List {
		c.fault(f.FieldSpec, fmt.Sprintf("the field %s takes no split", f.Field), "it holds one value", "take it out")
	}
}

// labels makes map and prefix_map ready, and the values of an enum.
func (c *compiler) labels(f *field) {
	f.enum = f.def.Type == customer.EnumField
	if f.Map == nil && f.PrefixMap == nil {
		if f.enum {
			same := map[string]string{}
			for _, v := range f.def.Values {
				same[v] = v
			}
			f.relabel = newRelabel(same, nil)
		}
		return
	}
	if len(f.Multiply)+len(f.Sum) > 0 || f.expr != nil && f.expr.givesNumber() {
		c.fault(f.FieldSpec, fmt.Sprintf("the field %s takes no map", f.Field), "it is computed", "take it out")
	}
	f.relabel = newRelabel(f.Map, f.PrefixMap)
	if !f.enum {
		return
	}
	var wrong []string
	for i := range f.relabel.dict.Spans {
		b, _ := f.relabel.dict.Bytes(i)
		if !contains(f.def.Values, string(b)) {
			wrong = append(wrong, string(b))
		}
	}
	sort.Strings(wrong)
	for _, value := range wrong {
		c.fault(f.FieldSpec, fmt.Sprintf("%s cannot be %s", f.Field, value), "", didYouMean(value, f.def.Values))
	}
}

// expression compiles the expr of a field.
func (c *compiler) expression(f *field) {
	p, _, faults := compileExpr(f.Expr, c.vars, false)
	for _, e := range faults {
		c.fault(f.FieldSpec, fmt.Sprintf("expr of %s, %d:%d: %s", f.Field, e.line, e.col, e.what), "", e.todo)
	}
	f.expr = p
	if p == nil {
		return
	}
	number := f.typ == columns.Money || f.typ == columns.Int || f.typ == columns.Float
	result := typeInWords(p.result.String())
	switch {
	case p.givesNumber() && !number:
		c.fault(f.FieldSpec, fmt.Sprintf("expr of %s gives a number", f.Field), "the field takes none", "write string(...)")
	case number && !p.givesNumber():
		c.fault(f.FieldSpec, fmt.Sprintf("expr of %s gives %s", f.Field, result), "the field takes a number", "write decimal(...), or say under types: what the columns are")
	case !number && p.result.Kind() != types.StringKind && p.result.Kind() != types.BoolKind && p.result.Kind() != types.TimestampKind &&
		!p.result.IsAssignableType(types.StringType) && !p.result.IsAssignableType(types.BoolType):
		c.fault(f.FieldSpec, fmt.Sprintf("expr of %s gives %s", f.Field, result), "a field takes text, a number, a time, true or false", "")
	}
}

// filter compiles where.
func (c *compiler) filter() {
	if c.spec.Where == "" {
		return
	}
	p, tree, faults := compileExpr(c.spec.Where, c.vars, true)
	for _, e := range faults {
		c.fault(FieldSpec{}, fmt.Sprintf("where, %d:%d: %s", e.line, e.col, e.what), "", e.todo)
	}
	if p == nil {
		return
	}
	if p.result.Kind() != types.BoolKind {
		c.fault(FieldSpec{}, fmt.Sprintf("where gives %s", typeInWords(p.result.String())), "it must be true or false", `write a comparison such as status == "paid"`)
		return
	}
	c.where = &filter{program: p, clause: compileClause(tree, p)}
}

// needed checks that records which happen say when.
func (c *compiler) needed() {
	if def, ok := c.spec.Kind.Field("at"); ok && !c.seen["at"] {
		c.fault(FieldSpec{}, fmt.Sprintf("the field %s is not mapped", def.Name), fmt.Sprintf("an %s needs its time", c.spec.Kind), "map it from a column")
	}
}

// try maps a constant, so that one which cannot be read is found now.
func (c *compiler) try(f *field) {
	m := &Mapper{spec: c.spec, currency: -1, rest: -1, fields: []field{*f}}
	if f.Field == "currency" {
		m.currency = 0
	}
	var out Mapped
	m.Map(&columns.Chunk{N: 1}, &out)
	for _, r := range out.Rejects {
		c.fault(f.FieldSpec, fmt.Sprintf("unusable value of %s: %s", f.Field, r.Detail), "", "")
	}
}
