package parquet

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/parquet-go/parquet-go"
)

// page is the page of a column that is being read, as plain slices.
type page struct {
	held    parquet.Page
	levels  []byte // definition levels, nil where no value can be missing
	repeats []byte // repetition levels, nil where a row has one value
	places  int    // values and missing values
	place   int    // next of them
	value   int    // next value
	values  values
	index   []int32 // into the dictionary, nil where the page has the values
	suspect bool    // a text may not be valid
}

// values are some values as they are stored.
type values struct {
	n       int
	data    []byte
	offsets []uint32 // of byte arrays: where each begins, and where the last ends
}

// next goes to the next page that is not empty; io.EOF where there is none.
func (c *column) next() error {
	for {
		c.release()
		p, err := c.pages.ReadPage()
		if err == io.EOF {
			return err
		}
		if err != nil {
			return fmt.Errorf("column %s: %w", c.name, err)
		}
		c.page = page{held: p, places: int(p.NumValues())}
		if c.page.places == 0 {
			continue
		}
		if err := c.load(p); err != nil {
			return fmt.Errorf("column %s: %w", c.name, err)
		}
		return nil
	}
}

// release gives the page's memory back.
func (c *column) release() {
	if c.page.held != nil {
		parquet.Release(c.page.held)
	}
	c.page = page{}
}

// load takes a page apart and checks that what it counts is there.
func (c *column) load(p parquet.Page) error {
	g := &c.page
	present := g.places
	if c.most > 0 {
		g.levels = p.DefinitionLevels()
		if len(g.levels) != g.places {
			return fmt.Errorf("a page has %d levels for %d values", len(g.levels), g.places)
		}
		present = 0
		for _, l := range g.levels {
			if l == c.most {
				present++
			}
		}
	}
	if c.list {
		if g.repeats = p.RepetitionLevels(); len(g.repeats) != g.places {
			return fmt.Errorf("a page has %d repetition levels for %d values", len(g.repeats), g.places)
		}
	}
	dictionary := p.Dictionary()
	if dictionary == nil {
		data, offsets := valuesOf(p)
		g.values = values{n: present, data: data, offsets: offsets}
		if err := g.values.check(&c.leaf); err != nil {
			return err
		}
		g.suspect = c.suspicious(&g.values)
		return nil
	}
	if err := c.useDictionary(dictionary); err != nil {
		return err
	}
	g.suspect = c.dictSuspect
	v := p.Data()
	if g.index = v.Int32(); len(g.index) < present { // the page's own memory
		return errShort
	}
	g.index = g.index[:present]
	most := uint32(0)
	for _, x := range g.index {
		most = max(most, uint32(x))
	}
	if present > 0 && int64(most) >= int64(c.dict.n) {
		return fmt.Errorf("a page names value %d of a dictionary of %d", most, c.dict.n)
	}
	return nil
}

func valuesOf(p parquet.Page) (data []byte, offsets []uint32) {
	v := p.Data()
	return v.Data()
}

var errShort = errors.New("a page holds fewer values than it says")

// check makes sure that n values are there.
func (v *values) check(l *leaf) error {
	need := 0
	switch l.form {
	case bytesForm, decimalForm:
		if l.size == 0 {
			return v.checkOffsets()
		}
		need = l.size * v.n
	case uuidForm:
		need = 16 * v.n
	case boolForm:
		need = (v.n + 7) / 8
	case int96Form:
		need = 12 * v.n
	case int32Form, uint32Form, floatForm:
		need = 4 * v.n
	default:
		need = 8 * v.n
	}
	if len(v.data) < need {
		return errShort
	}
	return nil
}

// suspicious tells whether some text may not be valid. All of them are
// looked at as one, so that good ones cost little.
func (l *leaf) suspicious(v *values) bool {
	if l.form != bytesForm || v.n == 0 {
		return false
	}
	offsets := v.offsets[:v.n+1]
	all := v.data[offsets[0]:offsets[v.n]]
	if !utf8.Valid(all) || bytes.IndexByte(all, 0) >= 0 {
		return true
	}
	for _, o := range offsets[:v.n] { // a letter may be cut between two values
		if int(o) < len(v.data) && !utf8.RuneStart(v.data[o]) {
			return true
		}
	}
	return false
}

func (v *values) checkOffsets() error {
	if v.n == 0 {
		return nil
	}
	if len(v.offsets) < v.n+1 {
		return errShort
	}
	last := v.offsets[0]
	for _, o := range v.offsets[1 : v.n+1] {
		if o < last {
			return errors.New("the places of a page's values do not ascend")
		}
		last = o
	}
	if int64(last) > int64(len(v.data)) {
		return errShort
	}
	return nil
}
