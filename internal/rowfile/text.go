package rowfile

import (
	"context"

	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/internal/store"
)

// Rest is the name that stands for everything else of a row, as JSON.
const Rest = "*"

// Text is a file whose rows are lines of text, at the moment of Inspect.
type Text struct {
	Piece, Block int64 // sizes of what is hashed as one and of a block
	Quoted       bool  // a newline inside quotes does not end a row
	Delimiter    byte  // where Quoted

	Template Block // what all blocks share, with the place of the first row, and the stamp of the file in which it was found
	Empty    bool  // there is no row
	Header   []string
}

// Inspect reads the file once: its content hash, and its blocks.
func (t Text) Inspect(ctx context.Context) (Info, error) {
	b := t.Template
	f, stamp, err := OpenSame(b.Path, b.Stamp)
	if err != nil {
		return Info{}, err
	}
	defer f.Close()
	info, err := t.inspect(ctx, f, stamp)
	if changed := stamp.Check(f, b.Path); changed != nil { // what else seems wrong with it comes of that
		err = changed
	}
	return info, err
}

func (t Text) inspect(ctx context.Context, f store.File, stamp Stamp) (Info, error) {
	b, size := t.Template, stamp.Size
	b.Stamp = stamp
	info := Info{Bytes: size, Stamp: stamp, Header: t.Header}
	how, err := compression(f, b.Path, size, b.Options)
	if err != nil {
		return Info{}, err
	}
	if how != None || t.Empty {
		info.SHA256, _, err = Pieces(ctx, f, b.Path, size, t.Piece, func(int64, []byte) struct{} { return struct{}{} })
		if b.Length = -1; err == nil && !t.Empty {
			info.Blocks = []Block{b}
		}
		return info, err
	}
	lines := Lines{File: f, Path: b.Path, Size: size, Piece: t.Piece, Block: t.Block,
		From: b.Offset, FirstLine: b.FirstLine, Quoted: t.Quoted, Delimiter: t.Delimiter}
	var ranges []Range
	if info.SHA256, ranges, info.Rows, err = lines.Cut(ctx); err != nil {
		return Info{}, err
	}
	for _, r := range ranges {
		b.Offset, b.Length, b.FirstLine = r.Offset, r.Length, r.FirstLine
		info.Blocks = append(info.Blocks, b)
	}
	return info, nil
}

// Prepare empties a chunk and gives it one column per name. Texts of the
// last chunk are let go, as they may lie in the window of another reader.
func Prepare(k *columns.Chunk, names []string) {
	if len(k.Cols) != len(names) {
		k.Cols = make([]columns.Column, len(names))
	}
	k.Reset()
	k.FirstLine, k.RawData = 0, nil
	for i, name := range names {
		k.Cols[i].Name, k.Cols[i].Data = name, nil
	}
}

// AddLine notes where the next row of a chunk stood, before it is counted.
// Lines are listed only from where they do not follow one another.
func AddLine(k *columns.Chunk, line int64) {
	if len(k.Lines) == 0 {
		if k.N == 0 {
			k.FirstLine = line
		}
		if line == k.FirstLine+int64(k.N) {
			return
		}
		for i := range k.N {
			k.Lines = append(k.Lines, k.FirstLine+int64(i))
		}
	}
	k.Lines = append(k.Lines, line)
}

// Refuse adds a row that cannot be used; raw is copied.
func Refuse(k *columns.Chunk, line int64, column, reason, detail string, raw []byte) {
	k.Refused = append(k.Refused, columns.Refused{Line: line, Column: column, Reason: reason, Detail: detail,
		Raw: string(raw[:min(len(raw), columns.RawLimit)])})
}
