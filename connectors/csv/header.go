package csv

import (
	"bytes"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/habitue-data/habitue/internal/rowfile"
)

// header is the first row of a file that is not blank.
type header struct {
	names    []string // nil where the file has no row at all
	end      int64    // first byte behind it, of the plain text
	nextLine int64    // the line there
	last     bool     // nothing follows
	stamp    rowfile.Stamp
}

func readHeader(path string, o rowfile.Options, delimiter byte) (h header, err error) {
	w, err := rowfile.OpenHead(path, o)
	if err != nil {
		return h, err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	h.stamp = w.Stamp()
	if err := w.More(1); err != nil {
		return h, err
	}
	skip, err := rowfile.Mark(path, w.Buf, o.Encoding)
	if err != nil {
		return h, err
	}
	var x index
	h.nextLine = 1
	for {
		x.quoted(w.Buf, skip, len(w.Buf), delimiter, w.EOF)
		for i := range x.ends {
			start, end := x.row(i, w.Buf)
			h.end, h.last = int64(x.next(i, w.Buf)), w.EOF && x.next(i, w.Buf) == len(w.Buf)
			line := h.nextLine
			h.nextLine += int64(bytes.Count(w.Buf[skip:h.end], []byte{'\n'}))
			skip = int(h.end)
			if start == end {
				continue
			}
			h.names, err = names(path, line, w.Buf[start:end], x.fields(nil, i, w.Buf), w.Buf, o)
			return h, err
		}
		if w.EOF {
			break
		}
		if len(w.Buf) > rowfile.MaxRow {
			return h, rowfile.Fault(path, h.nextLine, 0, "the header line is longer than 1 MiB", "look whether this is a CSV file")
		}
		if err := w.More(h.nextLine); err != nil { // Pos stays 0: offsets count from the start of the file
			return h, err
		}
	}
	if x.open >= 0 {
		line, col := place(w.Buf[:x.open])
		return h, openQuote(path, line, col)
	}
	h.last = true
	return h, nil
}

// place is the line and column behind a text that begins a file.
func place(before []byte) (line, col int64) {
	line = 1 + int64(bytes.Count(before, []byte{'\n'}))
	return line, 1 + int64(utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:]))
}

// names takes the header row apart.
func names(path string, line int64, row []byte, fields []field, buf []byte, o rowfile.Options) ([]string, error) {
	if !rowfile.IsCodePage(o.Encoding) && !utf8.Valid(row) {
		return nil, rowfile.Fault(path, line, 0, "the header is not valid UTF-8", "set encoding: windows-1251 if its letters are Cyrillic, windows-1252 if Western European, or export the file as UTF-8")
	}
	if i := bytes.IndexByte(row, 0); i >= 0 {
		return nil, rowfile.Fault(path, line, int64(i)+1, "the header holds a NUL byte", "look whether this is a text file")
	}
	seen := map[string]int{}
	var list []string
	for i, f := range fields {
		text := buf[f.start:f.end]
		if !wellQuoted(text) {
			return nil, rowfile.Fault(path, line, 0, fmt.Sprintf("the name of column %d has a quote inside", i+1), "quote the whole name and double the quote, or take it away")
		}
		name := string(bytes.TrimSpace(rowfile.AppendUTF8(nil, unquote(nil, text), o.Encoding)))
		if name == "" {
			return nil, rowfile.Fault(path, line, 0, fmt.Sprintf("column %d has no name", i+1), "name every column in the header line")
		}
		if first, twice := seen[name]; twice {
			return nil, rowfile.Fault(path, line, 0, fmt.Sprintf("columns %d and %d are both named %s", first, i+1, name), "give each column its own name")
		}
		seen[name] = i + 1
		list = append(list, name)
	}
	return list, nil
}
