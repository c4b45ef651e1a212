package pull

import (
	"time"

	"github.com/habitue-data/habitue/connectors/postgres"
)

// byDay writes rows into the file of the day on which they changed, of the days
// since the last pull: so nights that are caught up find what they would have
// found. What changed before that, later, or nobody knows when, stands in the
// first of these files or in the last.
type byDay struct {
	out    *Out
	zone   *time.Location // that days are of
	silent *time.Location // of a time that names no zone
	day    time.Time      // of the last file; rows come by time
	files  []*File
	fresh  bool // there is a row that was not written before
}

// row writes a row; fresh is whether it was not written before.
func (b *byDay) row(r postgres.Row, fresh bool) error {
	b.fresh = b.fresh || fresh
	day := b.out.Today()
	if first := b.out.Before().AddDate(0, 0, 1); !b.out.Before().IsZero() && first.Before(day) && r.Updated != nil {
		if changed, ok := b.dayOf(string(r.Updated)); ok && changed.Before(day) {
			day = changed
			if day.Before(first) {
				day = first
			}
		}
	}
	if err := b.begin(day); err != nil {
		return err
	}
	return b.files[len(b.files)-1].Row(r.JSON)
}

// begin makes the last file that of a day.
func (b *byDay) begin(day time.Time) error {
	if b.files != nil && b.day.Equal(day) {
		return nil
	}
	f, err := b.out.File(day, false)
	if err != nil {
		return err
	}
	b.day, b.files = day, append(b.files, f)
	return nil
}

// dayOf is the day of a time as PostgreSQL writes it.
func (b *byDay) dayOf(text string) (day time.Time, ok bool) {
	for _, layout := range []string{"2006-01-02 15:04:05-07", "2006-01-02 15:04:05"} {
		if t, err := time.ParseInLocation(layout, text, b.silent); err == nil {
			y, m, d := t.In(b.zone).Date()
			return time.Date(y, m, d, 0, 0, 0, 0, time.UTC), true
		}
	}
	day, err := time.Parse(time.DateOnly, text)
	return day, err == nil
}

// commit puts the files in place, unless all of it was written before.
func (b *byDay) commit() error {
	if !b.fresh {
		b.files = nil
	}
	if b.files == nil { // so that the source has one, where it has none
		if err := b.begin(b.out.Today()); err != nil {
			return err
		}
	}
	for _, f := range b.files {
		if err := f.Commit(); err != nil {
			return err
		}
	}
	return nil
}
