package nighttest

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/habitue-data/habitue/internal/fault"
)

const customerProject = `project: people
timezone: UTC
currency: EUR
country: DE
id_salt: pepper
sources:
  - {name: crm, kind: csv, path: crm.csv, delivery: full, record: contact, ids: crm, fields: {id: id, email: email, phone: phone, birth_date: {column: born, format: "%d.%m.%y"}, created_at: at}}
  - {name: desk, kind: csv, path: desk.csv, delivery: full, record: order, fields: {id: id, at: at, email: email, loyalty_card: card, login: login, amount: amount}}
WAREHOUSE
publish: {tables: all}
`

// TestCustomerShow finds people by what somebody would say of them.
func TestCustomerShow(t *testing.T) {
	t.Parallel()
	for _, warehouse := range []string{"warehouse: none", "warehouse: {kind: duckdb, path: out/w.duckdb}"} {
		p := newPlace(t, map[string]string{
			"habitue.yaml": strings.Replace(customerProject, "WAREHOUSE", warehouse, 1),
			"crm.csv":      "id,email,phone,born,at\nC1,anna@x.de,+49 30 1234567,06.01.25,2025-01-01T10:00:00\nC2,berta@x.de,,,2025-01-02T10:00:00\n",
			"desk.csv":     "id,at,email,card,login,amount\nR1,2025-01-03T10:00:00,Anna@X.de,4711,,10\nR2,2025-01-04T10:00:00,berta@x.de,,4711,20\n",
		})
		p.run(t, "--as-of", "2025-01-05")
		id := strings.TrimSpace(p.query(t, "SELECT customer_id FROM customers WHERE email = 'anna@x.de'"))
		for _, who := range []string{id, strings.ToUpper(id), " ANNA@x.de ", "030 1234567", "l:4711", "C1", "c:C1", "c1", "c:c1"} {
			out, _ := p.habitue(t, fault.OK, "--json", "customer", "show", who)
			var got struct {
				CustomerID string `json:"customer_id"`
				Profile    struct {
					Email string `json:"email"`
					Born  string `json:"birth_date"`
				} `json:"profile"`
				Keys, Contacts, Timeline []map[string]any
			}
			if err := json.Unmarshal([]byte(out), &got); err != nil {
				t.Fatal(err)
			}
			if got.CustomerID != id || got.Profile.Email != "anna@x.de" || !strings.HasPrefix(got.Profile.Born, "1925-01-06") || len(got.Keys) != 5 || len(got.Contacts) != 1 || len(got.Timeline) != 1 || got.Timeline[0]["record_id"] != "R1" {
				t.Errorf("%s, %s: %s", warehouse, who, out)
			}
		}
		for who, says := range map[string]string{
			"anna4711@x.de":          "nobody has the key anna4711@x.de", // 4711 is a card, and this is none
			"nobody@x.de":            "nobody has the key nobody@x.de; it was looked for as ",
			"":                       `"" is no key of any type: give an e-mail, `,
			"4711":                   "4711 is a key of 2 customers: ",
			"caaaaaaaaaaaaaaaa":      "nobody has the key",
			"'; DROP TABLE orders--": "nobody has the key",
		} {
			if _, errs := p.habitue(t, fault.Usage, "customer", "show", who); !strings.Contains(errs, says) {
				t.Errorf("%s: %q is not in %s", who, says, errs)
			}
		}
		if _, errs := p.habitue(t, fault.Usage, "customer", "show", "--last=-5", "C1"); !strings.Contains(errs, "--last is -5: name how many") {
			t.Errorf("--last=-5: %s", errs)
		}
		out, _ := p.habitue(t, fault.OK, "customer", "show", "berta@x.de")
		for _, want := range []string{"Customer c", "net_revenue", "e:berta@x.de", "R2", "20"} {
			if !strings.Contains(out, want) {
				t.Errorf("%q is not in %s", want, out)
			}
		}

		// Who was merged is found under the old id too, and the keys under one.
		old := strings.TrimSpace(p.query(t, "SELECT customer_id FROM customers WHERE email = 'berta@x.de'"))
		p.write(t, "crm.csv", []byte("id,email,phone,born,at\nC1,anna@x.de,+49 30 1234567,06.01.25,2025-01-01T10:00:00\nC2,anna@x.de,,,2025-01-02T10:00:00\n"))
		p.run(t, "--as-of", "2025-01-06")
		for _, who := range []string{old, "C2"} {
			if out, _ := p.habitue(t, fault.OK, "customer", "show", who); !strings.HasPrefix(out, "Customer "+id) {
				t.Errorf("%s: %s", who, out)
			}
		}
	}
}

// TestCustomerShowsWhatWasSent of any night, also of nights in which there was
// another file: Bob left the segment after the first.
func TestCustomerShowsWhatWasSent(t *testing.T) {
	t.Parallel()
	p := newPlace(t, segmentFiles())
	runs := p.play(t)
	for who, want := range map[string]string{
		"bob@x.de": `[{"run_date":"2025-01-10","destination":"letter","address":"bob@x.de","fields":["bob@x.de","Bob"],"run_id":"` + runs[0] + `"}]`,
		"fay@x.de": `[]`,
	} {
		out, _ := p.habitue(t, fault.OK, "--json", "customer", "show", who)
		var got struct{ Sent json.RawMessage }
		if err := json.Unmarshal([]byte(out), &got); err != nil {
			t.Fatal(err)
		}
		var plain bytes.Buffer
		if err := json.Compact(&plain, got.Sent); err != nil || plain.String() != want {
			t.Errorf("%s: %v, %s, want %s", who, err, plain.String(), want)
		}
	}
	if out, _ := p.habitue(t, fault.OK, "customer", "show", "ann@x.de", "--last=1"); !strings.Contains(out, "Sent, newest first") || strings.Count(out, "letter") < 1 {
		t.Error(out)
	}
}
