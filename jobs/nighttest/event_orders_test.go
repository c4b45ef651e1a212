package nighttest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/habitue-data/habitue/internal/fault"
)

const eventOrdersProject = `project: events
timezone: UTC
currency: EUR
country: DE
id_salt: pepper
shards: SHARDS
sources:
  - {name: lines, kind: csv, path: lines.csv, delivery: parts, record: order, fields: {id: id, line: line, at: at, email: email, amount: amount}}
  - {name: desk, kind: csv, path: desk.csv, delivery: parts, record: order, fields: {id: id, at: at, email: email, amount: amount}}
  - {name: app, kind: csv, path: "app*.csv", delivery: parts, record: event, orders_from: purchase,
     fields: {id: id, at: at, email: email, name: name, order_id: order, value: amount}}
  - {name: web, kind: csv, path: web.csv, delivery: parts, record: event, orders_from: purchase,
     fields: {at: at, email: email, name: name, order_id: order, value: amount}}
publish: {tables: all}
`

// TestOrdersOfEventsCountOnce holds that an order that several sources tell
// of, or one tells twice, counts once wherever its rows come together.
func TestOrdersOfEventsCountOnce(t *testing.T) {
	t.Parallel()
	var web strings.Builder
	web.WriteString("at,email,name,order,amount\n")
	for n := range 200 { // told twice each, word for word
		web.WriteString(strings.Repeat(fmt.Sprintf("2025-01-06T10:00:00,w@x.de,purchase,W%d,10\n", n), 2))
	}
	web.WriteString("2025-01-06T10:00:00,w@x.de,purchase,,7\n2025-01-06T10:00:00,w@x.de,purchase,,7\n") // two without a number are two
	files := map[string]string{
		"lines.csv": "id,line,at,email,amount\nL1,1,2025-01-03T09:00:00,a@x.de,100\nL1,2,2025-01-03T09:00:00,a@x.de,50\n",
		"desk.csv":  "id,at,email,amount\nD1,2025-01-03T09:00:00,b@x.de,20\n",
		"app1.csv": "id,at,email,name,order,amount\n" +
			"e1,2025-01-03T09:01:00,a@x.de,purchase,L1,150\n" + // known to a till of lines
			"e2,2025-01-03T09:01:00,b@x.de,purchase,D1,20\n" + // known to an order's own source
			"e3,2025-01-04T23:59:00,c@x.de,purchase,C1,30\ne3,2025-01-04T23:59:00,c@x.de,purchase,C1,30\n" + // a repeat
			"e4,2025-01-04T10:00:00,c@x.de,view_item,C9,99\n",
		"app2.csv": "id,at,email,name,order,amount\n" +
			"e3,2025-01-04T23:59:00,c@x.de,purchase,C1,30\n" + // and once more in another file
			"e5,2025-01-05T10:00:00,c@x.de,purchase,C1,30\n" + // another event of the same order
			"e6,2025-01-05T10:00:00,c@x.de,purchase,C2,5\n",
		"web.csv": web.String(),
	}
	want := "email,orders,net\na@x.de,1,150.00\nb@x.de,1,20.00\nc@x.de,2,35.00\nw@x.de,202,2014.00\n"
	var first map[string]string
	for _, shards := range []string{"1", "4", "64", "256"} {
		files["habitue.yaml"] = strings.Replace(eventOrdersProject, "SHARDS", shards, 1)
		p := newPlace(t, files)
		s := p.run(t, "--as-of", "2025-01-10")
		got, _ := p.habitue(t, fault.OK, "query", "--format", "csv", "SELECT email, order_count AS orders, net_revenue AS net FROM customers ORDER BY 1")
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s shards: %s", shards, diff)
		}
		// The table of orders has just those.
		got, _ = p.habitue(t, fault.OK, "query", "--format", "csv", "SELECT c.email, count(*) AS orders, sum(o.amount) AS net FROM orders o JOIN customers c USING (customer_id) WHERE o.counted GROUP BY 1 ORDER BY 1")
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s shards, orders: %s", shards, diff)
		}
		if all := contents(p.manifest(t, s.RunID)); first == nil {
			first = all
		} else if diff := cmp.Diff(first, all); diff != "" {
			t.Errorf("%s shards: %s", shards, diff)
		}
	}
}
