package nighttest

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/habitue-data/habitue/internal/fault"
)

const edgesProject = `project: edges
timezone: Europe/Moscow
currency: EUR
country: DE
id_salt: pepper
sources:
  - {name: tills, kind: csv, path: tills.csv, delivery: full, record: order, fields: {id: id, line: line, at: at, email: email, amount: amount}}
  - {name: day, kind: csv, path: "%Y-%m-%d.csv", delivery: parts, record: order, fields: {id: id, at: at, email: email, amount: amount}}
publish: {tables: all}
`

// TestEdgesOfMoneyAndTime has customers whose exchanges cost the shop money,
// so that their average order is below zero, and the first and last days that
// a row may be of, which are local ones.
func TestEdgesOfMoneyAndTime(t *testing.T) {
	t.Parallel()
	p := newPlace(t, map[string]string{"habitue.yaml": edgesProject,
		"tills.csv": "id,line,at,email,amount\n" +
			"T1,1,2025-01-05T10:00:00,one@x.de,100\nT1,2,2025-01-05T10:00:00,one@x.de,-130\n" +
			"T2,1,2025-01-05T10:00:00,two@x.de,1\nT2,2,2025-01-05T10:00:00,two@x.de,-37.03\nT3,1,2025-01-06T10:00:00,two@x.de,1\nT3,2,2025-01-06T10:00:00,two@x.de,-39.02\n" +
			"T4,1,2025-01-05T10:00:00,up@x.de,0.01\nT5,1,2025-01-06T10:00:00,up@x.de,0.02\n" +
			"T6,1,1900-01-01T00:00:00,first@x.de,5\nT7,1,1899-12-31T23:59:59,before@x.de,5\nT8,1,2050-12-31T23:59:59,later@x.de,5\nT9,1,2051-01-01T00:00:00,never@x.de,5\n",
		"2025-01-05.csv": "id,at,email,amount\nD1,2025-01-07T23:59:59,in@x.de,5\nD2,2025-01-08T00:00:00,out@x.de,5\n",
	})
	p.run(t, "--as-of", "2025-01-10")
	for query, want := range map[string]string{
		"SELECT email, average_order FROM customers WHERE order_count > 0 ORDER BY 1": "email,average_order\nfirst@x.de,5.00\nin@x.de,5.00\none@x.de,-30.00\ntwo@x.de,-37.03\nup@x.de,0.02\n",
		"SELECT raw[:2] AS id, detail FROM rejects ORDER BY 1": "id,detail\n" +
			"D2,\"its day 2025-01-08 is after 2025-01-07, two days after the day of its file; correct the clock\"\n" +
			"T7,\"\"\"1899-12-31T23:59:59\"\" is before 1900\"\n" +
			"T9,\"its day 2051-01-01 is after 2050-12-31; correct the clock, or set latest: in the project file\"\n",
	} {
		if got, _ := p.habitue(t, fault.OK, "query", "--format", "csv", query); got != want {
			t.Errorf("%s: %s", query, cmp.Diff(want, got))
		}
	}
}

// TestTheDiscountOfAnOrderIsThatOfItsLines, each in the reporting currency as
// its amount is; an order of which no line says one has none, not zero.
func TestTheDiscountOfAnOrderIsThatOfItsLines(t *testing.T) {
	t.Parallel()
	p := newPlace(t, map[string]string{"habitue.yaml": `project: off
timezone: UTC
currency: EUR
sources:
  - {name: till, kind: csv, path: till.csv, record: order, rates: rates.csv, fields: {id: id, line: line, at: at, email: email, amount: amount, currency: currency, discount: discount}}
publish: {tables: all}
`,
		"rates.csv": "date,currency,rate\n2025-01-05,USD,0.5\n2025-01-06,USD,0.5\n",
		"till.csv": "id,line,at,email,amount,currency,discount\n" +
			"T1,1,2025-01-05,a@x.de,9,EUR,\nT1,2,2025-01-05,a@x.de,9,EUR,1.005\nT1,3,2025-01-05,a@x.de,9,EUR,2\n" +
			"T2,1,2025-01-05,a@x.de,9,EUR,\nT2,2,2025-01-05,a@x.de,9,EUR,\n" +
			"T3,1,2025-01-05,a@x.de,9,USD,0.01\nT3,2,2025-01-06,a@x.de,9,USD,0.01\n" +
			"T4,1,2025-01-05,a@x.de,9,EUR,0\nT4,2,2025-01-05,a@x.de,9,EUR,0.40\n",
	})
	p.run(t, "--as-of", "2025-01-10")
	want := "T1,3.01\nT2,\nT3,0.02\nT4,0.40\n"
	if got := p.query(t, "SELECT record_id, discount FROM orders ORDER BY 1"); got != want {
		t.Errorf("%s, want\n%s", got, want)
	}
}
