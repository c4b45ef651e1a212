package mapping

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
)

// fromColumn maps one column of any type to one field of an order, and shows
// it with the reasons of rejects.
func fromColumn(t *testing.T, f FieldSpec, c columns.Column) []string {
	t.Helper()
	f.Columns = []string{"c"}
	m := compiled(t, ordersWith(f), "")
	at := columns.Column{Name: "ts", Type: columns.Time}
	for range c.Len() {
		at.Ints = append(at.Ints, 0)
	}
	var out Mapped
	m.Map(&columns.Chunk{N: c.Len(), Cols: []columns.Column{at, c}}, &out)
	var got []string
	for i := range out.N {
		cell := "-"
		if !out.Cols[1].Missing(i) {
			cell = string(out.Cols[1].AppendValue(nil, i))
		}
		for _, r := range out.Rejects {
			if r.Row == i {
				cell = r.Reason
			}
		}
		got = append(got, cell)
	}
	return got
}

func TestFieldsFromTypedColumns(t *testing.T) {
	t.Parallel()
	const none = columns.MissingInt
	day := int64(20000) // 2024-10-04
	noon := (day*daySeconds + 12*3600) * second
	for _, c := range []struct {
		name string
		f    FieldSpec
		in   columns.Column
		want []string
	}{
		{"whole numbers as amounts", FieldSpec{Field: "amount"}, columns.Column{Type: columns.Int, Ints: []int64{12, none, limit, -3}}, []string{"12.00", "-", BadAmount, "-3.00"}},
		{"whole numbers as minor units", FieldSpec{Field: "amount", Unit: "minor"}, columns.Column{Type: columns.Int, Ints: []int64{1234, none}}, []string{"12.34", "-"}},
		{"decimals as amounts", FieldSpec{Field: "amount"}, columns.Column{Type: columns.Money, Scale: 4, Ints: []int64{123450, -50, none}}, []string{"12.35", "-0.01", "-"}},
		{"floats as amounts, by their shortest digits", FieldSpec{Field: "amount"}, columns.Column{Type: columns.Float, Floats: []float64{1.005, 0.1, math.NaN(), math.Inf(1), 1e308, 1e6}},
			[]string{"1.01", "0.10", "-", BadAmount, BadAmount, "1000000.00"}},
		{"floats as ids", FieldSpec{Field: "store"}, columns.Column{Type: columns.Float, Floats: []float64{13085, 1e20, math.NaN()}}, []string{"13085", "100000000000000000000", "-"}},
		{"whole numbers as texts", FieldSpec{Field: "store"}, columns.Column{Type: columns.Int, Ints: []int64{7, none}}, []string{"7", "-"}},
		{"truth as an enum", FieldSpec{Field: "kind", Map: map[string]string{"true": "return", "false": "sale"}}, columns.Column{Type: columns.Bool, Ints: []int64{1, 0, none}}, []string{"return", "sale", "-"}},
		{"truth as truth", FieldSpec{Field: "preorder"}, columns.Column{Type: columns.Bool, Ints: []int64{1, none}}, []string{"true", "-"}},
		{"instants", FieldSpec{Field: "updated_at"}, columns.Column{Type: columns.Time, Ints: []int64{noon, none, firstDay*daySeconds*second - 1}}, []string{"2024-10-04T12:00:00Z", "-", ImplausibleTime}},
		{"instants, whatever zone the field names", FieldSpec{Field: "updated_at", Zone: "Asia/Tokyo"}, columns.Column{Type: columns.Time, Ints: []int64{noon}}, []string{"2024-10-04T12:00:00Z"}},
		{"readings of a clock in the field's zone", FieldSpec{Field: "updated_at", Zone: "Asia/Tokyo"}, columns.Column{Type: columns.Clock, Ints: []int64{noon, none}}, []string{"2024-10-04T03:00:00Z", "-"}},
		{"readings of a clock in the source's zone", FieldSpec{Field: "updated_at"}, columns.Column{Type: columns.Clock, Ints: []int64{noon}}, []string{"2024-10-04T09:00:00Z"}},
		{"readings of a clock as texts", FieldSpec{Field: "store"}, columns.Column{Type: columns.Clock, Ints: []int64{noon}}, []string{"2024-10-04T12:00:00"}},
		{"days as times", FieldSpec{Field: "updated_at"}, columns.Column{Type: columns.Date, Ints: []int64{day, none}}, []string{"2024-10-03T21:00:00Z", "-"}},
		{"seconds as times", FieldSpec{Field: "updated_at", Unit: "s"}, columns.Column{Type: columns.Int, Ints: []int64{day * daySeconds, none, math.MaxInt64}}, []string{"2024-10-04T00:00:00Z", "-", BadTime}},
		{"whole numbers without a unit are no times", FieldSpec{Field: "updated_at"}, columns.Column{Type: columns.Int, Ints: []int64{day * daySeconds}}, []string{BadTime}},
		{"a list of keys stays a list", FieldSpec{Field: "email"}, columns.Column{Type: columns.List, Data: []byte("a\x1fb"), Spans: []columns.Span{{Start: 0, End: 3}}}, []string{"a\x1fb"}},
		{"quantities of floats", FieldSpec{Field: "quantity"}, columns.Column{Type: columns.Float, Floats: []float64{0.125, math.Inf(-1)}}, []string{"0.125", BadNumber}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, fromColumn(t, c.f, c.in)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// dictionary is a column with each text once.
func dictionary(c columns.Column) columns.Column {
	d := columns.Column{Name: c.Name, Dict: &columns.Column{}}
	seen := map[string]uint32{}
	for i := range c.Len() {
		b, ok := c.Bytes(i)
		if !ok {
			d.Index = append(d.Index, columns.MissingIndex)
			continue
		}
		x, known := seen[string(b)]
		if !known {
			x = uint32(len(seen))
			seen[string(b)] = x
			d.Dict.AddBytes(b)
		}
		d.Index = append(d.Index, x)
	}
	return d
}

func TestDictionariesGiveWhatTheirTextsGive(t *testing.T) {
	t.Parallel()
	s := ordersWith(column("id", "id"), column("amount", "a"), column("currency", "c"), column("quantity", "q"), column("preorder", "b"),
		FieldSpec{Field: "kind", Columns: []string{"k"}, PrefixMap: map[string]string{"C": "cancelled", "S": "sale"}},
		FieldSpec{Field: "status", Columns: []string{"k"}, Map: map[string]string{"S1": "one"}},
		FieldSpec{Field: "discount", Multiply: []string{"a", "q"}}, FieldSpec{Field: "email", Columns: []string{"id"}, Split: "-"})
	s.Where, s.Types = `k in ["S1", "C2", "X"] && q > 0`, map[string]string{"q": "decimal"}
	m := compiled(t, s, "")
	rows := []string{"ts|id|a|c|q|b|k"}
	for _, row := range []string{"2025-01-01|1-2|5|RUB|1|true|S1", "2025-01-01|1-2|5|JPY|1|no|C2", "2025-02-29|x|5.005||2|maybe|X", "|y|bad|RUB|0|true|S1", "2025-01-01||||||", "2025-01-01|1|5|JPY|x|true|S1"} {
		for range 3 {
			rows = append(rows, row)
		}
	}
	plain := table(m, rows...)
	coded := &columns.Chunk{N: plain.N}
	for _, c := range plain.Cols {
		coded.Cols = append(coded.Cols, dictionary(c))
	}
	var a, b Mapped
	m.Map(plain, &a)
	m.Map(coded, &b)
	if diff := cmp.Diff(shown(&a), shown(&b)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(a.Rejects, b.Rejects); diff != "" {
		t.Error(diff)
	}
	var scratch []byte
	for i := range plain.N {
		var x, y columns.Hash128
		x, scratch = ContentHash(plain, i, scratch)
		y, scratch = ContentHash(coded, i, scratch)
		if x != y {
			t.Errorf("row %d has two content hashes", i)
		}
	}
}

func TestContentHashTellsRowsApart(t *testing.T) {
	k := &columns.Chunk{N: 7, Cols: []columns.Column{{}, {}, {Type: columns.Int, Ints: []int64{1, 1, 1, 11, columns.MissingInt, 1, 1}}, {Type: columns.Float, Floats: []float64{1, 1, 1, 1e300, 1, 1, 1}}}}
	for _, row := range [][2]string{{"ab", "c"}, {"a", "bc"}, {"", "abc"}, {"ab", "c"}, {"ab", "c"}, {"a", "b\x01c"}, {"a\x01b", "c"}} {
		k.Cols[0].AddOptional(row[0])
		k.Cols[1].AddOptional(row[1])
	}
	seen := map[columns.Hash128]int{}
	for i := range k.N {
		h, _ := ContentHash(k, i, nil)
		if other, twice := seen[h]; twice {
			t.Errorf("rows %d and %d have one hash", other, i)
		}
		seen[h] = i
	}
}

func TestNothingIsSharedBetweenTwoMaps(t *testing.T) {
	m := compiled(t, ordersWith(column("id", "id"), FieldSpec{Field: "email", Columns: []string{"a", "b"}}), "")
	first, second := table(m, "ts|id|a|b", "2025-01-01|one|x|y", "2025-01-01|two||y"), table(m, "ts|id|a|b", "2025-01-02|three|z|")
	want := string(first.Cols[1].Data)
	var out Mapped
	m.Map(first, &out)
	m.Map(second, &out)
	m.Map(first, &out)
	if got := string(first.Cols[1].Data); got != want {
		t.Errorf("the chunk's own texts became %q", got)
	}
	if diff := cmp.Diff([]string{"2024-12-31T21:00:00Z | one | x", "2024-12-31T21:00:00Z | two | y"}, shown(&out)); diff != "" {
		t.Error(diff)
	}
}

func TestAttributesComeLast(t *testing.T) {
	s := ordersWith()
	s.Attributes = true
	m := compiled(t, s, "ts")
	if diff := cmp.Diff([]string{"ts", "*"}, m.Want()); diff != "" {
		t.Error(diff)
	}
	var out Mapped
	m.Map(table(m, "ts|*", `2025-01-01|{"a":1}`), &out)
	if b, _ := out.Col(Attributes).Bytes(0); string(b) != `{"a":1}` {
		t.Errorf("attributes are %q", b)
	}
}

// receipts is a chunk as a till's export has them.
func receipts(b *testing.B, m *Mapper, n int) (*columns.Chunk, int64) {
	b.Helper()
	rows := []string{"receipt_id|ts|loyalty_card|phone|email|amount_cents|is_return"}
	size := 0
	for i := range n {
		row := "R00000" + string(rune('0'+i%10)) + "0000|2025-02-07T23:57:30.000000|10028659|||721|false"
		rows, size = append(rows, row), size+len(row)+1
	}
	return table(m, rows...), int64(size)
}

func BenchmarkMapReceipts(b *testing.B) {
	s := Spec{Kind: customer.Order, Source: "tills", Currency: "RUB", Scale: 2, Zone: "Europe/Moscow", Fields: []FieldSpec{
		column("id", "receipt_id"), column("at", "ts"), {Field: "amount", Columns: []string{"amount_cents"}, Unit: "minor"},
		column("loyalty_card", "loyalty_card"), column("phone", "phone"), column("email", "email"),
		{Field: "kind", Columns: []string{"is_return"}, Map: map[string]string{"true": "return", "false": "sale"}}}}
	for _, c := range []struct{ name, where string }{{"plain", ""}, {"where", `is_return == "false" && loyalty_card != "1"`}, {"cel", `is_return + "" == "false" && loyalty_card != "1"`}} {
		b.Run(c.name, func(b *testing.B) {
			s.Where = c.where
			m := compiled(b, s, "receipt_id|ts|loyalty_card|phone|email|amount_cents|is_return")
			in, size := receipts(b, m, 4096)
			var out Mapped
			b.SetBytes(size)
			b.ReportAllocs()
			for b.Loop() {
				m.Map(in, &out)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/4096, "ns/row")
		})
	}
}

func BenchmarkContentHash(b *testing.B) {
	m := compiled(b, Spec{Kind: customer.Order, Fields: []FieldSpec{column("id", "receipt_id"), column("at", "ts"), column("amount", "amount_cents"), column("loyalty_card", "loyalty_card")}}, "")
	in, size := receipts(b, m, 4096)
	var scratch []byte
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		for i := range in.N {
			_, scratch = ContentHash(in, i, scratch)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/4096, "ns/row")
}
