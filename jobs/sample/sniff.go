package sample

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/habitue-data/habitue/internal/rowfile"
)

// sniffed is how a file is written, by its beginning.
type sniffed struct {
	format string
	rowfile.Options
	first []byte // its first line, as far as it was read
	empty bool
}

// strange are the beginnings of files that are often delivered as exports and
// are none.
var strange = []struct{ magic, what, todo string }{
	{"PK\x03\x04", "this is a workbook of Excel, or a zip", "export it as CSV UTF-8, or unpack it"},
	{"\xd0\xcf\x11\xe0", "this is an old workbook of Excel", "export it as CSV UTF-8"},
	{"%PDF", "this is a PDF", "export the data itself"},
	{"[", "this is one JSON list", "export it as JSONL: an object on each line"},
	{"<", "this is XML or HTML", "export it as CSV or JSONL"},
}

// sniff looks at the beginning of a file.
func sniff(path string) (s sniffed, err error) {
	if parquet, err := isParquet(path); parquet || err != nil {
		return sniffed{format: "parquet"}, err
	}
	w, err := rowfile.OpenHead(path, rowfile.Options{})
	if err != nil {
		return s, err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	if err := w.More(1); err != nil {
		return s, err
	}
	skip, err := rowfile.Mark(path, w.Buf, "")
	if err != nil {
		return s, err
	}
	head := bytes.Clone(w.Buf[skip:])
	text := bytes.TrimLeft(head, " \t\r\n")
	for _, x := range strange {
		if bytes.HasPrefix(text, []byte(x.magic)) {
			return s, rowfile.Fault(path, 0, 0, x.what, x.todo)
		}
	}
	if bytes.IndexByte(head, 0) >= 0 {
		return s, rowfile.Fault(path, 0, 0, "this is no text, or UTF-16 without its mark: it holds NUL bytes", "export it as CSV UTF-8, JSONL or Parquet")
	}
	s.empty = len(text) == 0
	s.first, _, _ = bytes.Cut(text, []byte("\n"))
	if whole := bytes.LastIndexByte(head, '\n'); whole >= 0 && !w.EOF {
		head = head[:whole+1]
	}
	if s.format = "csv"; bytes.HasPrefix(text, []byte("{")) {
		s.format = "jsonl"
		return s, nil
	}
	if !utf8.Valid(head) && (w.EOF || bytes.IndexByte(head, '\n') >= 0) {
		s.Encoding = rowfile.Windows1251 // or another: the letters of the rows tell
	}
	s.Delimiter = delimiterOf(string(head))
	return s, nil
}

func isParquet(path string) (is bool, err error) {
	f, _, err := rowfile.OpenFile(path)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	var magic [4]byte
	_, err = io.ReadFull(f, magic[:])
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil // whatever is so short
	}
	return string(magic[:]) == "PAR1", err
}

// delimiterOf is the delimiter that cuts the most of the first lines into as
// many fields as the header; "" is a comma, or none that can be told.
func delimiterOf(head string) (best string) {
	most := 0.0
	for _, d := range []string{",", ";", "\t", "|"} {
		r := csv.NewReader(strings.NewReader(head))
		r.Comma, r.FieldsPerRecord = rune(d[0]), -1
		header, err := r.Read()
		if err != nil || len(header) < 2 {
			continue
		}
		rows, same := 1, 1
		for rows < 50 {
			fields, err := r.Read()
			if errors.Is(err, io.EOF) {
				break
			}
			rows++
			if err == nil && len(fields) == len(header) {
				same++
			}
		}
		if fits := float64(same)/float64(rows) + min(.5, float64(len(header))/1000); fits > most {
			best, most = d, fits
		}
	}
	return strings.TrimPrefix(best, ",")
}

// SameHeads tells whether files begin with the same line.
func SameHeads(dir string, paths []string) bool {
	first, err := sniff(inDir(dir, paths[0]))
	for _, p := range paths[1:] {
		s, otherErr := sniff(inDir(dir, p))
		if err != nil || otherErr != nil || s.format != first.format || s.format == "csv" && !bytes.Equal(s.first, first.first) {
			return false
		}
	}
	return true
}
