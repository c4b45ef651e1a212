// Package demo makes a shop: people who obey a known model, the raw exports
// that real systems would have written about them, and the truth beside.
//
// It promises that equal options give equal bytes (on one architecture: the
// draws go through floating point), that every number in truth/ describes
// the exports as they lie in the folder, and memory of some 550 bytes a
// customer plus one day, whatever the length of history. It does not promise
// that a shop of another size or another version of this package has
// anything in common with this one.
//
// Rejected: making all records of one person after another and sorting them
// into days. It needs all of history in memory or an external sort; here days
// are played in order, and each person carries a random stream of their own.
package demo

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/habitue-data/habitue/internal/fault"
)

// Options are everything that a shop depends on.
type Options struct {
	Customers int       // people, from MinCustomers
	Days      int       // days of history, from MinDays
	Seed      uint64    // of all chance
	Out       string    // folder to write to; made if absent, else empty
	Until     time.Time // the last day of history, as a calendar date
	Season    string    // one of Seasons; the first where empty
	Deliver   bool      // what comes in the last nights lies in deliveries/<night>/, not in exports/
}

// The smallest shop that still has all of its stories.
const (
	MinCustomers = 100
	MinDays      = 130
	MaxCustomers = 100_000_000
	MaxDays      = 10_000
)

// Nights is how many last nights the schedule tells apart, and Delivered how
// many of them a shop may have in folders of their own.
const (
	Nights    = 30
	Delivered = 3
)

// Summary says what was made.
type Summary struct {
	Customers   int    `json:"customers"`
	Days        int    `json:"days"`
	First       string `json:"first_date"`
	Last        string `json:"last_date"`
	Receipts    int    `json:"receipts"`     // orders at the tills, web orders too
	ReceiptRows int    `json:"receipt_rows"` // rows of the till files
	Events      int    `json:"events"`       // rows of the web files
	Talks       int    `json:"interactions"` // rows of the mailing, help desk, feedback and loyalty files
	ContactRows int    `json:"contact_rows"` // rows of all dumps of the CRM
	Files       int    `json:"files"`
	Bytes       int64  `json:"bytes"` // of all files, as they lie on disk
}

// earliest is the first day of which Moscow's clocks have stood at UTC+3.
var earliest = time.Date(2014, 10, 27, 0, 0, 0, 0, time.UTC)

func (o Options) check() error {
	switch {
	case o.Customers < MinCustomers || o.Customers > MaxCustomers:
		return fmt.Errorf("making a shop of %d customers: say between %d and %d", o.Customers, MinCustomers, MaxCustomers)
	case o.Days < MinDays || o.Days > MaxDays:
		return fmt.Errorf("making a shop of %d days: its stories need between %d and %d", o.Days, MinDays, MaxDays)
	case o.Out == "":
		return errors.New("making a shop: no folder to write to")
	case o.Until.IsZero():
		return errors.New("making a shop: no last day of history")
	case o.Season != "" && !slices.Contains(Seasons, o.Season):
		return fmt.Errorf("making a shop with the season %s: say one of %s", o.Season, strings.Join(Seasons, ", "))
	case civil(o.Until).AddDate(0, 0, 1-o.Days).Before(earliest):
		return fmt.Errorf("making a shop of %d days up to %s: history must begin on %s or later, since when Moscow has one UTC offset",
			o.Days, o.Until.Format(time.DateOnly), earliest.Format(time.DateOnly))
	}
	entries, err := os.ReadDir(o.Out)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("making a shop in %s: %w", o.Out, err)
	}
	if len(entries) > 0 {
		return fmt.Errorf("making a shop in %s: the folder is not empty; name a new one", o.Out)
	}
	return nil
}

// civil is the calendar date of t as midnight UTC.
func civil(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// Make writes a shop to o.Out. What it wrote before an error stays there.
func Make(ctx context.Context, o Options) (Summary, error) {
	if err := o.check(); err != nil {
		return Summary{}, fault.With(err, fault.Usage)
	}
	out, err := newFolder(o.Out)
	if err != nil {
		return Summary{}, err
	}
	s := newShop(o, out)
	err = s.play(ctx)
	if closed := out.close(); err == nil {
		err = closed
	}
	if err != nil {
		return Summary{}, fmt.Errorf("making a shop in %s: %w", filepath.ToSlash(o.Out), err)
	}
	return s.summary(), nil
}
