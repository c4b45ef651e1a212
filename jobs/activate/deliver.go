package activate

import (
	"fmt"

	"github.com/habitue-data/habitue/connectors/lake"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/internal/store"
)

// Delivery is a file on its way.
type Delivery struct {
	File    *File
	RunID   string
	RunDate string
	SHA256  string // as the run's table of exports has it
	Whole   string // path of the file
	Changes string // path of the changes beside it
	Resend  bool   // other content for a date that was sent already is sent all the same
}

// Outcome of a delivery.
type Outcome struct {
	Destination string `json:"destination"`
	Path        string `json:"path"`
	Rows        int64  `json:"rows"`
	Sent        bool   `json:"sent"` // false: the destination has just this already
	Added       int64  `json:"added"`
	Changed     int64  `json:"changed"`
	Removed     int64  `json:"removed"`
}

// Deliver puts the files in place and then writes the journal. Done twice, the
// second time nothing is sent; cut short in between, it is done again with the
// same bytes.
func Deliver(l lake.Lake, d Delivery) (Outcome, error) {
	name := d.File.Destination.Name
	o := Outcome{Destination: name, Rows: int64(len(d.File.Rows))}
	whole := d.File.CSV()
	if sum := Sum(whole); sum != d.SHA256 {
		return o, fault.With(fmt.Errorf("the file of %s made from run %s has the hash %.12s, the run says %.12s: the project file changed since; run the night again", name, d.RunID, sum, d.SHA256), fault.Mismatch)
	}
	all, err := entries(l, name)
	if err != nil {
		return o, err
	}
	sent := newest(all, func(s *Sent) bool { return s.RunDate == d.RunDate })
	last := newest(all, func(*Sent) bool { return true }) // what the destination has
	switch {
	case sent != nil && sent.SHA256 == d.SHA256 && !(d.Resend && sent.Number != last.Number):
		return o, nil
	case d.Resend:
	case sent != nil:
		return o, fault.With(fmt.Errorf("%s was sent another file for %s by run %s: habitue publish %s --resend sends this one too", name, d.RunDate, sent.RunID, d.RunID), fault.Publish)
	case last != nil && last.RunDate > d.RunDate:
		return o, fault.With(fmt.Errorf("%s has the file of run %s, which is newer than that of %s: habitue publish %s --resend puts the older one in its place", name, last.RunID, d.RunDate, d.RunID), fault.Publish)
	}
	number := 1
	if last != nil {
		number = last.Number + 1
		if err := last.read(l, name); err != nil {
			return o, err
		}
	}
	c := Compare(d.File, last)
	for path, data := range map[string][]byte{d.Whole: whole, d.Changes: c.CSV()} {
		if err := store.Write(path, data); err != nil {
			return o, fmt.Errorf("deliver to %s: %w", name, err)
		}
	}
	o.Sent, o.Added, o.Changed, o.Removed = true, c.Added, c.Changed, c.Removed
	s := &Sent{Number: number, Shape: d.File.Shape(), RunID: d.RunID, RunDate: d.RunDate, SHA256: d.SHA256, Accepted: o.Rows, Added: c.Added, Changed: c.Changed, Removed: c.Removed,
		From: d.File.from(), Hashed: d.File.Destination.Form.Hash, Rows: d.File.Rows}
	return o, s.record(l, name)
}
