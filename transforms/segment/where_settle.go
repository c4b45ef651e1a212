package segment

import (
	"slices"
	"strings"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"

	"github.com/habitue-data/habitue/customer"
)

// settleWords puts the words of a trait that has few, as lifecycle_stage, where
// an expression compares it with another spelling of them. What is no word of
// it is told: it would match nobody.
func settleWords(tree *ast.AST) (wrong []whereFault) {
	factory := ast.NewExprFactory()
	settle := func(words []string, e ast.Expr) {
		text, is := e.AsLiteral().(types.String)
		if !is {
			return
		}
		spec := word(words...)
		settled, err := spec.Word(string(text))
		if err != nil {
			what, todo, _ := strings.Cut(err.Error(), "; ")
			wrong = append(wrong, whereFault{col: tree.SourceInfo().GetStartLocation(e.ID()).Column() + 1, what: what, todo: todo})
			return
		}
		e.SetKindCase(factory.NewLiteral(e.ID(), types.String(settled)))
	}
	ast.PostOrderVisit(tree.Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		if e.Kind() != ast.CallKind || !slices.Contains([]string{operators.Equals, operators.NotEquals, operators.In}, e.AsCall().FunctionName()) {
			return
		}
		for k, trait := range e.AsCall().Args() {
			words := customer.Words("customers", trait.AsIdent())
			if words == nil {
				continue
			}
			switch other := e.AsCall().Args()[1-k]; other.Kind() {
			case ast.LiteralKind:
				settle(words, other)
			case ast.ListKind:
				for _, one := range other.AsList().Elements() {
					settle(words, one)
				}
			}
		}
	}))
	return wrong
}
