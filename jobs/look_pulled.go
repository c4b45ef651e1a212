package jobs

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/habitue-data/habitue/connectors"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/jobs/project"
	"github.com/habitue-data/habitue/jobs/pull"
)

// answerTime is how long check waits for a database.
const answerTime = 20 * time.Second

// lookInto asks a database for some rows, and tells what becomes of them as of
// those of a file. They are on this machine's disk for as long as that takes.
func lookInto(ctx context.Context, p *project.Project, s *project.Source) (look sourceLook, faults fault.List, err error) {
	look = sourceLook{Name: s.Name, Record: s.Kind.String(), Delivery: string(s.Delivery), Rejects: []rejectLook{}}
	if s.Faulty {
		return look, nil, nil
	}
	files, faults := p.Files(s)
	look.Files = len(files)
	if len(files) > 0 {
		look.First, look.Last = day(files[0].Date), day(files[len(files)-1].Date)
	}
	dir, err := os.MkdirTemp("", "habitue-check-")
	if err != nil {
		return look, nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	sample := filepath.Join(dir, "rows")
	f, err := os.Create(sample)
	if err != nil {
		return look, nil, err
	}
	within, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	err = errors.Join(pull.Look(within, p, s, CheckRows, f), f.Close())
	if fault.CodeOf(err) == fault.Unreachable || err != nil && within.Err() != nil && ctx.Err() == nil {
		return look, append(faults, p.FaultOf(s, "the database of "+s.Name+" does not answer as it should: "+err.Error(), "start it, or say where it is", "url")), nil
	}
	if err != nil {
		found, err := asFaults(err)
		return look, append(faults, found...), err
	}
	look.Newest = s.Pulled.String()
	found, err := look.read(ctx, sample, s, connectors.Formats()[s.Format])
	for _, f := range found {
		if f.File == sample {
			f.File, f.What = p.File, look.Newest+": "+f.What
		}
		faults = append(faults, f)
	}
	return look, append(faults, look.nothingKept()...), err
}
