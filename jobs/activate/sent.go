package activate

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/habitue-data/habitue/connectors/lake"
	"github.com/habitue-data/habitue/internal/store"
)

// Sent is an entry of the journal of a destination: what it took. It is
// written after the destination took it, so what the journal has was sent.
type Sent struct {
	Number   int    `json:"number"` // entries are counted: the last one is what the destination has
	RunID    string `json:"run_id"`
	RunDate  string `json:"run_date"`
	SHA256   string `json:"content_sha256"` // of the whole file
	Shape    string `json:"shape"`          // of its columns and addresses: rows of another shape are no older version of these
	Accepted int64  `json:"accepted"`       // rows
	Added    int64  `json:"added"`
	Changed  int64  `json:"changed"`
	Removed  int64  `json:"removed"`

	From   []string `json:"from"`   // where each field of a row comes from, as the columns of a destination say it
	Hashed bool     `json:"hashed"` // addresses are hashes

	Rows []Row `json:"-"`
}

const journal = "_sent"

// path is where an entry lies: its facts, and beside them its rows.
func (s *Sent) path(destination, end string) string {
	return fmt.Sprintf("%s/%s/%06d-%s%s", journal, destination, s.Number, s.RunID, end)
}

// entries are the journal of a destination, in the order in which it took them.
func entries(l lake.Lake, destination string) (all []Sent, err error) {
	files, err := store.ReadDir(l.Path(journal + "/" + destination))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read what %s was sent: %w", destination, err)
	}
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".json") {
			continue
		}
		text, err := store.ReadFile(l.Path(journal + "/" + destination + "/" + f.Name()))
		if err != nil {
			return nil, fmt.Errorf("read what %s was sent: %w", destination, err)
		}
		var s Sent
		if err := json.Unmarshal(text, &s); err != nil {
			return nil, fmt.Errorf("read what %s was sent: %s: %w", destination, f.Name(), err)
		}
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b Sent) int { return a.Number - b.Number })
	return all, nil
}

// Last is what a destination was last sent for a day before a date, nil for
// nothing.
func Last(l lake.Lake, destination, runDate string) (*Sent, error) {
	all, err := entries(l, destination)
	if err != nil {
		return nil, err
	}
	s := newest(all, func(s *Sent) bool { return s.RunDate < runDate })
	if s == nil {
		return nil, nil
	}
	return s, s.read(l, destination)
}

// newest is the last of the entries that are meant, nil for none.
func newest(all []Sent, meant func(s *Sent) bool) *Sent {
	for i := range slices.Backward(all) {
		if meant(&all[i]) {
			return &all[i]
		}
	}
	return nil
}

// read reads the rows of an entry.
func (s *Sent) read(l lake.Lake, destination string) error {
	data, err := store.ReadFile(l.Path(s.path(destination, ".csv")))
	if err != nil {
		return fmt.Errorf("read what %s was sent: %w", destination, err)
	}
	rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		return fmt.Errorf("read what %s was sent: %w", destination, err)
	}
	for _, r := range rows {
		s.Rows = append(s.Rows, Row{r[0], r[1:]})
	}
	return nil
}

// record writes an entry: its rows, then its facts, which make it one.
func (s *Sent) record(l lake.Lake, destination string) error {
	rows := make([][]string, len(s.Rows))
	for i, r := range s.Rows {
		rows[i] = append([]string{r.Key}, r.Fields...)
	}
	text, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return fmt.Errorf("tell what %s was sent: %w", destination, err)
	}
	if err := store.Write(l.Path(s.path(destination, ".csv")), table(rows)); err != nil {
		return fmt.Errorf("tell what %s was sent: %w", destination, err)
	}
	return store.Write(l.Path(s.path(destination, ".json")), append(text, '\n'))
}
