// Package csv reads files of delimited text with a header line, by the rules
// of RFC 4180: a quote opens a field at its start only, and closes it where
// it is not doubled, which must be the field's end.
//
// It promises that every row is either given or refused with a reason, that
// a file cut into blocks gives the rows that it gives in one, and that plain
// text is read without a copy. It does not guess: a stray quote, a missing
// field, a byte that is no letter refuse the row, and no other. A lenient reader was
// rejected, as what it saves today comes back as a wrong customer.
package csv

import (
	"context"
	"errors"
	"fmt"

	"github.com/habitue-data/habitue/internal/rowfile"
)

// Name is the format's name in a Block.
const Name = "csv"

// Format is CSV. Its fields are the sizes of what is hashed as one and of a
// block; they are smaller in tests.
type Format struct {
	Piece, Block int64
}

// New is the format with the usual sizes.
func New() Format { return Format{Piece: rowfile.HashPiece, Block: rowfile.HashPiece} }

var _ rowfile.Format = Format{}

// Inspect reads the file once: header, content hash, blocks.
func (f Format) Inspect(ctx context.Context, path string, o rowfile.Options) (rowfile.Info, error) {
	d, err := delimiter(path, o)
	if err != nil {
		return rowfile.Info{}, err
	}
	h, err := readHeader(path, o, d)
	if err != nil {
		return rowfile.Info{}, err
	}
	info, err := rowfile.Text{
		Piece: f.Piece, Block: f.Block, Quoted: true, Delimiter: d, Empty: h.last, Header: h.names,
		Template: rowfile.Block{Path: path, Stamp: h.stamp, Format: Name, Options: o, Header: h.names, Offset: h.end, FirstLine: h.nextLine},
	}.Inspect(ctx)
	var open *rowfile.OpenQuote
	if errors.As(err, &open) {
		err = openQuote(path, open.Line, open.Col)
	}
	return info, err
}

func openQuote(path string, line, col int64) error {
	return rowfile.Fault(path, line, col, "the quote that opens here never closes",
		"close it, or double it if it belongs to the text and quote the whole field")
}

func delimiter(path string, o rowfile.Options) (byte, error) {
	switch o.Delimiter {
	case "":
		return ',', nil
	case ",", ";", "\t", "|":
		return o.Delimiter[0], nil
	}
	return 0, rowfile.Fault(path, 0, 0, fmt.Sprintf("delimiter %q is not known", o.Delimiter), `use one of "," ";" "\t" "|"`)
}
