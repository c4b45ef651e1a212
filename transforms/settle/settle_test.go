package settle

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var asOf = AsOf{End: 1000, Day: 10}

func row(file int, delivered int32, updated int64, content string) Row {
	return Row{File: file, Delivered: delivered, Updated: updated, Content: []byte(content)}
}

func TestOne(t *testing.T) {
	for _, c := range []struct {
		name    string
		rows    []Row
		want    []Fate
		assumed bool
	}{
		{"alone", []Row{row(0, 1, None, "a")}, []Fate{Kept}, false},
		{"the same file twice", []Row{row(0, 1, None, "a"), row(1, 2, None, "a")}, []Fate{Kept, Repeated}, false},
		{"a newer delivery", []Row{row(0, 1, None, "a"), row(1, 2, None, "b")}, []Fate{Superseded, Kept}, false},
		{"A, B, A", []Row{row(0, 1, None, "a"), row(1, 2, None, "b"), row(2, 3, None, "a")}, []Fate{Repeated, Superseded, Kept}, false},
		{"written later, delivered earlier", []Row{row(0, 1, 900, "a"), row(1, 2, 800, "b")}, []Fate{Kept, Superseded}, false},
		{"still to come", []Row{row(0, 1, 900, "a"), row(1, 2, 1000, "b")}, []Fate{Kept, Later}, false},
		{"delivered after the day", []Row{row(0, 10, None, "a"), row(1, 11, None, "b")}, []Fate{Kept, Later}, false},
		{"only versions to come: the first is used", []Row{row(0, 1, 1500, "b"), row(1, 2, 1200, "a")}, []Fate{Later, Kept}, true},
	} {
		got := One(c.rows, asOf, contentOf(c.rows))
		if diff := cmp.Diff(c.want, got.Fates); diff != "" || got.Assumed != c.assumed {
			t.Errorf("%s: assumed %v, fates %s", c.name, got.Assumed, diff)
		}
	}
}

func TestTwoVersionsOfOneMomentAreTold(t *testing.T) {
	for _, c := range []struct {
		rows []Row
		want bool
	}{
		{[]Row{row(0, 1, 5, "a"), row(0, 1, 5, "b")}, true},
		{[]Row{row(0, 1, None, "a"), row(0, 1, None, "b")}, true},
		{[]Row{row(0, 1, 5, "a"), row(0, 1, 6, "b")}, false},
		{[]Row{row(0, 1, None, "a"), row(1, 2, None, "b")}, false},
		{[]Row{row(0, 1, 5, "a"), row(0, 1, 5, "a")}, false},
	} {
		if got := One(c.rows, asOf, contentOf(c.rows)).Equal; got != c.want {
			t.Errorf("%v: %v", c.rows, got)
		}
	}
}

// contentOf takes a hash for the content, turned round: so a test sees which
// of the two decides.
func contentOf(rows []Row) func(int) []byte {
	return func(i int) []byte {
		b := slices.Clone(rows[i].Content)
		for j := range b {
			b[j] = ^b[j]
		}
		return b
	}
}

func TestTheGreaterContentHoldsNotTheGreaterHash(t *testing.T) {
	rows := []Row{row(0, 1, None, "a"), row(0, 1, None, "b")}
	if diff := cmp.Diff([]Fate{Kept, Superseded}, One(rows, asOf, contentOf(rows)).Fates); diff != "" {
		t.Error(diff)
	}
	for i := range rows {
		rows[i].Line = []byte("1")
	}
	if diff := cmp.Diff([]Fate{Kept, Superseded}, Lines(rows, asOf, contentOf(rows)).Fates); diff != "" {
		t.Error(diff)
	}
}

func TestLines(t *testing.T) {
	line := func(file int, number, content string) Row {
		r := row(file, int32(file), None, content)
		if number != "" {
			r.Line = []byte(number)
		}
		return r
	}
	for _, c := range []struct {
		name string
		rows []Row
		want []Fate
	}{
		{"two equal lines without a number", []Row{line(0, "", "a"), line(0, "", "a")}, []Fate{Kept, Kept}},
		{"a line that changes after the day", []Row{{Updated: 5, Content: []byte("a"), Line: []byte("1")}, {Updated: 1000, Content: []byte("b"), Line: []byte("1")}, {Updated: 1000, Content: []byte("c"), Line: []byte("2")}}, []Fate{Kept, Later, Later}},
		{"a file of which a line is younger, beside one that holds whole", []Row{{Updated: 5, Content: []byte("a"), Line: []byte("1")}, {Updated: 5, Content: []byte("b"), Line: []byte("2")},
			{File: 1, Updated: 5, Content: []byte("a"), Line: []byte("1")}, {File: 1, Updated: 1000, Content: []byte("c"), Line: []byte("2")}}, []Fate{Kept, Kept, Later, Later}},
		{"all lines still to come", []Row{{Updated: 1000, Content: []byte("a")}, {Updated: 1001, Content: []byte("b")}}, []Fate{Kept, Kept}},
		{"two equal lines with one number", []Row{line(0, "1", "a"), line(0, "1", "a")}, []Fate{Repeated, Kept}},
		{"a doubled file, lines in another order", []Row{line(0, "", "a"), line(0, "", "b"), line(1, "", "b"), line(1, "", "a")}, []Fate{Kept, Kept, Repeated, Repeated}},
		{"a corrected order has a line less", []Row{line(0, "1", "a"), line(0, "2", "b"), line(1, "1", "a")}, []Fate{Superseded, Superseded, Kept}},
	} {
		got := Lines(c.rows, asOf, contentOf(c.rows))
		if diff := cmp.Diff(c.want, got.Fates); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

func TestNamelessKeepsTheMostOfOnePart(t *testing.T) {
	rows := []Row{{File: 1}, {File: 0}, {File: 1}, {File: 1}, {File: 0}}
	fates, number := Nameless(rows)
	kept := map[int]int{}
	for i, f := range fates {
		if f == Kept {
			kept[number[i]]++
		}
	}
	if diff := cmp.Diff(map[int]int{0: 1, 1: 1, 2: 1}, kept); diff != "" {
		t.Error(diff)
	}
}

// TestOrderOfRowsNeverDecides shuffles rows and wants the same content in
// force and as many rows of every fate.
func TestOrderOfRowsNeverDecides(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Row {
			file := rapid.IntRange(0, 3).Draw(t, "file")
			r := row(file, int32(file*4), rapid.SampledFrom([]int64{None, 5, 999, 1000}).Draw(t, "updated"), rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "content"))
			r.Line = rapid.SampledFrom([][]byte{nil, []byte("1"), []byte("2")}).Draw(t, "line")
			r.Content = append(r.Content, r.Line...) // the number is part of the row
			return r
		}), 1, 9).Draw(t, "rows")
		shuffled := rapid.Permutation(rows).Draw(t, "shuffled")
		for name, f := range map[string]func([]Row, AsOf, func(int) []byte) Settled{"One": One, "Lines": Lines} {
			a, b := f(rows, asOf, contentOf(rows)), f(shuffled, asOf, contentOf(shuffled))
			if diff := cmp.Diff(count(rows, a.Fates), count(shuffled, b.Fates)); diff != "" {
				t.Fatal(name, diff)
			}
		}
	})
}

func count(rows []Row, fates []Fate) map[string]int {
	n := map[string]int{}
	for i, f := range fates {
		n[string(rune('0'+f))]++
		if f == Kept {
			n["kept "+string(rows[i].Content)]++
		}
	}
	return n
}
