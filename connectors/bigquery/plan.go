package bigquery

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"cloud.google.com/go/bigquery"
)

// table is a table of the run with what is to be done about it.
type table struct {
	Table
	schema  bigquery.Schema // of rows_ and stage_ tables: the files', behind what rows_ has beside
	base    *bigquery.TableMetadata
	whole   []part    // all of its partitions, where By says that only what changed is loaded
	parts   []part    // to be loaded
	gone    []string  // partitions that the run has not
	created time.Time // of the stage table: the attempt, as far as loads go
	loaded  int64     // rows
}

// part is what is loaded into one partition.
type part struct {
	partition string // of rows_
	content   string
	files     []File
}

// planned is a publish.
type planned struct {
	Snapshot
	tables []*table
	entry  entry
	log    log
}

// plan compares a run with what is served. A partition is loaded where it differs
// from the committed one, or where a publish that was not committed may have
// touched it.
func plan(s Snapshot, l log) *planned {
	p := &planned{Snapshot: s, log: l}
	p.entry = entry{Seq: l.last.Seq + 1, RunID: s.RunID, RunDate: s.RunDate, Slot: slotOf(s.RunID, l.committed.Slot), served: served{Partitions: map[string]map[string]string{}}}
	if l.last.State == begun && l.last.RunID == s.RunID { // the same attempt goes on
		p.entry.Seq = l.last.Seq
	}
	for _, v := range s.Views {
		p.entry.served.Views = append(p.entry.served.Views, v.Name)
	}
	for _, t := range s.Tables {
		p.entry.served.Tables = append(p.entry.served.Tables, t.Name)
		planned := &table{Table: t}
		if t.By == "" {
			if len(t.Parts) > 0 {
				planned.parts = []part{{p.entry.partition(), contentOf(t.Parts), t.Parts}}
			}
		} else {
			planned.partitions(p)
		}
		p.tables = append(p.tables, planned)
	}
	return p
}

// partitions plans a table of which only what changed is loaded.
func (t *table) partitions(p *planned) {
	files := map[string][]File{}
	for _, f := range t.Parts {
		files[f.Partition] = append(files[f.Partition], f)
	}
	now := map[string]string{}
	p.entry.served.Partitions[t.Name] = now
	before := p.log.committed.served.Partitions[t.Name]
	for name, files := range files {
		now[name] = contentOf(files)
		one := part{name, now[name], files}
		if t.whole = append(t.whole, one); now[name] != before[name] || p.log.touched(t.Name, name) {
			t.parts = append(t.parts, one)
		}
	}
	for _, parts := range [][]part{t.whole, t.parts} {
		slices.SortFunc(parts, func(a, b part) int { return strings.Compare(a.partition, b.partition) })
	}
	for _, name := range p.log.known(t.Name) {
		if now[name] == "" {
			t.gone = append(t.gone, name)
		}
	}
}

// found is called when the table that holds the rows was looked at. Where it is not
// the one of the last publish somebody took that away, and all is loaded anew.
func (t *table) found(l log) {
	if t.By != "" && l.committed.served.Made[t.Name] != t.base.CreationTime.UnixMilli() {
		t.parts = t.whole
	}
}

// touched tells whether a publish that was not committed may have replaced a
// partition.
func (l log) touched(table, partition string) bool {
	for _, e := range l.since {
		if _, there := e.served.Partitions[table][partition]; there {
			return true
		}
	}
	return false
}

// known are the partitions that a table may have.
func (l log) known(table string) (names []string) {
	for _, e := range append([]entry{l.committed}, l.since...) {
		for name := range e.served.Partitions[table] {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// touches is what a publish that begins says of itself: the partitions that it
// replaces or empties.
func (p *planned) touches() served {
	s := served{Tables: p.entry.served.Tables, Views: p.entry.served.Views, Partitions: map[string]map[string]string{}}
	for _, t := range p.tables {
		if t.By == "" {
			continue
		}
		touched := map[string]string{}
		for _, part := range t.parts {
			touched[part.partition] = part.content
		}
		for _, name := range t.gone {
			touched[name] = ""
		}
		s.Partitions[t.Name] = touched
	}
	return s
}

// contentOf is the content of several files of one partition.
func contentOf(files []File) string {
	contents := make([]string, len(files))
	for i, f := range files {
		contents[i] = f.SHA256
	}
	slices.Sort(contents)
	return strings.Join(contents, "+")
}

// slotOf is the hour by which a run's rows are found: run n of a date has the
// hour n, or the next where that is taken by what is being read.
func slotOf(runID string, taken time.Time) time.Time {
	date, number, _ := strings.Cut(runID, ".")
	day, err := time.Parse(time.DateOnly, date)
	n, bad := strconv.Atoi(number)
	if err != nil || bad != nil {
		panic("not a run id: " + runID) // the lake gave it
	}
	slot := day.Add(time.Duration(n%24) * time.Hour)
	if slot.Equal(taken) {
		slot = day.Add(time.Duration((n+1)%24) * time.Hour)
	}
	return slot
}

// partition is the slot as a decorator.
func (e entry) partition() string { return e.Slot.UTC().Format("2006010215") }

// rows is the table that holds what is served.
func (t *table) rows() string { return "rows_" + t.Name }

// stage is the table that a run is loaded into first, another one for each
// publish.
func (p *planned) stage(t *table) string {
	return fmt.Sprintf("stage_%s_%d_%s", t.Name, p.entry.Seq, strings.NewReplacer("-", "", ".", "_").Replace(p.RunID))
}
