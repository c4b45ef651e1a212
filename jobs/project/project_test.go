package project

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/config"
	"github.com/habitue-data/habitue/internal/cronspec"
	"github.com/habitue-data/habitue/internal/rowfile"
	"github.com/habitue-data/habitue/transforms/activation"
	"github.com/habitue-data/habitue/transforms/churn"
	"github.com/habitue-data/habitue/transforms/cohort"
	"github.com/habitue-data/habitue/transforms/identity"
	"github.com/habitue-data/habitue/transforms/mapping"
	"github.com/habitue-data/habitue/transforms/segment"
)

func load(t *testing.T, path string) *Project {
	t.Helper()
	p, faults := Load(path, env)
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	return p
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	p := load(t, "testdata/small.good.yaml")
	want := &Project{
		File: "small.good.yaml", Dir: "testdata", Name: "corner-shop", Zone: p.Zone, Currency: "RUB", Scale: 2, Country: "RU",
		Salt: config.NewSecret("corner-shop"), Latest: 2050, Sources: p.Sources, Segments: p.Segments,
		Identity: Identity{Email: "basic", Phone: "e164", Card: "unpadded"}, Base: Known, RFMBase: Known, CohortBase: Known, Churn: churn.Options{Horizon: 90, Models: churn.Models(), MinBuyers: 200},
		Cohorts: cohort.Question{Grains: []cohort.Grain{cohort.Month, cohort.Week}, Definitions: cohort.Definitions(), Measures: cohort.Measures()},
		Lake:    "out/lake", Publish: Publish{All: true, KeepRuns: 14}, Gates: Gates{10, 50}, Schedule: Schedule{Deadline: 12 * time.Hour}, Runner: Runner{Name: "direct"}, Memory: 2 << 30, InMemory: 200_000_000, KeepInputs: 30 * 24 * time.Hour,
		Cache: true, ConfigSHA256: p.ConfigSHA256,
	}
	if diff := cmp.Diff(want, p, cmpopts.IgnoreUnexported(Project{}, Source{}, time.Location{}, segment.Set{}, segment.Clause{}), cmp.AllowUnexported(config.Secret{}), sameCron); diff != "" {
		t.Error(diff)
	}
	if p.Zone.String() != "Europe/Moscow" || len(p.ConfigSHA256) != 64 {
		t.Errorf("zone %v, hash %q", p.Zone, p.ConfigSHA256)
	}
	crm, tills := p.Sources[0], p.Sources[1]
	if crm.Delivery != Full || tills.Delivery != Parts || crm.IDs != "" || crm.KeepInputs != p.KeepInputs {
		t.Errorf("crm %+v\ntills %+v", crm, tills)
	}
}

func TestEveryKeyArrives(t *testing.T) {
	t.Parallel()
	p := load(t, "testdata/everything.good.yaml")
	one := "RU"
	day := func(s string) time.Time {
		d, err := time.Parse(time.DateOnly, s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	spec := func(source string, kind customer.Kind) mapping.Spec {
		return mapping.Spec{File: "everything.good.yaml", Source: source, Kind: kind, Zone: "Europe/Moscow", Currency: "RUB", Scale: 2, Attributes: true}
	}
	crm := spec("crm", customer.Contact)
	crm.Fields = []mapping.FieldSpec{
		{Field: "id", Columns: []string{"crm_id"}}, {Field: "email", Columns: []string{"email", "second_email"}}, {Field: "phone", Columns: []string{"phone"}},
		{Field: "loyalty_card", Columns: []string{"card"}}, {Field: "external.vk", Columns: []string{"vk_id"}},
		{Field: "consent.email", Columns: []string{"consent"}, Map: map[string]string{"1": "true", "0": "false"}},
		{Field: "first_name", Columns: []string{"name"}},
		{Field: "birth_date", Columns: []string{"born"}, Format: "%d.%m.%Y"}, {Field: "tags", Columns: []string{"tags"}, Split: "|"}, {Field: "country", Constant: &one},
	}
	loyalty := spec("loyalty", customer.Contact)
	loyalty.Attributes = false
	loyalty.Fields = []mapping.FieldSpec{{Field: "id", Columns: []string{"id"}}, {Field: "loyalty_card", Columns: []string{"number"}}, {Field: "created_at", Columns: []string{"created"}, Unit: "s"}}
	tills := spec("tills", customer.Order)
	tills.Types, tills.Where, tills.Zone, tills.Currency = map[string]string{"qty": "decimal", "store": "int"}, "store != 99", "UTC", "EUR"
	tills.Fields = []mapping.FieldSpec{
		{Field: "id", Columns: []string{"receipt"}}, {Field: "line", Columns: []string{"line"}}, {Field: "at", Columns: []string{"ts"}}, {Field: "loyalty_card", Columns: []string{"card"}},
		{Field: "amount", Multiply: []string{"qty", "price"}, Unit: "major", Decimal: ","}, {Field: "discount", Sum: []string{"d1", "d2"}, Unit: "minor"},
		{Field: "kind", Columns: []string{"receipt"}, PrefixMap: map[string]string{"C": "cancelled", "R": "return", "": "sale"}},
		{Field: "quantity", Columns: []string{"qty"}}, {Field: "channel", Expr: `store == 1 ? "web" : "shop"`},
	}
	web := spec("web", customer.Event)
	web.Fields = []mapping.FieldSpec{
		{Field: "id", Columns: []string{"id"}}, {Field: "at", Columns: []string{"ts"}, Unit: "us"}, {Field: "name", Columns: []string{"event"}},
		{Field: "client_id", Columns: []string{"cookie"}}, {Field: "order_id", Columns: []string{"order"}}, {Field: "value", Columns: []string{"value"}},
	}
	days14 := 14 * 24 * time.Hour
	want := []Source{
		{Name: "crm", Format: "csv", Options: rowfile.Options{Delimiter: ";", Encoding: "windows-1251", Compression: "none"}, Patterns: []Pattern{{Text: "exports/crm/%Y-%m-%d.csv"}}, Delivery: Full, Kind: customer.Contact, Mapping: crm, KeepInputs: 90 * 24 * time.Hour},
		{Name: "loyalty", Format: "parquet", Patterns: []Pattern{{Text: "exports/loyalty.parquet"}}, Delivery: Full, Kind: customer.Contact, IDs: "loyalty", Mapping: loyalty, KeepInputs: days14},
		{Name: "tills", Format: "csv", Options: rowfile.Options{Delimiter: "\t", Compression: "gzip"}, Patterns: []Pattern{{Text: "exports/receipts/%Y/%m/%d.csv.gz"}, {Text: "exports/late/*.csv"}}, Delivery: Parts, Kind: customer.Order, Mapping: tills,
			Rates: []Rate{{day("2025-12-30"), "EUR", "97.25"}, {day("2025-12-31"), "EUR", "98.5"}}, KeepInputs: days14},
		{Name: "web", Format: "jsonl", Patterns: []Pattern{{Text: "exports/web/%Y-%m-%d.jsonl"}}, Delivery: Changes, Kind: customer.Event, Mapping: web, OrdersFrom: "purchase", Wait: 48 * time.Hour, KeepInputs: days14},
	}
	noPlaces := cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".Line" || p.Last().String() == ".Col" }, cmp.Ignore())
	if diff := cmp.Diff(want, p.Sources, noPlaces, cmpopts.IgnoreUnexported(Source{})); diff != "" {
		t.Error(diff)
	}
	p.Sources, p.root = nil, nil
	rest := &Project{
		File: "everything.good.yaml", Dir: "testdata", Name: "corner-shop", Currency: "RUB", Scale: 2, Country: "RU", Salt: config.NewSecret("pepper"), Salted: true, Latest: 2030,
		Identity: Identity{Email: "provider", Phone: "digits", Card: "digits", Blocked: []Blocked{{customer.EmailKey, "noemail@example.com"}, {customer.PhoneKey, "70000000000"}},
			Priority: []customer.KeyType{customer.EmailKey, customer.PhoneKey},
			Guards: identity.Guards{Limits: map[customer.KeyType]int{customer.EmailKey: 3}, Shared: map[customer.KeyType]int{customer.PhoneKey: 4},
				Window: (90 * 24 * time.Hour).Microseconds(), Veto: []customer.KeyType{customer.PhoneKey, customer.CookieKey}},
			Golden: map[string]string{"city": "longest"}},
		Base: All, RFMBase: Known, CohortBase: Known, Churn: churn.Options{Horizon: 60, Models: []string{"logistic"}, MinBuyers: 100}, Cohorts: cohort.Question{Grains: []cohort.Grain{cohort.Week}, Definitions: []string{cohort.OnOrAfter}, Measures: []string{cohort.NetRevenue, cohort.Customers}, Unfinished: true}, Lake: "elsewhere/lake", Warehouse: Warehouse{Kind: DuckDB, Path: "out/w.duckdb", Views: true}, Report: "out/report.html",
		Segments: Segments{Set: p.Segments.Set, Lists: []MemberList{{Segment: "vip", Key: "email", Values: []string{"ann@x.com"}}}, Files: []SegmentFile{
			{"segments-everything/lapsing.yaml", "segment: lapsing\nwhen: {last_order_date: {older_than: 45d}}\n"}, {"segments-everything/lost.yaml", "segment: lost\nwhen: {rfm_group: Lost}\n"},
			{"segments-everything/vip.yaml", "segment: vip\nmembers: {file: vip.csv, column: mail, key: email}\n"}}},
		Suppressed: []Suppressed{{customer.EmailKey, "gone@x.com", "email", "manual", day("2025-12-30")}},
		Activation: []Destination{
			{Path: "out/activation", Destination: activation.Destination{Name: "win-back", Segments: []string{"lapsing", "lost"}, Channel: "email", Purpose: "marketing/news", Address: "email", Column: "email",
				Columns: []activation.Column{{Name: "mail", From: "address"}, {Name: "name", From: "first_name"}}, Form: activation.Forms["plain"], HoldOut: 100, Salt: "win-back", Cap: activation.Cap{Messages: 3, Days: 7}, Exclusive: true}},
			{Path: "files", Destination: activation.Destination{Name: "audience", Segments: []string{"vip"}, Channel: "ads", Purpose: "marketing", Address: "phone", Column: "phone",
				Columns: []activation.Column{{Name: "phone", From: "address"}}, Form: activation.Forms["meta"], Salt: "audience"}},
		},
		Publish: Publish{Tables: []Table{{Name: "customers", Columns: []string{"customer_id", "kind"}}, {Name: "customer_keys"}, {Name: "rfm"}}, KeepRuns: 7},
		Schedule: Schedule{Cron: cron(t, "30 2 * * *"), Deadline: 3 * time.Hour, Listen: "127.0.0.1:9108", Metrics: "out/habitue.prom",
			Notify: []Notify{{On: []string{"success"}, Command: []string{"./tell", "data-team"}}, {On: []string{"gate", "failure"}, URL: config.NewSecret("https://example.com/pepper")}}},
		Gates:  Gates{3, 80},
		Runner: Runner{Name: "flink", Options: map[string]string{"endpoint": "localhost:8099", "parallelism": "2"}},
		Memory: 512 << 20, Shards: 16, InMemory: 7, KeepInputs: days14, Zone: p.Zone, ConfigSHA256: p.ConfigSHA256,
	}
	if diff := cmp.Diff(rest, p, noPlaces, cmpopts.IgnoreUnexported(Project{}, Source{}, time.Location{}, segment.Set{}, segment.Clause{}), cmp.AllowUnexported(config.Secret{}), sameCron); diff != "" {
		t.Error(diff)
	}
}

// sameCron compares schedules as they are written.
var sameCron = cmp.Comparer(func(a, b cronspec.Spec) bool { return a.String() == b.String() })

func cron(t *testing.T, text string) cronspec.Spec {
	t.Helper()
	s, err := cronspec.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestTheHashOfTheConfigurationTakesInWhatTheFileNames(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	put := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile("testdata/small.good.yaml")
	if err != nil {
		t.Fatal(err)
	}
	project := filepath.Join(dir, "habitue.yaml")
	put("habitue.yaml", string(text)+"identity: {blocked: b.csv}\n")
	put("b.csv", "kind,value\nemail,y@x\n")
	first := load(t, project).ConfigSHA256
	if again := load(t, project).ConfigSHA256; again != first {
		t.Errorf("the same files gave %s and %s", first, again)
	}
	put("b.csv", "kind,value\nemail,x@y\n")
	if other := load(t, project).ConfigSHA256; other == first {
		t.Error("another blocked.csv left the hash as it was")
	}
}

func TestFaultsPointIntoTheFile(t *testing.T) {
	t.Parallel()
	p := load(t, "testdata/everything.good.yaml")
	if got := p.Fault("x", "y", "warehouse", "path").Error(); !strings.HasPrefix(got, "everything.good.yaml:72:") {
		t.Errorf("warehouse.path is at %s", got)
	}
}

func TestAMissingProjectFileSaysHowToNameOne(t *testing.T) {
	t.Parallel()
	_, faults := Load("testdata/no-such.yaml", env)
	if got, want := faults.Error(), "testdata/no-such.yaml: the project file cannot be read: it is not there; name one with -c FILE, or go to its folder"; got != want {
		t.Error(got)
	}
}

// TestWhoOnlyReadsNeedsNoSecret loads a project whose secrets are all in an
// environment that has none of them.
func TestWhoOnlyReadsNeedsNoSecret(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "habitue.yaml")
	text := `project: corner-shop
timezone: Europe/Berlin
currency: EUR
id_salt: "${env:SALT}"
sources:
  - {name: crm, kind: postgres, url: "${env:SHOP}", table: contacts, key: id, record: contact, fields: {id: id, email: email}}
warehouse: {kind: postgres, url: "${file:secret.txt}", schema: mart}
lake: out/lake
schedule: {cron: "15 3 * * *", notify: [{on: [failure], url: "${env:HOOK}"}]}
`
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	nothing := func(string) (string, bool) { return "", false }
	p, faults := LoadToRead(path, nothing)
	if len(faults) > 0 {
		t.Fatalf("to read: %v", faults)
	}
	if p.Warehouse.Schema == "" || p.Sources[0].Pulled.Table != "contacts" {
		t.Errorf("%+v", p)
	}
	_, faults = Load(path, nothing)
	if got := faults.Error(); strings.Count(got, "is not set") != 3 || !strings.Contains(got, "secret.txt") {
		t.Errorf("to run: %s", got)
	}
}

// TestAFaultySourceCanBeAskedForItsColumns goes through every mistake there is:
// none may make the question fail.
func TestAFaultySourceCanBeAskedForItsColumns(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("testdata/*.bad.yaml")
	if err != nil {
		t.Fatal(err)
	}
	asked := 0
	for _, path := range paths {
		p, _ := Load(path, env)
		if p == nil {
			continue
		}
		for i := range p.Sources {
			for _, f := range p.Sources[i].Missing([]string{"receipt_id", "email"}) {
				asked++
				if !strings.Contains(f.What, "there is no column") || f.Line == 0 {
					t.Errorf("%s: %v", path, f)
				}
			}
		}
	}
	if asked < 50 {
		t.Errorf("%d columns are missing", asked)
	}
}
