package mapping

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
)

// mapAmounts maps the texts of one column, and of one beside it that names
// the currency; "!" is a refused row.
func mapAmounts(t *testing.T, f FieldSpec, source string, rows ...[2]string) string {
	t.Helper()
	day := "2025-01-01"
	f.Field = "amount"
	spec := Spec{Kind: customer.Order, Currency: source, Scale: 2, Fields: []FieldSpec{f, {Field: "at", Constant: &day}, {Field: "currency", Columns: []string{"currency"}}}}
	m, faults := Compile(spec, []string{"v", "currency"})
	if faults != nil {
		t.Fatal(faults)
	}
	in := columns.Chunk{N: len(rows)}
	for k, want := range m.Want() {
		in.Cols = append(in.Cols, columns.Column{Name: want})
		for _, r := range rows {
			in.Cols[k].AddOptional(r[map[string]int{"v": 0, "currency": 1}[want]])
		}
	}
	var out Mapped
	m.Map(&in, &out)
	var got []string
	for i, v := range out.Col("amount").Ints {
		switch {
		case out.State[i] == Rejected:
			got = append(got, "!")
		case v == columns.MissingInt:
			got = append(got, "")
		default:
			got = append(got, fmt.Sprint(v))
		}
	}
	return strings.Join(got, " ")
}

func TestAmountsAsTheyAreWritten(t *testing.T) {
	t.Parallel()
	column := FieldSpec{Columns: []string{"v"}}
	for _, c := range []struct{ decimal, values, want string }{
		{"", "1,234|1,234.50|1 234.50|12,5", "! ! 123450 !"},
		{".", "1,234|1,234.50|1,234,567.8|234.50|1'234.50|12,5|1,23|,234|1,2345.0", "123400 123450 123456780 23450 123450 ! ! ! !"},
		{",", "1.234|1.234,50|234,5|1.5|1,234.50", "123400 123450 23450 ! !"},
		{"", "(12.50)|( 3 )|(-1)|()|(x)", "-1250 -300 ! ! !"},
		{"", "$12.50|-$5|$-5.00|($ 3.00)|USD 7|7 usd|$ 1,5|-($3)|12.50 $|$|$12.50$|#5", "1250 -500 -500 -300 700 700 ! ! 1250 ! ! !"},
		{".", "$1,234.50|US$2", "123450 200"},
		{"", "€5|5 £|5 EUR|5 pcs", "! ! ! !"},
	} {
		f := column
		f.Decimal = c.decimal
		var rows [][2]string
		for _, v := range strings.Split(c.values, "|") {
			rows = append(rows, [2]string{v, ""})
		}
		if diff := cmp.Diff(c.want, mapAmounts(t, f, "USD", rows...)); diff != "" {
			t.Errorf("decimal %q, %s: %s", c.decimal, c.values, diff)
		}
	}
}

// TestAMarkIsOfTheRowsCurrency, whether the source or the row says which.
func TestAMarkIsOfTheRowsCurrency(t *testing.T) {
	t.Parallel()
	rows := [][2]string{{"5 €", "EUR"}, {"5 €", "USD"}, {"5 €", ""}, {"$5", "CAD"}, {"$5", ""}, {"5 €", "x"}}
	for _, f := range []FieldSpec{{Columns: []string{"v"}}, {Multiply: []string{"v"}}} {
		if got, want := mapAmounts(t, f, "USD", rows...), "500 ! ! 500 500 !"; got != want {
			t.Errorf("%v: %s, want %s", f, got, want)
		}
	}
	if got, want := mapAmounts(t, FieldSpec{Columns: []string{"v"}, Unit: "minor"}, "USD", [2]string{"$5"}, [2]string{"500"}), "! 500"; got != want {
		t.Errorf("in minor units: %s, want %s", got, want)
	}
	if got, want := mapAmounts(t, FieldSpec{Columns: []string{"v"}}, "", rows...), "500 ! 500 500 500 !"; got != want {
		t.Errorf("of a source that nobody knows the currency of: %s, want %s", got, want)
	}
}
