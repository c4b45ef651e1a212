package pull

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/habitue-data/habitue/internal/atomicfile"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/internal/store"
	"github.com/habitue-data/habitue/jobs/project"
	"github.com/klauspost/compress/zstd"
)

// Out is where a puller puts rows.
type Out struct {
	project *project.Project
	source  *project.Source
	today   time.Time // the day of this pull
	state   state
	was     json.RawMessage // what the last pull knew, also where all is to be read anew
	open    []*File
	report  Report
	tell    func(rows int64) // how far it is
}

// Today is the day that the pull is of: the last one that is over.
func (o *Out) Today() time.Time { return o.today }

// Before is the day of the last pull that ended well, zero for none.
func (o *Out) Before() time.Time { return o.state.day() }

// Save writes down what the puller knows, to be given to the next Pull. It is for
// after the Commit of what it knows of.
func (o *Out) Save(known any) error {
	text, err := json.Marshal(known)
	if err != nil {
		return fmt.Errorf("write what the pull of %s knows: %w", o.source.Name, err)
	}
	o.state.Known = text
	return o.save()
}

// File is a file that rows are written to.
type File struct {
	out    *Out
	path   string // as the project file has paths
	file   store.Writer
	zstd   *zstd.Encoder
	rows   int64
	closed bool
}

// File begins a file of a day. Over takes the place of the one that the day has,
// else it stands beside those.
func (o *Out) File(day time.Time, over bool) (*File, error) {
	mark := ""
	if !over {
		n, err := o.count(day)
		if err != nil {
			return nil, err
		}
		mark = fmt.Sprintf(".%04d", n+1)
	}
	f := &File{out: o, path: o.project.PulledIn(o.source) + "/" + project.PulledName(day, mark)}
	var err error
	if f.file, err = store.Create(o.project.Path(f.path)); err != nil {
		return nil, machine(err)
	}
	o.open = append(o.open, f)
	f.zstd, err = zstd.NewWriter(f.file, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(1<<20))
	return f, machine(err)
}

// count is how many files of a day were numbered, those that are under way too.
func (o *Out) count(day time.Time) (n int, err error) {
	names, err := o.files()
	for _, f := range o.open {
		if !f.closed {
			names = append(names, f.path[strings.LastIndexByte(f.path, '/')+1:])
		}
	}
	for _, name := range names {
		number := 0
		if rest, found := strings.CutPrefix(name, day.Format(time.DateOnly)+"."); found {
			_, _ = fmt.Sscanf(rest, "%d", &number) // one without a number is the file of the day
		}
		n = max(n, number)
	}
	return n, err
}

// files are the names of the files that there are.
func (o *Out) files() (names []string, err error) {
	entries, err := store.ReadDir(o.project.Path(o.project.PulledIn(o.source)))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, machine(fmt.Errorf("list the files of %s: %w", o.source.Name, err))
	}
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), project.PulledName(time.Time{}, "")[len(time.DateOnly):]) {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

// tellEvery is after how many rows it is told how far a pull is.
const tellEvery = 1000

// Row adds a row, an object of JSON without a line end.
func (f *File) Row(object []byte) error {
	_, err := f.zstd.Write(object)
	if err == nil {
		_, err = f.zstd.Write([]byte{'\n'})
	}
	if f.rows++; f.rows%tellEvery == 0 {
		f.out.tell(tellEvery)
	}
	return machine(err)
}

// Commit puts the file in place. One without a row is not, unless the source has
// none at all: that it was reached must be seen.
func (f *File) Commit() error {
	o := f.out
	if f.rows == 0 {
		names, err := o.files()
		if err != nil || len(names) > 0 {
			return errors.Join(err, f.abort())
		}
	}
	err := f.zstd.Close()
	f.closed, f.zstd = true, nil
	if err == nil {
		err = f.file.Commit()
	}
	if err != nil {
		return machine(fmt.Errorf("write the rows of %s: %w", o.source.Name, err))
	}
	o.tell(f.rows % tellEvery)
	o.report.Rows += f.rows
	o.report.Files = append(o.report.Files, f.path)
	return nil
}

func (f *File) abort() error {
	if f.closed {
		return nil
	}
	f.closed, f.zstd = true, nil // a day's file does not hold the memory of all days
	return f.file.Abort()
}

// abort throws away what was begun and not put in place.
func (o *Out) abort() (err error) {
	for _, f := range o.open {
		err = errors.Join(err, f.abort())
	}
	return machine(err)
}

// machine gives an error of what is written here its code: the database is not to
// blame.
func machine(err error) error { return fault.With(atomicfile.Explain(err), fault.Internal) }
