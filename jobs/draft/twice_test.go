package draft

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestOrdersInSeveralFiles: each order counts once, whatever its files are.
func TestOrdersInSeveralFiles(t *testing.T) {
	t.Parallel()
	orders, lines, paid, refunds, other, last := "order_id,order_date,customer_id,total\n", "order_item_id,order_id,sku,quantity,price,created_at\n", "payment_id,order_id,amount,method,paid_at\n",
		"refund_id,order_id,refund_amount,created_at\n", "receipt_no,date,total\n", "order_id,order_date,customer_id,total\n"
	for i := range 20 {
		day := fmt.Sprintf("2025-01-%02d", i+1)
		orders += fmt.Sprintf("%d,%s,c%d,24.90\n", i, day, i) // delivery is in it
		lines += fmt.Sprintf("%d,%d,a,1,10.00,%s\n%d,%d,b,1,10.00,%s\n", 1000+2*i, i, day, 1001+2*i, i, day)
		paid += fmt.Sprintf("%d,%d,24.90,card,2025-02-%02d\n", 9000+i, i, i+1)
		refunds += fmt.Sprintf("%d,%d,5.00,2025-02-%02d\n", 7000+i, i, i+1)
		other += fmt.Sprintf("%d,2025-03-%02d,%d.00\n", i, i+1, i)
		last += fmt.Sprintf("%d,2025-01-%02d,c%d,24.90\n", i+13, (i+13)%28+1, i+13)
	}
	samples := func(names ...string) (all []*Sample) {
		texts := map[string]string{"orders": orders, "order_items": lines, "payments": paid, "refunds": refunds, "till": other, "orders_new": last}
		for _, n := range names {
			all = append(all, sampleOf(t, n, texts[n]))
		}
		return all
	}
	for _, c := range []struct{ with, kept, told string }{
		{"order_items", "orders", "order_items.csv: 100% of its orders are those of orders, of the same days: each source of orders adds to revenue; to have what both say, export them joined"},
		{"payments", "orders", "payments.csv: 100% of its orders are those of orders, worth the same: each source of orders adds to revenue; to have what both say, export them joined"},
		{"refunds", "orders refunds(return)", ""},
		{"till", "orders till", ""},
		{"orders_new", "orders orders_new", "orders: 35% of its orders are those of orders_new, by the same customers: each source of orders adds to revenue."},
	} {
		d := Draft("x", samples(c.with, "orders"))
		var kept, said []string
		for _, s := range d.Sources {
			name := s.Name
			if s.returns() {
				name += "(return)"
			}
			kept = append(kept, name)
			said = append(said, s.Notes...)
		}
		for _, l := range d.LeftOut {
			said = append(said, l.Path+": "+l.Why)
		}
		if diff := cmp.Diff(c.kept, strings.Join(slices.Sorted(slices.Values(kept)), " ")); diff != "" {
			t.Errorf("%s: %s", c.with, diff)
		}
		if diff := cmp.Diff(c.told, strings.Join(said, "\n")); diff != "" {
			t.Errorf("%s: %s", c.with, diff)
		}
	}
}

func TestCartsAreNoOrders(t *testing.T) {
	t.Parallel()
	d := Draft("x", []*Sample{sampleOf(t, "abandoned_carts", "cart_id,customer_id,cart_total,created_at,items\n1,c1,5,2025-01-01,2\n2,c2,5,2025-01-01,2\n")})
	if len(d.Sources) != 0 {
		t.Errorf("%v", d.Sources[0].Fits)
	}
}
