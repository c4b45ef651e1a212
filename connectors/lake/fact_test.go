package lake

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
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
	if want := "every/month=2025-12/" + first.Content + ".parquet"; first.Path != want || first.Month != "2025-12" || first.Rows != 3000 {
		t.Fatalf("File %+v", first)
	}
	long := time.Unix(1, 0)
	if err := os.Chtimes(l.Path(first.Path), long, long); err != nil {
		t.Fatal(err)
	}
	for i := range k.N {
		k.Cols[10].Ints[i] = 7 // src_line, outside the hash
	}
	again, err := l.WriteFact(table, 2, "2025-12", once(k), factsOf(t, first))
	if diff := cmp.Diff(first, again); err != nil || diff != "" {
		t.Error(err, diff)
	}
	if info, _ := os.Stat(l.Path(first.Path)); !info.ModTime().Equal(long) {
		t.Error("the file was written again")
	}

	k.Cols[1].Ints[0] = 4711
	changed, err := l.WriteFact(table, 2, "2025-12", once(k), factsOf(t, first))
	if err != nil || changed.Path == first.Path {
		t.Errorf("changed rows: %+v, %v", changed, err)
	}
}

// factsOf are these files as a run of the lake has them, and then another.
func factsOf(t testing.TB, files ...File) Facts {
	t.Helper()
	l := Lake{Dir: t.TempDir()}
	for _, id := range []string{"2025-12-30.1", "2025-12-31.1"} {
		if err := atomicfile.Write(l.manifestPath(id), []byte(`{"run_id": "`+id+`", "tables": {"every": {"files": `+asJSON(t, files)+`}}}`)); err != nil {
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
		for who, known := range map[string]Facts{"a run has it": factsOf(t, first), "no run has it": nil} {
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
