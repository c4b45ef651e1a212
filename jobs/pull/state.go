package pull

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/internal/store"
	"github.com/habitue-data/habitue/jobs/project"
)

// state is what is known of a source's pulls, beside its files.
type state struct {
	Asked string          `json:"asked"`         // hash of what the project file asked for
	Day   string          `json:"day,omitempty"` // of the last pull that ended well
	Known json.RawMessage `json:"known,omitempty"`
}

// day is Day as a day, zero for none.
func (s state) day() time.Time {
	day, _ := time.Parse(time.DateOnly, s.Day)
	return day
}

func statePath(p *project.Project, s *project.Source) string {
	return p.Path(p.PulledIn(s) + "/_state.json")
}

// asked is what a watermark is about: where the project asks for other rows,
// all of them are new. Where the database is may change.
func asked(s *project.Source) string {
	about := *s.Pulled
	about.Overlap, about.Days, about.From = 0, 0, time.Time{}
	text, _ := json.Marshal(about) // texts alone; a secret is written as ***
	sum := sha256.Sum256(append(text, s.Delivery...))
	return hex.EncodeToString(sum[:8])
}

func read(p *project.Project, s *project.Source) (known state, err error) {
	data, err := store.ReadFile(statePath(p, s))
	if errors.Is(err, fs.ErrNotExist) {
		return state{}, nil
	}
	if err == nil {
		err = json.Unmarshal(data, &known)
	}
	if err != nil {
		return state{}, fault.With(fmt.Errorf("read what the pulls of %s know: %w; habitue pull --whole %s begins anew", s.Name, err, s.Name), fault.Mismatch)
	}
	return known, nil
}

// Reached is the day of the last pull of a source that ended well, zero for none.
func Reached(p *project.Project, s *project.Source) (time.Time, error) {
	known, err := read(p, s)
	return known.day(), err
}

// load takes up what is known, unless all is to be read anew.
func (o *Out) load(whole bool) (err error) {
	o.state, err = read(o.project, o.source)
	if now := asked(o.source); o.state.Asked != now {
		o.state.Asked, o.state.Known = now, nil
	}
	if o.was = o.state.Known; whole {
		o.state, err = state{Asked: o.state.Asked}, nil
	}
	return err
}

func (o *Out) save() error {
	text, err := json.Marshal(o.state)
	if err == nil {
		err = store.Write(statePath(o.project, o.source), append(text, '\n'))
	}
	if err != nil {
		return machine(fmt.Errorf("write what the pulls of %s know: %w", o.source.Name, err))
	}
	return nil
}

// ended notes that all that was new is in place.
func (o *Out) ended() error {
	o.state.Day = o.today.Format(time.DateOnly)
	return o.save()
}
