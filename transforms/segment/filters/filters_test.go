package filters

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/config"
	"github.com/habitue-data/habitue/internal/madepage"
	"github.com/habitue-data/habitue/transforms/segment"
	"github.com/habitue-data/habitue/transforms/segment/script"
)

var update = flag.Bool("write", false, "write docs/filters.md")

func catalogue(t *testing.T) *segment.Catalogue {
	t.Helper()
	c, err := Catalogue()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestEveryFilter runs the .test of every filter and holds that it has a
// member, a non-member, somebody without a value and, where days count,
// somebody on each side of the boundary day, in a zone with summer time.
func TestEveryFilter(t *testing.T) {
	t.Parallel()
	c := catalogue(t)
	for _, f := range All() {
		t.Run(f.Name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join("testdata", f.Name+".test")
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			file, faults := script.Run(path, data, c)
			for _, fault := range faults {
				t.Error(fault)
			}
			if !strings.Contains(string(data), "{"+f.Name+":") {
				t.Errorf("%s does not ask %s", path, f.Name)
			}
			shows, faults := file.Shows(f.Name)
			if faults != nil {
				t.Fatal(faults)
			}
			if !shows.Member || !shows.Other {
				t.Errorf("%s shows no member or no non-member", path)
			}
			_, winter := time.Date(2026, 1, 1, 0, 0, 0, 0, file.Zone).Zone()
			if _, summer := time.Date(2026, 7, 1, 0, 0, 0, 0, file.Zone).Zone(); summer == winter {
				t.Errorf("%s: %s has no summer time", path, file.Zone)
			}
			if !shows.Missing && shows.Reads {
				t.Errorf("%s shows nobody without a value", path)
			}
			if dated(f) && !shows.Sides {
				t.Errorf("%s shows no boundary day: a member who is none in the run of a day later, or before, and somebody on its other side", path)
			}
		})
	}
}

// dated tells whether days count for a filter.
func dated(f segment.Filter) bool {
	if f.Type == segment.Date || f.Type == segment.Anniversary || f.Type == segment.Event {
		return true
	}
	if slices.ContainsFunc(f.Params, func(p config.Spec) bool { return p.Name == "in_last" }) {
		return true
	}
	for t, names := range f.Needs {
		table, _ := customer.TableNamed(t.String())
		for _, name := range append(names, "order_date", "event_date", "interaction_date") {
			if c, there := table.Column(name); there && c.Type == customer.DateColumn {
				return true
			}
		}
	}
	return false
}

// TestEveryTestFileIsOfAFilter keeps files from staying behind.
func TestEveryTestFileIsOfAFilter(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("testdata/*.test")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), ".test")
		if !slices.ContainsFunc(All(), func(f segment.Filter) bool { return f.Name == name }) {
			t.Errorf("%s is of no filter", path)
		}
	}
}

// TestExamplesCanBeReadAndColumnsExist reads every example as a segment file
// and looks up what it needs.
func TestExamplesCanBeReadAndColumnsExist(t *testing.T) {
	t.Parallel()
	c := catalogue(t)
	for _, f := range All() {
		d, faults := c.Read(f.Name, []byte("segment: x\nwhen: {"+f.Name+": "+f.Example+"}"))
		if faults != nil {
			t.Error(faults)
			continue
		}
		set, _ := segment.NewSet([]*segment.Definition{d}) // the segments that it names are not there
		for table, names := range set.Needs() {
			has, _ := customer.TableNamed(table.String())
			for _, name := range names {
				if _, there := has.Column(name); !there {
					t.Errorf("%s reads %s.%s, which does not exist", f.Name, table, name)
				}
			}
		}
		for _, e := range c.Entries() {
			if e.Name == f.Name && len(e.Operators) == 0 {
				t.Errorf("%s has no operator", f.Name)
			}
		}
	}
}

func TestThePageIsMadeFromTheCatalogue(t *testing.T) {
	t.Parallel()
	madepage.Hold(t, "../../../docs/filters.md", catalogue(t).Page(), *update, "go test ./transforms/segment/filters -write")
}
