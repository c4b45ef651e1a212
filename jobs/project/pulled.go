package project

import (
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/config"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/internal/store"
)

// Pulled is a source whose rows are read out of a database, into files of the
// lake, before a run looks for files. The mapping, deliveries, gates: all else of
// it is as of any source of files.
type Pulled struct {
	System       string        // a name of pulledKinds
	URL          config.Secret // Postgres
	Table, Query string        // Postgres: one of them
	Key          []string      // Postgres: columns of which no two rows have the same values
	UpdatedAt    string        // Postgres: column of what changed, "" where every row is read each time
	Overlap      time.Duration // Postgres: how much of what was read is read again

	Project, Dataset string    // GA4
	Days             int       // GA4: so many of the newest days are looked at again
	From             time.Time // GA4: the first day, zero for all there are
}

// GA4 is the export of Google Analytics 4 in BigQuery.
const GA4 = "ga4"

// Daily tells whether the files are of the days that their rows are of, and not
// of those on which they were read.
func (d *Pulled) Daily() bool { return d.System == GA4 }

// String is what is read, as a person calls it.
func (d *Pulled) String() string {
	if d.Daily() {
		return "the newest table events_YYYYMMDD of " + d.Project + "." + d.Dataset
	}
	if d.Query != "" {
		return "the query of " + d.System
	}
	return "the table " + d.Table + " of " + d.System
}

// pulledFormat is how rows are written that were read out of a database: nested
// as they are there.
const pulledFormat = "jsonl"

// pulledKinds are the kinds of sources that are databases.
var pulledKinds = []string{Postgres, GA4}

// PulledIn is the folder of a source's pulled files, as the project file has
// paths.
func (p *Project) PulledIn(s *Source) string {
	below := "_pulled/" + s.Name
	if store.Remote(p.Lake) {
		return store.Join(p.Lake, below)
	}
	return path.Join(p.Lake, below)
}

// PulledName is the name of a pulled file: its day, and what tells it from others
// of that day.
func PulledName(day time.Time, mark string) string {
	return day.Format(time.DateOnly) + mark + ".jsonl.zst"
}

// pulledPattern finds the pulled files of a source.
func (p *Project) pulledPattern(s *Source, at *config.Value) Pattern {
	plain := strings.NewReplacer("%", "%%", "*", "[*]", "?", "[?]", "[", "[[]").Replace(p.PulledIn(s))
	mark := "*"
	if s.Pulled.Daily() {
		mark = ""
	}
	return Pattern{plain + "/%Y-%m-%d" + mark + ".jsonl.zst", at.Line, at.Col}
}

// pulled makes a source one of a database.
func (l *loader) pulled(v *config.Value, s *Source) {
	s.Pulled = &Pulled{System: s.Format, URL: v.Get("url").Secret(), Table: v.Get("table").Text(), Query: v.Get("query").Text(), Key: v.Get("key").Texts(),
		UpdatedAt: v.Get("updated_at").Text(), Overlap: v.Get("overlap").Duration()}
	if s.Format == GA4 {
		s.Pulled = &Pulled{System: GA4, Project: v.Get("project").Text(), Dataset: v.Get("dataset").Text(), Days: int(v.Get("days").Int())}
		s.Pulled.From, _ = time.Parse(time.DateOnly, v.Get("from").Text()) // the spec's check has told what is none
	}
	s.Format = pulledFormat
	if s.Delivery == "" {
		switch s.Delivery = Full; {
		case s.Pulled.Daily():
			s.Delivery = Parts
		case s.Pulled.UpdatedAt != "":
			s.Delivery = Changes
		}
	}
	s.Patterns = []Pattern{l.p.pulledPattern(s, v.Get("kind"))}
	if at := s.Pulled.URL.Reveal(); at != "" && hasPassword(at) && strings.Contains(l.text, at) {
		l.say(v.Get("url"), "the password of a database stands in the project file", "put the url into the environment, and write url: ${env:HABITUE_SHOP_DB}")
	}
}

// hasPassword tells whether the url of a database holds one.
func hasPassword(text string) bool {
	if u, err := url.Parse(text); err == nil && u.User != nil {
		_, has := u.User.Password()
		return has
	}
	return strings.Contains(text, "password") || strings.Contains(text, "://")
}

// FaultOf is a fault at a key of a source, or at the source where it has no such
// key.
func (p *Project) FaultOf(s *Source, what, todo string, keys ...string) fault.Fault {
	at := s.at.At(keys...)
	return fault.Fault{File: p.File, Line: at.Line, Col: at.Col, What: what, Todo: todo}
}

var fileKinds = []string{"csv", "jsonl", "parquet"}

// kindKeys are the keys of a source that only some kinds have.
var kindKeys = []struct {
	name   string
	kinds  []string
	needed bool
}{
	{"path", fileKinds, true},
	{"delimiter", []string{"csv"}, false},
	{"encoding", []string{"csv"}, false},
	{"compression", []string{"csv", "jsonl"}, false},
	{"url", []string{Postgres}, true},
	{"table", []string{Postgres}, false},
	{"query", []string{Postgres}, false},
	{"key", []string{Postgres}, true},
	{"updated_at", []string{Postgres}, false},
	{"overlap", []string{Postgres}, false},
	{"project", []string{GA4}, true},
	{"dataset", []string{GA4}, true},
	{"days", []string{GA4}, false},
	{"from", []string{GA4}, false},
}

// kindHangs holds what the keys of a source owe its kind.
func kindHangs(v *config.Value, say say) {
	kind := v.Get("kind").Text()
	for _, key := range kindKeys {
		switch has := slices.Contains(key.kinds, kind); {
		case has && key.needed && !v.Has(key.name):
			spec := v.Spec.Key(key.name)
			say(v, "the key "+key.name+" is missing under "+v.Path+", "+spec.Doc, "write "+key.name+": "+spec.Example)
		case has || !v.Has(key.name):
		case key.name == "compression" && kind == "parquet":
			say(v.Get(key.name), "a Parquet file says its compression itself", "take it out")
		default:
			say(v.Get(key.name), key.name+" is a key of "+strings.Join(key.kinds, ", ")+", this source is "+kind, "take it out")
		}
	}
	switch kind {
	case Postgres:
		postgresHangs(v, say)
	case GA4:
		if v.Has("delivery") && Delivery(v.Get("delivery").Text()) != Parts {
			say(v.Get("delivery"), "a table of the export is the truth of its day, so a source of kind ga4 is delivered in parts", "take it out")
		}
	}
}

// postgresHangs holds what the keys of a source in PostgreSQL owe each other.
func postgresHangs(v *config.Value, say say) {
	if v.Has("table") == v.Has("query") {
		say(v, "a source of kind postgres needs a table or a query, and not both", "write table: contacts")
	}
	delivery := Delivery(v.Get("delivery").Text())
	switch incremental := v.Has("updated_at"); {
	case delivery == Parts:
		say(v.Get("delivery"), "delivery: parts is of files that somebody else cuts", "write changes, with updated_at, or full: every row is read each time")
	case delivery == Changes && !incremental:
		say(v.Get("delivery"), "nothing says which rows changed", "name the column of the last change as updated_at, or write delivery: full")
	case v.Has("overlap") && (!incremental || delivery == Full):
		say(v.Get("overlap"), "overlap is of a source that is read by updated_at, and this one is read whole", "take it out")
	case incremental && delivery != Full && !v.Get("fields").Has(recordOf(v).IDField()):
		say(v.Get("updated_at"), "changes need the field "+recordOf(v).IDField()+", which is not mapped: nothing says what a row changes", "map it, or write delivery: full")
	}
	if v.Has("updated_at") && delivery != Full && v.Has("table") && recordOf(v) == customer.Order && linesOf(v) {
		say(v.Get("updated_at"), "the rows of the table are lines of orders: where one changes it would come without the others, and be the whole order", "write delivery: full, or a query that says of each line when its order changed: docs/sources-databases.md has one")
	}
	if d := v.Get("overlap").Duration(); d < 0 || d > 30*day {
		say(v.Get("overlap"), fmt.Sprintf("an overlap of %s is not between nothing and thirty days", v.Get("overlap").Text()), "write minutes or hours, as 10m")
	}
}

// linesOf tells whether several rows may be of one order: its id is not the key.
func linesOf(v *config.Value) bool {
	id := v.Get("fields").Get("id")
	columns := id.Texts()
	if id != nil && id.Spec.Type == config.Group {
		columns = append(id.Get("columns").Texts(), id.Get("column").Text())
		columns = slices.DeleteFunc(columns, func(c string) bool { return c == "" })
	}
	return v.Get("fields").Has("line") || !slices.Equal(columns, v.Get("key").Texts())
}
