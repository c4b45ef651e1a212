package demo

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/klauspost/compress/gzip"
)

// folder writes files one after another; a second pair of hands compresses
// and writes while the shop makes the next rows. Its gzip is the pinned
// module's, not the standard library's, whose bytes change with Go versions.
type folder struct {
	dir   string
	work  chan piece
	spare chan []byte
	done  chan struct{}
	files int // these three belong to the hands until done
	bytes int64
	err   error
}

// piece is a part of a file's content; the last one ends the file.
type piece struct {
	path    string
	content []byte
	last    bool
	ours    bool // content is a buffer of the folder, free once written
}

// chunk is how much content travels at a time.
const chunk = 256 << 10

func newFolder(dir string) (*folder, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("making folder %s: %w", dir, err)
	}
	f := &folder{dir: dir, work: make(chan piece, 8), spare: make(chan []byte, 8), done: make(chan struct{})}
	go f.write()
	return f, nil
}

// close waits until everything is written and says what went wrong.
func (f *folder) close() error {
	close(f.work)
	<-f.done
	return f.err
}

// put writes a whole file; content must not change any more.
func (f *folder) put(path string, content []byte) {
	f.work <- piece{path: path, content: content, last: true}
}

// file is one file being made: rows are appended to b and flushed.
type file struct {
	out  *folder
	path string
	b    []byte
}

func (f *folder) create(path string) *file { return &file{out: f, path: path, b: f.buffer()} }

func (f *folder) buffer() []byte {
	select {
	case b := <-f.spare:
		return b[:0]
	default:
		return make([]byte, 0, chunk+chunk/4)
	}
}

// flush hands over what has come together, if it is much.
func (w *file) flush() {
	if len(w.b) >= chunk {
		w.out.work <- piece{w.path, w.b, false, true}
		w.b = w.out.buffer()
	}
}

func (w *file) close() { w.out.work <- piece{w.path, w.b, true, true} }

// write is the second pair of hands. After an error it only drains, so that
// the shop never waits for it.
func (f *folder) write() {
	defer close(f.done)
	open := map[string]*output{}
	zip, err := gzip.NewWriterLevel(nil, 6)
	f.err = err
	for p := range f.work {
		if f.err == nil {
			f.err = f.take(open, zip, p)
		}
		if !p.ours {
			continue
		}
		select {
		case f.spare <- p.content:
		default:
		}
	}
	for _, o := range open {
		o.file.Close() // a file left open by an error that is already told
	}
}

// output is a file on disk. There is one compressor: only one compressed
// file is open at a time, plain ones may be many.
type output struct {
	file *os.File
	zip  *gzip.Writer
}

func (f *folder) take(open map[string]*output, zip *gzip.Writer, p piece) error {
	o := open[p.path]
	if o == nil {
		name := filepath.Join(f.dir, filepath.FromSlash(p.path))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return fmt.Errorf("making the folder of %s: %w", p.path, err)
		}
		file, err := os.Create(name)
		if err != nil {
			return fmt.Errorf("creating %s: %w", p.path, err)
		}
		o = &output{file: file}
		if strings.HasSuffix(p.path, ".gz") {
			o.zip = zip
			o.zip.Reset(file)
			o.zip.ModTime = time.Unix(0, 0) // no time in the header: Go's zero time is not gzip's
		}
		open[p.path] = o
	}
	if err := o.add(p.content); err != nil {
		return fmt.Errorf("writing %s: %w", p.path, err)
	}
	if !p.last {
		return nil
	}
	delete(open, p.path)
	size, err := o.finish()
	if err != nil {
		return fmt.Errorf("finishing %s: %w", p.path, err)
	}
	f.files++
	f.bytes += size
	return nil
}

func (o *output) add(content []byte) error {
	var err error
	if o.zip != nil {
		_, err = o.zip.Write(content)
	} else {
		_, err = o.file.Write(content)
	}
	return err
}

func (o *output) finish() (size int64, err error) {
	defer func() {
		if closed := o.file.Close(); err == nil {
			err = closed
		}
	}()
	if o.zip != nil {
		if err := o.zip.Close(); err != nil {
			return 0, err
		}
	}
	info, err := o.file.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}
