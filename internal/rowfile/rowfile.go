// Package rowfile says what a file of rows is to the rest of the program:
// something that can be inspected once (hash, columns, where it may be cut)
// and then read block by block, in any order, by anyone who can reach it.
// The formats themselves are connectors.
package rowfile

import (
	"context"

	"github.com/habitue-data/habitue/internal/columns"
)

// Options is how a file was written. The zero value means: find out by the
// file's name and first bytes.
type Options struct {
	Delimiter   string `json:"delimiter,omitempty"`   // CSV: one of "," ";" "\t" "|"; "" is ","
	Encoding    string `json:"encoding,omitempty"`    // "utf-8" (with or without BOM, the default), "windows-1251" or "windows-1252"
	Compression string `json:"compression,omitempty"` // "none", "gzip", "zstd"; "" goes by the first bytes
}

// Block is a part of a file that one reader reads: plain data, so that it
// can travel to a worker.
type Block struct {
	Path      string   `json:"path"` // as a worker opens it
	Stamp     Stamp    `json:"stamp,omitzero"`
	Format    string   `json:"format"`
	Options   Options  `json:"options"`
	Header    []string `json:"header,omitempty"` // CSV: the file's columns
	Offset    int64    `json:"offset"`           // CSV, JSONL: first byte, at the start of a row
	Length    int64    `json:"length"`           // bytes; -1 to the end (compressed files are one block)
	FirstLine int64    `json:"first_line"`       // line of the first row; Parquet: number of the row
	RowGroup  int      `json:"row_group"`        // Parquet
}

// Info is what one look at a file finds.
type Info struct {
	SHA256 string // of the file's bytes as they lie on disk, over 4 MiB pieces: see HashPiece
	Bytes  int64
	Rows   int64    // at most so many; 0 where only reading it whole would tell
	Stamp  Stamp    // of the file that all this is of
	Header []string // names of the columns; nil where every row has its own (JSONL)
	Blocks []Block  // none where the file has no rows
}

// HashPiece is the size of the pieces that a file's content hash is made
// of: SHA-256 over the SHA-256 of each piece, so that pieces can be hashed
// side by side.
const HashPiece = 4 << 20

// Format reads one kind of file.
type Format interface {
	// Inspect reads the file once. A fault of the file as a whole (not
	// readable, wrong encoding, a quote that never closes, a truncated
	// archive found here) is a fault.Fault with the exit code Input. So is a
	// file that changes meanwhile, here and while a block of it is read.
	Inspect(ctx context.Context, path string, o Options) (Info, error)
	// Open reads a block. want names the columns, which come in that order
	// (JSONL, Parquet: paths into nested data); the name "*" stands for a
	// JSON object of everything else. A column that no row has is all
	// missing in JSONL and a fault elsewhere.
	Open(ctx context.Context, b Block, want []string) (Reader, error)
}

// Reader gives the rows of a block.
type Reader interface {
	// Read fills k with up to MaxRows more rows and returns io.EOF once
	// there are none and none were refused. k's memory is used again.
	Read(k *columns.Chunk) error
	Close() error
}

// MaxRows is the most rows of one Chunk.
const MaxRows = 4096
