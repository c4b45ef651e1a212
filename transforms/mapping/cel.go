package mapping

import (
	"fmt"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
	"cel.dev/cel-go/ext"

	"github.com/habitue-data/habitue/internal/celfault"
	"github.com/habitue-data/habitue/internal/fault"
)

// compileExpr compiles an expression over the variables, a clause of where
// or the value of a field. The rewritten form comes along for compileClause.
func compileExpr(text string, vars *variables, clause bool) (*program, ast.Expr, []exprFault) {
	base, err := cel.NewEnv(environment()...)
	if err != nil {
		return nil, nil, []exprFault{{what: fmt.Sprintf("the expression language does not start: %v", err)}}
	}
	parsed, issues := base.Parse(text)
	if issues.Err() != nil {
		return nil, nil, plain(issues)
	}
	tree := parsed.NativeRep()
	w := &rewriter{text: []rune(text), fac: ast.NewExprFactory(), info: tree.SourceInfo(), lastID: ast.MaxID(tree), vars: vars, used: map[int]bool{}}
	w.rewrite(tree.Expr(), nil)
	if clause {
		w.condition(tree.Expr())
	}
	if len(w.faults) > 0 {
		return nil, nil, w.faults
	}
	p := &program{vars: vars, used: usedSorted(w.used), byName: map[string]int{}}
	var declared []cel.EnvOption
	for _, k := range p.used {
		p.byName[variableName(k)] = k
		declared = append(declared, cel.Variable(variableName(k), vars.list[k].celType()))
	}
	env, err := base.Extend(declared...)
	if err != nil {
		return nil, nil, []exprFault{{what: fmt.Sprintf("the columns cannot be declared: %v", err)}}
	}
	checked, issues := env.Check(parsed)
	if issues.Err() != nil {
		return nil, nil, plain(issues)
	}
	p.result = checked.OutputType()
	p.prog, err = env.Program(checked, cel.CostLimit(costLimit))
	if err != nil {
		return nil, nil, []exprFault{{what: fmt.Sprintf("the expression cannot be planned: %v", err)}}
	}
	return p, tree.Expr(), nil
}

// environment is CEL's standard library and its functions of texts, with
// our numbers and our operators (see renamed).
func environment() []cel.EnvOption {
	text, truth := cel.NullableType(cel.StringType), cel.NullableType(cel.BoolType)
	a := cel.TypeParamType("A")
	options := []cel.EnvOption{
		cel.CrossTypeNumericComparisons(true),
		ext.Strings(),
		cel.Function("decimal", cel.Overload("decimal_text", []*cel.Type{text}, numberType),
			cel.Overload("decimal_int", []*cel.Type{cel.IntType}, numberType),
			cel.Overload("decimal_number", []*cel.Type{numberType}, numberType), cel.SingletonUnaryBinding(toNumber)),
		cel.Function("date", cel.Overload("date_text", []*cel.Type{text}, cel.TimestampType), cel.SingletonUnaryBinding(toDate)),
		cel.Function("int", cel.Overload("int_number", []*cel.Type{numberType}, cel.IntType,
			cel.UnaryBinding(func(v ref.Val) ref.Val { return v.ConvertToType(types.IntType) }))),
		cel.Function("string", cel.Overload("string_number", []*cel.Type{numberType}, cel.StringType,
			cel.UnaryBinding(func(v ref.Val) ref.Val { return v.ConvertToType(types.StringType) }))),
		cel.Function(isTrue, cel.Overload("true_bool", []*cel.Type{truth}, cel.BoolType),
			cel.SingletonUnaryBinding(func(v ref.Val) ref.Val { return types.Bool(v == types.True) })),
		cel.Function("@neg", cel.Overload("neg_number", []*cel.Type{numberType}, numberType), cel.SingletonUnaryBinding(negate)),
	}
	comparable := []*cel.Type{text, numberType, cel.TimestampType, cel.DurationType, truth}
	for name, test := range orders {
		var overloads []cel.FunctionOpt
		for _, t := range comparable {
			overloads = append(overloads, cel.Overload(name+"_"+t.String(), []*cel.Type{t, t}, cel.BoolType))
		}
		if name == "@eq" || name == "@ne" {
			overloads = []cel.FunctionOpt{cel.Overload(name+"_any", []*cel.Type{a, a}, cel.BoolType)}
		}
		options = append(options, cel.Function(name, append(overloads, cel.SingletonBinaryBinding(compare(name, test)))...))
	}
	for name, test := range map[string]func(a, b ref.Val) ref.Val{"@startsWith": types.StringStartsWith, "@endsWith": types.StringEndsWith,
		"@contains": types.StringContains, "@matches": func(a, b ref.Val) ref.Val { return a.(types.String).Match(b) }} {
		options = append(options, cel.Function(name, cel.Overload(name+"_text", []*cel.Type{text, text}, cel.BoolType),
			cel.SingletonBinaryBinding(orElse(test, types.False))))
	}
	stamp, span, list := cel.TimestampType, cel.DurationType, cel.ListType(a)
	for name, f := range map[string]struct {
		do    func(a, b ref.Val) ref.Val
		types [][3]*cel.Type
	}{
		"@add": {func(a, b ref.Val) ref.Val { return a.(traits.Adder).Add(b) },
			[][3]*cel.Type{{numberType, numberType, numberType}, {text, text, text}, {list, list, list}, {stamp, span, stamp}, {span, stamp, stamp}, {span, span, span}}},
		"@sub": {func(a, b ref.Val) ref.Val { return a.(traits.Subtractor).Subtract(b) },
			[][3]*cel.Type{{numberType, numberType, numberType}, {stamp, span, stamp}, {stamp, stamp, span}, {span, span, span}}},
		"@mul": {func(a, b ref.Val) ref.Val { return a.(traits.Multiplier).Multiply(b) }, [][3]*cel.Type{{numberType, numberType, numberType}}},
		"@div": {func(a, b ref.Val) ref.Val { return a.(traits.Divider).Divide(b) }, [][3]*cel.Type{{numberType, numberType, numberType}}},
		"@mod": {func(a, b ref.Val) ref.Val { return a.(traits.Modder).Modulo(b) }, [][3]*cel.Type{{numberType, numberType, numberType}}},
	} {
		var overloads []cel.FunctionOpt
		for i, t := range f.types {
			overloads = append(overloads, cel.Overload(fmt.Sprintf("%s_%d", name, i), t[:2], t[2]))
		}
		options = append(options, cel.Function(name, append(overloads, cel.SingletonBinaryBinding(orElse(f.do, types.NullValue)))...))
	}
	return options
}

// orElse is f, or otherwise where an operand is missing.
func orElse(f func(a, b ref.Val) ref.Val, otherwise ref.Val) func(a, b ref.Val) ref.Val {
	return func(a, b ref.Val) ref.Val {
		if a == types.NullValue || b == types.NullValue {
			return otherwise
		}
		return f(a, b)
	}
}

// compare is a comparison that is false where an operand is missing.
func compare(name string, test func(order int) bool) func(a, b ref.Val) ref.Val {
	return orElse(func(a, b ref.Val) ref.Val {
		switch name {
		case "@eq":
			return types.Equal(a, b)
		case "@ne":
			return types.Bool(types.Equal(a, b) != types.True)
		}
		order, ok := a.(traits.Comparer).Compare(b).(types.Int)
		if !ok {
			return types.MaybeNoSuchOverloadErr(b)
		}
		return types.Bool(test(int(order)))
	}, types.False)
}

func toNumber(v ref.Val) ref.Val {
	switch v := v.(type) {
	case number, types.Null:
		return v
	case types.Int:
		return numberOf(decimal{units: int64(v)})
	case types.String:
		if d, ok := parseDecimal([]byte(v), unsaid); ok {
			return numberOf(d)
		}
		return types.NewErr("%q is no number", string(v))
	}
	return types.MaybeNoSuchOverloadErr(v)
}

func toDate(v ref.Val) ref.Val {
	s, ok := v.(types.String)
	if !ok {
		return types.NullValue
	}
	us, ok := dateConstant(string(s))
	if !ok {
		return types.NewErr("%q is no date such as 2025-12-31", string(s))
	}
	return (&varValues{ints: []int64{us}}).value("time", 0)
}

func negate(v ref.Val) ref.Val {
	if n, ok := v.(traits.Negater); ok {
		return n.Negate()
	}
	return types.NullValue
}

// plain says in a person's words what CEL found.
func plain(issues *cel.Issues) (faults []exprFault) {
	for _, c := range celfault.Of(issues) {
		f := exprFault{line: c.Line, col: c.Col, what: c.What}
		switch {
		case c.Function != "":
			f.what, f.todo = mismatch(c.Function, c.Operands)
		case c.Unknown != "":
			f.what, f.todo = "there is no function "+c.Unknown, "see the list of functions of CEL"
			if near := fault.Nearest(c.Unknown, functionNames); near != "" {
				f.todo = "did you mean " + near + "?"
			}
		case c.Syntax:
			f.todo = `write it like quantity > 0 && status == "paid"`
		}
		faults = append(faults, f)
	}
	return faults
}

// functionNames are what a person may have meant.
var functionNames = []string{"startsWith", "endsWith", "contains", "matches", "size", "decimal", "date", "timestamp", "duration", "string", "int",
	"lowerAscii", "upperAscii", "replace", "split", "substring", "trim", "indexOf", "join", "exists", "all", "has"}

// mismatch says which types do not go together.
func mismatch(function string, operands []string) (what, todo string) {
	for std, ours := range renamed {
		if ours == function {
			function = std
		}
	}
	var names []string
	for _, t := range operands {
		names = append(names, typeInWords(t))
	}
	what = fmt.Sprintf("%s does not take %s", strings.Trim(function, "_@"), strings.Join(names, " and "))
	if strings.Contains(what, "text") && strings.Contains(what, "number") {
		todo = "say under types: that the column is decimal or int"
	} else if strings.Contains(what, "text") && strings.Contains(what, "time") {
		todo = `say under types: that the column is date or time; write a moment as date("2025-12-31")`
	} else if strings.Contains(what, "text") && strings.Contains(what, "true or false") {
		todo = "say under types: that the column is bool"
	}
	return what, todo
}

func typeInWords(t string) string {
	t = strings.TrimSuffix(strings.TrimPrefix(t, "wrapper("), ")")
	switch t {
	case "string":
		return "a text"
	case "number":
		return "a number"
	case "bool":
		return "true or false"
	case "timestamp", "google.protobuf.Timestamp":
		return "a time"
	case "int":
		return "a whole number"
	}
	return t
}
