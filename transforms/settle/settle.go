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
	"maps"
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
	File      int    // place among the files of the source: of two, the later delivered is greater
	Delivered int32  // day its file counts as delivered on
	Updated   int64  // when it was written, microseconds UTC; None where it does not say
	Content   []byte // its hash
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

// record is what the rows of one record say.
type record struct {
	rows []Row
	full func(row int) []byte // the content itself, asked for only where hashes differ and nothing else decides
	asOf AsOf

	fates          []Fate
	assumed, equal bool
}

// version is rows that stand for the record together: one row, or the lines
// of an order in one file.
type version struct {
	rows      []int
	updated   int64
	delivered int32
	file      int
	content   []byte // hashes of its rows
	partly    bool   // some of the file's rows hold by then, and these are those
}

func (v *version) add(i int, r *Row) {
	v.rows = append(v.rows, i)
	v.updated = max(v.updated, r.Updated)
	v.content = append(append(v.content, r.Content...), 0)
}

// compare orders versions: when written, when delivered, then by content.
func (c *record) compare(v, o *version) int {
	switch {
	case v.updated != o.updated:
		return less(v.updated < o.updated)
	case v.delivered != o.delivered:
		return less(v.delivered < o.delivered)
	case v.file != o.file:
		return less(v.file < o.file)
	case bytes.Equal(v.content, o.content):
		return 0
	}
	return bytes.Compare(c.whole(v), c.whole(o))
}

func (c *record) whole(v *version) (all []byte) {
	for _, i := range v.rows {
		all = append(append(all, c.full(i)...), 0)
	}
	return all
}

func less(yes bool) int {
	if yes {
		return -1
	}
	return 1
}

// Settled is what became of the rows of a record.
type Settled struct {
	Fates   []Fate // in the order of rows
	Assumed bool   // no version holds by then, so that the first one is used all the same
	Equal   bool   // two versions of one file that differ say they were written at the same moment, or say nothing
}

// One settles a record of one row. full is the content of a row, of which
// Row.Content is a hash: of versions that nothing else tells apart the
// greater content holds.
func One(rows []Row, a AsOf, full func(row int) []byte) Settled {
	c := &record{rows: rows, asOf: a, full: full}
	versions := make([]version, len(rows))
	for i, r := range rows {
		versions[i] = version{[]int{i}, r.Updated, r.Delivered, r.File, r.Content, false}
	}
	return c.settle(versions)
}

// Lines settles an order whose rows are lines: a version is the set of its
// rows in one file. Two equal lines without a number are two lines; with one
// they are one.
//
// A file of which only some rows hold by then was written after it: another
// that holds whole says better what the order was. Where there is none, the
// rows that hold are what is known of it: so a file that is exported whole
// again and again holds its own history.
func Lines(rows []Row, a AsOf, full func(row int) []byte) Settled {
	c := &record{rows: rows, asOf: a, full: full}
	byFile := map[int][]int{}
	for i, r := range rows {
		byFile[r.File] = append(byFile[r.File], i)
	}
	own := make([]Fate, len(rows)) // within a version
	var versions []version
	for _, f := range slices.Sorted(maps.Keys(byFile)) {
		lines := byFile[f]
		v := version{updated: None, delivered: rows[lines[0]].Delivered, file: f}
		held := c.holding(lines)
		if v.partly = len(held) > 0 && len(held) < len(lines); v.partly {
			for _, i := range lines {
				own[i] = Later
			}
			for _, i := range held {
				own[i] = Kept
			}
			lines = held
		}
		for _, i := range c.linesOf(lines, own) {
			v.add(i, &rows[i])
		}
		versions = append(versions, v)
	}
	s := c.settle(versions)
	for i, f := range own {
		if f != Kept {
			s.Fates[i] = f
		}
	}
	return s
}

// holding are the lines that hold by then.
func (c *record) holding(lines []int) (held []int) {
	for _, i := range lines {
		if r := &c.rows[i]; c.asOf.holds(r.Updated, r.Delivered) {
			held = append(held, i)
		}
	}
	return held
}

// linesOf sorts the lines of a version by content and leaves out those whose
// number another line has: the one written last holds.
func (c *record) linesOf(lines []int, own []Fate) (kept []int) {
	slices.SortFunc(lines, func(i, j int) int {
		x, y := &c.rows[i], &c.rows[j]
		if d := bytes.Compare(x.Line, y.Line); d != 0 {
			return d
		}
		if x.Updated != y.Updated {
			return less(x.Updated < y.Updated)
		}
		if bytes.Equal(x.Content, y.Content) {
			return i - j
		}
		if x.Line == nil { // any order will do that is always the same
			return bytes.Compare(x.Content, y.Content)
		}
		return bytes.Compare(c.full(i), c.full(j))
	})
	for at, i := range lines {
		r := &c.rows[i]
		if at+1 < len(lines) && r.Line != nil && bytes.Equal(r.Line, c.rows[lines[at+1]].Line) {
			next := &c.rows[lines[at+1]]
			switch {
			case bytes.Equal(r.Content, next.Content):
				own[i] = Repeated
			default:
				own[i] = Superseded
				c.equal = c.equal || r.Updated == next.Updated
			}
			continue
		}
		kept = append(kept, i)
	}
	return kept
}

// settle finds the version in force, the last that holds by then, and what
// that makes of the others. Of equal ones beside each other it is the first
// delivered: the later ones only say it again.
func (c *record) settle(versions []version) Settled {
	c.fates = make([]Fate, len(c.rows))
	order := make([]*version, len(versions))
	for i := range versions {
		order[i] = &versions[i]
	}
	slices.SortStableFunc(order, c.compare)
	at, whole := -1, false
	for i, v := range order {
		if c.asOf.holds(v.updated, v.delivered) && (!v.partly || !whole) {
			at, whole = i, !v.partly
		}
	}
	if at < 0 {
		at, c.assumed = 0, true
	}
	for at > 0 && bytes.Equal(order[at-1].content, order[at].content) && order[at-1].partly == order[at].partly {
		at--
	}
	said := map[string]bool{string(order[at].content): true}
	for i, v := range order {
		if i > 0 && v.file == order[i-1].file && v.updated == order[i-1].updated && !bytes.Equal(v.content, order[i-1].content) {
			c.equal = true
		}
		fate := Kept
		switch {
		case i == at:
		case said[string(v.content)]:
			fate = Repeated
		case v.partly || !c.asOf.holds(v.updated, v.delivered):
			fate = Later
		default:
			fate = Superseded
		}
		said[string(v.content)] = true
		for _, r := range v.rows {
			c.fates[r] = fate
		}
	}
	return Settled{c.fates, c.assumed, c.equal}
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
