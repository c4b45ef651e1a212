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
	parts   []part    // to be loaded
	gone    []string  // partitions of months that the run has not
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

// plan compares a run with what is served. A month is loaded where it differs
// from the committed one, or where a publish that was not committed may have
// touched it.
func plan(s Snapshot, l log) *planned {
	p := &planned{Snapshot: s, log: l}
	p.entry = entry{Seq: l.last.Seq + 1, RunID: s.RunID, RunDate: s.RunDate, Slot: slotOf(s.RunID), served: served{Months: map[string]map[string]string{}}}
	if l.last.State == begun && l.last.RunID == s.RunID { // the same attempt goes on
		p.entry.Seq = l.last.Seq
	}
	for _, t := range s.Tables {
		p.entry.served.Tables = append(p.entry.served.Tables, t.Name)
		planned := &table{Table: t}
		if t.MonthBy == "" {
			if len(t.Parts) > 0 {
				planned.parts = []part{{p.entry.partition(), contentOf(t.Parts), t.Parts}}
			}
		} else {
			planned.months(p)
		}
		p.tables = append(p.tables, planned)
	}
	return p
}

func (t *table) months(p *planned) {
	byMonth := map[string][]File{}
	for _, f := range t.Parts {
		month := strings.ReplaceAll(f.Month, "-", "")
		byMonth[month] = append(byMonth[month], f)
	}
	now := map[string]string{}
	p.entry.served.Months[t.Name] = now
	before := p.log.committed.served.Months[t.Name]
	for month, files := range byMonth {
		now[month] = contentOf(files)
		if now[month] != before[month] || p.log.touched(t.Name, month) {
			t.parts = append(t.parts, part{month, now[month], files})
		}
	}
	slices.SortFunc(t.parts, func(a, b part) int { return strings.Compare(a.partition, b.partition) })
	for _, month := range p.log.knownMonths(t.Name) {
		if now[month] == "" {
			t.gone = append(t.gone, month)
		}
	}
}

// touched tells whether a publish that was not committed may have replaced a
// month.
func (l log) touched(table, month string) bool {
	for _, e := range l.since {
		if _, there := e.served.Months[table][month]; there {
			return true
		}
	}
	return false
}

// knownMonths are the months that a table of months may have.
func (l log) knownMonths(table string) (months []string) {
	for _, e := range append([]entry{l.committed}, l.since...) {
		for month := range e.served.Months[table] {
			months = append(months, month)
		}
	}
	slices.Sort(months)
	return slices.Compact(months)
}

// touches is what a publish that begins says of itself: the months that it
// replaces or empties.
func (p *planned) touches() served {
	s := served{Tables: p.entry.served.Tables, Months: map[string]map[string]string{}}
	for _, t := range p.tables {
		if t.MonthBy == "" {
			continue
		}
		months := map[string]string{}
		for _, part := range t.parts {
			months[part.partition] = part.content
		}
		for _, month := range t.gone {
			months[month] = ""
		}
		s.Months[t.Name] = months
	}
	return s
}

// contentOf is the content of several files of one partition.
func contentOf(files []File) string {
	contents := make([]string, len(files))
	for i, f := range files {
		contents[i] = f.Content
	}
	slices.Sort(contents)
	return strings.Join(contents, "+")
}

// slotOf is the hour by which a run's rows are found: run n of a date has the
// hour n, so that no run is put in the place of the one that is being read.
func slotOf(runID string) time.Time {
	date, number, _ := strings.Cut(runID, ".")
	day, err := time.Parse(time.DateOnly, date)
	n, bad := strconv.Atoi(number)
	if err != nil || bad != nil {
		panic("not a run id: " + runID) // the lake gave it
	}
	return day.Add(time.Duration(n%24) * time.Hour)
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
