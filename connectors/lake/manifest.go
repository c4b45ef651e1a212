package lake

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"sort"
	"strings"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/internal/store"
)

const manifests = "_manifests"

// Manifest is what a run was made from and what it wrote. Its file is the
// run's commit: a run without one is not there.
type Manifest struct {
	RunID         string           `json:"run_id"`   // <run_date>.<n>
	RunDate       string           `json:"run_date"` // YYYY-MM-DD
	Line          bool             `json:"line"`     // made for the line; whether it is on it, LineRuns says
	Predecessor   string           `json:"predecessor,omitempty"`
	LineEnd       string           `json:"line_end,omitempty"` // of a rerun: the end that the line had, for its ledgers
	Known         string           `json:"known"`              // then or now
	Inputs        []Input          `json:"inputs"`
	Without       []string         `json:"without,omitempty"` // sources whose file of the day it did not wait for
	ConfigSHA256  string           `json:"config_sha256"`
	EngineVersion string           `json:"engine_version"`
	Scale         uint8            `json:"scale"` // digits after the point of the reporting currency
	Tables        map[string]Table `json:"tables"`
	Segments      []Definition     `json:"segments,omitempty"` // the run's own, as they were written
	Summary       json.RawMessage  `json:"summary,omitempty"`  // the run's own, not looked into here
}

// Definition is a file that defines something.
type Definition struct {
	Name string `json:"name"` // relative to the project
	Text string `json:"text"`
}

// Input is a version of a file that the run read.
type Input struct {
	Source    string `json:"source"`
	Path      string `json:"path"` // relative to the project
	SHA256    string `json:"sha256"`
	Bytes     int64  `json:"bytes"`
	Delivered string `json:"delivered"`      // YYYY-MM-DD
	Kept      bool   `json:"kept,omitempty"` // read from _inputs: its path held other bytes
}

// Table is one table of a run.
type Table struct {
	Layout  string   `json:"layout"` // run or month
	Schema  string   `json:"schema"` // hash of Columns
	Columns []Column `json:"columns"`
	Rows    int64    `json:"rows"`
	Content string   `json:"content"` // columns.Hash128 of all rows
	Files   []File   `json:"files"`   // by path
}

// Column is a column as the table's files have it.
type Column struct {
	Name string `json:"name"`
	Type string `json:"type"` // in SQL
}

// NewTable is the manifest's entry of a table that was written as these
// files. The zero Files of writers without rows may be among them.
func NewTable(t customer.Table, scale uint8, files []File) (Table, error) {
	e := Table{Layout: "run", Files: []File{}}
	if t.Layout == customer.ByMonth {
		e.Layout = "month"
	}
	e.Schema, e.Columns = schemaOf(t, scale)

	var content columns.Hash128
	for _, f := range files {
		h, err := columns.ParseHash128(f.Content)
		if err != nil {
			return Table{}, fmt.Errorf("table %s: content hash %q of %q: %w", t.Name, f.Content, f.Path, err)
		}
		content.Add(h)
		e.Rows += f.Rows
		if f.Path != "" {
			e.Files = append(e.Files, f)
		}
	}
	sort.Slice(e.Files, func(i, j int) bool { return e.Files[i].Path < e.Files[j].Path })
	e.Content = content.String()
	return e, nil
}

// schemaOf are the columns of a table's files, and their hash.
func schemaOf(t customer.Table, scale uint8) (hash string, all []Column) {
	var text strings.Builder
	for _, c := range InFile(t) {
		all = append(all, Column{c.Name, SQLType(c, scale)})
		text.WriteString(c.Name + " " + SQLType(c, scale) + "\n")
	}
	sum := sha256.Sum256([]byte(text.String()))
	return hex.EncodeToString(sum[:16]), all
}

// Commit writes the manifest, after everything that it names: from then on
// the run is there. A manifest is never written twice.
func (l Lake) Commit(m Manifest) error {
	if _, err := parseRunID(m.RunID); err != nil || !strings.HasPrefix(m.RunID, m.RunDate+".") {
		return fmt.Errorf("commit run %q of %q: the run id is not <run_date>.<n>", m.RunID, m.RunDate)
	}
	if err := l.settled(m); err != nil {
		return fmt.Errorf("commit run %s: %w", m.RunID, err)
	}
	if m.Line {
		if err := l.startLine(); err != nil {
			return fmt.Errorf("commit run %s: %w", m.RunID, err)
		}
	}
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return fmt.Errorf("commit run %s: %w", m.RunID, err)
	}
	f, err := store.Create(l.manifestPath(m.RunID))
	if err != nil {
		return fmt.Errorf("commit run %s: %w", m.RunID, err)
	}
	if _, err := f.Write(append(text, '\n')); err != nil {
		return errors.Join(fmt.Errorf("commit run %s: %w", m.RunID, err), f.Abort())
	}
	if err := f.CommitNew(); err != nil {
		return fmt.Errorf("commit run %s: %w", m.RunID, err)
	}
	return nil
}

// settled makes sure that every file is there in its length, and that the
// names of their folders last through a power cut: the files' own did when
// they were written.
func (l Lake) settled(m Manifest) error {
	for _, name := range TableNames(m) {
		for _, f := range m.Tables[name].Files {
			info, err := store.Stat(l.Path(f.Path))
			if err != nil {
				return err
			}
			if info.Size() != f.Bytes {
				return fmt.Errorf("%s has %d bytes, not the %d that were written", f.Path, info.Size(), f.Bytes)
			}
		}
		if len(m.Tables[name].Files) > 0 {
			if err := store.SyncDir(l.Path(name)); err != nil {
				return err
			}
		}
	}
	if err := store.MkdirAll(l.Path(manifests)); err != nil {
		return err
	}
	return store.SyncDir(l.Dir)
}

func (l Lake) manifestPath(runID string) string { return l.Path(manifests + "/" + runID + ".json") }

// Named is the manifest of a run that a person named.
func (l Lake) Named(runID string) (Manifest, error) {
	if _, err := parseRunID(runID); err != nil {
		return Manifest{}, fault.With(fmt.Errorf("run %q: %w", runID, err), fault.Usage)
	}
	m, err := l.Load(runID)
	if errors.Is(err, fs.ErrNotExist) {
		return m, fault.With(l.noRun(runID), fault.Usage)
	}
	return m, err
}

// Load is the manifest of a run that the lake itself names: one that is not
// there is gone.
func (l Lake) Load(runID string) (Manifest, error) {
	text, err := store.ReadFile(l.manifestPath(runID))
	if errors.Is(err, fs.ErrNotExist) {
		return Manifest{}, fmt.Errorf("the manifest of run %s is gone: bring %s back from a copy: %w", runID, l.manifestPath(runID), fs.ErrNotExist)
	}
	if err != nil {
		return Manifest{}, fmt.Errorf("read the manifest of run %s: %w", runID, err)
	}
	var m Manifest
	if err := json.Unmarshal(text, &m); err != nil {
		return Manifest{}, fmt.Errorf("read the manifest of run %s: %w", runID, err)
	}
	if m.RunID != runID {
		return Manifest{}, fmt.Errorf("read the manifest of run %s: it is that of run %q", runID, m.RunID)
	}
	return m, nil
}

func (l Lake) noRun(runID string) error {
	ids, err := l.List()
	if err != nil {
		return err
	}
	if len(ids) == 0 {
		return fmt.Errorf("run %s is not in the lake %s: no run was committed yet, habitue run makes one", runID, l.Dir)
	}
	last := ids[max(0, len(ids)-5):]
	return fmt.Errorf("run %s is not in the lake %s: the last runs are %s", runID, l.Dir, strings.Join(last, ", "))
}

// List are the ids of all committed runs, by date and number.
func (l Lake) List() ([]string, error) {
	runs, err := l.runsBeside(".json")
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(runs))
	for i, r := range runs {
		ids[i] = r.String()
	}
	return ids, nil
}

// runsBeside are the runs that a file among the manifests is named after, with
// one of these ends, in order.
func (l Lake) runsBeside(ends ...string) (runs []run, err error) {
	entries, err := store.ReadDir(l.Path(manifests))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list the runs of %s: %w", l.Dir, err)
	}
	for _, e := range entries {
		for _, end := range ends {
			if name, ok := strings.CutSuffix(e.Name(), end); ok {
				if r, err := parseRunID(name); err == nil {
					runs = append(runs, r)
				}
			}
		}
	}
	sort.Slice(runs, func(i, j int) bool { return runs[i].before(runs[j]) })
	return runs, nil
}

// Bytes is the size of the table's files.
func (t Table) Bytes() (n int64) {
	for _, f := range t.Files {
		n += f.Bytes
	}
	return n
}

// Has are those of the names that are columns of the table, each once.
func (t Table) Has(names []string) (has []string) {
	for _, c := range t.Columns {
		if slices.Contains(names, c.Name) {
			has = append(has, c.Name)
		}
	}
	return has
}
