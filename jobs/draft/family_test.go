package draft

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFamilies(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, paths, want string }{
		{"a day in the name", "crm/2025-01-02.csv crm/2025-01-01.csv", "crm crm/%Y-%m-%d.csv: crm/2025-01-01.csv crm/2025-01-02.csv"},
		{"a day without dashes", "events_20250101 events_20250102", "events events_%Y%m%d: events_20250101 events_20250102"},
		{"days in folders", "till/2025/01/02/s.csv till/2025/01/01/s.csv", "s till/%Y/%m/%d/s.csv: till/2025/01/01/s.csv till/2025/01/02/s.csv"},
		{"one file with a day", "out-2025-01-01.csv.gz", "out out-%Y-%m-%d.csv.gz: out-2025-01-01.csv.gz"},
		{"no day", "a-2025-13-01.csv", "a a-2025-13-01.csv: a-2025-13-01.csv"},
		{"longer numbers are no days", "id120250101.csv", "id120250101 id120250101.csv: id120250101.csv"},
		{"days as they are written", "crm_05.01.2026.csv crm_31.12.2025.csv", "crm crm_%d.%m.%Y.csv: crm_31.12.2025.csv crm_05.01.2026.csv"},
		{"days as Americans write them", "crm_01-05-2026.csv crm_12-31-2025.csv", "crm crm_%m-%d-%Y.csv: crm_12-31-2025.csv crm_01-05-2026.csv"},
		{"a day of two readings", "crm_05-01-2026.csv", "crm crm_%d-%m-%Y.csv: crm_05-01-2026.csv"},
		{"months", "orders_2025-12.csv orders_2024-11.csv", "orders orders_20[0-9][0-9]-[0-1][0-9].csv: orders_2024-11.csv orders_2025-12.csv"},
		{"a month", "orders_202512.csv", "orders orders_20[0-9][0-9][0-1][0-9].csv: orders_202512.csv"},
		{"months in folders", "2025/12/orders.csv 2026/01/orders.csv", "orders 20[0-9][0-9]/[0-1][0-9]/orders.csv: 2025/12/orders.csv 2026/01/orders.csv"},
		{"no month", "a-2025-12-5.csv", "a a-2025-12-5.csv: a-2025-12-5.csv"},
		{"numbers", "orders_1.csv orders_2.csv", "orders orders_[0-9]*.csv: orders_1.csv orders_2.csv"},
		{"two exports", "a.csv b.csv", "a a.csv: a.csv; b b.csv: b.csv"},
		{"what a pattern would mean", "50%[a]*?.csv", "a 50%%[[]a][*][?].csv: 50%[a]*?.csv"},
		{"one name twice", "x/orders.csv y/orders.csv", "orders x/orders.csv: x/orders.csv; orders_2 y/orders.csv: y/orders.csv"},
		{"Cyrillic letters", "чеки.csv", "cheki чеки.csv: чеки.csv"},
		{"nothing to be named by", "1.csv", "source 1.csv: 1.csv"},
	} {
		var got []string
		for _, f := range Families(strings.Split(c.paths, " ")) {
			got = append(got, f.Name+" "+f.Pattern+": "+strings.Join(f.Paths, " "))
		}
		if diff := cmp.Diff(c.want, strings.Join(got, "; ")); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

func TestAHeaderIsNames(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]bool{
		"id,email,phone": true, "id,2024,2025,total,name": true, "1,a@x.com,x": false, "1,2025-01-01,x": false, "1,2,3": false, "A1,31.12.2025 10:00,5": false, "+7 916 123-45-67,120,x": false,
	} {
		if got := HasNames(strings.Split(header, ",")); got != want {
			t.Errorf("%s: %v", header, got)
		}
	}
}

// TestQuotes: what a project file's reader would take for something else is
// quoted.
func TestQuotes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"a": "a", "Order Id": "Order Id", "yes": `"yes"`, "No": `"No"`, "12": `"12"`, "": `""`, "a: b": `"a: b"`, "a #b": `"a #b"`, "a,b": `"a,b"`, "p[x]": `"p[x]"`, "${env:X}": `"$${env:X}"`,
		`say "x"`: `"say \"x\""`, "%Y.csv": `"%Y.csv"`, "../a/%Y-%m-%d.csv": "../a/%Y-%m-%d.csv", "*": `"*"`, "Дата": "Дата", "a\nb": `"a\nb"`, "-": `"-"`, "a b ": `"a b "`,
	} {
		if got := quote(text); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}
