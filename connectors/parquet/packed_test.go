package parquet

import (
	"bytes"
	"fmt"
	"hash/fnv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress/lz4"

	"github.com/habitue-data/habitue/internal/rowfile"
	"github.com/habitue-data/habitue/internal/rowfile/rowtest"
)

func TestLZ4LengthIsWhatItUnpacksTo(t *testing.T) {
	for _, text := range [][]byte{[]byte("a"), []byte("hello hello hello hello"), bytes.Repeat([]byte("0123456789abcdef"), 5000), bytes.Repeat([]byte{0}, 1<<20)} {
		packed, err := (&lz4.Codec{}).Encode(nil, text)
		if err != nil {
			t.Fatal(err)
		}
		if n, ok := lz4Length(packed); !ok || n != int64(len(text)) {
			t.Errorf("%d bytes are told as %d, %v", len(text), n, ok)
		}
		if _, ok := lz4Length(packed[:len(packed)-1]); ok {
			t.Errorf("a block of %d bytes that was cut is told as whole", len(text))
		}
	}
}

// TestLZ4PagesOfAnyPackingAreRead reads pages that pack to much less than a
// third of their size, to much more, and to anything between, of both
// versions, beside the same values unpacked.
func TestLZ4PagesOfAnyPackingAreRead(t *testing.T) {
	t.Parallel()
	type row struct {
		Few    *string `parquet:"few,optional,dict"`
		Many   string  `parquet:"many,dict"`
		Text   *string `parquet:"text,optional"`
		Same   string  `parquet:"same"`
		Number int64   `parquet:"number"`
	}
	for _, rows := range []int{1, 100, 1000, 10_000} {
		var all []row
		for i := range rows {
			h := fnv.New64a()
			fmt.Fprint(h, i)
			r := row{Many: fmt.Sprintf("a%d@x.ru", i%500), Same: "the same text in every row", Number: int64(h.Sum64() >> 20)}
			if i%3 > 0 {
				r.Few, r.Text = ptr(fmt.Sprint("s", i%4)), ptr(fmt.Sprintf("%x", h.Sum64()))
			}
			all = append(all, r)
		}
		names := []string{"few", "many", "text", "same", "number"}
		want, err := read(t, encode(t, all, rows), names...)
		if err != nil {
			t.Fatal(err)
		}
		for version := 1; version <= 2; version++ {
			for _, level := range []lz4.Level{lz4.Fastest, lz4.Level9} {
				got, err := read(t, encode(t, all, rows, parquet.Compression(&lz4.Codec{Level: level}), parquet.DataPageVersion(version), parquet.PageBufferSize(20_000)), names...)
				if err != nil {
					t.Fatalf("%d rows, pages of version %d, level %v: %v", rows, version, level, err)
				}
				if diff := cmp.Diff(want.Rows, got.Rows); diff != "" {
					t.Errorf("%d rows, pages of version %d, level %v: %s", rows, version, level, diff[:min(len(diff), 600)])
				}
			}
		}
	}
}

// TestLZ4PagesOfAnotherWriter reads what DuckDB wrote: 700 numbers as
// texts and every third of them as a number, in headers without statistics.
func TestLZ4PagesOfAnotherWriter(t *testing.T) {
	t.Parallel()
	file, err := rowtest.Read(New(), "testdata/duckdb-lz4.parquet", rowfile.Options{}, "id", "third")
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for i := range 700 {
		third := none
		if i%3 == 0 {
			third = fmt.Sprint(i)
		}
		want = append(want, fmt.Sprintf("o%d | %s", i, third))
	}
	if diff := cmp.Diff(want, file.Rows); diff != "" {
		t.Error(diff[:min(len(diff), 600)])
	}
}
