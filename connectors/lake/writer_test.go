package lake

import (
	"context"
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
	"pgregory.net/rapid"
)

// every is a table with every type of column.
func every(layout customer.Layout) customer.Table {
	t := customer.Table{Name: "every", Layout: layout}
	t.Columns = append(t.Columns, []customer.Column{
		{Name: "text", Type: customer.TextColumn}, {Name: "number", Type: customer.IntColumn},
		{Name: "flag", Type: customer.BoolColumn}, {Name: "day", Type: customer.DateColumn},
		{Name: "moment_at", Type: customer.TimeColumn}, {Name: "amount", Type: customer.MoneyColumn},
		{Name: "share", Type: customer.FloatColumn}, {Name: "tags", Type: customer.ListColumn},
		{Name: "quantity", Type: customer.QuantityColumn}, {Name: "kind", Type: customer.TextColumn},
		{Name: "src_line", Type: customer.IntColumn},
	}...)
	return t
}

// chunkFor is an empty chunk with the columns of a table.
func chunkFor(t customer.Table) *columns.Chunk {
	k := &columns.Chunk{}
	for _, c := range t.Columns {
		k.Cols = append(k.Cols, columns.Column{Name: c.Name, Type: c.Type.Held(), Scale: 2})
	}
	return k
}

// draw appends one row: missing values, ends of the ranges and plain ones.
func draw(t *rapid.T, k *columns.Chunk) {
	for j := range k.Cols {
		c := &k.Cols[j]
		if rapid.IntRange(0, 4).Draw(t, "missing") == 0 {
			c.AddMissing()
			continue
		}
		switch {
		case c.Name == "kind":
			c.AddText(rapid.SampledFrom([]string{"sale", "return", "", "возврат"}).Draw(t, "kind"))
		case c.Type == columns.Text:
			c.AddText(rapid.String().Draw(t, "text"))
		case c.Type == columns.List:
			c.AddText(rapid.SampledFrom([]string{"", "tea", "tea\x1fcoffee", "\x1f", "a\x1f\x1fb"}).Draw(t, "list"))
		case c.Type == columns.Bool:
			c.Ints = append(c.Ints, rapid.Int64Range(0, 1).Draw(t, "bool"))
		case c.Type == columns.Date:
			c.Ints = append(c.Ints, rapid.Int64Range(-100000, 100000).Draw(t, "date"))
		case c.Type == columns.Money:
			c.Ints = append(c.Ints, rapid.Int64Range(-999999999999999999, 999999999999999999).Draw(t, "money"))
		case c.Type == columns.Float:
			c.Floats = append(c.Floats, rapid.SampledFrom([]float64{0, -1.5, math.Inf(1), math.SmallestNonzeroFloat64}).Draw(t, "float"))
		default:
			c.Ints = append(c.Ints, rapid.Int64Range(math.MinInt64+1, math.MaxInt64).Draw(t, "int"))
		}
	}
	k.N++
}

// texts of all rows, for a comparison that a person can read.
func rowsOf(k *columns.Chunk) (rows [][]string) {
	for i := range k.N {
		row := make([]string, len(k.Cols))
		for j := range k.Cols {
			row[j] = "missing"
			if !k.Cols[j].Missing(i) {
				row[j] = "=" + string(k.Cols[j].AppendValue(nil, i))
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// write is a by-run file of these chunks.
func write(t testing.TB, l Lake, table customer.Table, runID string, part int, chunks ...*columns.Chunk) File {
	t.Helper()
	w, err := l.NewWriter(PartPath(table.Name, runID, part), table, 2, 20453)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range chunks {
		if err := w.Write(k); err != nil {
			t.Fatal(err)
		}
	}
	f, err := w.Close()
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// entry is the manifest's entry of files of a table.
func entry(t testing.TB, table customer.Table, files ...File) Table {
	t.Helper()
	e, err := NewTable(table, 2, files)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func names(t customer.Table) (names []string) {
	for _, c := range t.Columns {
		names = append(names, c.Name)
	}
	return names
}

func TestEveryTypeComesBackAsWritten(t *testing.T) {
	t.Parallel()
	table := every(customer.ByRun)
	dir := t.TempDir()
	part := 0
	rapid.Check(t, func(rt *rapid.T) {
		codec := rapid.SampledFrom([]Codec{Snappy, Zstd}).Draw(rt, "codec")
		l := Lake{Dir: dir, Codec: codec}
		k := chunkFor(table)
		for range rapid.IntRange(1, 60).Draw(rt, "rows") {
			draw(rt, k)
		}
		part++
		e := entry(t, table, write(t, l, table, "2025-12-31.1", part, k))
		got := chunkFor(table)
		m := Manifest{RunID: "2025-12-31.1", Tables: map[string]Table{"every": e}}
		err := l.ReadTable(context.Background(), m, "every", names(table), func(k *columns.Chunk) error {
			got.AddAll(k)
			return nil
		})
		if err != nil {
			rt.Fatal(err)
		}
		if diff := cmp.Diff(rowsOf(k), rowsOf(got)); diff != "" {
			rt.Fatal(diff)
		}
	})
}

// many is rows enough for several row groups, with long runs of missing
// values and a text column that outgrows its dictionary.
func many(table customer.Table, n int) *columns.Chunk {
	k := chunkFor(table)
	k.N = n
	for i := range n {
		for j := range k.Cols {
			c := &k.Cols[j]
			switch {
			case i/30000%3 == j%3:
				c.AddMissing()
			case c.Name == "kind":
				c.AddText("kind " + strings.Repeat("x", i/1000%7) + string(rune('a'+i%26)))
			case c.Type == columns.Text && i < 2000: // looks as if it repeated
				c.AddText("same")
			case c.Type == columns.Text:
				c.AddText("text " + string(columns.AppendMoney(nil, int64(i)*7919, 2)))
			case c.Type == columns.List:
				c.AddText(strings.Repeat("tag\x1f", i%4) + "last")
			case c.Type == columns.Float:
				c.Floats = append(c.Floats, float64(i)/3)
			case c.Type == columns.Bool:
				c.Ints = append(c.Ints, int64(i%2))
			default:
				c.Ints = append(c.Ints, int64(i)*int64(1-2*(i%2)))
			}
		}
	}
	return k
}

func TestManyRowGroupsAndAColumnWhoseDictionaryIsGivenUp(t *testing.T) {
	t.Parallel()
	table := every(customer.ByRun)
	l := Lake{Dir: t.TempDir()}
	k := many(table, 2*rowGroupRows+12345)
	f := write(t, l, table, "2025-12-31.1", 0, k)
	if f.Rows != int64(k.N) || f.Bytes == 0 {
		t.Fatalf("File %+v for %d rows", f, k.N)
	}
	i := 0
	err := l.ReadFile(context.Background(), entry(t, table, f), f, append([]string{RunDate}, names(table)...), func(got *columns.Chunk) error {
		for r := range got.N {
			if got.Cols[0].Ints[r] != 20453 {
				t.Fatalf("row %d: run_date %d", i, got.Cols[0].Ints[r])
			}
			for j := range k.Cols {
				want, have := k.Cols[j].AppendCanonical(nil, i), got.Cols[j+1].AppendCanonical(nil, r)
				if string(want) != string(have) {
					t.Fatalf("row %d, column %s: %q, want %q", i, k.Cols[j].Name, have, want)
				}
			}
			i++
		}
		return nil
	})
	if err != nil || i != k.N {
		t.Fatalf("%d rows, %v", i, err)
	}
}

func TestADictionaryOfTheRowsIsWrittenAsItsTexts(t *testing.T) {
	t.Parallel()
	table := every(customer.ByRun).Only([]string{"text", "kind"})
	plain, coded := chunkFor(table), chunkFor(table)
	for range 3 { // an entry that is missing, one that is not used, one that is there twice
		coded.Cols[1].Dict = &columns.Column{}
	}
	for _, s := range []string{"sale", "unused", "sale", "return"} {
		coded.Cols[1].Dict.AddText(s)
	}
	coded.Cols[1].Dict.AddMissing()
	for i, x := range []uint32{0, 3, 2, columns.MissingIndex, 4, 0} {
		for _, k := range []*columns.Chunk{plain, coded} {
			k.Cols[0].AddText(string(rune('a' + i)))
			k.N++
		}
		coded.Cols[1].Index = append(coded.Cols[1].Index, x)
		if b, ok := coded.Cols[1].Bytes(i); ok {
			plain.Cols[1].AddBytes(b)
		} else {
			plain.Cols[1].AddMissing()
		}
	}
	l := Lake{Dir: t.TempDir()}
	a, b := write(t, l, table, "2025-12-31.1", 0, plain), write(t, l, table, "2025-12-31.1", 1, coded)
	if a.Content != b.Content {
		t.Errorf("content %s without and %s with a dictionary", a.Content, b.Content)
	}
	got := chunkFor(table)
	if err := l.ReadFile(context.Background(), entry(t, table, b), b, names(table), func(k *columns.Chunk) error {
		got.AddAll(k)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(rowsOf(plain), rowsOf(got)); diff != "" {
		t.Error(diff)
	}
}

func TestContentHashDependsOnNeitherOrderNorCutNorPlace(t *testing.T) {
	t.Parallel()
	table := every(customer.ByRun)
	l := Lake{Dir: t.TempDir()}
	k := many(table, 5000)
	one := entry(t, table, write(t, l, table, "2025-12-31.1", 0, k))

	var backward []int32
	for i := k.N - 1; i >= 0; i-- {
		backward = append(backward, int32(i))
	}
	left, right := k.Take(backward[:1234]), k.Take(backward[1234:])
	for i := range left.N {
		left.Cols[10].Ints[i] = 99 // src_line: moved within its file
	}
	two := entry(t, table, write(t, l, table, "2025-12-31.2", 0, left), write(t, l, table, "2025-12-31.2", 1, right))
	if one.Content != two.Content || one.Rows != two.Rows || one.Schema != two.Schema {
		t.Errorf("one file %s, two files %s", one.Content, two.Content)
	}

	left.Cols[1].Ints[0] = 4711
	three := entry(t, table, write(t, l, table, "2025-12-31.3", 0, left), write(t, l, table, "2025-12-31.3", 1, right))
	if three.Content == one.Content {
		t.Error("another value, the same content hash")
	}
}

func TestRowHasherIsTheCanonicalFormOfColumns(t *testing.T) {
	t.Parallel()
	table := every(customer.ByRun)
	k := many(table, 40000)
	h := newRowHasher(table, 20453)
	h.add(k)
	var want columns.Hash128
	day := columns.Column{Type: columns.Date, Ints: []int64{20453}}
	for i := range k.N {
		row := day.AppendCanonical(nil, 0)
		for j := range k.Cols {
			if !customer.OutsideHash(k.Cols[j].Name) {
				row = k.Cols[j].AppendCanonical(row, i)
			}
		}
		want.Add(columns.HashRow(row))
	}
	if h.sum != want {
		t.Errorf("%v, want %v", h.sum, want)
	}
}

func TestAWriterLeavesNothingUnlessItIsClosed(t *testing.T) {
	t.Parallel()
	table := every(customer.ByRun)
	l := Lake{Dir: t.TempDir()}
	rel := PartPath(table.Name, "2025-12-31.1", 0)
	w, err := l.NewWriter(rel, table, 2, 20453)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(many(table, 10)); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(l.Path(rel)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the file has its name before Close: %v", err)
	}
	if err := w.Abort(); err != nil {
		t.Fatal(err)
	}
	if left, _ := filepath.Glob(filepath.Join(l.Dir, "*", "*", "*")); left != nil {
		t.Errorf("left behind: %v", left)
	}
	if _, err := w.Close(); err == nil {
		t.Error("Close after Abort gave a file")
	}
}

func TestATableWithoutRowsHasNoFile(t *testing.T) {
	t.Parallel()
	table := every(customer.ByRun)
	l := Lake{Dir: t.TempDir()}
	f := write(t, l, table, "2025-12-31.1", 0, chunkFor(table))
	e := entry(t, table, f)
	if f.Path != "" || len(e.Files) != 0 || e.Rows != 0 || e.Content != (columns.Hash128{}).String() {
		t.Errorf("File %+v, Table %+v", f, e)
	}
}

func TestRowsThatDoNotFitTheTableAreRefused(t *testing.T) {
	t.Parallel()
	table := every(customer.ByRun)
	for _, c := range []struct {
		name  string
		spoil func(*columns.Chunk)
		want  string
	}{
		{"a column too few", func(k *columns.Chunk) { k.Cols = k.Cols[1:] }, "rows have 10 columns, the table 11"},
		{"another type", func(k *columns.Chunk) { k.Cols[3].Type = columns.Time }, `column day (4): the rows hold type 4`},
		{"values too few", func(k *columns.Chunk) { k.Cols[1].Ints = k.Cols[1].Ints[:1] }, "column number (2): 1 values for 3 rows"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, err := Lake{Dir: t.TempDir()}.NewWriter(PartPath("every", "2025-12-31.1", 0), table, 2, 1)
			if err != nil {
				t.Fatal(err)
			}
			k := many(table, 3)
			c.spoil(k)
			if err := w.Write(k); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("Write: %v, want %q", err, c.want)
			}
			if _, err := w.Close(); err == nil {
				t.Error("Close gave a file")
			}
		})
	}
}

// TestTwoWritersOfOneFileLeaveOne is what a runner does that gives a worker up
// too early: the worker goes on, and another begins the same file.
func TestTwoWritersOfOneFileLeaveOne(t *testing.T) {
	t.Parallel()
	table := every(customer.ByRun)
	l := Lake{Dir: t.TempDir()}
	k := chunkFor(table)
	for j := range k.Cols {
		k.Cols[j].AddMissing()
	}
	k.N = 1
	var writers [2]*Writer
	for i := range writers {
		w, err := l.NewWriter(PartPath("every", "2025-12-31.1", 0), table, 2, 20453)
		if err != nil {
			t.Fatal(err)
		}
		writers[i] = w
	}
	for _, w := range writers { // each has written before the other is done
		if err := w.Write(k); err != nil {
			t.Fatal(err)
		}
	}
	var files [2]File
	for i, w := range writers {
		f, err := w.Close()
		if err != nil {
			t.Fatal(err)
		}
		files[i] = f
	}
	if diff := cmp.Diff(files[0], files[1]); diff != "" {
		t.Error(diff)
	}
	m := Manifest{RunID: "2025-12-31.1", Tables: map[string]Table{"every": entry(t, table, files[1])}}
	if found, err := l.Verify(t.Context(), m); err != nil || len(found) > 0 {
		t.Errorf("%v, %v", found, err)
	}
	left, err := filepath.Glob(filepath.Join(l.Dir, "every", "*", "*"))
	if err != nil || len(left) != 1 {
		t.Errorf("%d files are left: %v, %v", len(left), left, err)
	}
}
