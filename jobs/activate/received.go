package activate

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/habitue-data/habitue/connectors/lake"
	"github.com/habitue-data/habitue/internal/store"
)

// Received is a row that a destination was sent.
type Received struct {
	Destination string
	RunDate     string
	RunID       string
	Address     string
	Fields      []string // of its file, in the order of its columns
}

// ReceivedBy is what destinations were sent for one of these addresses, the
// newest first and no more than most: of all destinations that have a journal,
// also those that the project no longer has.
func ReceivedBy(l lake.Lake, addresses []string, most int) (all []Received, err error) {
	folders, err := store.ReadDir(l.Path(journal))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read what was sent: %w", err)
	}
	type entry struct {
		Sent
		destination string
	}
	var sent []entry
	for _, f := range folders {
		own, err := entries(l, f.Name())
		if err != nil {
			return nil, err
		}
		for _, s := range own {
			sent = append(sent, entry{s, f.Name()})
		}
	}
	slices.SortFunc(sent, func(a, b entry) int {
		return cmp.Or(cmp.Compare(b.RunDate, a.RunDate), cmp.Compare(a.destination, b.destination), cmp.Compare(b.Number, a.Number))
	})
	for i := range sent {
		s := &sent[i]
		if len(all) >= most {
			break
		}
		if err := s.read(l, s.destination); err != nil {
			return nil, err
		}
		for _, r := range s.Rows {
			if slices.Contains(addresses, r.Key) && len(all) < most {
				all = append(all, Received{s.destination, s.RunDate, s.RunID, r.Key, r.Fields})
			}
		}
		s.Rows = nil
	}
	return all, nil
}
