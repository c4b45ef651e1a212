package csv

import (
	"bytes"
	"fmt"
	"unicode/utf8"

	"github.com/habitue-data/habitue/internal/rowfile"
)

// flaw is why a row is refused; the zero value means that it is not.
type flaw struct{ column, reason, detail string }

// check looks at a row, and its fields in r.fields, that is not plainly good.
func (r *reader) check(row []byte) flaw {
	switch {
	case len(row) > rowfile.MaxRow:
		return flaw{"", "too_long", fmt.Sprintf("the row has %d bytes in %d lines, more than %d bytes; look for a quote that is not closed", len(row), 1+bytes.Count(row, []byte{'\n'}), rowfile.MaxRow)}
	case r.nul && !noNUL(row):
		return flaw{r.name(r.find(noNUL)), "nul_byte", "a NUL byte is no text; export the file again"}
	case !utf8.Valid(row):
		return flaw{r.name(r.find(utf8.Valid)), "bad_utf8", "the text is not valid UTF-8; if its letters are Cyrillic, set encoding: windows-1251, if Western European, windows-1252"}
	}
	if r.quotes && bytes.IndexByte(row, '"') >= 0 {
		if at := r.find(wellQuoted); at >= 0 {
			return flaw{r.name(at), "broken_quote", fmt.Sprintf("field %d has a quote inside that is not doubled, or is not quoted as a whole; quote the field and double the quotes in it", at+1)}
		}
	}
	if len(r.fields) != len(r.header) {
		return flaw{"", "field_count", fmt.Sprintf("the row has %d fields, the header has %d; a field that holds a delimiter must be quoted", len(r.fields), len(r.header))}
	}
	return flaw{}
}

func noNUL(text []byte) bool { return bytes.IndexByte(text, 0) < 0 }

// find is the number of the first field that is not good, -1 for none.
func (r *reader) find(good func([]byte) bool) int {
	for i, f := range r.fields {
		if !good(r.win.Buf[f.start:f.end]) {
			return i
		}
	}
	return -1
}

// name is the column of a field, "" for one beyond the header.
func (r *reader) name(i int) string {
	if i < 0 || i >= len(r.header) {
		return ""
	}
	return r.header[i]
}
