package demo

import (
	"encoding/json"
	"path/filepath"
	"strconv"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/habitue-data/habitue/jobs/demo/demotest"
)

const testdataDir = "../../testdata/shop"

// wholeShop is a copy of the shop of testdata with all nights in place; the
// tests share it.
func wholeShop(t *testing.T) string {
	t.Helper()
	whole.once.Do(func() {
		demotest.Shop(t, testdataDir, whole.dir)
		demotest.Deliver(t, whole.dir, demotest.Nights(t, whole.dir)...)
	})
	return whole.dir
}

var whole struct {
	once sync.Once
	dir  string // made and taken away by TestMain
}

func readExpected(t *testing.T, dir string) (e expected) {
	t.Helper()
	if err := json.Unmarshal(content(t, filepath.Join(dir, "truth/expected.json")), &e); err != nil {
		t.Fatal(err)
	}
	return e
}

func TestTruthAgreesWithTheTillsFiles(t *testing.T) {
	t.Parallel()
	dir := wholeShop(t)
	found, rows := readTills(t, dir)
	want := readExpected(t, dir)
	if diff := cmp.Diff(want.Sources["tills"], rows); diff != "" {
		t.Errorf("rows of the tills (-truth +found):\n%s", diff)
	}
	told := map[string]order{}
	for _, row := range table(t, filepath.Join(dir, "truth/orders.csv"), ',') {
		amount, err := strconv.ParseInt(row["amount_kopecks"], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		told[row["order_id"]] = order{
			Date: row["order_date"], Kind: row["kind"], Channel: row["channel"], Key: row["key"],
			Counted: row["counted"] == "true", Amount: amount,
		}
	}
	if diff := cmp.Diff(told, found, cmpopts.IgnoreUnexported(order{})); diff != "" {
		t.Errorf("orders (-truth +found):\n%s", diff)
	}
	sums := orderCounts{WebPurchases: want.Orders.WebPurchases, WebPurchaseSums: want.Orders.WebPurchaseSums}
	for _, o := range found {
		sums.InForce++
		switch {
		case o.Kind == "cancelled":
			sums.Cancelled++
			sums.CancelKopecks += o.Amount
			continue
		case o.Kind == "return":
			sums.Returns++
			sums.ReturnKopecks += o.Amount
		case o.Counted:
			sums.Counted++
			sums.CountedKopecks += o.Amount
		default:
			sums.Free++
		}
		sums.NetKopecks += o.Amount
		if o.Key == "" {
			sums.NoKeyKopecks += o.Amount
			if o.Counted {
				sums.WithoutKey++
			}
		}
	}
	if diff := cmp.Diff(want.Orders, sums); diff != "" {
		t.Errorf("orders in sum (-truth +found):\n%s", diff)
	}
}

func TestTruthAgreesWithTheWebFiles(t *testing.T) {
	t.Parallel()
	dir := wholeShop(t)
	events, rows := readWeb(t, dir)
	want := readExpected(t, dir)
	if diff := cmp.Diff(want.Sources["web"], rows); diff != "" {
		t.Errorf("rows of the web (-truth +found):\n%s", diff)
	}
	orders, _ := readTills(t, dir)
	purchases, sum := 0, int64(0)
	for _, e := range events {
		if e.Name != "purchase" {
			continue
		}
		purchases++
		revenue := fixed(t, e.Ecommerce.Revenue.String(), 2)
		sum += revenue
		if o := orders[e.Ecommerce.Transaction]; o.Channel != "web" || o.Amount != revenue || o.Date != e.Date[:4]+"-"+e.Date[4:6]+"-"+e.Date[6:] {
			t.Errorf("the purchase of order %s for %d on %s is at the tills %+v", e.Ecommerce.Transaction, revenue, e.Date, o)
		}
	}
	if purchases != want.Orders.WebPurchases || sum != want.Orders.WebPurchaseSums {
		t.Errorf("%d purchases of %d kopecks, the truth says %d of %d", purchases, sum, want.Orders.WebPurchases, want.Orders.WebPurchaseSums)
	}
}

func TestTruthAgreesWithTheDumps(t *testing.T) {
	t.Parallel()
	dir := wholeShop(t)
	_, rows := readDumps(t, dir)
	if diff := cmp.Diff(readExpected(t, dir).Sources["crm"], rows); diff != "" {
		t.Errorf("rows of the CRM (-truth +found):\n%s", diff)
	}
}

// graph joins keys into customers, by name.
type graph map[string]string

func (g graph) root(key string) string {
	if g[key] == "" {
		g[key] = key
	}
	for g[key] != key {
		key = g[key]
	}
	return key
}

func (g graph) tie(keys ...string) {
	for _, key := range keys {
		g[g.root(key)] = g.root(keys[0])
	}
}

func TestTruthAgreesWithTheKeysOfTheRecordsInForce(t *testing.T) {
	t.Parallel()
	dir := wholeShop(t)
	g, blocked := graph{}, blockedKeys(t, dir)
	orders, _ := readTills(t, dir)
	for _, o := range orders {
		g.tie(o.keys...)
	}
	events, _ := readWeb(t, dir)
	for _, e := range events {
		if g.tie("w:" + e.Client); e.User != "" {
			g.tie("w:"+e.Client, "u:"+e.User)
		}
	}
	for _, source := range readTalks(t, dir) {
		for _, row := range source.rows {
			g.tie(row.keys(blocked)...)
		}
	}
	dumps, _ := readDumps(t, dir)
	for id, row := range dumps[len(dumps)-1] {
		g.tie("c:" + id)
		for _, k := range [][2]string{{"u", row["web_login"]}, {"l", row["card"]}, {"p", row["phone"]}, {"e", row["email"]}} {
			if key := normal(k[0], k[1], blocked); key != "" {
				g.tie("c:"+id, key)
			}
		}
	}
	known, buyers := map[string]bool{}, map[string]bool{}
	components := map[string]bool{}
	var found peopleCounts
	for key := range g {
		components[g.root(key)] = true
		if key[0] != 'w' {
			known[g.root(key)] = true
		}
	}
	for _, o := range orders {
		if o.Counted && o.Key != "" {
			buyers[g.root(o.Key)] = true
			found.OrdersTied++
		}
	}
	found.Known, found.Anonymous, found.WithOrders = len(known), len(components)-len(known), len(buyers)
	if diff := cmp.Diff(readExpected(t, dir).Customers, found, cmpopts.IgnoreUnexported(peopleCounts{})); diff != "" {
		t.Errorf("customers (-truth +found):\n%s", diff)
	}
	told, seen := map[string]bool{}, map[string]bool{}
	for _, row := range table(t, filepath.Join(dir, "truth/keys.csv"), ',') {
		told[row["key"]] = true
	}
	for key := range g {
		seen[key] = true
	}
	if diff := cmp.Diff(told, seen); diff != "" {
		t.Errorf("keys (-truth +found):\n%s", diff)
	}
}
