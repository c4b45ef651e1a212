package mapping

import (
	"math/big"
	"sort"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"github.com/habitue-data/habitue/internal/columns"
)

// Expressions are CEL over the columns of a row. A number is exact there (a
// rational); a date is the first moment of its day in UTC; a missing value
// is null: comparisons with it are false, arithmetic with it gives null, and
// so does an expression that fails for want of a value. A column that is
// named and cannot be read as its type, and any other failure (a division by
// zero, the cost limit), is the reject unreadable_expr.

// costLimit bounds the work of an expression for one row.
const costLimit = 100_000

// variables are the columns that expr and where name.
type variables struct {
	header []string // nil where the names are unknown
	types  map[string]string
	zone   *zone
	list   []variable
}

// variable is one such column.
type variable struct {
	column string
	place  int    // among the columns of the chunk
	typ    string // text, int, decimal, bool, date or time
	field  field  // reads it
}

// place is where a column stands among the variables; ok is false where the
// source has none of that name.
func (vs *variables) place(column string) (k int, ok bool) {
	for k := range vs.list {
		if vs.list[k].column == column {
			return k, true
		}
	}
	if vs.header != nil && !contains(vs.header, column) {
		return 0, false
	}
	v := variable{column: column, typ: vs.types[column], field: field{zone: vs.zone}}
	switch v.typ {
	case "int":
		v.field.typ = columns.Int
	case "bool":
		v.field.typ = columns.Bool
	case "date":
		v.field.typ = columns.Date
	case "time":
		v.field.typ = columns.Time
	}
	vs.list = append(vs.list, v)
	return len(vs.list) - 1, true
}

func contains(names []string, name string) bool {
	for _, n := range names {
		if n == name {
			return true
		}
	}
	return false
}

// celType is the type of the variable; each may be null.
func (v *variable) celType() *cel.Type {
	switch v.typ {
	case "int", "decimal":
		return numberType
	case "bool":
		return cel.NullableType(cel.BoolType)
	case "date", "time":
		return cel.TimestampType
	}
	return cel.NullableType(cel.StringType)
}

// varValues is a variable's values for the rows of a chunk.
type varValues struct {
	text     *columns.Column // typ text
	ints     []int64         // int, bool, date, time
	decimals []decimal       // decimal
	own      scratch
	column   columns.Column
	state    varState
}

type varState uint8

const (
	unread varState = iota
	readable
	unreadable // some rows are bad
)

// program is a compiled expression.
type program struct {
	vars   *variables
	used   []int          // places in vars
	byName map[string]int // identifier -> place in vars
	result *cel.Type
	prog   cel.Program
}

func (p *program) givesNumber() bool { return p.result.IsExactType(numberType) }

// bind reads the columns that p names, once for each chunk.
func (p *program) bind(in *columns.Chunk, out *Mapped) {
	if len(out.vars) != len(p.vars.list) {
		out.vars = make([]varValues, len(p.vars.list))
	}
	for _, k := range p.used {
		if out.vars[k].state == unread {
			p.vars.list[k].read(in, out.N, &out.vars[k])
		}
	}
}

func (v *variable) read(in *columns.Chunk, n int, to *varValues) {
	src := &in.Cols[v.place]
	to.state = readable
	switch v.typ {
	case "", "text":
		to.text = textOf(src, n, &to.own)
		return
	case "decimal":
		to.decimals = resized(to.decimals, n)
		readDecimals(src, n, &to.own, to.decimals, func(_ int, b []byte) (decimal, bool) { return parseDecimal(b, unsaid) })
		for i := range to.decimals {
			if to.decimals[i].units == bad {
				to.state = unreadable
			}
		}
		return
	}
	rows := Mapped{Chunk: columns.Chunk{N: n}}
	to.column.Type, to.column.Ints = v.field.typ, resized(to.column.Ints, n)
	if !v.field.readTyped(src, &rows, &to.column) {
		v.field.readInts(textOf(src, n, &to.own), nil, &rows, &to.own, &to.column) // no money, so nobody asks for its currency
	}
	to.ints = to.column.Ints
	for _, x := range to.ints {
		if x == bad || x == ancient {
			to.state = unreadable
		}
	}
}

// isBad tells whether row i cannot be read as the variable's type.
func (x *varValues) isBad(typ string, i int) bool {
	switch {
	case x.state != unreadable:
		return false
	case typ == "decimal":
		return x.decimals[i].units == bad
	}
	return x.ints[i] == bad || x.ints[i] == ancient
}

// refuseUnreadable refuses row i where a column that p names cannot be read
// as its type.
func (p *program) refuseUnreadable(out *Mapped, i int) bool {
	for _, k := range p.used {
		if v := &p.vars.list[k]; out.vars[k].isBad(v.typ, i) {
			out.reject(i, v.column, UnreadableExpr, "the column %s is no %s here, as types: says it is", v.column, v.typ)
			return true
		}
	}
	return false
}

// activation gives CEL the values of one row.
type activation struct {
	p   *program
	out *Mapped
	i   int
}

// ResolveName is the value of a variable.
func (a *activation) ResolveName(name string) (any, bool) {
	k, ok := a.p.byName[name]
	if !ok {
		return nil, false
	}
	return a.out.vars[k].value(a.p.vars.list[k].typ, a.i), true
}

// Parent is nil: a row stands alone.
func (a *activation) Parent() cel.Activation { return nil }

// value is row i as CEL sees it.
func (x *varValues) value(typ string, i int) ref.Val {
	switch typ {
	case "", "text":
		if b, ok := x.text.Bytes(i); ok {
			return types.String(b)
		}
		return types.NullValue
	case "decimal":
		if x.decimals[i].units == missing {
			return types.NullValue
		}
		return numberOf(x.decimals[i])
	}
	v := x.ints[i]
	if v == missing {
		return types.NullValue
	}
	switch typ {
	case "int":
		return numberOf(decimal{units: v})
	case "bool":
		return types.Bool(v != 0)
	case "date":
		return types.Timestamp{Time: time.Unix(v*daySeconds, 0).UTC()}
	}
	return types.Timestamp{Time: time.UnixMicro(v).UTC()}
}

// lacks tells whether a column that p names is missing in row i.
func (p *program) lacks(out *Mapped, i int) bool {
	for _, k := range p.used {
		if out.vars[k].value(p.vars.list[k].typ, i) == types.NullValue {
			return true
		}
	}
	return false
}

// eval is the value for row i, nil where there is none or the row was
// refused under the name of a field or clause.
func (p *program) eval(out *Mapped, i int, name string) ref.Val {
	if p.refuseUnreadable(out, i) {
		return nil
	}
	v, _, err := p.prog.Eval(&activation{p, out, i})
	switch {
	case err == nil && v != types.NullValue:
		return v
	case err != nil && !p.lacks(out, i):
		out.reject(i, name, UnreadableExpr, "the expression fails for this row: %v", err)
	}
	return nil
}

// number is the number for row i, nil where there is none.
func (p *program) number(f *field, out *Mapped, i int) *big.Rat {
	if n, ok := p.eval(out, i, f.name()).(number); ok {
		return n.Rat
	}
	return nil
}

// evaluate makes a source column of an expression that gives no number.
func (m *Mapper) evaluate(f *field, in *columns.Chunk, out *Mapped, c *columns.Column) {
	f.expr.bind(in, out)
	c.Reset()
	for i := range out.N {
		switch v := f.expr.eval(out, i, f.name()).(type) {
		case types.String:
			c.Type = columns.Text
			c.AddOptional(string(v))
		case types.Bool:
			c.Type = columns.Bool
			x := int64(0)
			if v {
				x = 1
			}
			c.Ints = append(c.Ints, x)
		case types.Timestamp:
			c.Type = columns.Time
			c.Ints = append(c.Ints, v.UnixMicro())
		default:
			c.Type = f.expr.columnType()
			c.AddMissing()
		}
	}
}

// columnType is the type of a column that holds the results.
func (p *program) columnType() columns.Type {
	switch p.result.Kind() {
	case types.TimestampKind:
		return columns.Time
	case types.BoolKind:
		return columns.Bool
	}
	if p.result.IsAssignableType(types.BoolType) {
		return columns.Bool
	}
	return columns.Text
}

// usedSorted is the places in used, in order.
func usedSorted(used map[int]bool) []int {
	var list []int
	for k := range used {
		list = append(list, k)
	}
	sort.Ints(list)
	return list
}
