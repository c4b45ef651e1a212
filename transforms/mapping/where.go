package mapping

import (
	"bytes"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"

	"github.com/habitue-data/habitue/internal/columns"
)

// filter is a where. What compares columns with constants is compiled to
// closures over whole columns; the rest is interpreted row by row.
type filter struct {
	*program
	clause clause // nil: interpret
}

// clause sets mask[i] to whether row i fulfils it. depth numbers the masks
// that are in use.
type clause func(out *Mapped, mask []bool, depth int)

// apply marks the rows that are left out.
func (w *filter) apply(in *columns.Chunk, out *Mapped) {
	w.bind(in, out)
	for _, k := range w.used {
		if out.vars[k].state == unreadable {
			for i := range out.N {
				w.refuseUnreadable(out, i)
			}
			break
		}
	}
	if w.clause == nil {
		for i := range out.N {
			if out.State[i] == Kept && w.eval(out, i, "where") != types.True && out.State[i] == Kept {
				out.State[i] = Filtered
			}
		}
		return
	}
	mask := out.maskAt(0)
	w.clause(out, mask, 1)
	for i, ok := range mask {
		if !ok && out.State[i] == Kept {
			out.State[i] = Filtered
		}
	}
}

// maskAt is room for one truth value a row.
func (o *Mapped) maskAt(depth int) []bool {
	for len(o.mask) <= depth {
		o.mask = append(o.mask, nil)
	}
	o.mask[depth] = resized(o.mask[depth], o.N)
	return o.mask[depth]
}

// compileClause is the closure of a rewritten expression, nil where it
// holds more than comparisons of columns with constants.
func compileClause(e ast.Expr, p *program) clause {
	if e.Kind() != ast.CallKind {
		return nil
	}
	args := e.AsCall().Args()
	switch name := e.AsCall().FunctionName(); name {
	case operators.LogicalAnd, operators.LogicalOr:
		return compileLogic(args, p, name == operators.LogicalAnd)
	case operators.LogicalNot:
		inner := compileClause(args[0], p)
		if inner == nil {
			return nil
		}
		return func(out *Mapped, mask []bool, depth int) {
			inner(out, mask, depth)
			for i := range mask {
				mask[i] = !mask[i]
			}
		}
	case isTrue:
		return compileTest(args[0], p, func(order int) bool { return order == 0 }, true)
	case operators.Equals, operators.NotEquals:
		return compileNull(args, p, name == operators.Equals)
	case operators.In:
		return compileIn(args, p)
	case "@startsWith":
		k, prefix := p.operands(args[0], args[1])
		text, ok := prefix.(string)
		if k < 0 || !ok {
			return nil
		}
		return textClause(k, func(b []byte) bool { return len(b) >= len(text) && string(b[:len(text)]) == text })
	default:
		return compileComparison(name, args, p)
	}
}

func compileLogic(args []ast.Expr, p *program, and bool) clause {
	var parts []clause
	for _, arg := range args {
		part := compileClause(arg, p)
		if part == nil {
			return nil
		}
		parts = append(parts, part)
	}
	return func(out *Mapped, mask []bool, depth int) {
		parts[0](out, mask, depth)
		other := out.maskAt(depth)
		for _, part := range parts[1:] {
			part(out, other, depth+1)
			for i := range mask {
				if and {
					mask[i] = mask[i] && other[i]
				} else {
					mask[i] = mask[i] || other[i]
				}
			}
		}
	}
}

// orders tells for each comparison which orders of column and constant
// fulfil it: -1, 0, 1.
var orders = map[string]func(order int) bool{
	"@lt": func(o int) bool { return o < 0 }, "@le": func(o int) bool { return o <= 0 },
	"@gt": func(o int) bool { return o > 0 }, "@ge": func(o int) bool { return o >= 0 },
	"@eq": func(o int) bool { return o == 0 }, "@ne": func(o int) bool { return o != 0 },
}

// compileComparison compiles column < constant and constant < column.
func compileComparison(name string, args []ast.Expr, p *program) clause {
	test := orders[name]
	if test == nil {
		return nil
	}
	if k, value := p.operands(args[0], args[1]); k >= 0 {
		return compileTest(args[0], p, test, value)
	}
	k, value := p.operands(args[1], args[0])
	if k < 0 {
		return nil
	}
	return compileTest(args[1], p, func(order int) bool { return test(-order) }, value)
}

// operands is the variable and the constant that a comparison has; k is -1
// where it has other things.
func (p *program) operands(column, value ast.Expr) (k int, constantValue any) {
	if column.Kind() != ast.IdentKind {
		return -1, nil
	}
	k, ok := p.byName[column.AsIdent()]
	if !ok {
		return -1, nil
	}
	constantValue, ok = constant(value)
	if !ok {
		return -1, nil
	}
	return k, constantValue
}

// compileTest compiles the comparison of a column with a constant.
func compileTest(column ast.Expr, p *program, test func(order int) bool, value any) clause {
	k, ok := p.byName[column.AsIdent()]
	if !ok {
		return nil
	}
	switch v := value.(type) {
	case string:
		want := []byte(v)
		return textClause(k, func(b []byte) bool { return test(bytes.Compare(b, want)) })
	case decimal:
		if p.vars.list[k].typ == "decimal" {
			return func(out *Mapped, mask []bool, _ int) {
				for i, d := range out.vars[k].decimals {
					mask[i] = d.units > bad && test(compareDecimals(d, v))
				}
			}
		}
		return intClause(k, func(x int64) bool { return test(compareDecimals(decimal{units: x}, v)) })
	case bool:
		truth := int64(0)
		if v {
			truth = 1
		}
		return intClause(k, func(x int64) bool { return test(compareInts(x, truth)) })
	case moment:
		unit := int64(1)
		if p.vars.list[k].typ == "date" {
			unit = daySeconds * second
		}
		return intClause(k, func(x int64) bool { return test(compareInts(x*unit, int64(v))) })
	}
	return nil
}

func intClause(k int, test func(x int64) bool) clause {
	return func(out *Mapped, mask []bool, _ int) {
		for i, x := range out.vars[k].ints {
			mask[i] = x > ancient && test(x)
		}
	}
}

// textClause tests texts, those of a dictionary once each.
func textClause(k int, test func(b []byte) bool) clause {
	return func(out *Mapped, mask []bool, depth int) {
		x := &out.vars[k]
		t, index := each(x.text, out.N, &x.own)
		answers := mask
		if index != nil {
			answers = out.maskAt(depth)[:0]
			answers = resized(answers, len(t.spans))
		}
		for i, s := range t.spans {
			answers[i] = !s.Missing() && test(t.data[s.Start:s.End])
		}
		for i, place := range index {
			mask[i] = place != columns.MissingIndex && answers[place]
		}
	}
}

// compileNull compiles x == null and x != null.
func compileNull(args []ast.Expr, p *program, equal bool) clause {
	column := args[0]
	if column.Kind() == ast.LiteralKind {
		column = args[1]
	}
	if column.Kind() != ast.IdentKind {
		return nil
	}
	k, ok := p.byName[column.AsIdent()]
	if !ok {
		return nil
	}
	typ := p.vars.list[k].typ
	return func(out *Mapped, mask []bool, _ int) {
		x := &out.vars[k]
		for i := range mask {
			mask[i] = x.missing(typ, i) == equal
		}
	}
}

// missing tells whether row i has no value.
func (x *varValues) missing(typ string, i int) bool {
	switch typ {
	case "", "text":
		return x.text.Missing(i)
	case "decimal":
		return x.decimals[i].units == missing
	}
	return x.ints[i] == missing
}

// compileIn compiles column in [constants].
func compileIn(args []ast.Expr, p *program) clause {
	if args[0].Kind() != ast.IdentKind || args[1].Kind() != ast.ListKind {
		return nil
	}
	k, ok := p.byName[args[0].AsIdent()]
	if !ok {
		return nil
	}
	var parts []clause
	texts := map[string]bool{}
	for _, item := range args[1].AsList().Elements() {
		value, ok := constant(item)
		if !ok {
			return nil
		}
		if s, ok := value.(string); ok {
			texts[s] = true
			continue
		}
		parts = append(parts, compileTest(args[0], p, orders["@eq"], value))
	}
	if len(texts) > 0 {
		parts = append(parts, textClause(k, func(b []byte) bool { return texts[string(b)] }))
	}
	return func(out *Mapped, mask []bool, depth int) {
		clear(mask)
		other := out.maskAt(depth)
		for _, part := range parts {
			part(out, other, depth+1)
			for i := range mask {
				mask[i] = mask[i] || other[i]
			}
		}
	}
}
