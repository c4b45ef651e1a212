package nighttest

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// truth is what testdata/shop/truth/expected.json says.
type truth struct {
	Customers struct {
		Known, Anonymous int64
		WithOrder        int64 `json:"with_counted_order"`
		Orders           int64 `json:"counted_orders_with_key"`
	}
	Orders  map[string]int64
	Sources map[string]struct {
		Files, Read, Kept, Repeats, Superseded, Filtered, Rejects int64

		Reasons map[string]int64 `json:"reject_reasons"`
		Kopecks *struct {
			Read, Kept, Repeats, Superseded, Filtered, Rejects int64
			Unreadable                                         int64 `json:"unreadable_rows"`
		}
	}
}

// TestTiesToTheTill holds the counts of the summary against the truth.
func TestTiesToTheTill(t *testing.T) {
	p := shopPlace(t)
	p.unguarded(t) // the truth counts what records tie
	s := p.run(t, "--as-of", lastDay)
	data, err := os.ReadFile(p.path("truth/expected.json"))
	if err != nil {
		t.Fatal(err)
	}
	var want truth
	if err := json.Unmarshal(data, &want); err != nil {
		t.Fatal(err)
	}
	if len(s.Sources) != 9 {
		t.Fatalf("%d sources", len(s.Sources))
	}
	for _, got := range s.Sources {
		w := want.Sources[got.Name]
		wanted := tie{Read: w.Read, Kept: w.Kept, Repeats: w.Repeats, Superseded: w.Superseded, Filtered: w.Filtered, Rejects: w.Rejects}
		if got.Name == "crm" { // older dumps are superseded whole; the truth tells what in them repeats the newest
			wanted.Repeats, wanted.Superseded = 0, w.Repeats+w.Superseded
		}
		if diff := cmp.Diff(wanted, got.Rows); diff != "" || int64(got.Files) != w.Files {
			t.Errorf("%s: %d files, want %d, rows %s", got.Name, got.Files, w.Files, diff)
		}
	}
	w := want.Sources["tills"].Kopecks
	till := s.source("tills")
	if diff := cmp.Diff(&tie{Read: w.Read, Kept: w.Kept, Repeats: w.Repeats, Superseded: w.Superseded, Filtered: w.Filtered, Rejects: w.Rejects}, till.Money); diff != "" ||
		till.Unreadable != w.Unreadable {
		t.Errorf("money: %d unreadable, %s", till.Unreadable, diff)
	}

	d := newDatabase(t)
	d.attach(t, "h", p, p.manifest(t, s.RunID))
	d.exec(t, "CREATE TABLE truth AS FROM read_csv('"+p.path("truth/orders.csv")+"', types = {'key': 'VARCHAR', 'order_id': 'VARCHAR'})")
	for query, wanted := range map[string]int64{
		"SELECT count(*) FROM h.customers WHERE kind = 'known'": want.Customers.Known,
		"SELECT count(*) FROM h.customers WHERE kind = 'anonymous' AND (rfm_group IS NOT NULL OR lifecycle_stage IS NOT NULL OR temperature IS NOT NULL)": 0,
		"SELECT count(*) FROM h.customers WHERE kind = 'anonymous'":                                                                                       want.Customers.Anonymous,
		"SELECT count(*) FROM h.rfm":                                                                                          want.Customers.WithOrder,
		"SELECT sum(frequency) FROM h.rfm":                                                                                    want.Customers.Orders,
		"SELECT count(*) FROM h.orders":                                                                                       want.Orders["in_force"],
		"SELECT count(*) FROM h.orders WHERE counted":                                                                         want.Orders["counted"],
		"SELECT count(*) FROM h.orders WHERE kind = 'return'":                                                                 want.Orders["returns"],
		"SELECT count(*) FROM h.orders WHERE kind = 'cancelled'":                                                              want.Orders["cancelled"],
		"SELECT count(*) FROM h.orders WHERE kind = 'sale' AND NOT counted":                                                   want.Orders["free"],
		"SELECT count(*) FROM h.orders WHERE counted AND customer_id IS NULL":                                                 want.Orders["counted_without_key"],
		"SELECT (100 * sum(amount))::BIGINT FROM h.orders WHERE kind <> 'cancelled'":                                          want.Orders["net_kopecks"],
		"SELECT (100 * sum(amount))::BIGINT FROM h.orders WHERE kind = 'return'":                                              want.Orders["return_kopecks"],
		"SELECT (100 * sum(amount))::BIGINT FROM h.orders WHERE counted":                                                      want.Orders["counted_kopecks"],
		"SELECT (100 * sum(amount))::BIGINT FROM h.order_lines WHERE kind = 'cancelled'":                                      want.Orders["cancelled_kopecks"],
		"SELECT (100 * sum(amount))::BIGINT FROM h.orders WHERE kind <> 'cancelled' AND customer_id IS NULL":                  want.Orders["net_kopecks_without_key"],
		"SELECT count(*) FROM h.events WHERE name = 'purchase'":                                                               want.Orders["web_purchase_events"],
		"SELECT (100 * sum(value))::BIGINT FROM h.events WHERE name = 'purchase'":                                             want.Orders["web_purchase_kopecks"],
		"SELECT count(*) FROM h.interactions":                                                                                 want.Sources["mail"].Kept + want.Sources["helpdesk"].Kept + want.Sources["feedback"].Kept + want.Sources["loyalty"].Kept,
		"SELECT count(*) FROM h.order_lines":                                                                                  want.Sources["tills"].Kept,
		"SELECT (100 * sum(amount))::BIGINT FROM h.order_lines":                                                               want.Sources["tills"].Kopecks.Kept,
		"SELECT (100 * (sum(net_revenue)))::BIGINT FROM h.customers":                                                          want.Orders["net_kopecks"] - want.Orders["net_kopecks_without_key"],
		"SELECT count(*) FROM (SELECT key FROM h.customer_keys GROUP BY key HAVING count(DISTINCT customer_id) > 1)":          0,
		"SELECT count(*) FROM h.customers WHERE customer_id NOT IN (SELECT customer_id FROM h.customer_keys)":                 0,
		"SELECT count(*) FROM h.customer_ids WHERE merged_into IS NOT NULL OR retired_date IS NOT NULL OR cause <> 'created'": 0,
	} {
		if got := d.one(t, query); got != wanted {
			t.Errorf("%s: %d, want %d", query, got, wanted)
		}
	}
	for source, one := range want.Sources {
		for reason, wanted := range one.Reasons {
			if got := d.one(t, "SELECT count(*) FROM h.rejects WHERE source = '"+source+"' AND reason = '"+reason+"'"); got != wanted {
				t.Errorf("%s: %d rejects for %s, want %d", source, got, reason, wanted)
			}
		}
	}
	d.same(t, "orders", "SELECT record_id, order_date, kind, counted, if(kind = 'cancelled', 0, 100 * amount)::BIGINT, channel FROM h.orders",
		"SELECT order_id, order_date, kind, counted, if(kind = 'cancelled', 0, amount_kopecks), channel FROM truth")
	d.same(t, "orders without a key", "SELECT record_id FROM h.orders WHERE customer_id IS NULL", "SELECT order_id FROM truth WHERE key IS NULL")
	d.same(t, "orders of the customer who has the key", "SELECT record_id, customer_id FROM h.orders WHERE customer_id IS NOT NULL",
		"SELECT order_id, customer_id FROM truth JOIN (SELECT DISTINCT key, customer_id FROM h.customer_keys) USING (key)")
	d.same(t, "net money by customer", "SELECT customer_id, order_count, (100 * net_revenue)::BIGINT FROM h.customers WHERE order_count > 0 OR return_count > 0",
		"SELECT customer_id, count(*) FILTER (counted), sum(amount_kopecks)::BIGINT FROM truth JOIN (SELECT DISTINCT key, customer_id FROM h.customer_keys) USING (key) "+
			"WHERE kind = 'return' OR counted GROUP BY ALL")
}

// TestCustomersAreThePartsOfTheTruth joins the keys by the truth's own rule.
// keys.csv says whose each key is, not which records tied two of them: so a
// customer is all keys of some people, or a part of them that no record tied
// to the rest; TestTiesToTheTill knows how many there must be.
func TestCustomersAreThePartsOfTheTruth(t *testing.T) {
	p := shopPlace(t)
	p.unguarded(t) // the truth counts what records tie
	s := p.run(t, "--as-of", lastDay)
	d := newDatabase(t)
	d.attach(t, "h", p, p.manifest(t, s.RunID))
	d.exec(t, "CREATE TABLE truth AS FROM read_csv('"+p.path("truth/keys.csv")+"', types = {'key': 'VARCHAR'})")
	d.same(t, "keys", "SELECT DISTINCT key FROM h.customer_keys", "SELECT DISTINCT key FROM truth")

	// People who share a phone are one household; nothing else may join them.
	households := newForest()
	for _, row := range d.strings(t, "SELECT person, key FROM truth") {
		households.join("person "+row[0], row[1])
	}
	// The records tell which keys they tie, read here without the engine.
	customers := newForest()
	bad, known := map[string]bool{}, map[string]bool{}
	for _, row := range d.strings(t, "SELECT path, src_line FROM h.rejects") {
		bad[row[0]+":"+row[1]] = true
	}
	for _, row := range d.strings(t, "SELECT key FROM truth") {
		known[row[0]] = true
	}
	for _, keys := range tiedKeys(t, p, bad, known) {
		for _, k := range keys {
			customers.join(keys[0], k)
		}
	}
	inHousehold, same := map[string]string{}, map[string]string{}
	for _, row := range d.strings(t, "SELECT DISTINCT customer_id, key FROM h.customer_keys") {
		id, key := row[0], row[1]
		if h := households.find(key); inHousehold[id] == "" {
			inHousehold[id] = h
		} else if inHousehold[id] != h {
			t.Errorf("customer %s has keys of people who share none", id)
		}
		c := customers.find(key)
		if same[c] == "" {
			same[c] = id
		} else if same[c] != id {
			t.Errorf("%s and %s are one customer by the records", id, same[c])
		}
	}
	if len(same) != len(inHousehold) {
		t.Errorf("%d customers, by the records %d", len(inHousehold), len(same))
	}
}
