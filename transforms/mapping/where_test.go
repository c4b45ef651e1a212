package mapping

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/habitue-data/habitue/internal/columns"
)

// types of the columns of the tests of where and expr.
var exprTypes = map[string]string{"q": "int", "p": "decimal", "b": "bool", "d": "date", "ts": "time"}

func withWhere(where string) Spec {
	s := ordersWith(column("id", "s"))
	s.Where, s.Types = where, exprTypes
	return s
}

// answers is T, F or the reason of a reject for each row.
func answers(m *Mapper, in *columns.Chunk) string {
	var out Mapped
	m.Map(in, &out)
	var b strings.Builder
	for i, state := range out.State {
		switch state {
		case Kept:
			b.WriteByte('T')
		case Filtered:
			b.WriteByte('F')
		case Rejected:
			for _, r := range out.Rejects {
				if r.Row == i {
					b.WriteString("(" + r.Reason + " " + r.Column + ")")
				}
			}
		}
	}
	return b.String()
}

func TestWhere(t *testing.T) {
	t.Parallel()
	rows := []string{"ts|s|q|p|b|d|Customer ID",
		"2025-01-01|paid|3|1.50|true|2025-01-31|a",
		"2025-06-01|C12|-1|0.1|false|2025-02-01|b",
		"2025-06-01|x|||||"}
	for where, want := range map[string]string{
		`s == "paid"`: "TFF", `s != "paid"`: "FTT", `q > 0`: "TFF", `q != 3`: "FTF", `!(q == 3)`: "FTT",
		`p * q == 4.5`: "TFF", `p == 0.1`: "FTF", `p > 1`: "TFF", `0.1 < p`: "TFF", `b`: "TFF", `!b`: "FTT", `b == false`: "FTF",
		`d == date("2025-01-31")`: "TFF", `d > date("2025-01-31")`: "FTF", `ts >= timestamp("2025-05-31T21:00:00Z")`: "FTT",
		`q == null`: "FFT", `p != null && q >= -1`: "TTF", `s in ["paid", "x"]`: "TFT", `q in [3, 4]`: "TFF", `!(s in ["x"])`: "TTF",
		`s.startsWith("C")`: "FTF", `!s.startsWith("C") && q > 0`: "TFF", `s.endsWith("2") || s.contains("ai")`: "TTF",
		`row["Customer ID"] == "b"`: "FTF", `size(s) == 3`: "FTF", `q + 1 > p`: "TFF", `p / 3 * 3 == p`: "TTF", `q % 2 == 1`: "TFF",
		`s.matches("^[a-z]+$")`: "TFT", `int(p) == 1`: "TFF", `string(p) == "1.5"`: "TFF", `-q == 1`: "FTF",
		`["paid", "open"].exists(x, x == s)`: "TFF", `b ? q > 0 : q < 0`: "TTF", `decimal(s.replace("C", "")) == 12`: "(unreadable_expr where)T(unreadable_expr where)",
		`ts.getFullYear() == 2025 && d < ts`: "FTF",
		`p - 10 / (q - 3) > 0`:               "(unreadable_expr where)TF",
	} {
		m := compiled(t, withWhere(where), rows[0])
		if got := answers(m, table(m, rows...)); got != want {
			t.Errorf("%s: %s, want %s", where, got, want)
		}
	}
}

// TestNumbersOfAnExpressionAreExact has literals that differ where no float
// does, alone, behind letters of two bytes, negative and in arithmetic.
func TestNumbersOfAnExpressionAreExact(t *testing.T) {
	t.Parallel()
	rows := []string{"ts|s|q|p|b|d", "2025-01-01|ü||100000000000000.01||", "2025-01-01|ü||100000000000000.02||", "2025-01-01|ü||-100000000000000.01||"}
	for where, want := range map[string]string{
		`p == 100000000000000.01`: "TFF", `s == "ü" && p == 100000000000000.02`: "FTF", `p == -100000000000000.01`: "FFT",
		`p - 100000000000000.01 == 0.01`: "FTF", `p in [100000000000000.02, 1.5]`: "FTF", `p > 1.0e14`: "TTF", `p > 0.00000000000000001`: "TTF",
	} {
		m := compiled(t, withWhere(where), rows[0])
		if got := answers(m, table(m, rows...)); got != want {
			t.Errorf("%s: %s, want %s", where, got, want)
		}
	}
}

func TestAColumnThatIsNotOfItsTypeRefusesTheRow(t *testing.T) {
	rows := []string{"ts|s|q|p|b|d", "2025-01-01|a|x|1|true|", "2025-01-01|a|1|1,5|true|", "2025-01-01|a|1|1|maybe|", "2025-01-01|a|1|1|true|2025-02-29"}
	want := "(unreadable_expr q)(unreadable_expr p)(unreadable_expr b)(unreadable_expr d)"
	for _, where := range []string{`q > 0 && p > 0 && b && d == null`, `q * p > 0 && b && d == null`} {
		m := compiled(t, withWhere(where), rows[0])
		if got := answers(m, table(m, rows...)); got != want {
			t.Errorf("%s: %s, want %s", where, got, want)
		}
	}
}

func TestWhichClausesAreCompiled(t *testing.T) {
	for where, want := range map[string]bool{
		`s == "a" && (q > 0 || p <= 1.5) && !(b) && d != null`: true,
		`s in ["a", "b"] && s.startsWith("x") && 1 < q`:        true,
		`p * 2 > 1`: false, `s == row["id"]`: false, `size(s) > 2`: false,
	} {
		m := compiled(t, withWhere(where), "ts|s|q|p|b|d|id")
		if got := m.where.clause != nil; got != want {
			t.Errorf("%s: compiled %v, want %v", where, got, want)
		}
	}
}

// comparison draws a where made only of comparisons with constants.
func comparison(t *rapid.T, depth int) string {
	op := func() string {
		return rapid.SampledFrom([]string{"==", "!=", "<", "<=", ">", ">="}).Draw(t, "op")
	}
	kinds := 8
	if depth > 0 {
		kinds = 11
	}
	switch rapid.IntRange(0, kinds).Draw(t, "kind") {
	case 0:
		return fmt.Sprintf("s %s %q", op(), rapid.SampledFrom([]string{"a", "b", "ab"}).Draw(t, "text"))
	case 1:
		return fmt.Sprintf("q %s %s", op(), rapid.SampledFrom([]string{"0", "1", "-2", "0.5"}).Draw(t, "n"))
	case 2:
		return fmt.Sprintf("%s %s p", rapid.SampledFrom([]string{"0", "1.50", "-0.001"}).Draw(t, "n"), op())
	case 3:
		return fmt.Sprintf("d %s date(%q)", op(), "2025-01-31")
	case 4:
		return fmt.Sprintf("ts %s timestamp(%q)", op(), "2025-01-30T21:00:00Z")
	case 5:
		return rapid.SampledFrom([]string{"b", "!b", "b == true", "b != true"}).Draw(t, "truth")
	case 6:
		return rapid.SampledFrom([]string{"s", "q", "p", "b", "d"}).Draw(t, "column") + rapid.SampledFrom([]string{" == ", " != "}).Draw(t, "null") + "null"
	case 7:
		return rapid.SampledFrom([]string{`s in ["a", "zz"]`, `q in [0, 1]`, `p in [1.5, -0.001]`}).Draw(t, "in")
	case 8:
		return `s.startsWith("a")`
	case 9:
		return "!(" + comparison(t, depth-1) + ")"
	case 10:
		return "(" + comparison(t, depth-1) + " && " + comparison(t, depth-1) + ")"
	}
	return "(" + comparison(t, depth-1) + " || " + comparison(t, depth-1) + ")"
}

// Closures and CEL give the same answer for every row.
func TestClosuresAgreeWithCEL(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		where := comparison(t, 3)
		m, faults := Compile(withWhere(where), []string{"ts", "s", "q", "p", "b", "d"})
		if faults != nil {
			t.Fatalf("%s: %v", where, faults)
		}
		rows := []string{"ts|s|q|p|b|d"}
		for range rapid.IntRange(0, 12).Draw(t, "rows") {
			cell := func(of ...string) string { return rapid.SampledFrom(append(of, "")).Draw(t, "cell") }
			rows = append(rows, strings.Join([]string{rapid.SampledFrom([]string{"2025-01-31", "2025-02-01 10:00"}).Draw(t, "ts"), rapid.SampledFrom([]string{"a", "b", "ab", "zz"}).Draw(t, "s"),
				cell("0", "1", "-2", "bad"), cell("1.5", "1.500", "-0.001", "0"), cell("true", "no"), cell("2025-01-31", "2024-12-31")}, "|"))
		}
		in := table(m, rows...)
		if m.where.clause == nil {
			t.Fatalf("%s is not compiled", where)
		}
		compiledAnswers := answers(m, in)
		m.where.clause = nil
		if interpreted := answers(m, in); interpreted != compiledAnswers {
			t.Fatalf("%s: closures %s, CEL %s\n%s", where, compiledAnswers, interpreted, strings.Join(rows, "\n"))
		}
	})
}

func TestFaultsOfWhereAreInPlainWords(t *testing.T) {
	for where, want := range map[string]string{
		`price > 5`:                 "where, 1:1: there is no column price; did you mean prices?",
		`s > 5`:                     "where, 1:3: > does not take a text and a number; say under types: that the column is decimal or int",
		`q`:                         "where gives a number, it must be true or false; write a comparison such as status == \"paid\"",
		`s == "a" &&`:               "where, 1:12: it ends too early; write it like quantity > 0 && status == \"paid\"",
		`d > "2025"`:                `where, 1:3: > does not take a time and a text; say under types: that the column is date or time; write a moment as date("2025-12-31")`,
		`s.startWith("a")`:          "where, 1:12: there is no function startWith; did you mean startsWith?",
		`d > date("2025-02-30")`:    `where, 1:9: date(2025-02-30) cannot be read; write decimal("1.5"), date("2025-12-31") or timestamp("2025-12-31T23:59:59Z")`,
		`p > 1234567890123456789.5`: "where, 1:5: the number 1234567890123456789.5 has more than 18 digits; write a smaller one",
	} {
		_, faults := Compile(withWhere(where), []string{"ts", "s", "q", "p", "b", "d", "prices"})
		var got []string
		for _, f := range faults {
			got = append(got, strings.TrimPrefix(f.Error(), "habitue.yaml: source tills: "))
		}
		if diff := cmp.Diff([]string{want}, got); diff != "" {
			t.Errorf("%s: %s", where, diff)
		}
	}
}

func TestExpr(t *testing.T) {
	t.Parallel()
	rows := []string{"ts|s|q|p|b|d", "2025-01-01|a|3|1.115|true|2025-01-31", "2025-01-01|b|-1|0.005|false|", "2025-01-01||||| "}
	for _, c := range []struct{ field, expr, want string }{
		{"amount", `q * p`, "3.35 -0.01 -"},
		{"amount", `q > 0 ? p : 0 - p`, "1.12 -0.01 -"},
		{"quantity", `q / 3`, "1.000 -0.333 -"},
		{"kind", `q < 0 ? "return" : "sale"`, "sale return sale"},
		{"kind", `s`, "bad_enum bad_enum -"},
		{"preorder", `b`, "true false -"},
		{"updated_at", `ts + duration("60s")`, "2024-12-31T21:01:00Z 2024-12-31T21:01:00Z 2024-12-31T21:01:00Z"},
		{"status", `s + string(q)`, "a3 b-1 -"},
	} {
		s := ordersWith(FieldSpec{Field: c.field, Expr: c.expr})
		s.Types = exprTypes
		m := compiled(t, s, rows[0])
		var out Mapped
		m.Map(table(m, rows...), &out)
		var got []string
		for i := range out.N {
			value := string(out.Cols[1].AppendValue(nil, i))
			if value == "" {
				value = "-"
			}
			for _, r := range out.Rejects {
				if r.Row == i {
					value = r.Reason
				}
			}
			got = append(got, value)
		}
		if diff := cmp.Diff(c.want, strings.Join(got, " ")); diff != "" {
			t.Errorf("%s: %s", c.expr, diff)
		}
	}
}

func TestAnExpressionCannotRunForEver(t *testing.T) {
	m := compiled(t, withWhere(`[1,2,3,4,5,6,7,8,9].all(a, [1,2,3,4,5,6,7,8,9].all(b, [1,2,3,4,5,6,7,8,9].all(c, [1,2,3,4,5,6,7,8,9].all(d, [1,2,3,4,5,6,7,8,9].all(e, a + b + c + d + e > 0 && s != "x")))))`), "ts|s|q|p|b|d")
	if got := answers(m, table(m, "ts|s", "2025-01-01|a")); got != "(unreadable_expr where)" {
		t.Error(got)
	}
}
