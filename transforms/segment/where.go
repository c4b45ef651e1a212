package segment

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/ext"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/alike"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/internal/config"
)

// A where clause is CEL over the traits of a customer: the columns of the
// table customers under their names, some lists made of the lines, and
// as_of. Texts, and the texts that it compares them with, are folded as in
// filters; money is in major units; a day is its midnight in UTC. A missing
// value is unknown, and CEL's && and || are Kleene's, as all and any are. An
// expression that fails for a customer (a division by zero, the cost limit)
// is unknown for that one.

// whereCost bounds the work of an expression for one customer.
const whereCost = 100_000

// boughtLists are the traits made of the lines of a customer.
var boughtLists = []struct{ name, column, doc string }{
	{"bought_categories", "category", "categories ever bought"},
	{"bought_brands", "brand", "brands ever bought"},
	{"bought_skus", "sku", "articles ever bought"},
}

// Trait is what a where clause may name.
type Trait struct {
	Name string `json:"name"`
	Type string `json:"type"`
	Doc  string `json:"doc"`
}

// Traits are all that a where clause may name.
func Traits() []Trait {
	table, _ := customer.TableNamed("customers")
	var all []Trait
	for _, c := range table.Columns {
		all = append(all, Trait{c.Name, typeWord(celType(c.Type.Held()).String()), c.Doc})
	}
	for _, b := range boughtLists {
		all = append(all, Trait{b.name, "list of texts", b.doc})
	}
	return append(all, Trait{"as_of", "time", "the day D"})
}

func celType(t columns.Type) *cel.Type {
	switch t {
	case columns.Text:
		return cel.StringType
	case columns.Bool:
		return cel.BoolType
	case columns.Date, columns.Time, columns.Clock:
		return cel.TimestampType
	case columns.Money, columns.Float:
		return cel.DoubleType
	case columns.List:
		return cel.ListType(cel.StringType)
	}
	return cel.IntType
}

// expression is a where clause, compiled.
type expression struct {
	program cel.Program
	names   []string // traits that it reads
}

// needs are the columns that it reads.
func (x *expression) needs() Needs {
	n := Needs{}
	for _, name := range x.names {
		if k := boughtList(name); k >= 0 {
			n[customer.OfLines] = append(n[customer.OfLines], boughtLists[k].column, "kind")
		} else if name != "as_of" {
			n[customer.OfCustomers] = append(n[customer.OfCustomers], name)
		}
	}
	return n
}

func boughtList(name string) int {
	return slices.IndexFunc(boughtLists, func(b struct{ name, column, doc string }) bool { return b.name == name })
}

func (c *Catalogue) checkWhere(v *config.Value, say func(at *config.Value, what, todo string)) {
	_, wrong := compileWhere(v.Text())
	for _, w := range wrong {
		say(v, fmt.Sprintf("where, character %d: %s", w.col, w.what), w.todo)
	}
}

// whereEnv is CEL with our functions and every trait.
func whereEnv() (*cel.Env, error) {
	options := []cel.EnvOption{
		cel.CrossTypeNumericComparisons(true), ext.Strings(),
		cel.Variable("as_of", cel.TimestampType),
		cel.Function("date", cel.Overload("date_text", []*cel.Type{cel.StringType}, cel.TimestampType, cel.UnaryBinding(toDate))),
		cel.Function("missing", cel.Overload("missing_any", []*cel.Type{cel.DynType}, cel.BoolType, cel.OverloadIsNonStrict(),
			cel.UnaryBinding(func(v ref.Val) ref.Val { return types.Bool(types.IsUnknown(v)) }))),
	}
	table, _ := customer.TableNamed("customers")
	for _, c := range table.Columns {
		options = append(options, cel.Variable(c.Name, celType(c.Type.Held())))
	}
	for _, b := range boughtLists {
		options = append(options, cel.Variable(b.name, cel.ListType(cel.StringType)))
	}
	return cel.NewEnv(options...)
}

func compileWhere(text string) (*expression, []whereFault) {
	env, err := whereEnv()
	if err != nil {
		return nil, []whereFault{{what: fmt.Sprintf("the expression language does not start: %v", err)}}
	}
	parsed, issues := env.Parse(text)
	if issues.Err() != nil {
		return nil, reworded(issues)
	}
	if wrong := settleWords(parsed.NativeRep()); wrong != nil {
		return nil, wrong
	}
	foldLiterals(parsed.NativeRep())
	checked, issues := env.Check(parsed)
	if issues.Err() != nil {
		return nil, reworded(issues)
	}
	if out := checked.OutputType(); !out.IsExactType(cel.BoolType) {
		return nil, []whereFault{{col: 1, what: "it gives " + typeWord(out.String()) + ", not true or false", todo: `compare it with something, as order_count > 3`}}
	}
	program, err := env.Program(checked, cel.CostLimit(whereCost))
	if err != nil {
		return nil, []whereFault{{what: fmt.Sprintf("the expression cannot be planned: %v", err)}}
	}
	x := &expression{program: program}
	for _, r := range checked.NativeRep().ReferenceMap() {
		if r.Name != "" && r.Value == nil && !slices.Contains(x.names, r.Name) {
			x.names = append(x.names, r.Name)
		}
	}
	slices.Sort(x.names)
	return x, nil
}

// foldLiterals folds the texts of an expression but for those that are no
// texts to compare: moments, lengths of time, and regular expressions, which
// are told to look past case instead.
func foldLiterals(tree *ast.AST) {
	kept, patterns := map[int64]bool{}, map[int64]bool{}
	factory := ast.NewExprFactory()
	ast.PostOrderVisit(tree.Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		if e.Kind() != ast.CallKind {
			return
		}
		for _, a := range e.AsCall().Args() {
			switch e.AsCall().FunctionName() {
			case "date", "timestamp", "duration":
				kept[a.ID()] = true
			case "matches":
				patterns[a.ID()] = true
			}
		}
	}))
	ast.PostOrderVisit(tree.Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		if e.Kind() != ast.LiteralKind {
			return
		}
		text, is := e.AsLiteral().(types.String)
		switch {
		case !is || kept[e.ID()]:
		case patterns[e.ID()]:
			e.SetKindCase(factory.NewLiteral(e.ID(), "(?i)"+text))
		default:
			e.SetKindCase(factory.NewLiteral(e.ID(), types.String(alike.Fold([]byte(text)))))
		}
	}))
}

func toDate(v ref.Val) ref.Val {
	text, _ := v.(types.String)
	day, err := time.Parse(time.DateOnly, string(text))
	if err != nil {
		return types.NewErr("%q is no date such as 2025-12-31", string(text))
	}
	return types.Timestamp{Time: day}
}

// missingTrait is what stands for a value that is not there.
var missingTrait = types.NewUnknown(1, nil)

// traitsOf are the traits of the customer at hand: a CEL activation.
type traitsOf struct {
	at    int
	names []string
	get   []func(i int) ref.Val
}

// ResolveName is the value of a trait.
func (t *traitsOf) ResolveName(name string) (any, bool) {
	for k, n := range t.names {
		if n == name {
			return t.get[k](t.at), true
		}
	}
	return nil, false
}

// Parent is none.
func (t *traitsOf) Parent() cel.Activation { return nil }

// bind looks up the traits.
func (x *expression) bind(s *Scope) Test {
	t := &traitsOf{names: x.names}
	for _, name := range x.names {
		if k := boughtList(name); k >= 0 {
			t.get = append(t.get, s.bought(boughtLists[k].column))
		} else if name == "as_of" {
			day := types.Timestamp{Time: customer.DayTime(s.Env.AsOf)}
			t.get = append(t.get, func(int) ref.Val { return day })
		} else {
			t.get = append(t.get, traitOf(s.Profile(name)))
		}
	}
	var activation cel.Activation = t
	return Test{
		Truth: func(i int) Truth {
			t.at = i
			v, _, err := x.program.Eval(activation)
			if b, ok := v.(types.Bool); ok && err == nil {
				return Of(bool(b))
			}
			return Unknown
		},
		Value: func(i int) string {
			var said []string
			for k, name := range t.names {
				v := t.get[k](i)
				if types.IsUnknown(v) {
					said = append(said, name+" missing")
				} else {
					said = append(said, fmt.Sprintf("%s %v", name, v.Value()))
				}
			}
			return strings.Join(said, ", ")
		},
	}
}

// traitOf gives a column's values as CEL has them.
func traitOf(c *columns.Column) func(i int) ref.Val {
	whole := math.Pow10(int(c.Scale))
	folds := map[string]types.String{}
	fold := func(b []byte) types.String {
		f, known := folds[string(b)]
		if !known {
			f = types.String(alike.Fold(b))
			if len(folds) < mostTexts {
				folds[string(b)] = f
			}
		}
		return f
	}
	return func(i int) ref.Val {
		if c.Missing(i) {
			return missingTrait
		}
		switch c.Type {
		case columns.Text:
			b, _ := c.Bytes(i)
			return fold(b)
		case columns.List:
			b, _ := c.Bytes(i)
			var all []string
			for text := range strings.SplitSeq(string(b), string(rune(columns.ListSep))) {
				all = append(all, alike.Fold([]byte(text)))
			}
			return types.NewStringList(types.DefaultTypeAdapter, all)
		case columns.Bool:
			return types.Bool(c.Ints[i] != 0)
		case columns.Date:
			return types.Timestamp{Time: customer.DayTime(int32(c.Ints[i]))}
		case columns.Time, columns.Clock:
			return types.Timestamp{Time: time.UnixMicro(c.Ints[i]).UTC()}
		case columns.Float:
			return types.Double(c.Floats[i])
		case columns.Money:
			return types.Double(float64(c.Ints[i]) / whole)
		}
		return types.Int(c.Ints[i])
	}
}

// bought gives the different values of a column over the lines that were
// sold, by the view's day.
func (s *Scope) bought(column string) func(i int) ref.Val {
	lines := s.AllFacts(customer.OfLines)
	values, kinds := lines.Column(column), lines.Column("kind")
	return func(i int) ref.Val {
		var all []string
		lines.Newest(i, func(r int) bool {
			kind, _ := kinds.Bytes(r)
			text, there := values.Bytes(r)
			if there && string(kind) == "sale" {
				if f := alike.Fold(text); !slices.Contains(all, f) {
					all = append(all, f)
				}
			}
			return true
		})
		slices.Sort(all)
		return types.NewStringList(types.DefaultTypeAdapter, all)
	}
}
