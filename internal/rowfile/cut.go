package rowfile

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"unicode/utf8"
)

// MaxRow is the longest row that is used; a longer one is refused.
const MaxRow = 1 << 20

// maxReach is the longest stretch of text without the end of a row. Beyond
// it the file is no file of rows, and reading on would take memory without
// bound.
const maxReach = 64 << 20

// Lines is a plain file of rows that end with a newline, to be cut.
type Lines struct {
	File      io.ReaderAt
	Path      string
	Size      int64
	Piece     int64 // what is hashed and looked at as one
	Block     int64 // the least length of a block, the last one aside
	From      int64 // first byte of the first row
	FirstLine int64 // its line
	Quoted    bool  // a newline inside quotes does not end a row
	Delimiter byte  // where Quoted
}

// Range is one block of the file.
type Range struct{ Offset, Length, FirstLine int64 }

// OpenQuote is the error of a quote that never closes.
type OpenQuote struct{ Line, Col int64 }

func (e *OpenQuote) Error() string {
	return fmt.Sprintf("line %d, column %d: the quote that opens here never closes", e.Line, e.Col)
}

// piece is what one look at a piece finds. A piece is understood between
// its first and its last newline: behind a newline there are only two
// states, inside quotes and not, and the piece is followed from both.
type piece struct {
	lines      int64
	quotes     bool
	head, tail int64 // behind the first and the last newline; head is -1 where there is none
	before     int64 // newlines before head
	from       [2]walk
}

// walk is a way through a piece, started outside or inside quotes.
type walk struct {
	open   bool  // inside quotes at the end
	opened int64 // the quote that opened last and is still open, -1 for none
	start  int64 // the first row that starts, -1 for none
	before int64 // newlines of the piece before it
}

// Cut reads the file once and returns its content hash, its blocks, and how
// many lines it has: no fewer than rows.
func (l Lines) Cut(ctx context.Context) (hash string, blocks []Range, lines int64, err error) {
	hash, pieces, err := Pieces(ctx, l.File, l.Path, l.Size, l.Piece, l.look)
	if err != nil {
		return "", nil, 0, err
	}
	for _, p := range pieces {
		lines += p.lines
	}
	blocks, err = l.chain(pieces)
	return hash, blocks, lines + 1, err // the last may have no end
}

func (l Lines) look(offset int64, b []byte) piece {
	p := piece{lines: int64(bytes.Count(b, newline)), head: -1}
	skip := min(max(0, l.From-offset), int64(len(b)))
	rows := b[skip:]
	p.quotes = l.Quoted && bytes.IndexByte(rows, '"') >= 0
	first := int64(bytes.IndexByte(rows, '\n')) + 1
	if first == 0 {
		return p
	}
	head, tail := skip+first, skip+int64(bytes.LastIndexByte(rows, '\n'))+1
	p.head, p.tail = offset+head, offset+tail
	p.before = int64(bytes.Count(b[:head], newline))
	p.from[0] = walk{opened: -1, start: p.head, before: p.before}
	p.from[1] = walk{open: true, opened: -1, start: -1}
	if p.quotes {
		for i := range p.from {
			q := follow(b[head:tail], l.Delimiter, i == 1)
			w := &p.from[i]
			w.open, w.opened = q.open, -1
			if q.opened >= 0 {
				w.opened = p.head + int64(q.opened)
			}
			if i == 1 && q.start >= 0 {
				w.start = p.head + int64(q.start)
				w.before = p.before + int64(bytes.Count(b[head:head+int64(q.start)], newline))
			}
		}
	}
	return p
}

var newline = []byte{'\n'}

// chain goes through the pieces in order, reads again what lies between the
// newlines of neighbours where quotes may be, and cuts.
func (l Lines) chain(pieces []piece) ([]Range, error) {
	var blocks []Range
	block := Range{Offset: l.From, FirstLine: l.FirstLine}
	end := func(at int64) error {
		if block.Length = at - block.Offset; block.Length > maxReach+l.Block+2*l.Piece {
			return tooFar(l.Path, block.FirstLine)
		}
		blocks = append(blocks, block)
		return nil
	}
	at, open, opened, quotes := l.From, false, int64(-1), false
	bridge := func(to int64) error {
		if !quotes || at == to {
			return nil
		}
		if to-at > maxReach {
			return tooFar(l.Path, block.FirstLine)
		}
		gap := make([]byte, to-at)
		if err := readFull(l.File, l.Path, gap, at); err != nil {
			return err
		}
		q := follow(gap, l.Delimiter, open)
		if q.opened >= 0 {
			opened = at + int64(q.opened)
		}
		open = q.open
		return nil
	}
	line := int64(1)
	for _, p := range pieces {
		quotes = quotes || p.quotes
		if p.head >= 0 {
			if err := bridge(p.head); err != nil {
				return nil, err
			}
			w := p.from[0]
			if open {
				w = p.from[1]
			}
			if w.start >= 0 && w.start < l.Size && w.start-block.Offset >= l.Block {
				if err := end(w.start); err != nil {
					return nil, err
				}
				block = Range{Offset: w.start, FirstLine: line + w.before}
			}
			if w.opened >= 0 {
				opened = w.opened
			}
			at, open, quotes = p.tail, w.open, p.quotes
		}
		line += p.lines
	}
	if err := bridge(l.Size); err != nil {
		return nil, err
	}
	if open {
		return nil, l.position(opened)
	}
	if block.Offset < l.Size {
		if err := end(l.Size); err != nil {
			return nil, err
		}
	}
	return blocks, nil
}

func tooFar(path string, line int64) error {
	return Fault(path, line, 0, fmt.Sprintf("no row ends in %d MiB of text from here on", maxReach>>20),
		"look for a quote that opens and does not close, and whether this is a file of rows at all")
}

// position is the line and column of an offset, in a file with a fault:
// nothing else needs it, so it is counted only then.
func (l Lines) position(offset int64) error {
	e := &OpenQuote{Line: 1}
	start := int64(0) // of the line
	buf := make([]byte, min(l.Piece, offset))
	for at := int64(0); at < offset; at += int64(len(buf)) {
		b := buf[:min(int64(len(buf)), offset-at)]
		if err := readFull(l.File, l.Path, b, at); err != nil {
			return err
		}
		e.Line += int64(bytes.Count(b, newline))
		if n := bytes.LastIndexByte(b, '\n'); n >= 0 {
			start = at + int64(n) + 1
		}
	}
	before := make([]byte, min(offset-start, maxReach))
	if err := readFull(l.File, l.Path, before, start); err != nil {
		return err
	}
	e.Col = int64(utf8.RuneCount(before)) + 1
	return e
}
