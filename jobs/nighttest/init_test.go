package nighttest

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/habitue-data/habitue/connectors/lake"
	"github.com/habitue-data/habitue/internal/fault"
)

// drafted is a folder with a project that init drafted of these files and
// check found good, untouched but for the serving database, which takes as
// long as the night.
func drafted(t *testing.T, from string) *place {
	t.Helper()
	p := &place{dir: t.TempDir()}
	p.lake = lake.Lake{Dir: filepath.Join(p.dir, "out", "lake")}
	if err := os.CopyFS(p.path("exports"), os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	p.habitue(t, fault.OK, "init", "exports")
	p.edit(t, "warehouse: {kind: duckdb, path: out/warehouse.duckdb}", "warehouse: none")
	return p
}

// TestADraftOfTheShopIsTheShop: what nobody can guess is that the receipts of
// the test till are none; all else is as in the project that was written by
// hand.
func TestADraftOfTheShopIsTheShop(t *testing.T) {
	hand := shopPlace(t)
	p := drafted(t, hand.path("exports"))
	s, want := p.run(t, "--as-of", lastDay), hand.run(t, "--as-of", lastDay)
	d := newDatabase(t)
	d.attach(t, "h", p, p.manifest(t, s.RunID))
	d.attach(t, "hand", hand, hand.manifest(t, want.RunID))
	for what, columns := range map[string]string{
		"contacts": "record_id, email, phone, loyalty_card, birth_date, gender, city, created_at",
		"events":   "client_id, event_at, name, order_id, sku, value",
		"products": "record_id, name, category, brand, price",
		"stores":   "record_id, name, city, region, lat, lon",
	} {
		d.same(t, what, "SELECT "+columns+" FROM h."+what, "SELECT "+columns+" FROM hand."+what)
	}
	tested := "(SELECT record_id FROM h.orders WHERE store = 'T99')"
	orders, lines := "record_id, order_date, kind, counted, amount, channel, store, discount", "record_id, line, sku, quantity, price, amount"
	d.same(t, "orders", "SELECT "+orders+" FROM h.orders WHERE record_id NOT IN "+tested, "SELECT "+orders+" FROM hand.orders")
	d.same(t, "lines", "SELECT "+lines+" FROM h.order_lines WHERE record_id NOT IN "+tested, "SELECT "+lines+" FROM hand.order_lines")
}

// TestADraftOfOnlineRetail comes to the figures that pandas, DuckDB and
// lifetimes come to: TestOnlineRetail says which.
func TestADraftOfOnlineRetail(t *testing.T) {
	p := drafted(t, public(t, "pos_online_retail"))
	s := p.run(t, "--as-of", "2010-12-10")
	d := newDatabase(t)
	d.attach(t, "h", p, p.manifest(t, s.RunID))
	for query, want := range map[string]int64{
		"SELECT count(*) FROM h.rfm":                      4312,
		"SELECT sum(frequency)::BIGINT FROM h.rfm":        19213,
		"SELECT (100 * sum(monetary))::BIGINT FROM h.rfm": 883200326,
		"SELECT sum(recency_days)::BIGINT FROM h.rfm":     393136,
		"SELECT count(*) FROM h.cohort_retention WHERE value > 0 AND grain = 'month' AND definition = 'on' AND measure = 'customers'": 91,
		"SELECT sum(value)::BIGINT FROM h.cohort_retention WHERE grain = 'month' AND definition = 'on' AND measure = 'customers'":     13114,
		"SELECT count(*) FROM h.order_lines": 525461,
		"SELECT count(*) FROM h.rejects":     0,
	} {
		if got := d.one(t, query); got != want {
			t.Errorf("%s: %d, want %d", query, got, want)
		}
	}
}

// TestADraftOfCompleteJourney has its four exports as what they are.
func TestADraftOfCompleteJourney(t *testing.T) {
	p := drafted(t, public(t, "complete_journey"))
	s := p.run(t, "--as-of", "2018-01-31")
	for name, want := range map[string]int64{"demographics": 801, "transactions": 75000, "coupon_redemptions": 2102, "products": 92331} {
		if got := s.source(name).Rows; got.Read != want || got.Rejects > 1 {
			t.Errorf("%s: %+v", name, got)
		}
	}
	d := newDatabase(t)
	d.attach(t, "h", p, p.manifest(t, s.RunID))
	d.exec(t, "CREATE TABLE lines AS FROM read_csv('"+p.path("exports/transactions.csv.gz")+"', types = {'household_id': 'VARCHAR', 'basket_id': 'VARCHAR'})")
	d.same(t, "orders", "SELECT record_id, (100 * amount)::BIGINT FROM h.orders", "SELECT basket_id, sum(round(100 * sales_value)::BIGINT)::BIGINT FROM lines GROUP BY ALL")
	d.same(t, "households", "SELECT DISTINCT key FROM h.customer_keys JOIN h.rfm USING (customer_id)", "SELECT DISTINCT 'c:' || household_id FROM lines WHERE sales_value > .005")
}
