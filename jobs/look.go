package jobs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/internal/progress"
	"github.com/habitue-data/habitue/internal/rowfile"
	"github.com/habitue-data/habitue/jobs/project"
	"github.com/habitue-data/habitue/transforms/mapping"
)

// sourceLook is what a look into a source found.
type sourceLook struct {
	Name     string       `json:"name"`
	Record   string       `json:"record"`
	Delivery string       `json:"delivery"`
	Files    int          `json:"files"`
	First    string       `json:"first_date,omitempty"`
	Last     string       `json:"last_date,omitempty"`
	Newest   string       `json:"newest,omitempty"` // the file that was read
	Bytes    int64        `json:"bytes"`
	Read     int          `json:"rows_read"`
	Kept     int          `json:"rows_kept"`
	Filtered int          `json:"rows_filtered"`
	Rejected int          `json:"rows_rejected"`
	Rejects  []rejectLook `json:"rejects"`
}

// rejectLook is the rows refused for one reason.
type rejectLook struct {
	Reason string `json:"reason"`
	Rows   int    `json:"rows"`
	Line   int64  `json:"first_line"`
	Column string `json:"column,omitempty"`
	Detail string `json:"detail"`
}

// lookAt lists a source's files and reads the head of the newest. Where the
// source is faulty it looks no further than for the columns: what becomes of
// the rows would be judged by guesses. What a person can put right is a fault;
// the error is for what stops the command.
func lookAt(ctx context.Context, p *project.Project, s *project.Source, format rowfile.Format) (look sourceLook, faults fault.List, err error) {
	look = sourceLook{Name: s.Name, Record: s.Kind.String(), Delivery: string(s.Delivery), Rejects: []rejectLook{}}
	if err := ctx.Err(); err != nil {
		return look, nil, err
	}
	if s.Pulled != nil {
		return lookInto(ctx, p, s)
	}
	files, faults := p.Files(s)
	look.Files = len(files)
	pathIsWrong := len(s.Patterns) == 0 || slices.ContainsFunc(faults, func(f fault.Fault) bool { return f.File == p.File })
	if s.Faulty && (pathIsWrong || format == nil) {
		return look, nil, nil // Load has said so
	}
	if len(files) == 0 {
		var paths []string
		for _, pattern := range s.Patterns {
			paths = append(paths, pattern.Text)
		}
		return look, append(faults, fault.Fault{File: p.File, Line: s.Patterns[0].Line, Col: s.Patterns[0].Col,
			What: "the source " + s.Name + " has no file: nothing is named " + strings.Join(paths, " or "), Todo: "put the files there, or mend the path: it is relative to the project file"}), nil
	}
	newest := files[len(files)-1]
	look.Newest, look.First, look.Last = newest.Path, day(files[0].Date), day(newest.Date)
	found, err := look.read(ctx, p.Path(newest.Path), s, format)
	for _, f := range found {
		if f.File == p.Path(newest.Path) {
			f.File = newest.Path
		}
		faults = append(faults, f)
	}
	return look, append(faults, look.nothingKept()...), err
}

// nothingKept warns of a source of which every row is left out.
func (l *sourceLook) nothingKept() fault.List {
	if l.Read == 0 || l.Filtered+l.Rejected < l.Read {
		return nil
	}
	return fault.List{{File: l.Newest, What: fmt.Sprintf("of %s none is kept: %d filtered, %d rejected", counted(l.Read, "row"), l.Filtered, l.Rejected),
		Todo: "look at where of the source, and at the reasons of the rejects: most often a format, a unit or the wrong column", Warning: true}}
}

func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}

// read counts what becomes of the first CheckRows rows of a file.
func (l *sourceLook) read(ctx context.Context, path string, s *project.Source, format rowfile.Format) (fault.List, error) {
	info, err := format.Inspect(ctx, path, s.Options)
	if err != nil {
		return asFaults(err)
	}
	l.Bytes = info.Bytes
	if info.Bytes == 0 {
		return fault.List{{File: path, What: "the file is empty", Todo: "nothing can be said of its columns; look whether the export ran", Warning: s.Delivery != project.Full}}, nil
	}
	if s.Faulty {
		return s.Missing(info.Header), nil
	}
	mapper, faults := s.Compile(info.Header)
	if faults != nil {
		return faults, nil
	}
	for _, b := range info.Blocks {
		if l.Read >= CheckRows {
			break
		}
		if err := l.readBlock(ctx, b, format, mapper); err != nil {
			return asFaults(err)
		}
	}
	l.Kept = l.Read - l.Filtered - l.Rejected
	return nil, nil
}

func (l *sourceLook) readBlock(ctx context.Context, b rowfile.Block, format rowfile.Format, mapper *mapping.Mapper) (err error) {
	r, err := format.Open(ctx, b, mapper.Want())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	var in columns.Chunk
	var out mapping.Mapped
	for l.Read < CheckRows {
		if err := r.Read(&in); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		mapper.Map(&in, &out)
		l.count(&in, &out)
	}
	return nil
}

// count takes the rows of a chunk, up to CheckRows in all.
func (l *sourceLook) count(in *columns.Chunk, out *mapping.Mapped) {
	for _, r := range in.Refused {
		if l.Read == CheckRows {
			return
		}
		l.Read++
		l.reject(rejectLook{Reason: r.Reason, Line: r.Line, Column: r.Column, Detail: r.Detail})
	}
	rows := min(in.N, CheckRows-l.Read)
	l.Read += rows
	for _, state := range out.State[:rows] {
		if state == mapping.Filtered {
			l.Filtered++
		}
	}
	for _, r := range out.Rejects {
		if r.Row < rows {
			l.reject(rejectLook{Reason: r.Reason, Line: in.Line(r.Row), Column: r.Column, Detail: r.Detail})
		}
	}
}

// reject counts a row; of each reason the row that stands first is kept.
func (l *sourceLook) reject(r rejectLook) {
	l.Rejected++
	i := slices.IndexFunc(l.Rejects, func(had rejectLook) bool { return had.Reason == r.Reason })
	if i < 0 {
		i = len(l.Rejects)
		l.Rejects = append(l.Rejects, r)
	}
	r.Rows = l.Rejects[i].Rows + 1
	if r.Line > l.Rejects[i].Line {
		r.Line, r.Column, r.Detail = l.Rejects[i].Line, l.Rejects[i].Column, l.Rejects[i].Detail
	}
	l.Rejects[i] = r
}

// asFaults is an error of a file as faults, where it is one that a person
// can put right.
func asFaults(err error) (fault.List, error) {
	var one fault.Fault
	var many fault.List
	switch {
	case errors.As(err, &many):
		return many, nil
	case errors.As(err, &one):
		return fault.List{one}, nil
	}
	return nil, err
}

// print writes the look for a person. What cannot be printed is let go: the
// exit code tells the result.
func (l *sourceLook) print(w io.Writer) {
	fmt.Fprintf(w, "%s: %s, delivery %s, %s", l.Name, l.Record, l.Delivery, counted(l.Files, "file"))
	if l.First != "" {
		fmt.Fprintf(w, " of %s to %s", l.First, l.Last)
	}
	fmt.Fprintln(w)
	if l.Newest == "" {
		return
	}
	fmt.Fprintf(w, "  newest %s, %s: %s read, %s kept, %s filtered, %s rejected\n", l.Newest, progress.Bytes(l.Bytes), counted(l.Read, "row"),
		progress.Thousands(int64(l.Kept)), progress.Thousands(int64(l.Filtered)), progress.Thousands(int64(l.Rejected)))
	for _, r := range l.Rejects {
		column := ""
		if r.Column != "" {
			column = "column " + r.Column + ": "
		}
		fmt.Fprintf(w, "  %s: %s, first %s:%d: %s%s\n", r.Reason, counted(r.Rows, "row"), l.Newest, r.Line, column, r.Detail)
	}
}

func counted(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return progress.Thousands(int64(n)) + " " + what
}
