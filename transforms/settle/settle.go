// Package settle decides which of the rows that tell of one record hold: the
// version in force as of a day, what repeats it, what it supersedes, what is
// still to come.
//
// The order in which rows or files were read never decides. Taking the last
// row read was the obvious design and was rejected: a full dump that goes A,
// B, A, or a file read twice, then depends on chance.
package settle

import (
	"bytes"
	"slices"
)

// Fate is what becomes of a row.
type Fate uint8

const (
	Kept       Fate = iota
	Repeated        // says again what another row says
	Superseded      // an older version
	Later           // a version younger than the as-of day
)

// Row is what one row says of a record.
type Row struct {
	File      int   // place among the files of the source: of two, the later delivered is greater
	Delivered int32 // day its file counts as delivered on
	Updated   int64 // when it was written, microseconds UTC; None where it does not say
	Content   []byte
	Line      []byte // number of the line, nil where it has none
}

// None is the Updated of a row that does not say.
const None = -1 << 63

// AsOf is the moment that is asked for.
type AsOf struct {
	End int64 // first instant after the day
	Day int32
}

// holds tells whether a version holds by then: from when it was written,
// else from the day its file was delivered.
func (a AsOf) holds(updated int64, delivered int32) bool {
	if updated != None {
		return updated < a.End
	}
	return delivered <= a.Day
}

// version is rows that stand for the record together: one row, or the lines
// of an order in one file.
type version struct {
	rows      []int
	updated   int64
	delivered int32
	file      int
	content   []byte
}

// compare orders versions: when written, when delivered, then by content.
func (v *version) compare(o *version) int {
	switch {
	case v.updated != o.updated:
		return less(v.updated < o.updated)
	case v.delivered != o.delivered:
		return less(v.delivered < o.delivered)
	case v.file != o.file:
		return less(v.file < o.file)
	}
	return bytes.Compare(v.content, o.content)
}

func less(yes bool) int {
	if yes {
		return -1
	}
	return 1
}

// One settles a record of one row. The fates are in the order of rows;
// assumed tells that no version holds by then, so that the first one is
// used all the same; equal that two versions of one file say they were
// written at the same moment.
func One(rows []Row, a AsOf) (fates []Fate, assumed, equal bool) {
	versions := make([]version, len(rows))
	for i, r := range rows {
		versions[i] = version{[]int{i}, r.Updated, r.Delivered, r.File, r.Content}
	}
	return settle(versions, len(rows), a)
}

// Lines settles an order whose rows are lines: a version is the set of its
// rows in one file. Two equal lines without a number are two lines; with one
// they are one.
func Lines(rows []Row, a AsOf) (fates []Fate, assumed, equal bool) {
	byFile := map[int]*version{}
	var files []int
	for i, r := range rows {
		v := byFile[r.File]
		if v == nil {
			v = &version{updated: None, delivered: r.Delivered, file: r.File}
			byFile[r.File] = v
			files = append(files, r.File)
		}
		v.rows = append(v.rows, i)
		v.updated = max(v.updated, r.Updated)
	}
	slices.Sort(files)
	own := make([]Fate, len(rows)) // within a version
	var versions []version
	for _, f := range files {
		v := byFile[f]
		v.rows = linesOf(rows, v.rows, own, &equal)
		for _, i := range v.rows {
			v.content = append(append(v.content, rows[i].Content...), 0)
		}
		versions = append(versions, *v)
	}
	fates, assumed, twice := settle(versions, len(rows), a)
	for i, f := range own {
		if f != Kept {
			fates[i] = f
		}
	}
	return fates, assumed, equal || twice
}

// linesOf sorts the lines of a version by content and leaves out those whose
// number another line has: the one written last holds.
func linesOf(rows []Row, lines []int, own []Fate, equal *bool) (kept []int) {
	slices.SortFunc(lines, func(i, j int) int {
		x, y := &rows[i], &rows[j]
		if c := bytes.Compare(x.Line, y.Line); c != 0 {
			return c
		}
		if x.Updated != y.Updated {
			return less(x.Updated < y.Updated)
		}
		if c := bytes.Compare(x.Content, y.Content); c != 0 {
			return c
		}
		return i - j
	})
	for at, i := range lines {
		if at+1 < len(lines) && rows[i].Line != nil && bytes.Equal(rows[i].Line, rows[lines[at+1]].Line) {
			next := &rows[lines[at+1]]
			switch {
			case bytes.Equal(rows[i].Content, next.Content):
				own[i] = Repeated
			default:
				own[i] = Superseded
				*equal = *equal || rows[i].Updated == next.Updated
			}
			continue
		}
		kept = append(kept, i)
	}
	return kept
}

func settle(versions []version, rows int, a AsOf) (fates []Fate, assumed, equal bool) {
	fates = make([]Fate, rows)
	order := make([]*version, len(versions))
	for i := range versions {
		order[i] = &versions[i]
	}
	slices.SortStableFunc(order, func(v, o *version) int { return v.compare(o) })
	var inForce *version
	for _, v := range order {
		if a.holds(v.updated, v.delivered) {
			inForce = v
		}
	}
	if inForce == nil {
		inForce, assumed = order[0], true
	}
	said := map[string]bool{string(inForce.content): true}
	for i, v := range order {
		if i > 0 && v.file == order[i-1].file && v.updated == order[i-1].updated && v.updated != None && !bytes.Equal(v.content, order[i-1].content) {
			equal = true
		}
		fate := Kept
		switch {
		case v == inForce:
		case said[string(v.content)]:
			fate = Repeated
		case !a.holds(v.updated, v.delivered):
			fate = Later
		default:
			fate = Superseded
		}
		said[string(v.content)] = true
		for _, r := range v.rows {
			fates[r] = fate
		}
	}
	return fates, assumed, equal
}

// Nameless settles rows that have no id and are equal: of each part the
// first is the same record, the second another, and so on, so that as many
// are kept as the part with the most of them has. number is each kept row's
// place among the equal ones.
func Nameless(rows []Row) (fates []Fate, number []int) {
	fates, number = make([]Fate, len(rows)), make([]int, len(rows))
	inFile := map[int]int{}
	taken := 0
	order := make([]int, len(rows))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return rows[i].File - rows[j].File })
	for _, i := range order {
		n := inFile[rows[i].File]
		inFile[rows[i].File]++
		if n < taken {
			fates[i] = Repeated
			continue
		}
		number[i] = n
		taken = n + 1
	}
	return fates, number
}
