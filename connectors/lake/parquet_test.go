package lake

import (
	"encoding/binary"
	"os"
	"slices"
	"testing"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"
)

// footer is what a file says of its row groups.
func footer(t *testing.T, l Lake, f File) []format.RowGroup {
	t.Helper()
	file, err := os.Open(l.Path(f.Path))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	pq, err := parquet.OpenFile(file, f.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return pq.Metadata().RowGroups
}

func TestFooterHasTheBoundsOfEveryRowGroup(t *testing.T) {
	t.Parallel()
	table := every(customer.ByRun).Only([]string{"number", "day"})
	k := many(table, rowGroupRows+20000)
	for i := range k.N {
		k.Cols[1].Ints[i] = int64(i % 1000)
	}
	l := Lake{Dir: t.TempDir()}
	groups := footer(t, l, write(t, l, table, "2025-12-31.1", 0, k))
	if len(groups) != 2 {
		t.Fatalf("%d row groups", len(groups))
	}
	from := 0
	for i, g := range groups {
		least, greatest, nulls := int64(1<<62), int64(-1<<62), int64(0)
		for _, v := range k.Cols[0].Ints[from : from+int(g.NumRows)] {
			if v == columns.MissingInt {
				nulls++
				continue
			}
			least, greatest = min(least, v), max(greatest, v)
		}
		s := g.Columns[1].MetaData.Statistics // after run_date
		if got := int64(binary.LittleEndian.Uint64(s.MinValue)); got != least {
			t.Errorf("row group %d: min %d, want %d", i, got, least)
		}
		if got := int64(binary.LittleEndian.Uint64(s.MaxValue)); got != greatest || s.NullCount != nulls {
			t.Errorf("row group %d: max %d, want %d; %d missing, want %d", i, got, greatest, s.NullCount, nulls)
		}
		days := g.Columns[2].MetaData.Statistics
		if binary.LittleEndian.Uint32(days.MinValue) != 0 || binary.LittleEndian.Uint32(days.MaxValue) != 999 {
			t.Errorf("row group %d: days %v to %v", i, days.MinValue, days.MaxValue)
		}
		from += int(g.NumRows)
	}
}

func TestTextsThatRepeatGetADictionaryUntilItGrowsTooLarge(t *testing.T) {
	t.Parallel()
	table := every(customer.ByRun).Only([]string{"text", "kind"})
	k := chunkFor(table)
	for i := range rowGroupRows + 5000 {
		if i < 2000 {
			k.Cols[0].AddText("same")
		} else {
			k.Cols[0].AddText("text " + string(columns.AppendMoney(nil, int64(i), 2)))
		}
		k.Cols[1].AddText([]string{"sale", "return"}[i%2])
		k.N++
	}
	l := Lake{Dir: t.TempDir()}
	groups := footer(t, l, write(t, l, table, "2025-12-31.1", 0, k))
	has := func(group, column int, e format.Encoding) bool {
		return slices.Contains(groups[group].Columns[column].MetaData.Encoding, e)
	}
	if !has(0, 1, format.RLEDictionary) || !has(0, 1, format.DeltaLengthByteArray) {
		t.Errorf("the dictionary was not given up half-way: %v", groups[0].Columns[1].MetaData.Encoding)
	}
	if has(1, 1, format.RLEDictionary) {
		t.Error("the dictionary was tried again")
	}
	for g := range groups {
		if has(g, 2, format.DeltaLengthByteArray) || !has(g, 2, format.RLEDictionary) {
			t.Errorf("kind has no dictionary in row group %d", g)
		}
	}
}

func TestIDsAreNotCompressedForNothing(t *testing.T) {
	t.Parallel()
	table, _ := customer.TableNamed("rfm")
	l := Lake{Dir: t.TempDir()}
	noise := footer(t, l, write(t, l, table, "2025-12-31.1", 0, chunkOfNoise(table, 20000)))[0]
	if codec := noise.Columns[1].MetaData.Codec; codec != format.Uncompressed {
		t.Errorf("noise is compressed: %v", codec)
	}
}

// chunkOfNoise has customer ids that no codec makes smaller.
func chunkOfNoise(table customer.Table, n int) *columns.Chunk {
	k := rfmChunk(0, n)
	k.Cols[0].Reset()
	x := uint64(1)
	for range n {
		var b [16]byte
		for i := range b {
			x = x*6364136223846793005 + 1442695040888963407
			b[i] = byte(x >> 56)
		}
		k.Cols[0].AddBytes(b[:])
	}
	return k
}

// TestAColumnOfNothingAsksForNoDictionary writes texts that are all missing:
// a page by a dictionary that is not there is one that DuckDB refuses.
func TestAColumnOfNothingAsksForNoDictionary(t *testing.T) {
	t.Parallel()
	l := Lake{Dir: t.TempDir()}
	table := customer.Table{Name: "customers", Columns: []customer.Column{{Name: "language", Type: customer.TextColumn}}}
	k := &columns.Chunk{N: 100, Cols: []columns.Column{{Name: "language"}}}
	for range k.N {
		k.Cols[0].AddMissing()
	}
	w, err := l.NewWriter(PartPath("customers", "2025-12-31.1", 0), table, 2, 20453)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(k); err != nil {
		t.Fatal(err)
	}
	f, err := w.Close()
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range footer(t, l, f) {
		if m := g.Columns[1].MetaData; slices.Contains(m.Encoding, format.RLEDictionary) || m.DictionaryPageOffset != 0 {
			t.Errorf("encodings %v, dictionary at %d", m.Encoding, m.DictionaryPageOffset)
		}
	}
}
