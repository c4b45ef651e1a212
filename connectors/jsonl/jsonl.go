// Package jsonl reads files of one JSON object per line.
//
// It promises that a line is given or refused, that what it accepts is
// strict JSON in valid UTF-8, and that wanted values are found in one pass
// without building the object. It does not convert: a number is given as it
// is written. Decoding into maps by encoding/json was rejected, as it costs
// an allocation per value and turns long numbers into floats.
package jsonl

import (
	"context"
	"errors"

	"github.com/habitue-data/habitue/internal/rowfile"
)

// Name is the format's name in a Block.
const Name = "jsonl"

// Format is JSONL. Its fields are the sizes of what is hashed as one and of
// a block; they are smaller in tests.
type Format struct {
	Piece, Block int64
}

// New is the format with the usual sizes.
func New() Format { return Format{Piece: rowfile.HashPiece, Block: rowfile.HashPiece} }

var _ rowfile.Format = Format{}

// Inspect reads the file once: content hash and blocks.
func (f Format) Inspect(ctx context.Context, path string, o rowfile.Options) (info rowfile.Info, err error) {
	w, err := rowfile.OpenHead(path, o)
	if err != nil {
		return info, err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	if err := w.More(1); err != nil {
		return info, err
	}
	skip, err := rowfile.Mark(path, w.Buf, o.Encoding)
	if err != nil {
		return info, err
	}
	return rowfile.Text{
		Piece: f.Piece, Block: f.Block, Empty: w.EOF && skip == len(w.Buf),
		Template: rowfile.Block{Path: path, Stamp: w.Stamp(), Format: Name, Options: o, Offset: int64(skip), FirstLine: 1},
	}.Inspect(ctx)
}
