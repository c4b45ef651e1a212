package jobs

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/habitue-data/habitue/connectors/bigquery/contract"
	"github.com/habitue-data/habitue/internal/fault"
)

const exportHead = `project: stall
timezone: Europe/Moscow
currency: RUB
warehouse: none
schedule: "0 6 * * *"
sources:
  - name: web
`

const fromExport = "    kind: ga4\n    project: p\n    dataset: analytics_1\n"

const exportFields = `    record: event
    orders_from: purchase
    fields:
      at: {column: event_timestamp, unit: us}
      client_id: user_pseudo_id
      login: user_id
      name: event_name
      order_id: {column: ecommerce.transaction_id, map: {"(not set)": ""}}
      page: "event_params[page_location]"
      session: "event_params[ga_session_id]"
      sku: "items[0].item_id"
      value: [ecommerce.purchase_revenue, "event_params[value]"]
      currency: "event_params[currency]"
      utm_source: collected_traffic_source.manual_source
      device: device.category
      city: geo.city
`

// on is a day of December 2025, at six in the morning of Moscow.
func on(day int) time.Time { return time.Date(2025, 12, day, 3, 0, 0, 0, time.UTC) }

// visits are the rows of a day: of some visitors, who look and perhaps buy.
func visits(day int, buyers ...string) (rows []string) {
	for n, order := range buyers {
		at := on(day).Add(time.Duration(n) * time.Minute).UnixMicro()
		row := func(micros int64, name, more string) {
			rows = append(rows, fmt.Sprintf(`{"event_date":"202512%02d","event_timestamp":%d,"event_name":"%s","event_params":[{"key":"ga_session_id","value":{"int_value":%d}},{"key":"page_location","value":{"string_value":"https://stall.example/%d?a=\"1\"&b"}},{"key":"value","value":{"double_value":10.5}},{"key":"currency","value":{"string_value":"RUB"}}],"user_id":"u%d","user_pseudo_id":"%d.17","device":{"category":"mobile","web_info":{"browser":"Safari"}},"geo":{"city":"Tver"}%s,"is_active_user":true}`,
				day, at+micros, name, at/1e6, n, n, n, more))
		}
		row(0, "page_view", `,"ecommerce":{"transaction_id":"(not set)"},"collected_traffic_source":{"manual_source":"mail"}`)
		if order != "" {
			row(2_000_000, "purchase", fmt.Sprintf(`,"ecommerce":{"purchase_revenue":%d12345678.9,"transaction_id":"%s"},"items":[{"item_id":"A","quantity":2},{"item_id":"B"}]`, n+1, order))
		}
	}
	return rows
}

// exporter is a shop whose events lie in BigQuery, and a shop that is given the
// same ones as files.
type exporter struct {
	*stall
	files  *stall
	server *contract.Server
	seen   int // calls that read told of
}

func newExporter(t testing.TB, keys string) *exporter {
	t.Helper()
	server := contract.New(t)
	server.PerPage = 3
	e := &exporter{&stall{t: t, dir: t.TempDir(), env: map[string]string{"BIGQUERY_EMULATOR_HOST": server.URL}}, &stall{t: t, dir: t.TempDir()}, server, 0}
	e.put("habitue.yaml", exportHead+fromExport+keys+exportFields)
	e.files.put("habitue.yaml", exportHead+"    kind: jsonl\n    path: web/%Y-%m-%d.jsonl\n    delivery: parts\n"+keys+exportFields)
	return e
}

// table fills the table of a day.
func (e *exporter) table(day, modified int, rows []string) {
	e.server.Fill("analytics_1", fmt.Sprintf("events_202512%02d", day), contract.Export{Schema: contract.GA4, Rows: rows, Modified: int64(modified)})
}

// both fills the table and the file of a day.
func (e *exporter) both(day, modified int, rows []string) {
	e.table(day, modified, rows)
	e.files.put(fmt.Sprintf("web/2025-12-%02d.jsonl", day), strings.Join(rows, "\n")+"\n")
}

// read are the days that were read since the last call, in order.
func (e *exporter) read() (days []string) {
	calls := e.server.Calls()
	for _, c := range calls[e.seen:] {
		if day := strings.TrimPrefix(fmt.Sprint(c.Parameters["tableId"]), "events_202512"); c.Kind == "rows.get" && !slices.Contains(days, day) {
			days = append(days, day)
		}
	}
	e.seen = len(calls)
	return days
}

// same compares the tables of a run with those made of files.
func (e *exporter) same(run string) {
	e.t.Helper()
	ours, theirs := e.contents(run), e.files.contents(run)
	for _, name := range []string{"deliveries", "rejects"} { // which name files
		delete(ours, name)
		delete(theirs, name)
	}
	if diff := cmp.Diff(theirs, ours); diff != "" {
		e.t.Errorf("run %s (- files, + BigQuery): %s", run, diff)
	}
}

// TestNightsFromAnExport: a table that comes late, one that is restated and read
// again, one that is only touched, and one that is restated after its four days.
func TestNightsFromAnExport(t *testing.T) {
	t.Parallel()
	e := newExporter(t, "")
	nights := []struct {
		day    int
		before func()
		read   []string
	}{
		{27, func() { e.both(26, 1, visits(26, "T1", "", "(not set)")); e.both(27, 1, visits(27, "T2")) }, []string{"26", "27"}},
		{28, func() {}, nil}, // its table is late
		{29, func() {
			e.both(28, 3, visits(28, "", "T3"))
			e.both(29, 3, visits(29, "T4"))
			e.both(27, 3, visits(27, "T2", "T5", ""))
		}, []string{"27", "28", "29"}},
		{30, func() {
			e.table(26, 4, visits(26, "T1", "T6"))
			e.both(30, 4, visits(30, "T7"))
			e.table(28, 4, visits(28, "", "T3"))
		}, []string{"28", "30"}},
	}
	met := map[int]bool{}
	for _, night := range nights {
		night.before()
		e.now, e.files.now = on(night.day+1), on(night.day+1)
		e.server.Trouble = func(c contract.Call) contract.Answer { // one each night, of each kind in turn
			if c.Kind != "rows.get" || met[night.day] {
				return contract.Answer{}
			}
			met[night.day] = true
			return []contract.Answer{{Status: 503, Reason: "backendError", Message: "try later"}, {Status: 403, Reason: "quotaExceeded", Message: "bytes per second"}, {CutWithin: true}}[len(met)-1]
		}
		e.do(fault.OK, "run")
		e.files.do(fault.OK, "run")
		if diff := cmp.Diff(night.read, e.read()); diff != "" {
			t.Errorf("night of %d: read %s", night.day, diff)
		}
		e.same(fmt.Sprintf("2025-12-%d.1", night.day))
	}
	if len(met) != 3 {
		t.Errorf("there was trouble in %d nights", len(met))
	}
	asked := "SELECT path[-20:] AS path, in_force, row_count, delivered_date FROM deliveries ORDER BY path, delivered_date"
	want := "path,in_force,row_count,delivered_date\n2025-12-26.jsonl.zst,true,5,2025-12-26\n2025-12-27.jsonl.zst,false,0,2025-12-27\n2025-12-27.jsonl.zst,true,5,2025-12-29\n" +
		"2025-12-28.jsonl.zst,true,3,2025-12-29\n2025-12-29.jsonl.zst,true,2,2025-12-29\n2025-12-30.jsonl.zst,true,2,2025-12-30\n"
	if out, _ := e.do(fault.OK, "query", "--format", "csv", asked); out != want {
		t.Errorf("deliveries are\n%s", out)
	}
	if out, _ := e.do(fault.OK, "pull"); out != "web: nothing new\n" || e.read() != nil {
		t.Error(out)
	}
	e.server.Trouble = nil
	e.read()
	e.do(fault.OK, "runs", "verify", "--replay", "2025-12-27.1") // with the 27 of then
	if got := e.read(); got != nil {
		t.Errorf("a replay read %v", got)
	}
	out, _ := e.do(fault.OK, "pull", "--whole", "web")
	if out != "web: 4 rows into out/lake/_pulled/web/2025-12-26.jsonl.zst\n" || len(e.read()) != 5 { // of the others the rows are those that are there
		t.Error(out)
	}
	gone := filepath.Join(e.dir, "out/lake/_pulled/web/2025-12-30.jsonl.zst")
	if err := os.Remove(gone); err != nil {
		t.Fatal(err)
	}
	if out, _ := e.do(fault.OK, "pull", "--whole"); out != "web: 2 rows into out/lake/_pulled/web/2025-12-30.jsonl.zst\n" {
		t.Error(out)
	}
	asked = "SELECT (SELECT count(*) FROM events WHERE name = 'purchase' AND order_id IS NULL) AS unnamed, count(*) AS n, count(DISTINCT customer_id) AS customers, sum(amount) AS amount FROM orders"
	if out, _ := e.do(fault.OK, "query", "--format", "csv", asked); out != "unnamed,n,customers,amount\n1,7,3,1186419752.30\n" {
		t.Error(out)
	}
}

// TestWhatTheMappingWantsIsRead: columns that no field names do not travel where
// nobody wants attributes, and days are read again when a field is added.
func TestWhatTheMappingWantsIsRead(t *testing.T) {
	t.Parallel()
	e := newExporter(t, "    attributes: false\n    from: 2025-12-10\n")
	for _, day := range []int{9, 10, 20} {
		e.table(day, 1, visits(day, "T1"))
	}
	selected := func() string {
		calls := e.server.Calls()
		i := len(calls) - 1
		for calls[i].Kind != "rows.get" {
			i--
		}
		return contract.Text(calls[i].Parameters, "selectedFields")
	}
	e.now = on(21)
	e.do(fault.OK, "run")
	if got := selected(); got != "event_timestamp,event_name,event_params,user_id,user_pseudo_id,device,geo,ecommerce,items,collected_traffic_source" {
		t.Error(got)
	}
	if diff := cmp.Diff([]string{"10", "20"}, e.read()); diff != "" {
		t.Error(diff)
	}
	e.put("habitue.yaml", strings.Replace(exportHead+fromExport+"    attributes: false\n    from: 2025-12-10\n"+exportFields, "      city: geo.city\n", "      utm_medium: traffic_source.medium\n", 1))
	e.do(fault.OK, "pull")
	if got := selected(); !strings.Contains(got, "traffic_source") || strings.Contains(got, "geo") || len(e.read()) != 2 {
		t.Error(got)
	}
	e.do(fault.OK, "pull")
	if got := e.read(); got != nil {
		t.Error(got)
	}
}

// TestWhatIsMissedWhileNobodyLooks: a day that was restated in a week without a
// pull is read again, though it is none of the newest four any more.
func TestWhatIsMissedWhileNobodyLooks(t *testing.T) {
	t.Parallel()
	e := newExporter(t, "")
	e.table(9, 1, visits(9, "T0"))
	e.table(14, 1, visits(14, "T1"))
	e.now = on(15)
	e.do(fault.OK, "pull")
	e.read()
	e.table(9, 2, visits(9, "T0", "T1"))
	e.table(14, 2, visits(14, "T1", "T2"))
	e.now = on(25)
	e.do(fault.OK, "pull")
	if diff := cmp.Diff([]string{"14"}, e.read()); diff != "" {
		t.Error(diff)
	}
}

// TestATableIsWaitedFor: the night waits for the table of its day, and after that
// runs without it.
func TestATableIsWaitedFor(t *testing.T) {
	t.Parallel()
	e := newExporter(t, "    wait: 2d\n")
	e.table(26, 1, visits(26, "T1"))
	e.now = on(27)
	e.do(fault.OK, "schedule", "--once")
	e.now = on(28)
	e.do(fault.Waiting, "schedule", "--once")
	e.table(27, 1, visits(27, "T2"))
	e.now = on(28).Add(12 * time.Hour)
	e.do(fault.OK, "schedule", "--once")
	e.now = on(31).Add(24 * time.Hour) // 28 is waited for no longer
	e.do(fault.Waiting, "schedule", "--once")
	if got := e.manifest("2025-12-28.1").Tables["deliveries"].Rows; got != 3 {
		t.Errorf("%d rows of deliveries, want two files and what it went without", got)
	}
}

func TestWhatIsWrongWithAnExport(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		old, text string
		answer    contract.Answer
		code      fault.Code
		says      []string
	}{
		"another dataset":   {old: "analytics_1", text: "analytics_2", code: fault.Config, says: []string{"habitue.yaml:10:14: the source web cannot be read: there is no dataset p.analytics_2"}},
		"another project":   {old: "project: p\n", text: "project: q\n", code: fault.Config, says: []string{"habitue.yaml:10:14: the source web cannot be read: there is no dataset q.analytics_1"}},
		"no right":          {answer: contract.Answer{Status: 403, Reason: "accessDenied", Message: "Access Denied"}, code: fault.Config, says: []string{"habitue.yaml:10:14: ", "bigquery.dataViewer"}},
		"nobody":            {answer: contract.Answer{Status: 401, Reason: "authError", Message: "who?"}, code: fault.Config, says: []string{"habitue.yaml:7:5: ", "gcloud auth application-default login"}},
		"an odd answer":     {answer: contract.Answer{Status: 418, Reason: "teapot", Message: "short and stout"}, code: fault.Unreachable, says: []string{"pull the source web: list the tables of the dataset p.analytics_1: ", "short and stout"}},
		"a column misspelt": {old: "geo.city", text: "geos.city", code: fault.Input, says: []string{"habitue.yaml:26:7: source web: there is no column geos.city, the field city is mapped from it; there are event_date, "}},
		"no table yet":      {old: "record: event", text: "from: 2025-12-30\n    record: event", code: fault.Unreachable, says: []string{"p.analytics_1 has no table events_YYYYMMDD yet"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newExporter(t, "")
			e.table(26, 1, visits(26, "T1"))
			e.now = on(27)
			e.put("habitue.yaml", strings.Replace(exportHead+fromExport+exportFields, c.old, c.text, 1))
			e.server.Trouble = func(contract.Call) contract.Answer { return c.answer }
			for _, command := range []string{"pull", "run", "check"} {
				code := c.code
				if command == "check" {
					code = fault.Config
				}
				out, errs := e.do(code, command)
				for _, text := range c.says {
					if !strings.Contains(out+errs, text) {
						t.Errorf("%s: no %q in %s%s", command, text, out, errs)
					}
				}
			}
			e.server.Trouble = nil
			e.server.Faults()
		})
	}
}

// TestADayIsDrafted: init understands a day as it is pulled.
func TestADayIsDrafted(t *testing.T) {
	t.Parallel()
	e := newExporter(t, "")
	e.table(26, 1, append(visits(26, "T1", "T2", "", "T3"), visits(26, "T4", "", "")...))
	e.now = on(27)
	e.do(fault.OK, "pull")
	data, err := os.ReadFile(filepath.Join(e.dir, "out/lake/_pulled/web/2025-12-26.jsonl.zst"))
	if err != nil {
		t.Fatal(err)
	}
	fresh := &stall{t: t, dir: t.TempDir(), now: on(27)}
	fresh.put("exports/2025-12-26.jsonl.zst", string(data))
	fresh.do(fault.OK, "init", "exports")
	drafted, err := os.ReadFile(filepath.Join(fresh.dir, "habitue.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"record: event", "unit: us", "client_id: user_pseudo_id", `order_id: {column: ecommerce.transaction_id, map: {"(not set)": ""}}`, "name: event_name"} {
		if !strings.Contains(string(drafted), line) {
			t.Errorf("no %q in\n%s", line, drafted)
		}
	}
}
