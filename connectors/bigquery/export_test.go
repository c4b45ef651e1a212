package bigquery

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/habitue-data/habitue/connectors/bigquery/contract"
	"github.com/habitue-data/habitue/internal/columns"
)

// everyType is a table with every type of column, and what the export has.
const everyType = `[
	{"name": "event_date", "type": "STRING"}, {"name": "event_timestamp", "type": "INTEGER"},
	{"name": "event_params", "type": "RECORD", "mode": "REPEATED", "fields": [{"name": "key", "type": "STRING"},
		{"name": "value", "type": "RECORD", "fields": [{"name": "string_value", "type": "STRING"}, {"name": "int_value", "type": "INTEGER"}, {"name": "double_value", "type": "FLOAT"}]}]},
	{"name": "device", "type": "RECORD", "fields": [{"name": "category", "type": "STRING"}, {"name": "web_info", "type": "RECORD", "fields": [{"name": "browser", "type": "STRING"}]}]},
	{"name": "items", "type": "RECORD", "mode": "REPEATED", "fields": [{"name": "item_id", "type": "STRING"}, {"name": "price", "type": "FLOAT"}]},
	{"name": "tags", "type": "STRING", "mode": "REPEATED"}, {"name": "is_active_user", "type": "BOOLEAN"}, {"name": "seen", "type": "TIMESTAMP"},
	{"name": "day", "type": "DATE"}, {"name": "at", "type": "DATETIME"}, {"name": "money", "type": "NUMERIC"}, {"name": "great", "type": "BIGNUMERIC"},
	{"name": "bytes", "type": "BYTES"}, {"name": "json", "type": "JSON"}, {"name": "float", "type": "FLOAT"}]`

// lines are what is read of rows of it.
var lines = []string{
	`{"event_date":"20251230","event_timestamp":9223372036854775807,"event_params":[{"key":"ga_session_id","value":{"int_value":-9223372036854775808}},{"key":"page_location","value":{"string_value":"https://shop/?q=\"a\\b\"\nü"}}],"device":{"category":"mobile","web_info":{"browser":"Safari"}}}`,
	`{"event_timestamp":1767089410123456,"event_params":[{"key":"value","value":{"double_value":0.1}},{"key":"empty"}],"items":[{},{"item_id":"A","price":0.00000015}],"tags":["","b"]}`,
	`{"is_active_user":true,"seen":"2025-12-30T10:10:10.123456Z","day":"2025-12-30","at":"2025-12-30T10:10:10","money":12345678901234567890.123456789,"great":0.00000000000000000000000000000000000001}`,
	`{"is_active_user":false,"seen":"1969-12-31T23:59:59.999999Z","bytes":"AAH/","json":{"b":[1,{"a":null}],"z":2},"float":1.7976931348623157e+308}`,
	`{"float":"NaN"}`, `{"float":"-Infinity"}`, `{"float":12345678.9}`, `{"float":0.000001}`, `{"float":-0}`, `{"float":0.30000000000000004}`,
	`{}`,
}

var (
	first  = time.Date(2025, 12, 29, 0, 0, 0, 0, time.UTC)
	second = first.AddDate(0, 0, 1)
)

// exportOf is a dataset with a day of these rows, a few a page.
func exportOf(t testing.TB, rows []string) *contract.Server {
	server := contract.New(t)
	server.PerPage = 2
	server.Fill("analytics_1", "events_20251230", contract.Export{Schema: everyType, Rows: rows, Modified: 7})
	return server
}

func openExport(t testing.TB, server *contract.Server) *Export {
	t.Helper()
	e, err := OpenExport(t.Context(), Source{Project: "p", Dataset: "analytics_1", Endpoint: server.URL, patient: hasty})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// read is what is read of the day, in order.
func read(t testing.TB, e *Export, want []string) (got []string, v Version, hash columns.Hash128, err error) {
	t.Helper()
	v, hash, err = e.Read(t.Context(), second, want, func() (Row, error) {
		got = nil
		return func(row []byte) error {
			got = append(got, string(row))
			return nil
		}, nil
	})
	slices.Sort(got)
	return got, v, hash, err
}

func sorted(lines []string) []string { return slices.Sorted(slices.Values(lines)) }

func TestDaysAreTablesOfThatName(t *testing.T) {
	t.Parallel()
	server := exportOf(t, lines)
	for _, name := range []string{"events_20251229", "events_intraday_20251231", "events_20251301", "events_2025123", "users_20251230", "pseudonymous_users_20251230"} {
		server.Fill("analytics_1", name, contract.Export{Schema: everyType})
	}
	server.Fill("analytics_1", "events_20251228", contract.Export{Schema: everyType, Type: "VIEW"})
	days, err := openExport(t, server).Days(t.Context())
	if diff := cmp.Diff([]time.Time{first, second}, days); diff != "" || err != nil {
		t.Error(diff, err)
	}
}

func TestEveryTypeIsReadAsItIs(t *testing.T) {
	t.Parallel()
	server := exportOf(t, lines)
	e := openExport(t, server)
	got, v, hash, err := read(t, e, nil)
	if diff := cmp.Diff(sorted(lines), got); diff != "" || err != nil {
		t.Fatal(diff, err)
	}
	if v.Rows != int64(len(lines)) || v.Modified != 7 || len(v.Columns) != 15 {
		t.Errorf("%+v", v)
	}
	if _, _, again, err := read(t, e, nil); again != hash || err != nil {
		t.Errorf("the same rows in another order: %v, then %v (%v)", hash, again, err)
	}
	server.Fill("analytics_1", "events_20251230", contract.Export{Schema: everyType, Rows: append(lines[1:], `{"float":2}`)})
	if _, _, other, err := read(t, e, nil); other == hash || err != nil {
		t.Errorf("other rows: %v (%v)", other, err)
	}
}

func TestOnlyWantedColumnsTravel(t *testing.T) {
	t.Parallel()
	server := exportOf(t, lines)
	e := openExport(t, server)
	got, v, _, err := read(t, e, []string{"day", "tags", "device", "not_there"})
	want := sorted([]string{`{"device":{"category":"mobile","web_info":{"browser":"Safari"}}}`, `{"tags":["","b"]}`, `{"day":"2025-12-30"}`, `{}`, `{}`, `{}`, `{}`, `{}`, `{}`, `{}`, `{}`})
	if diff := cmp.Diff(want, got); diff != "" || err != nil || len(v.Columns) != 15 {
		t.Error(diff, err, v.Columns)
	}
	for _, c := range server.Calls() {
		if c.Kind == "rows.get" && c.Parameters["selectedFields"] != "device,tags,day" {
			t.Error(c.Parameters)
		}
	}
	if _, _, _, err := read(t, e, []string{"not_there"}); err == nil || !strings.Contains(err.Error(), "p.analytics_1.events_20251230: it has none of the columns not_there") {
		t.Error(err)
	}
}

func TestASampleIsTheBeginning(t *testing.T) {
	t.Parallel()
	server := exportOf(t, lines)
	server.PerPage = 1000
	for most, want := range map[int]int{3: 3, 1000: len(lines)} {
		n := 0
		err := openExport(t, server).Sample(t.Context(), second, nil, most, func(row []byte) error {
			if n++; !slices.Contains(lines, string(row)) {
				t.Errorf("%s", row)
			}
			return nil
		})
		if n != want || err != nil {
			t.Errorf("%d of %d rows: %v", n, most, err)
		}
	}
}

// TestATableThatChangesIsReadAgain changes it between two pages, so that the
// first reading has rows of both.
func TestATableThatChangesIsReadAgain(t *testing.T) {
	t.Parallel()
	changed := []string{`{"float":1}`, `{"float":2}`, `{"float":3}`, `{"float":4}`, `{"float":5}`}
	for changes, reads := range map[int]bool{1: true, 3: true, 1000: false} {
		server := exportOf(t, lines)
		n := 0
		server.Trouble = func(c contract.Call) contract.Answer {
			if c.Kind == "rows.get" && c.Parameters["pageToken"] == "from-2" && n < changes {
				n++
				server.Fill("analytics_1", "events_20251230", contract.Export{Schema: everyType, Rows: changed, Modified: int64(7 + n)})
			}
			return contract.Answer{}
		}
		got, v, _, err := read(t, openExport(t, server), nil)
		switch {
		case reads && (err != nil || !slices.Equal(got, changed) || v.Modified != int64(7+n)):
			t.Errorf("%d changes: %v %v %v", changes, got, v, err)
		case !reads && (err == nil || !strings.Contains(err.Error(), "the table changed while it was read")):
			t.Errorf("%d changes: %v", changes, err)
		}
	}
}

// TestReadingGoesOnAfterTrouble breaks each request once, in each way.
func TestReadingGoesOnAfterTrouble(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]contract.Answer{
		"503":                     {Status: 503, Reason: "backendError", Message: "try later"},
		"a rate limit":            {Status: 403, Reason: "rateLimitExceeded", Message: "too fast"},
		"a quota of rows":         {Status: 403, Reason: "quotaExceeded", Message: "Your project exceeded quota for tabledata.list bytes per second per project"},
		"a connection reset":      {Cut: true},
		"an answer lost":          {CutAfter: true},
		"an answer cut in middle": {CutWithin: true},
	} {
		server := exportOf(t, lines)
		met := map[string]bool{}
		server.Trouble = func(c contract.Call) contract.Answer {
			if at := c.Kind + fmt.Sprint(c.Parameters["pageToken"]); !met[at] {
				met[at] = true
				return answer
			}
			return contract.Answer{}
		}
		e := openExport(t, server)
		days, err := e.Days(t.Context())
		got, _, _, err2 := read(t, e, nil)
		if diff := cmp.Diff(sorted(lines), got); diff != "" || len(days) != 1 || len(met) != 2+(len(lines)+1)/2 || err != nil || err2 != nil {
			t.Errorf("%s: %d troubles, %d days: %s %v %v", name, len(met), len(days), diff, err, err2)
		}
	}
}

func TestWhatStopsAReadingIsTold(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer contract.Answer
		wrong  string // dataset, somebody, or nothing that a person can put right
		says   string
	}{
		"a quota for ever": {contract.Answer{Status: 403, Reason: "quotaExceeded", Message: "no"}, "", "a quota of the Google Cloud project is used up"},
		"no right":         {contract.Answer{Status: 403, Reason: "accessDenied", Message: "Access Denied"}, "dataset", "bigquery.dataViewer"},
		"nobody":           {contract.Answer{Status: 401, Reason: "authError", Message: "Request had invalid credentials"}, "somebody", "gcloud auth application-default login"},
		"no such dataset":  {contract.Answer{Status: 404, Reason: "notFound", Message: "Not found: Dataset p:analytics_1"}, "dataset", "there is no dataset p.analytics_1"},
		"away":             {contract.Answer{Status: 503, Reason: "backendError", Message: "away"}, "", "list the tables of the dataset p.analytics_1"},
	} {
		server := exportOf(t, lines)
		server.Trouble = func(contract.Call) contract.Answer { return c.answer }
		_, err := openExport(t, server).Days(t.Context())
		got := ""
		if wrong := (Wrong{}); errors.As(err, &wrong) {
			got = "somebody"
			if wrong.Dataset {
				got = "dataset"
			}
		}
		if err == nil || got != c.wrong || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v (%s)", name, err, got)
		}
	}
	server := exportOf(t, lines)
	server.Drop("analytics_1", "events_20251230")
	if _, _, _, err := read(t, openExport(t, server), nil); !errors.Is(err, ErrGone) {
		t.Error(err)
	}
	server.Fill("analytics_1", "events_20251230", contract.Export{Schema: everyType, Rows: []string{`{"event_timestamp":"soon"}`}})
	if _, _, _, err := read(t, openExport(t, server), nil); err == nil || !strings.Contains(err.Error(), `read p.analytics_1.events_20251230: after 0 rows: event_timestamp: `) {
		t.Error(err)
	}
}

// TestNobodyIsLoggedIn looks for credentials where there are none.
func TestNobodyIsLoggedIn(t *testing.T) {
	t.Setenv("GOOGLE_APPLICATION_CREDENTIALS", filepath.Join(t.TempDir(), "none.json"))
	_, err := OpenExport(t.Context(), Source{Project: "p", Dataset: "analytics_1"})
	if wrong := (Wrong{}); !errors.As(err, &wrong) || wrong.Dataset || !strings.Contains(err.Error(), "gcloud auth application-default login") {
		t.Error(err)
	}
}

// readsAsWell are the changes after which what is read is the same: how much
// comes at a time, and how it is laid out.
var readsAsWell = []string{
	"rows.get maxResults", "rows.get maxResults left out", "rows.get prettyPrint left out",
	"table.get alt left out", "table.get prettyPrint left out",
	"table.list alt left out", "table.list maxResults", "table.list maxResults left out", "table.list prettyPrint left out",
}

// TestEveryChangeOfAReadingIsCaught changes, misspells and leaves out each
// parameter of each request: it is refused, or what is read is wrong.
func TestEveryChangeOfAReadingIsCaught(t *testing.T) {
	t.Parallel()
	reading := func(server *contract.Server) string {
		server.Fill("analytics_1", "events_20251228", contract.Export{Schema: everyType})
		server.Fill("analytics_1", "events_20251229", contract.Export{Schema: everyType})
		e := openExport(t, server)
		days, err := e.Days(t.Context())
		got, v, hash, err2 := read(t, e, []string{"event_timestamp", "items", "seen"})
		return fmt.Sprint(days, err, got, v.Modified, v.Rows, hash, err2)
	}
	right := exportOf(t, lines)
	want := reading(right)
	places := map[string]bool{}
	for _, c := range right.Calls() {
		for name := range c.Parameters {
			places[c.Kind+" "+name] = true
		}
	}
	if len(places) < 19 {
		t.Errorf("only %d parameters were sent: %v", len(places), places)
	}
	var passed []string
	for _, place := range slices.Sorted(maps.Keys(places)) {
		kind, name, _ := strings.Cut(place, " ")
		for what, change := range map[string]func(m map[string]any, key string){
			"":          func(m map[string]any, key string) { m[key] = other(m[key]) },
			" misspelt": func(m map[string]any, key string) { m[key+"s"] = m[key]; delete(m, key) },
			" left out": func(m map[string]any, key string) { delete(m, key) },
		} {
			server := exportOf(t, lines)
			server.Change = func(k string, body any) {
				if m, _ := body.(map[string]any); k == kind && m[name] != nil {
					change(m, name)
				}
			}
			if reading(server) == want && len(server.Faults()) == 0 {
				passed = append(passed, place+what)
			}
			server.Faults()
		}
	}
	slices.Sort(passed)
	if diff := cmp.Diff(readsAsWell, passed); diff != "" {
		t.Error(diff)
	}
}
