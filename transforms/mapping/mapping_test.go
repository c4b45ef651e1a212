package mapping

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
)

// table is a chunk of texts: the first row holds the names, "" is missing.
// The columns come in the order in which a Mapper wants them.
func table(m *Mapper, rows ...string) *columns.Chunk {
	header := strings.Split(rows[0], "|")
	k := &columns.Chunk{N: len(rows) - 1, FirstLine: 2}
	for _, name := range m.Want() {
		c := columns.Column{Name: name}
		for _, row := range rows[1:] {
			value := ""
			for j, cell := range strings.Split(row, "|") {
				if header[j] == name {
					value = cell
				}
			}
			c.AddOptional(value)
		}
		k.Cols = append(k.Cols, c)
	}
	return k
}

// compiled is a Mapper of a Spec that must be right.
func compiled(t testing.TB, s Spec, header string) *Mapper {
	t.Helper()
	var names []string
	if header != "" {
		names = strings.Split(header, "|")
	}
	m, faults := Compile(s, names)
	if faults != nil {
		t.Fatal(faults)
	}
	return m
}

// column is a field of a Spec from one column.
func column(field, name string) FieldSpec { return FieldSpec{Field: field, Columns: []string{name}} }

// shown is a mapped chunk as a person would read it: a line for each row,
// with - for what is missing.
func shown(out *Mapped) []string {
	lines := []string{}
	for i := range out.N {
		var cells []string
		for j := range out.Cols {
			cell := "-"
			if c := &out.Cols[j]; !c.Missing(i) {
				cell = strings.ReplaceAll(string(c.AppendValue(nil, i)), "\x1f", "+")
			}
			cells = append(cells, cell)
		}
		line := strings.Join(cells, " | ")
		switch out.State[i] {
		case Filtered:
			line += " filtered"
		case Rejected:
			for _, r := range out.Rejects {
				if r.Row == i {
					line += " " + r.Reason + "(" + r.Column + ")"
				}
			}
		}
		lines = append(lines, line)
	}
	return lines
}

// orders is a Spec of orders with a time and one more field.
func ordersWith(fields ...FieldSpec) Spec {
	return Spec{File: "habitue.yaml", Source: "tills", Kind: customer.Order, Currency: "RUB", Scale: 2, Zone: "Europe/Moscow",
		Fields: append([]FieldSpec{{Field: "at", Columns: []string{"ts"}}}, fields...)}
}

// mapOne maps the values of one column to one field and shows the field,
// with the reason where the row is refused.
func mapOne(t *testing.T, s Spec, header string, values ...string) []string {
	t.Helper()
	m := compiled(t, s, "")
	rows := []string{"ts|" + header}
	for _, v := range values {
		rows = append(rows, "2025-01-01|"+v)
	}
	var out Mapped
	m.Map(table(m, rows...), &out)
	lines := shown(&out)
	for i := range lines {
		lines[i] = strings.SplitN(lines[i], " | ", 2)[1]
	}
	return lines
}

func constantOf(s string) *string { return &s }

func TestFieldsFromTexts(t *testing.T) {
	t.Parallel()
	text := func(f FieldSpec) Spec { return ordersWith(f) }
	for _, c := range []struct {
		name string
		spec Spec
		cols string
		in   []string
		want []string
	}{
		{"amounts in major units", text(column("amount", "a")), "a",
			[]string{"12.34", "-5", "", "0", "12.345", "-12.345", "1e308", "1.234,56", "1 234.50", "1234567890123456789", "12.", ".5", "abc", "+7", "   "},
			[]string{"12.34", "-5.00", "-", "0.00", "12.35", "-12.35", "- bad_amount(a)", "- bad_amount(a)", "1234.50", "- bad_amount(a)", "12.00", "0.50", "- bad_amount(a)", "7.00", "-"}},
		{"amounts in minor units", text(FieldSpec{Field: "amount", Columns: []string{"a"}, Unit: "minor"}), "a",
			[]string{"1234", "-5", "12.5"}, []string{"12.34", "-0.05", "0.13"}},
		{"amounts with a decimal comma", text(FieldSpec{Field: "amount", Columns: []string{"a"}, Decimal: ","}), "a",
			[]string{"1.234,56", "1234,5", "1 234,56", "12.34", "1.2345,00"}, []string{"1234.56", "1234.50", "1234.56", "- bad_amount(a)", "- bad_amount(a)"}},
		{"a product is exact and rounded once", text(FieldSpec{Field: "amount", Multiply: []string{"q", "p"}}), "q|p",
			[]string{"3|6.95", "0.333|0.05", "-3|0.005", "|1", "x|1", "999999999999|999999999999"},
			[]string{"20.85", "0.02", "-0.02", "-", "- bad_amount(q)", "- bad_amount(q)"}},
		{"a sum takes what is there", text(FieldSpec{Field: "amount", Sum: []string{"q", "p"}}), "q|p",
			[]string{"0.1|0.2", "5|", "|", "0.004|0.001", "-3|1.5"}, []string{"0.30", "5.00", "-", "0.01", "-1.50"}},
		{"quantities are exact thousandths", text(column("quantity", "q")), "q", []string{"1", "0.1", "-2.5", "x"},
			[]string{"1.000", "0.100", "-2.500", "- bad_number(q)"}},
		{"an enum by map", text(FieldSpec{Field: "kind", Columns: []string{"k"}, Map: map[string]string{"true": "return", "false": "sale", "": "sale"}}), "k",
			[]string{"true", "false", "", "maybe"}, []string{"return", "sale", "sale", "- bad_enum(k)"}},
		{"an enum by itself", text(column("kind", "k")), "k", []string{"sale", "Sale", ""}, []string{"sale", "- bad_enum(k)", "-"}},
		{"the longest prefix wins", text(FieldSpec{Field: "kind", Columns: []string{"k"}, PrefixMap: map[string]string{"C": "cancelled", "CR": "return", "": "sale"}}), "k",
			[]string{"C12", "CR1", "536365", ""}, []string{"cancelled", "return", "sale", "sale"}},
		{"a star is any other", text(FieldSpec{Field: "status", Columns: []string{"k"}, Map: map[string]string{"1": "new", "*": "old"}}), "k",
			[]string{"1", "7", ""}, []string{"new", "old", "-"}},
		{"texts that the map does not know stay", text(FieldSpec{Field: "status", Columns: []string{"k"}, Map: map[string]string{"1": "new"}}), "k",
			[]string{"1", "7", "", "7", "new"}, []string{"new", "7", "-", "7", "new"}},
		{"a map may make a value missing", text(FieldSpec{Field: "amount", Columns: []string{"a"}, Map: map[string]string{"n/a": ""}}), "a", []string{"n/a", "5"}, []string{"-", "5.00"}},
		{"and a text", text(FieldSpec{Field: "status", Columns: []string{"k"}, Map: map[string]string{"(not set)": "", "1": "new"}}), "k", []string{"(not set)", "1", "7", ""}, []string{"-", "new", "7", "-"}},
		{"and so may a prefix", text(FieldSpec{Field: "status", Columns: []string{"k"}, PrefixMap: map[string]string{"(": ""}}), "k", []string{"(none)", "x"}, []string{"-", "x"}},
		{"the first column that has a value", text(FieldSpec{Field: "email", Columns: []string{"a", "b"}}), "a|b", []string{"x|y", "|y", "|"}, []string{"x", "y", "-"}},
		{"lists", text(FieldSpec{Field: "email", Columns: []string{"a"}, Split: ","}), "a",
			[]string{"a@b, c@d ,", "x", "", ",", `["p","q"]`}, []string{"a@b+c@d", "x", "-", "-", "p+q"}},
		{"truth in many words", text(column("preorder", "b")), "b", []string{"true", "0", "YES", "нет", "Да", "", "maybe", " t "},
			[]string{"true", "false", "true", "false", "true", "-", "- bad_bool(b)", "true"}},
		{"a constant", text(FieldSpec{Field: "channel", Constant: constantOf("web")}), "x", []string{"1", "2"}, []string{"web", "web"}},
		{"a constant amount", text(FieldSpec{Field: "discount", Constant: constantOf("1.5")}), "x", []string{"1", "2", "3"}, []string{"1.50", "1.50", "1.50"}},
		{"an expression over texts", text(FieldSpec{Field: "store", Expr: `a + "-" + b`}), "a|b", []string{"x|y", "x|"}, []string{"x-y", "-"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, mapOne(t, c.spec, c.cols, c.in...)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAmountsFollowTheCurrencyOfTheirRow(t *testing.T) {
	s := ordersWith(column("amount", "a"), column("currency", "c"))
	m := compiled(t, s, "")
	var out Mapped
	m.Map(table(m, "ts|a|c", "2025-01-01|12.5|rub", "2025-01-01|12.5|JPY", "2025-01-01|12.5|KWD", "2025-01-01|12.5|", "2025-01-01|12.5|ABC", "2025-01-01|x|ABC"), &out)
	if diff := cmp.Diff([]int64{1250, 13, 12500, 1250, missing, missing}, out.Col("amount").Ints); diff != "" {
		t.Error(diff)
	}
	want := []string{"RUB", "JPY", "KWD", "", "", ""}
	for i, w := range want {
		if b, _ := out.Col("currency").Bytes(i); string(b) != w {
			t.Errorf("currency of row %d is %q, want %q", i, b, w)
		}
	}
	var reasons []string
	for _, r := range out.Rejects {
		reasons = append(reasons, fmt.Sprint(r.Row, r.Reason))
	}
	if diff := cmp.Diff([]string{"4bad_currency", "5bad_amount"}, reasons); diff != "" {
		t.Error(diff)
	}
}

func TestOneRejectARowTheFirstInFieldOrder(t *testing.T) {
	s := ordersWith(column("id", "id"), column("amount", "a"))
	m := compiled(t, s, "ts|id|a")
	var out Mapped
	in := table(m, "ts|id|a", "bad||bad", "2025-01-01||bad", "2025-01-01|1|bad", "|1|2", "1899-12-31|1|7", "2025-01-01|2|3")
	for range 2 { // the second time over used memory
		m.Map(in, &out)
		want := []string{
			"- | - | - bad_time(ts)",
			"2024-12-31T21:00:00Z | - | - missing_id(id)",
			"2024-12-31T21:00:00Z | 1 | - bad_amount(a)",
			"- | 1 | 2.00 missing_time(ts)",
			"- | 1 | 7.00 implausible_time(ts)",
			"2024-12-31T21:00:00Z | 2 | 3.00",
		}
		if diff := cmp.Diff(want, shown(&out)); diff != "" {
			t.Error(diff)
		}
	}
	if len(out.Rejects) != 5 {
		t.Errorf("%d rejects", len(out.Rejects))
	}
}

func TestRejectsSayWhatToDo(t *testing.T) {
	for value, want := range map[string]string{
		"1.234,56": `"1.234,56" is no amount with a decimal point; if its comma is the decimal separator, say decimal: ","`,
		"1e308":    `"1e308" is no amount of at most 18 digits, written out without an exponent`,
		"free":     `"free" is no amount; if it is another sign for no value, map it to ""`,
	} {
		m := compiled(t, ordersWith(column("amount", "a")), "")
		var out Mapped
		m.Map(table(m, "ts|a", "2025-01-01|"+value), &out)
		if len(out.Rejects) != 1 || out.Rejects[0].Detail != want {
			t.Errorf("%s: %+v", value, out.Rejects)
		}
	}
}

func TestCompileTellsAllFaultsAtOnce(t *testing.T) {
	s := Spec{File: "habitue.yaml", Source: "tills", Kind: customer.Order, Currency: "RUX", Scale: 2, Zone: "Europe/Moskow",
		Types: map[string]string{"amout": "decimal", "amount": "money"},
		Where: `kind = "x"`,
		Fields: []FieldSpec{
			{Field: "idd", Columns: []string{"id"}, Line: 3, Col: 5},
			{Field: "id", Columns: []string{"receit"}, Line: 4, Col: 5},
			{Field: "amount", Columns: []string{"amount"}, Unit: "cents", Line: 5, Col: 5},
			{Field: "kind", Columns: []string{"kind"}, Map: map[string]string{"a": "sal"}, Line: 6, Col: 5},
			{Field: "status", Line: 7, Col: 5},
			{Field: "updated_at", Columns: []string{"kind"}, Format: "%Q", Line: 8, Col: 5},
			{Field: "discount", Expr: `amount * 2`, Line: 9, Col: 5},
			{Field: "price", Constant: constantOf("1,5"), Line: 10, Col: 5},
			{Field: "line", Expr: `lowerAsci(kind)`, Line: 11, Col: 5},
			{Field: "store", Expr: `knd`, Line: 12, Col: 5},
		}}
	_, faults := Compile(s, []string{"receipt", "amount", "kind"})
	var got []string
	for _, f := range faults {
		got = append(got, f.Error())
	}
	want := []string{
		"habitue.yaml: source tills: unknown zone Europe/Moskow; write a name such as Europe/Moscow",
		"habitue.yaml: source tills: unknown currency RUX; write an ISO 4217 code such as EUR",
		"habitue.yaml: source tills: types: amount is money, there is no such type; there are text, int, decimal, bool, date, time",
		"habitue.yaml: source tills: types: there is no column amout; did you mean amount?",
		`habitue.yaml: source tills: where, 1:6: it cannot be read from "=" on; write it like quantity > 0 && status == "paid"`,
		"habitue.yaml: source tills: the field at is not mapped, an order needs its time; map it from a column",
		"habitue.yaml:3:5: source tills: order has no field idd; did you mean id?",
		"habitue.yaml:3:5: source tills: there is no column id, the field idd is mapped from it; there are receipt, amount, kind",
		"habitue.yaml:4:5: source tills: there is no column receit, the field id is mapped from it; did you mean receipt?",
		"habitue.yaml:5:5: source tills: unknown unit cents of the amount amount; write major (roubles) or minor (kopecks)",
		"habitue.yaml:6:5: source tills: kind cannot be sal; did you mean sale?",
		"habitue.yaml:7:5: source tills: the field status has 0 origins, it takes exactly one; give it one of column, columns, value, multiply, sum, expr",
		"habitue.yaml:8:5: source tills: unusable format %Q, %Q is no directive; write one such as %d.%m.%Y %H:%M:%S",
		"habitue.yaml:9:5: source tills: expr of discount, 1:8: * does not take a text and a number; say under types: that the column is decimal or int",
		`habitue.yaml:10:5: source tills: unusable value of price: "1,5" is no amount with a decimal point; if its comma is the decimal separator, say decimal: ","`,
		"habitue.yaml:11:5: source tills: expr of line, 1:10: there is no function lowerAsci; did you mean lowerAscii?",
		"habitue.yaml:12:5: source tills: expr of store, 1:1: there is no column knd; did you mean kind?",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
