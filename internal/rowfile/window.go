package rowfile

import (
	"errors"
	"fmt"
	"io"

	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/internal/store"
)

const (
	windowSize = 1 << 20  // of a text whose length is not known
	headSize   = 16 << 10 // of the beginning of a file
)

// Window is a moving view of the text of a block. A block of a plain file
// is in view as a whole; a compressed file is seen in parts.
type Window struct {
	Buf []byte // the text in view
	Pos int    // first byte that is not used yet
	EOF bool   // nothing follows the text in view

	path   string
	file   store.File
	stamp  Stamp
	src    io.Reader
	size   int
	expect int64 // bytes the block still must have, -1 where not known
	close  []func() error
}

// OpenBlock opens the text of a block, as UTF-8. In a compressed file the
// block's offset counts plain bytes.
func OpenBlock(b Block) (*Window, error) { return open(b, windowSize) }

// OpenHead opens the beginning of a file, plain but in its own encoding.
func OpenHead(path string, o Options) (*Window, error) {
	return open(Block{Path: path, Options: Options{Compression: o.Compression}, Length: -1}, headSize)
}

func open(b Block, size int) (*Window, error) {
	f, stamp, err := OpenSame(b.Path, b.Stamp)
	if err != nil {
		return nil, err
	}
	w := &Window{path: b.Path, file: f, stamp: stamp, size: size, expect: -1, close: []func() error{f.Close}}
	if err := w.open(f, stamp.Size, b); err != nil {
		return nil, errors.Join(err, w.Close())
	}
	return w, nil
}

func (w *Window) open(f store.File, size int64, b Block) error {
	how, err := compression(f, b.Path, size, b.Options)
	if err != nil {
		return err
	}
	switch {
	case how != None:
		plain, done, err := decompress(f, how)
		if err != nil {
			return w.broken(err)
		}
		w.src = plain
		w.close = append(w.close, func() error { done(); return nil })
		if _, err := io.CopyN(io.Discard, plain, b.Offset); err != nil {
			return w.broken(err)
		}
	case b.Length < 0:
		w.src = io.NewSectionReader(f, b.Offset, max(0, size-b.Offset))
	default:
		w.src, w.expect = io.NewSectionReader(f, b.Offset, b.Length), b.Length
	}
	switch {
	case IsCodePage(b.Options.Encoding):
		w.src, w.expect = newDecoder(w.src, b.Options.Encoding), -1
	case w.expect >= 0:
		w.size = int(w.expect)
	}
	return nil
}

// More drops the text before Pos and reads on, at least one byte or to the
// end; positions taken before are worthless after. line is where the text
// at Pos stands, for the fault of a text that goes on and on unused.
func (w *Window) More(line int64) error {
	if w.EOF {
		return nil
	}
	rest := w.Buf[w.Pos:]
	if len(rest) > maxReach {
		return tooFar(w.path, line)
	}
	size := max(w.size, 2*len(rest))
	buf := w.Buf[:cap(w.Buf)]
	if size > len(buf) {
		buf = getBuffer(size + size/16) // room for what a reader appends
	}
	n := copy(buf, rest)
	if size > cap(w.Buf) {
		putBuffer(w.Buf)
	}
	for n < size && !w.EOF {
		m, err := w.src.Read(buf[n:size])
		n += m
		if w.expect >= 0 {
			w.expect -= int64(m)
			w.EOF = w.expect == 0
		}
		if err == io.EOF && w.expect <= 0 {
			w.EOF = true
		} else if err != nil {
			return w.broken(err)
		}
	}
	w.Buf, w.Pos = buf[:n], 0
	if w.EOF {
		return w.stamp.Check(w.file, w.path)
	}
	return nil
}

// Stamp is that of the file.
func (w *Window) Stamp() Stamp { return w.stamp }

// broken says what an error of reading means to a person.
func (w *Window) broken(err error) error {
	if changed := w.stamp.Check(w.file, w.path); changed != nil {
		return changed
	}
	switch {
	case fault.CodeOf(err) == fault.Input:
		return err
	case w.expect > 0:
		return Fault(w.path, 0, 0, "the file is shorter than when it was inspected", "deliver files under another name and rename them when they are whole")
	case errors.Is(err, io.ErrUnexpectedEOF) || err == io.EOF:
		return Fault(w.path, 0, 0, "the compressed data ends too soon: the file was not transferred whole", "deliver the file again")
	case errors.Is(err, errTrailing):
		return Fault(w.path, 0, 0, err.Error(), "deliver the file without what was appended to it")
	}
	return Fault(w.path, 0, 0, fmt.Sprintf("the file cannot be read: %v", err), "deliver the file again")
}

// Close lets the file go, and the text in view with it.
func (w *Window) Close() error {
	putBuffer(w.Buf)
	w.Buf = nil
	var errs []error
	for i := len(w.close) - 1; i >= 0; i-- {
		errs = append(errs, w.close[i]())
	}
	w.close = nil
	return errors.Join(errs...)
}
