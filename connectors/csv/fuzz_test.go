package csv

import (
	stdcsv "encoding/csv"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/internal/rowfile"
	"github.com/habitue-data/habitue/internal/rowfile/rowtest"
)

type chunk = columns.Chunk

// FuzzCSV holds that cutting changes nothing, that only faults come back,
// and that rows are those of encoding/csv where both accept all of them.
func FuzzCSV(f *testing.F) {
	for _, seed := range []string{
		"", "a,b\n1,2\n", "a,b\r\n1,\"2\n3\"\r\n", "a\n\n\"\"\"\"\n", "a,b\n\"x\"y\",\"\n", "a,b\n1,2,3\nü,\xff\n",
		"a,b\n1,\"2\n3,4\n5,\"\",\n6,\"7, 8\"\n9,0\n", "a,b\n1,\"2\r\n", "a,b\n\"1\"\r", "a,b\n,\n", "a,b\n\"\",\"\"\"\"\"\"\n4,5\n6,7", "0,10,1\n00",
	} {
		f.Add(seed, byte(3))
	}
	f.Fuzz(func(t *testing.T, text string, size byte) {
		path := rowtest.Write(t, "x.csv", text)
		whole := Format{Piece: 1 << 20, Block: 1 << 20}
		info, err := whole.Inspect(t.Context(), path, rowfile.Options{Compression: rowfile.None})
		if err != nil && fault.CodeOf(err) != fault.Input {
			t.Fatalf("not a fault: %v", err)
		}
		want, wholeErr := rowtest.Read(whole, path, rowfile.Options{Compression: rowfile.None}, info.Header...)
		small := Format{Piece: int64(size)%13 + 1, Block: int64(size)%29 + 1}
		got, err := rowtest.Read(small, path, rowfile.Options{Compression: rowfile.None}, info.Header...)
		if (err == nil) != (wholeErr == nil) || err != nil && err.Error() != wholeErr.Error() {
			t.Fatalf("in one block: %v\ncut: %v", wholeErr, err)
		}
		if err != nil {
			return
		}
		got.Info, want.Info = rowfile.Info{}, rowfile.Info{}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("cut: %s", diff)
		}
		if len(want.Refused) == 0 && utf8.ValidString(text) && !strings.HasPrefix(text, "\uFEFF") {
			compare(t, text, info.Header, want)
		}
	})
}

func compare(t *testing.T, text string, header []string, got rowtest.File) {
	rows, err := stdcsv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || len(rows) == 0 {
		return
	}
	// encoding/csv drops carriage returns before newlines inside quotes too.
	var names []string
	for i := range rows[0] {
		rows[0][i] = strings.TrimSpace(rows[0][i])
		names = append(names, strings.TrimSpace(strings.ReplaceAll(header[min(i, len(header)-1)], "\r\n", "\n")))
	}
	if !slices.Equal(rows[0], names) {
		t.Fatalf("header %q, want %q", header, rows[0])
	}
	var want []string
	for _, row := range rows[1:] {
		for i := range row {
			if row[i] == "" {
				row[i] = none
			}
		}
		want = append(want, strings.Join(row, " | "))
	}
	for i := range got.Rows {
		got.Rows[i] = strings.ReplaceAll(got.Rows[i], "\r\n", "\n")
	}
	if diff := cmp.Diff(want, got.Rows); diff != "" {
		t.Fatal(diff)
	}
}
