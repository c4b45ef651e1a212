package parquet

import (
	"bytes"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/deprecated"

	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/internal/rowfile"
	"github.com/habitue-data/habitue/internal/rowfile/rowtest"
)

const none = rowtest.Missing

// encode writes rows, several to a page and group of rows each.
func encode[T any](t testing.TB, rows []T, group int, options ...parquet.WriterOption) string {
	t.Helper()
	var b bytes.Buffer
	w := parquet.NewGenericWriter[T](&b, options...)
	for len(rows) > 0 {
		n := min(group, len(rows))
		if _, err := w.Write(rows[:n]); err != nil {
			t.Fatal(err)
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		rows = rows[n:]
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func read(t testing.TB, content string, want ...string) (rowtest.File, error) {
	t.Helper()
	return rowtest.Read(New(), rowtest.Write(t, "x.parquet", content), rowfile.Options{}, want...)
}

type typed struct {
	Text   *string          `parquet:"text,optional"`
	Dict   *string          `parquet:"dict,optional,dict"`
	Enum   string           `parquet:"enum,enum"`
	JSON   string           `parquet:"json,json"`
	ID     [16]byte         `parquet:"id,uuid"`
	Small  int8             `parquet:"small"`
	Int    *int64           `parquet:"int,optional,dict"`
	Uint   uint32           `parquet:"uint"`
	Yes    *bool            `parquet:"yes,optional"`
	Day    int32            `parquet:"day,date"`
	Milli  int64            `parquet:"milli,timestamp(millisecond)"`
	Micro  int64            `parquet:"micro,timestamp(microsecond)"`
	Nano   int64            `parquet:"nano,timestamp(nanosecond)"`
	Local  int64            `parquet:"local,timestamp(millisecond:local)"`
	Old    deprecated.Int96 `parquet:"old"`
	Price  int32            `parquet:"price,decimal(2:9)"`
	Total  int64            `parquet:"total,decimal(2:18)"`
	Wide   [16]byte         `parquet:"wide,decimal(3:38)"`
	Single float32          `parquet:"single"`
	Double *float64         `parquet:"double,optional,dict"`
	Bytes  []byte           `parquet:"bytes"`
}

func ptr[T any](v T) *T { return &v }

func typedRow() typed {
	at := time.Date(1969, 12, 31, 23, 59, 59, 999_999_999, time.UTC)
	return typed{
		Text: ptr("ü"), Dict: ptr("d"), Enum: "e", JSON: `{"a":1}`, ID: [16]byte{0: 0x12, 15: 0xef}, Small: -5, Int: ptr(int64(7)), Uint: math.MaxUint32,
		Yes: ptr(true), Day: 59, Milli: 1500, Micro: -1, Local: 1500, Nano: at.UnixNano(), Old: deprecated.Int96{0: 1000, 2: 2440589},
		Price: -105, Total: 99, Wide: [16]byte{14: 0x04, 15: 0xd2}, Single: 0.5, Double: ptr(1.25), Bytes: []byte("raw"),
	}
}

func TestTypes(t *testing.T) {
	t.Parallel()
	content := encode(t, []typed{typedRow(), {Bytes: []byte{}}}, 10)
	for _, c := range []struct{ column, value, zero string }{
		{"text", "ü", none}, {"dict", "d", none}, {"enum", "e", none}, {"json", `{"a":1}`, none},
		{"id", "12000000-0000-0000-0000-0000000000ef", "00000000-0000-0000-0000-000000000000"},
		{"small", "-5", "0"}, {"int", "7", none}, {"uint", "4294967295", "0"}, {"yes", "true", none},
		{"day", "1970-03-01", "1970-01-01"},
		{"milli", "1970-01-01T00:00:01.5Z", "1970-01-01T00:00:00Z"},
		{"micro", "1969-12-31T23:59:59.999999Z", "1970-01-01T00:00:00Z"},
		{"nano", "1969-12-31T23:59:59.999999Z", "1970-01-01T00:00:00Z"},
		{"local", "1970-01-01T00:00:01.5", "1970-01-01T00:00:00"},
		{"old", "1970-01-02T00:00:00.000001Z", "-4713-11-24T00:00:00Z"},
		{"price", "-1.05", "0.00"}, {"total", "0.99", "0.00"}, {"wide", "1.234", "0.000"},
		{"single", "0.5", "0"}, {"double", "1.25", none}, {"bytes", "raw", none},
	} {
		t.Run(c.column, func(t *testing.T) {
			t.Parallel()
			got, err := read(t, content, c.column)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]string{c.value, c.zero}, got.Rows); diff != "" {
				t.Error(diff)
			}
		})
	}
}

type nested struct {
	Name    string   `parquet:"name"`
	Tags    []string `parquet:"tags,list"`
	Words   []string `parquet:"words"`
	Address *struct {
		City *string `parquet:"city,optional"`
		Geo  struct {
			Lat float64 `parquet:"lat"`
		} `parquet:"geo"`
	} `parquet:"address,optional"`
	Numbers []int64 `parquet:"numbers,list"`
	Items   []struct {
		SKU string `parquet:"sku"`
	} `parquet:"items"`
	Clock int64             `parquet:"clock,time(microsecond)"`
	Map   map[string]string `parquet:"map"`
	Fixed [3]byte           `parquet:"fixed"`
}

func nestedRows() []nested {
	rows := []nested{{Name: "a", Tags: []string{"x", "", "y"}, Words: []string{"one"}}, {Name: "b"}, {Name: "c", Words: []string{"two", "three"}}}
	rows[0].Address = &struct {
		City *string `parquet:"city,optional"`
		Geo  struct {
			Lat float64 `parquet:"lat"`
		} `parquet:"geo"`
	}{City: ptr("Ufa")}
	rows[0].Address.Geo.Lat = 54.7
	return rows
}

func TestGroupsAndLists(t *testing.T) {
	t.Parallel()
	got, err := read(t, encode(t, nestedRows(), 10), "name", "tags", "words", "address.city", "address.geo.lat")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"a | x\x1fy | one | Ufa | 54.7", "b | " + none + " | " + none + " | " + none + " | " + none, "c | " + none + " | two\x1fthree | " + none + " | " + none}
	if diff := cmp.Diff(want, got.Rows); diff != "" {
		t.Error(diff)
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	content := encode(t, nestedRows(), 10)
	for _, c := range []struct{ name, content, column, says string }{
		{"a column that is gone", content, "nmae", "did you mean name?"},
		{"a group", content, "address", "address.city, address.geo.lat"},
		{"a list of numbers", content, "numbers", "a list of INT"},
		{"a list of groups", content, "items.sku", "in a list of groups"},
		{"a time of day", content, "clock", "column clock has the type TIME"},
		{"a map", content, "map.key_value.value", "in a list of groups"},
		{"bytes of fixed size", content, "fixed", "FIXED_LEN_BYTE_ARRAY"},
		{"a column of the rest", content, "*", "set attributes: false"},
		{"no Parquet file", "a,b\n1,2\n3,4\n", "a", "does not end as a Parquet file does"},
		{"a stub", "PAR1", "a", "too short"},
		{"a cut file", content[:len(content)-20], "name", "not transferred whole"},
		{"a file that begins late", "PAR1" + content[30:], "name", "x.parquet"},
		{"a huge decimal", encode(t, []typed{{Wide: [16]byte{0: 1}}}, 1), "wide", "does not fit"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := read(t, c.content, c.column)
			if fault.CodeOf(err) != fault.Input || !strings.Contains(err.Error(), c.says) || strings.Contains(c.name, "gone") && strings.Contains(err.Error(), "damaged") {
				t.Errorf("got %v, want %q", err, c.says)
			}
		})
	}
}

type receipt struct {
	ID    string   `parquet:"id"`
	Card  *string  `parquet:"card,optional,dict"`
	Email *string  `parquet:"email,optional"`
	Cents *int64   `parquet:"cents,optional,dict"`
	Tags  []string `parquet:"tags,list"`
}

func receipts(n int) (rows []receipt, want []string) {
	for i := range n {
		r := receipt{ID: fmt.Sprint("R", i)}
		card, email, cents, tags := none, none, none, none
		if i%3 > 0 {
			card = fmt.Sprint("card ", i%50)
			r.Card = &card
		}
		if i%5 == 0 {
			email = fmt.Sprint(i, "@example.com")
			r.Email = &email
		}
		if i%7 > 0 {
			cents = fmt.Sprint(i % 100)
			r.Cents = ptr(int64(i % 100))
		}
		if i%11 > 0 {
			r.Tags = []string{"t", fmt.Sprint(i)}
			tags = strings.Join(r.Tags, "\x1f")
		}
		rows = append(rows, r)
		want = append(want, strings.Join([]string{r.ID, card, email, cents, tags}, " | "))
	}
	return rows, want
}

// TestRowsStayTogether reads many rows over pages that end at other rows in
// every column, in several groups.
func TestRowsStayTogether(t *testing.T) {
	t.Parallel()
	rows, want := receipts(20_000)
	for name, options := range map[string][]parquet.WriterOption{
		"pages of version 2":    {parquet.PageBufferSize(3000)},
		"pages of version 1":    {parquet.PageBufferSize(3000), parquet.DataPageVersion(1)},
		"compressed":            {parquet.PageBufferSize(3000), parquet.Compression(&parquet.Zstd)},
		"a dictionary given up": {parquet.PageBufferSize(3000), parquet.DictionaryMaxBytes(200)},
		"a page for everything": {parquet.PageBufferSize(100 << 20)},
		"pages of a row":        {parquet.PageBufferSize(1)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := read(t, encode(t, rows, 9000, options...), "id", "card", "email", "cents", "tags")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got.Rows); diff != "" {
				t.Errorf("%.2000s", diff)
			}
			for i, line := range got.Lines {
				if line != int64(i+1) {
					t.Fatalf("row %d stands at %d", i+1, line)
				}
			}
			if n := len(got.Info.Blocks); n != 3 {
				t.Errorf("%d blocks", n)
			}
		})
	}
}

func TestADictionaryStaysOne(t *testing.T) {
	t.Parallel()
	rows, _ := receipts(10_000)
	path := rowtest.Write(t, "x.parquet", encode(t, rows, 10_000))
	r, err := New().Open(t.Context(), rowfile.Block{Path: path, FirstLine: 1}, []string{"card"})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var a, b columns.Chunk
	if err := r.Read(&a); err != nil {
		t.Fatal(err)
	}
	if err := r.Read(&b); err != nil {
		t.Fatal(err)
	}
	if d := a.Cols[0].Dict; d == nil || d != b.Cols[0].Dict || d.Len() != 50 {
		t.Errorf("dictionaries %p and %p", a.Cols[0].Dict, b.Cols[0].Dict)
	}
}

func TestTheRestIsJSON(t *testing.T) {
	t.Parallel()
	rows, _ := receipts(2)
	got, err := read(t, encode(t, rows, 10), "id", "*")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{`R0 | {"email":"0@example.com"}`, `R1 | {"card":"card 1","cents":1,"tags":["t","1"]}`}
	if diff := cmp.Diff(want, got.Rows); diff != "" {
		t.Error(diff)
	}
}

func TestRowsWithValuesThatAreNoneAreRefused(t *testing.T) {
	t.Parallel()
	type row struct {
		Plain string  `parquet:"plain"`
		Dict  string  `parquet:"dict,dict"`
		Float float64 `parquet:"float"`
	}
	content := encode(t, []row{{"ü", "d", 1}, {"\xff", "d", 2}, {"c", "\xff", 3}, {"d", "e\x00", 4}, {"e", "d", math.Inf(1)}, {"f", "d", math.NaN()}}, 10)
	got, err := read(t, content, "plain", "dict", "float")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"ü | d | 1", "f | d | " + none}, got.Rows); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]int64{1, 6}, got.Lines); diff != "" {
		t.Error(diff)
	}
	var refused []string
	for _, r := range got.Refused {
		refused = append(refused, fmt.Sprint(r.Line, " ", r.Column, " ", r.Reason))
	}
	if diff := cmp.Diff([]string{"2 plain bad_utf8", "3 dict bad_utf8", "4 dict nul_byte", "5 float not_finite"}, refused); diff != "" {
		t.Error(diff)
	}
}

func TestBigEndian(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		bytes []byte
		want  int64
		ok    bool
	}{
		{nil, 0, true},
		{[]byte{0xff}, -1, true},
		{[]byte{0x04, 0xd2}, 1234, true},
		{[]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe}, -2, true},
		{[]byte{0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, math.MaxInt64, true},
		{[]byte{0x00, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, math.MaxInt64, true},
		{[]byte{0x00, 0x80, 0, 0, 0, 0, 0, 0, 0}, 0, false},
		{[]byte{0xff, 0x7f, 0, 0, 0, 0, 0, 0, 0}, 0, false},
		{[]byte{1, 0, 0, 0, 0, 0, 0, 0, 0}, 0, false},
	} {
		if got, ok := bigEndian(c.bytes); ok != c.ok || ok && got != c.want {
			t.Errorf("bigEndian(%x) = %d, %v", c.bytes, got, ok)
		}
	}
}
