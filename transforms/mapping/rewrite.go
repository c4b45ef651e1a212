package mapping

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"

	"github.com/habitue-data/habitue/internal/fault"
)

// renamed are CEL's functions that here answer to a missing value as well:
// a comparison with one is false, arithmetic with one gives none.
var renamed = map[string]string{
	operators.Less: "@lt", operators.LessEquals: "@le", operators.Greater: "@gt", operators.GreaterEquals: "@ge",
	operators.Equals: "@eq", operators.NotEquals: "@ne",
	operators.Add: "@add", operators.Subtract: "@sub", operators.Multiply: "@mul", operators.Divide: "@div",
	operators.Modulo: "@mod", operators.Negate: "@neg",
	"startsWith": "@startsWith", "endsWith": "@endsWith", "contains": "@contains", "matches": "@matches",
}

// countingFunctions give CEL's int, which becomes a number.
var countingFunctions = map[string]bool{"size": true, "int": true, "indexOf": true, "lastIndexOf": true,
	"getDate": true, "getDayOfMonth": true, "getDayOfWeek": true, "getDayOfYear": true, "getFullYear": true,
	"getHours": true, "getMilliseconds": true, "getMinutes": true, "getMonth": true, "getSeconds": true}

// isTrue is the function that makes a missing Bool false.
const isTrue = "@true"

// rowName is the map of all columns, for names that are no identifiers:
// row["Customer ID"].
const rowName = "row"

// rewriter turns a parsed expression into one over our types: every number
// becomes an exact one, every column a variable of its own.
type rewriter struct {
	text   []rune // of the expression
	fac    ast.ExprFactory
	info   *ast.SourceInfo
	lastID int64
	vars   *variables
	used   map[int]bool // places in vars
	faults []exprFault
}

// exprFault is what is wrong in an expression, at a character from 1.
type exprFault struct {
	line, col  int
	what, todo string
}

func (w *rewriter) fault(e ast.Expr, what, todo string) {
	at := w.info.GetStartLocation(e.ID())
	w.faults = append(w.faults, exprFault{at.Line(), at.Column() + 1, what, todo})
}

// at is a new id that messages place where e stands.
func (w *rewriter) at(e ast.Expr) int64 {
	w.lastID++
	if r, ok := w.info.GetOffsetRange(e.ID()); ok {
		w.info.SetOffsetRange(w.lastID, r)
	}
	return w.lastID
}

// rewrite changes e in place. bound are the variables of macros around it.
func (w *rewriter) rewrite(e ast.Expr, bound []string) {
	if name, ok := path(e, bound); ok {
		if e.Kind() == ast.SelectKind && e.AsSelect().IsTestOnly() { // has(a.b)
			column := w.fac.NewIdent(w.at(e), w.variable(e, name))
			e.SetKindCase(w.fac.NewCall(0, operators.NotEquals, column, w.fac.NewLiteral(w.at(e), types.NullValue)))
			return
		}
		e.SetKindCase(w.fac.NewIdent(0, w.variable(e, name)))
		return
	}
	switch e.Kind() {
	case ast.LiteralKind:
		w.rewriteLiteral(e)
	case ast.CallKind:
		w.rewriteCall(e, bound)
	case ast.SelectKind:
		w.rewrite(e.AsSelect().Operand(), bound)
	case ast.ListKind:
		for _, item := range e.AsList().Elements() {
			w.rewrite(item, bound)
		}
	case ast.MapKind:
		for _, entry := range e.AsMap().Entries() {
			w.rewrite(entry.AsMapEntry().Key(), bound)
			w.rewrite(entry.AsMapEntry().Value(), bound)
		}
	case ast.ComprehensionKind:
		c := e.AsComprehension()
		w.rewrite(c.IterRange(), bound)
		w.rewrite(c.AccuInit(), bound)
		bound = append(bound[:len(bound):len(bound)], c.IterVar(), c.IterVar2(), c.AccuVar())
		for _, part := range []ast.Expr{c.LoopCondition(), c.LoopStep(), c.Result()} {
			w.rewrite(part, bound)
		}
	}
}

// path is the name of the column that e stands for: item, event.name, or
// row["any name"].
func path(e ast.Expr, bound []string) (name string, ok bool) {
	switch e.Kind() {
	case ast.IdentKind:
		name = e.AsIdent()
		for _, b := range bound {
			if name == b {
				return "", false
			}
		}
		return strings.TrimPrefix(name, "."), name != rowName
	case ast.SelectKind:
		if parent, ok := path(e.AsSelect().Operand(), bound); ok {
			return parent + "." + e.AsSelect().FieldName(), true
		}
	case ast.CallKind:
		c := e.AsCall()
		if c.FunctionName() != operators.Index || c.Args()[0].Kind() != ast.IdentKind || c.Args()[0].AsIdent() != rowName {
			return "", false
		}
		if s, ok := c.Args()[1].AsLiteral().(types.String); ok && c.Args()[1].Kind() == ast.LiteralKind {
			return string(s), true
		}
	}
	return "", false
}

// variable is the identifier of a column within the program.
func (w *rewriter) variable(e ast.Expr, column string) string {
	k, ok := w.vars.place(column)
	if !ok {
		todo := "see the names in the header"
		if near := fault.Nearest(column, w.vars.header); near != "" {
			todo = fmt.Sprintf("did you mean %s?", near)
		}
		w.fault(e, fmt.Sprintf("there is no column %s", column), todo)
		return "@unknown"
	}
	w.used[k] = true
	return variableName(k)
}

func variableName(k int) string { return "@c" + strconv.Itoa(k) }

func (w *rewriter) rewriteLiteral(e ast.Expr) {
	var text string
	switch v := e.AsLiteral().(type) {
	case types.Int:
		text = strconv.FormatInt(int64(v), 10)
	case types.Uint:
		text = strconv.FormatUint(uint64(v), 10)
	case types.Double:
		text = w.typed(e, float64(v))
	default:
		return
	}
	if _, ok := parseDecimal([]byte(text), unsaid); !ok {
		w.fault(e, "the number "+text+" has more than 18 digits", "write a smaller one")
	}
	e.SetKindCase(w.fac.NewCall(0, "decimal", w.fac.NewLiteral(w.at(e), types.String(text))))
}

// plainNumber is a decimal number as it is typed, without an exponent.
var plainNumber = regexp.MustCompile(`^-?[0-9]*\.[0-9]+`)

// typed is a number with the digits that were typed: CEL's own has passed
// through a float, which keeps no more than seventeen of them.
func (w *rewriter) typed(e ast.Expr, v float64) string {
	if r, ok := w.info.GetOffsetRange(e.ID()); ok && int(r.Start) < len(w.text) {
		text := plainNumber.FindString(string(w.text[r.Start:]))
		if same, err := strconv.ParseFloat(text, 64); err == nil && same == v { // else it has an exponent
			return text
		}
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

func (w *rewriter) rewriteCall(e ast.Expr, bound []string) {
	c := e.AsCall()
	name, args := c.FunctionName(), c.Args()
	if c.IsMemberFunction() {
		w.rewrite(c.Target(), bound)
	}
	operator := !('a' <= name[0]|0x20 && name[0]|0x20 <= 'z')
	for i, arg := range args {
		if arg.Kind() == ast.LiteralKind && (!operator || name == operators.Index && i == 1) {
			continue // an argument that CEL wants as it is
		}
		w.rewrite(arg, bound)
	}
	switch name {
	case operators.LogicalAnd, operators.LogicalOr, operators.LogicalNot:
		for _, arg := range args {
			w.condition(arg)
		}
	case operators.Conditional:
		w.condition(args[0])
	case operators.Equals, operators.NotEquals:
		for _, arg := range args {
			if arg.Kind() == ast.LiteralKind && arg.AsLiteral() == types.NullValue {
				return // a question for what is missing
			}
		}
	case "decimal", "date", "timestamp":
		if _, ok := constant(e); !ok && len(args) == 1 && args[0].Kind() == ast.LiteralKind {
			w.fault(e, fmt.Sprintf("%s(%v) cannot be read", name, args[0].AsLiteral().Value()), `write decimal("1.5"), date("2025-12-31") or timestamp("2025-12-31T23:59:59Z")`)
		}
	}
	if ours, ok := renamed[name]; ok {
		if c.IsMemberFunction() {
			e.SetKindCase(w.fac.NewCall(0, ours, append([]ast.Expr{c.Target()}, args...)...))
			return
		}
		e.SetKindCase(w.fac.NewCall(0, ours, args...))
	}
	if countingFunctions[name] {
		inner := w.fac.CopyExpr(e)
		inner.RenumberIDs(func(old int64) int64 {
			w.lastID++
			if r, ok := w.info.GetOffsetRange(old); ok {
				w.info.SetOffsetRange(w.lastID, r)
			}
			return w.lastID
		})
		e.SetKindCase(w.fac.NewCall(0, "decimal", inner))
	}
}

// condition makes a column that stands where true or false is asked for
// false where it is missing.
func (w *rewriter) condition(e ast.Expr) {
	if e.Kind() != ast.IdentKind {
		return
	}
	for k := range w.used {
		if e.AsIdent() != variableName(k) || w.vars.list[k].typ != "bool" {
			continue
		}
		e.SetKindCase(w.fac.NewCall(0, isTrue, w.fac.NewIdent(w.at(e), e.AsIdent())))
	}
}

// constant is the value that e stands for in every row: a text, a truth
// value, a decimal, or a moment in microseconds.
func constant(e ast.Expr) (value any, ok bool) {
	if e.Kind() == ast.LiteralKind {
		switch v := e.AsLiteral().(type) {
		case types.String:
			return string(v), true
		case types.Bool:
			return bool(v), true
		}
		return nil, false
	}
	if e.Kind() != ast.CallKind || len(e.AsCall().Args()) != 1 || e.AsCall().Args()[0].Kind() != ast.LiteralKind {
		return nil, false
	}
	text, ok := e.AsCall().Args()[0].AsLiteral().(types.String)
	if !ok {
		return nil, false
	}
	switch e.AsCall().FunctionName() {
	case "decimal":
		return valueOf(parseDecimal([]byte(text), unsaid))
	case "date":
		us, ok := dateConstant(string(text))
		return moment(us), ok
	case "timestamp":
		r, ok := parseISO([]byte(text))
		return moment(r.instant(utcZone, new(int))), ok && r.zoned
	}
	return nil, false
}

func valueOf[T any](v T, ok bool) (any, bool) { return v, ok }

// moment is microseconds since 1970.
type moment int64

// dateConstant is the first moment of a day in UTC: what a date is in expr
// and where.
func dateConstant(text string) (us int64, ok bool) {
	r, ok := parseISO([]byte(text))
	return r.seconds * second, ok && len(text) == len("2006-01-02")
}

// utcZone is the clock of Greenwich.
var utcZone = &zone{spans: []zoneSpan{{}}}
