package lake

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/habitue-data/habitue/customer"
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
	for name, known := range map[string][]File{"known to the predecessor": {first}, "found in the lake": nil} {
		again, err := l.WriteFact(table, 2, "2025-12", once(k), known)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(first, again); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if info, _ := os.Stat(l.Path(first.Path)); !info.ModTime().Equal(long) {
		t.Error("the file was written again")
	}

	k.Cols[1].Ints[0] = 4711
	changed, err := l.WriteFact(table, 2, "2025-12", once(k), []File{first})
	if err != nil || changed.Path == first.Path {
		t.Errorf("changed rows: %+v, %v", changed, err)
	}
}

func TestAFactFileThatIsGoneIsWrittenAgain(t *testing.T) {
	t.Parallel()
	table := every(customer.ByMonth)
	l := Lake{Dir: t.TempDir()}
	k := many(table, 30)
	first, err := l.WriteFact(table, 2, "2025-12", once(k), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(l.Path(first.Path)); err != nil {
		t.Fatal(err)
	}
	again, err := l.WriteFact(table, 2, "2025-12", once(k), []File{first})
	if diff := cmp.Diff(first, again); err != nil || diff != "" {
		t.Error(err, diff)
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
