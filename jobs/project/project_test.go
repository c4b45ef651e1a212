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
	"github.com/habitue-data/habitue/internal/rowfile"
	"github.com/habitue-data/habitue/transforms/churn"
	"github.com/habitue-data/habitue/transforms/mapping"
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
		Salt: config.NewSecret("corner-shop"), Latest: 2050, Sources: p.Sources,
		Identity: Identity{Email: "basic", Phone: "e164", Card: "unpadded"}, RFMBase: Known, CohortBase: Known, Churn: churn.Options{Horizon: 90, Models: churn.Models(), MinBuyers: 200},
		Lake: "out/lake", Publish: Publish{All: true, KeepRuns: 14}, Gates: Gates{10, 50}, Runner: Runner{Name: "direct"}, Memory: 2 << 30, InMemory: 200_000_000, KeepInputs: 30 * 24 * time.Hour,
		Cache: true, ConfigSHA256: p.ConfigSHA256,
	}
	if diff := cmp.Diff(want, p, cmpopts.IgnoreUnexported(Project{}, Source{}, time.Location{}), cmp.AllowUnexported(config.Secret{})); diff != "" {
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
		{Name: "web", Format: "jsonl", Patterns: []Pattern{{Text: "exports/web/%Y-%m-%d.jsonl"}}, Delivery: Changes, Kind: customer.Event, Mapping: web, OrdersFrom: "purchase", KeepInputs: days14},
	}
	noPlaces := cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".Line" || p.Last().String() == ".Col" }, cmp.Ignore())
	if diff := cmp.Diff(want, p.Sources, noPlaces, cmpopts.IgnoreUnexported(Source{})); diff != "" {
		t.Error(diff)
	}
	p.Sources, p.root = nil, nil
	rest := &Project{
		File: "everything.good.yaml", Dir: "testdata", Name: "corner-shop", Currency: "RUB", Scale: 2, Country: "RU", Salt: config.NewSecret("pepper"), Salted: true, Latest: 2030,
		Identity: Identity{Email: "provider", Phone: "digits", Card: "digits", Blocked: []Blocked{{customer.EmailKey, "noemail@example.com"}, {customer.PhoneKey, "70000000000"}}},
		RFMBase:  Known, CohortBase: Known, Churn: churn.Options{Horizon: 60, Models: []string{"logistic"}, MinBuyers: 100}, Lake: "elsewhere/lake", Warehouse: Warehouse{"duckdb", "out/w.duckdb", true},
		Publish: Publish{Tables: []Table{{Name: "customers", Columns: []string{"customer_id", "kind"}}, {Name: "customer_keys"}, {Name: "rfm"}}, KeepRuns: 7},
		Gates:   Gates{3, 80},
		Runner:  Runner{Name: "flink", Options: map[string]string{"endpoint": "localhost:8099", "parallelism": "2"}},
		Memory:  512 << 20, Shards: 16, InMemory: 7, KeepInputs: days14, Zone: p.Zone, ConfigSHA256: p.ConfigSHA256,
	}
	if diff := cmp.Diff(rest, p, noPlaces, cmpopts.IgnoreUnexported(Project{}, Source{}, time.Location{}), cmp.AllowUnexported(config.Secret{})); diff != "" {
		t.Error(diff)
	}
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
	if got := p.Fault("x", "y", "warehouse", "path").Error(); !strings.HasPrefix(got, "everything.good.yaml:70:") {
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
