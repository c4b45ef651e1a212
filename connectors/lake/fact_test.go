package lake

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/atomicfile"
	"github.com/habitue-data/habitue/internal/columns"
)

func once(k *columns.Chunk) Rows {
	return func(yield func(*columns.Chunk) error) error { return yield(k) }
}

func TestAMonthThatDidNotChangeIsNotWrittenAgain(t *testing.T) {
	t.Parallel()
	table := every(customer.ByMonth)
	l := Lake{Dir: t.TempDir()}
	k := many(table, 3000)
	first, err := l.WriteFact(table, 2, "2025-12", once(k), nil)
	if err != nil {
		t.Fatal(err)
	}
	if want := "every/month=2025-12/" + first.SHA256 + ".parquet"; first.Path != want || first.Month != "2025-12" || first.Rows != 3000 {
		t.Fatalf("File %+v", first)
	}
	long := time.Unix(1, 0)
	if err := os.Chtimes(l.Path(first.Path), long, long); err != nil {
		t.Fatal(err)
	}
	for i := range k.N {
		k.Cols[10].Ints[i] = 7 // src_line, outside the hash
	}
	again, err := l.WriteFact(table, 2, "2025-12", once(k), factsOf(t, entry(t, table, first)))
	if diff := cmp.Diff(first, again); err != nil || diff != "" {
		t.Error(err, diff)
	}
	if info, _ := os.Stat(l.Path(first.Path)); !info.ModTime().Equal(long) {
		t.Error("the file was written again")
	}

	k.Cols[1].Ints[0] = 4711
	changed, err := l.WriteFact(table, 2, "2025-12", once(k), factsOf(t, entry(t, table, first)))
	if err != nil || changed.Path == first.Path {
		t.Errorf("changed rows: %+v, %v", changed, err)
	}
}

// TestAMonthOfOtherColumnsIsAnotherFile: a content hash is over values, so equal
// ones are no equal files where columns have other names, or money other digits.
func TestAMonthOfOtherColumnsIsAnotherFile(t *testing.T) {
	t.Parallel()
	table := every(customer.ByMonth)
	l := Lake{Dir: t.TempDir()}
	k := many(table, 300)
	first, err := l.WriteFact(table, 2, "2025-12", once(k), nil)
	if err != nil {
		t.Fatal(err)
	}
	renamed, longer := every(customer.ByMonth), every(customer.ByMonth)
	renamed.Columns[0].Name = "words"
	longer.Columns = append(longer.Columns, customer.Column{Name: "src_file", Type: customer.TextColumn})
	more := columns.Chunk{N: k.N, Cols: append(slices.Clone(k.Cols), columns.Column{Name: "src_file", Type: columns.Text})}
	for range more.N {
		more.Cols[len(k.Cols)].AddText("a.csv")
	}
	for name, c := range map[string]struct {
		table customer.Table
		scale uint8
		rows  *columns.Chunk
	}{"other digits": {table, 0, k}, "another name": {renamed, 2, k}, "one column more": {longer, 2, &more}} {
		f, err := l.WriteFact(c.table, c.scale, "2025-12", once(c.rows), factsOf(t, entry(t, table, first)))
		if err != nil {
			t.Fatal(err)
		}
		if f.Content != first.Content || f.Path == first.Path {
			t.Errorf("%s: %+v, the first was %+v", name, f, first)
		}
		of, err := NewTable(c.table, c.scale, []File{f})
		if err != nil {
			t.Fatal(err)
		}
		if err := l.ReadFile(t.Context(), of, f, names(c.table), func(*columns.Chunk) error { return nil }); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		again, err := l.WriteFact(c.table, c.scale, "2025-12", once(c.rows), factsOf(t, entry(t, table, first), of))
		if diff := cmp.Diff(f, again); err != nil || diff != "" {
			t.Errorf("%s, the night after: %v %s", name, err, diff)
		}
	}
}

// TestALateWriterChangesNoFile: a run that was stopped may go on for a while on a
// cluster. What it writes of the same content, but of other lines, is no file of
// another run.
func TestALateWriterChangesNoFile(t *testing.T) {
	t.Parallel()
	table := every(customer.ByMonth)
	l := Lake{Dir: t.TempDir()}
	k := many(table, 300)
	committed, err := l.WriteFact(table, 2, "2025-12", once(k), nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := range k.N {
		k.Cols[10].Ints[i]++ // src_line, outside the hash
	}
	late, err := l.WriteFact(table, 2, "2025-12", once(k), nil)
	if err != nil || late.Content != committed.Content {
		t.Fatalf("%+v, %v", late, err)
	}
	if !l.whole(committed) {
		t.Errorf("%s is not what the run before wrote", committed.Path)
	}
}

// TestAMonthUnderAnOldNameIsWrittenAnew: it may be of other columns than its
// manifest says.
func TestAMonthUnderAnOldNameIsWrittenAnew(t *testing.T) {
	t.Parallel()
	table := every(customer.ByMonth)
	l := Lake{Dir: t.TempDir()}
	k := many(table, 30)
	now, err := l.WriteFact(table, 2, "2025-12", once(k), nil)
	if err != nil {
		t.Fatal(err)
	}
	old := now
	old.Path = factPath(table.Name, old.Month, old.Content)
	if err := os.Rename(l.Path(now.Path), l.Path(old.Path)); err != nil {
		t.Fatal(err)
	}
	again, err := l.WriteFact(table, 2, "2025-12", once(k), factsOf(t, entry(t, table, old)))
	if diff := cmp.Diff(now, again); err != nil || diff != "" {
		t.Error(err, diff)
	}
	if !l.whole(now) || !l.whole(old) {
		t.Error("one of the two is not there")
	}
}

// factsOf are these tables as runs of a lake have them, one each.
func factsOf(t testing.TB, tables ...Table) Facts {
	t.Helper()
	l := Lake{Dir: t.TempDir()}
	for i, of := range tables {
		m := Manifest{RunID: fmt.Sprintf("2025-12-31.%d", i+1), RunDate: "2025-12-31", Tables: map[string]Table{"every": of}}
		if err := atomicfile.Write(l.manifestPath(m.RunID), []byte(asJSON(t, m))); err != nil {
			t.Fatal(err)
		}
	}
	all, err := l.Facts()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func asJSON(t testing.TB, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestAFactFileThatIsNotWhatItWasIsWrittenAgain(t *testing.T) {
	t.Parallel()
	table := every(customer.ByMonth)
	l := Lake{Dir: t.TempDir()}
	k := many(table, 30)
	first, err := l.WriteFact(table, 2, "2025-12", once(k), nil)
	if err != nil {
		t.Fatal(err)
	}
	path := l.Path(first.Path)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func() error{
		"gone":  func() error { return os.Remove(path) },
		"empty": func() error { return os.Truncate(path, 0) },
		"cut":   func() error { return os.Truncate(path, first.Bytes-100) },
		"one byte is another": func() error {
			b := bytes.Clone(whole)
			b[len(b)/2] ^= 1
			return os.WriteFile(path, b, 0o644)
		},
	} {
		for who, known := range map[string]Facts{"a run has it": factsOf(t, entry(t, table, first)), "no run has it": nil} {
			if err := spoil(); err != nil {
				t.Fatal(err)
			}
			again, err := l.WriteFact(table, 2, "2025-12", once(k), known)
			if diff := cmp.Diff(first, again); err != nil || diff != "" {
				t.Errorf("%s, %s: %v %s", name, who, err, diff)
			}
			if now, _ := os.ReadFile(path); !bytes.Equal(now, whole) {
				t.Errorf("%s, %s: the file is still damaged", name, who)
			}
		}
	}
}

func TestRowsOfAMonthThatChangeBetweenTwoReadings(t *testing.T) {
	t.Parallel()
	table := every(customer.ByMonth)
	l := Lake{Dir: t.TempDir()}
	n := 0
	_, err := l.WriteFact(table, 2, "2025-12", func(yield func(*columns.Chunk) error) error {
		n++
		return yield(many(table, 10*n))
	}, nil)
	if err == nil || !strings.Contains(err.Error(), "changed between two readings") {
		t.Errorf("WriteFact: %v", err)
	}
	broken := errors.New("broken")
	if _, err := l.WriteFact(table, 2, "2025-12", func(func(*columns.Chunk) error) error { return broken }, nil); !errors.Is(err, broken) {
		t.Errorf("WriteFact: %v", err)
	}
	if left := files(t, l); left != nil {
		t.Errorf("left behind: %v", left)
	}
}
