// Package sample reads what a guess needs of exports that nobody has described
// yet: how they are written, their columns, some rows of some of their files.
package sample

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/habitue-data/habitue/connectors"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/internal/rowfile"
	"github.com/habitue-data/habitue/jobs/draft"
)

// A sample is bounded whatever the files are like: a guess needs no more.
const (
	sampleRows  = 10_000   // of the newest file, of the one before, and of all others together
	sampleCells = 2 << 20  // of all
	sampleText  = 64 << 20 // bytes
	sampleValue = 256      // bytes; what is longer is cut
)

// inDir is a path of the project file as the process can open it.
func inDir(dir, path string) string {
	if path = filepath.FromSlash(path); filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}

// Read reads the first rows of the newest file of a family, of the one
// before, and of some of the others, spread over all of them.
func Read(ctx context.Context, dir string, f draft.Family) (*draft.Sample, error) {
	newest := len(f.Paths) - 1
	how, err := sniff(inDir(dir, f.Paths[newest]))
	for err == nil && how.empty && newest > 0 {
		newest--
		how, err = sniff(inDir(dir, f.Paths[newest]))
	}
	if err != nil {
		return nil, err
	}
	r, err := readSample(ctx, dir, f.Paths[:newest+1], how)
	if err == nil && r.badText > 0 && how.format == "csv" && how.Encoding == "" && !r.beyondASCII() {
		how.Encoding = rowfile.Windows1251 // the head was ASCII
		r, err = readSample(ctx, dir, f.Paths[:newest+1], how)
	}
	if err == nil && how.Encoding == rowfile.Windows1251 && !r.cyrillic() {
		how.Encoding = rowfile.Windows1252
		r, err = readSample(ctx, dir, f.Paths[:newest+1], how)
	}
	if err != nil {
		return nil, err
	}
	for k := range r.columns {
		r.columns[k].List = r.listOf(r.columns[k].Name)
	}
	s := &draft.Sample{Name: f.Name, Path: f.Pattern, Files: len(f.Paths), Newest: filepath.Base(f.Paths[newest]), Format: how.format, Delimiter: how.Delimiter, Encoding: how.Encoding,
		Dated: f.Dated, Monthly: f.Monthly, Columns: r.columns, Rows: r.rows, InNewest: r.inNewest, InPrev: r.inPrevious, Cut: r.cut}
	if newest > 0 {
		s.Previous = filepath.Base(f.Paths[newest-1])
	}
	return s, nil
}

// sampler reads the rows of a sample.
type sampler struct {
	ctx     context.Context
	how     sniffed
	format  rowfile.Format
	columns []draft.Column
	at      map[string]int  // column -> place
	lists   map[string]bool // of several objects in one row
	rows    int
	bytes   int
	badText int // rows that are no UTF-8
	refused int // other rows that are none

	inNewest, inPrevious int
	cut                  bool
}

// readSample reads files of a family, whose last is the newest.
func readSample(ctx context.Context, dir string, paths []string, how sniffed) (*sampler, error) {
	s := &sampler{ctx: ctx, how: how, format: connectors.Formats()[how.format], at: map[string]int{}, lists: map[string]bool{}}
	newest := len(paths) - 1
	more, err := s.file(inDir(dir, paths[newest]), true, sampleRows)
	if err != nil || newest == 0 {
		s.inNewest, s.cut = s.rows, more
		return s, err
	}
	s.inNewest, s.cut = s.rows, more
	if _, err := s.file(inDir(dir, paths[newest-1]), false, sampleRows); err != nil {
		return nil, err
	}
	s.inPrevious = s.rows - s.inNewest
	others := paths[:newest-1]
	most := s.rows + sampleRows
	for _, i := range spread(len(others)) {
		if s.rows >= most {
			break
		}
		if _, err := s.file(inDir(dir, others[i]), false, min(most-s.rows, sampleRows/8)); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// spread is the numbers from 0 to n-1, each far from those before: the first
// few stand for all.
func spread(n int) (order []int) {
	seen := make([]bool, n)
	for step := n; step > 0; step /= 2 {
		for i := 0; i < n; i += step {
			if !seen[i] {
				seen[i] = true
				order = append(order, i)
			}
		}
	}
	return order
}

// file reads up to so many rows of a file, and tells whether it has more. The
// first file says which columns there are.
func (s *sampler) file(path string, first bool, most int) (more bool, err error) {
	info, err := s.format.Inspect(s.ctx, path, s.how.Options)
	if err != nil {
		return false, err
	}
	want := []string{rowfile.Rest}
	if s.how.format != "jsonl" {
		want = nil
		for _, h := range info.Header {
			if _, known := s.at[h]; known || first {
				want = append(want, h)
				s.column(h)
			}
		}
		if first && s.how.format == "csv" && info.Header != nil && !draft.HasNames(info.Header) {
			return false, rowfile.Fault(path, 1, 0, fmt.Sprintf("the first line looks like a row, not like names of columns: %s", cutAt(rowfile.Names(info.Header), 80)), "put a line of names above it")
		}
		if len(want) == 0 {
			return false, nil
		}
	}
	end := s.rows + most
	for _, b := range info.Blocks {
		if more, err = s.block(b, want, end); err != nil || more {
			return more, err
		}
	}
	if first && s.rows == 0 && s.refused > 0 { // a remark or a title, with the names below it
		return false, rowfile.Fault(path, 1, 0, fmt.Sprintf("no row has the fields of the first line: %s", cutAt(rowfile.Names(info.Header), 80)), "let the names of the columns be the first line, with no remark or title above them")
	}
	return false, nil
}

func (s *sampler) block(b rowfile.Block, want []string, end int) (more bool, err error) {
	r, err := s.format.Open(s.ctx, b, want)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	var in columns.Chunk
	for {
		if err := r.Read(&in); errors.Is(err, io.EOF) {
			return false, nil
		} else if err != nil {
			return false, err
		}
		for _, refused := range in.Refused {
			if refused.Reason == "bad_utf8" {
				s.badText++
			} else {
				s.refused++
			}
		}
		for i := range in.N {
			if s.rows >= end || s.bytes > sampleText || s.rows*len(s.columns) > sampleCells {
				return true, nil
			}
			s.row(&in, i)
		}
	}
}

// row takes a row; a column that it does not have is missing in it.
func (s *sampler) row(in *columns.Chunk, i int) {
	var text []byte
	for k := range in.Cols {
		c := &in.Cols[k]
		text = c.AppendValue(text[:0], i)
		if s.how.format != "jsonl" {
			s.set(c.Name, string(text))
			continue
		}
		flatten(text, s.set, func(list string) { s.lists[list] = true })
	}
	s.rows++
	for k := range s.columns {
		if c := &s.columns[k]; len(c.Values) < s.rows {
			c.Values = append(c.Values, "")
		}
	}
}

func (s *sampler) column(name string) int {
	k, ok := s.at[name]
	if !ok {
		k = len(s.columns)
		s.at[name] = k
		s.columns = append(s.columns, draft.Column{Name: name, Values: make([]string, s.rows)})
	}
	return k
}

// set is the value of a column in the row that is being taken.
func (s *sampler) set(name, value string) {
	k := s.column(name)
	c := &s.columns[k]
	if len(c.Values) > s.rows {
		return // a name that the row has twice
	}
	if value = strings.TrimSpace(value); len(value) > sampleValue {
		value = cutAt(value, sampleValue)
	}
	s.bytes += len(value)
	c.Values = append(c.Values, value)
}

// listOf is the list of several objects into the first of which a column
// leads, "" where there is none.
func (s *sampler) listOf(column string) string {
	for at := range column {
		if list := column[:at]; s.lists[list] && strings.HasPrefix(column[at:], "[0]") {
			return list
		}
	}
	return ""
}

// cutAt cuts a text where it gets too long, between letters.
func cutAt(text string, most int) string {
	if len(text) <= most {
		return text
	}
	for most > 0 && text[most]&0xC0 == 0x80 {
		most--
	}
	return strings.Clone(text[:most])
}
