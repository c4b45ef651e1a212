package nighttest

import (
	"encoding/csv"
	"strings"
	"testing"

	"github.com/habitue-data/habitue/internal/fault"
)

// shopifyHeader is that of an export of orders. There is a row for each line of
// an order; what is of the whole order stands on the first alone.
const shopifyHeader = "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,Subtotal,Shipping,Taxes,Total,Discount Code,Discount Amount,Shipping Method,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem compare at price,Lineitem sku,Lineitem requires shipping,Lineitem taxable,Lineitem fulfillment status,Billing Name,Billing Street,Billing Address1,Billing Address2,Billing Company,Billing City,Billing Zip,Billing Province,Billing Country,Billing Phone,Shipping Name,Shipping Street,Shipping Address1,Shipping Address2,Shipping Company,Shipping City,Shipping Zip,Shipping Province,Shipping Country,Shipping Phone,Notes,Note Attributes,Cancelled at,Payment Method,Payment Reference,Refunded Amount,Vendor,Outstanding Balance,Employee,Location,Device ID,Id,Tags,Risk Level,Source,Lineitem discount,Tax 1 Name,Tax 1 Value,Phone,Receipt Number,Duties,Billing Province Name,Shipping Province Name,Payment ID,Payment Terms Name,Next Payment Due At,Payment References"

// shopify is an export: a row of the whole order's values, then those of its
// other lines.
func shopify(t *testing.T, rows ...map[string]string) string {
	t.Helper()
	var b strings.Builder
	w := csv.NewWriter(&b)
	header := strings.Split(shopifyHeader, ",")
	_ = w.Write(header)
	for _, r := range rows {
		fields := make([]string, len(header))
		known := 0
		for i, h := range header {
			if v, ok := r[h]; ok {
				fields[i] = v
				known++
			}
		}
		if known != len(r) {
			t.Fatalf("a name of %v is none of the header", r)
		}
		_ = w.Write(fields)
	}
	w.Flush()
	return b.String()
}

// TestADraftOfShopifysOrders: never is a total counted once for each line.
func TestADraftOfShopifysOrders(t *testing.T) {
	t.Parallel()
	line := func(name, email, at, quantity, price, sku string) map[string]string {
		return map[string]string{"Name": name, "Email": email, "Created at": at + " 10:15:00 -0400", "Lineitem quantity": quantity, "Lineitem price": price, "Lineitem sku": sku,
			"Lineitem name": "Thing " + sku, "Lineitem requires shipping": "true", "Lineitem taxable": "true", "Lineitem discount": "0.00", "Vendor": "Acme"}
	}
	first := func(r map[string]string, status, subtotal, discount, total string) map[string]string {
		for k, v := range map[string]string{"Financial Status": status, "Currency": "USD", "Subtotal": subtotal, "Shipping": "4.90", "Taxes": "0.00", "Total": total, "Discount Amount": discount,
			"Billing Name": "Ann Lee", "Billing Country": "US", "Billing City": "Boston", "Billing Phone": map[string]string{"ann@x.com": "+16175550123", "bob@x.com": "+16175550124"}[r["Email"]], "Payment Method": "Shopify Payments", "Source": "web", "Id": "50000000" + r["Name"][1:]} {
			r[k] = v
		}
		return r
	}
	p := newPlace(t, map[string]string{"exports/orders_export_1.csv": shopify(t,
		first(line("#1001", "ann@x.com", "2026-01-05", "2", "10.00", "B"), "paid", "24.50", "5.50", "29.40"),
		line("#1001", "ann@x.com", "2026-01-05", "1", "10.00", "A"),
		first(line("#1002", "bob@x.com", "2026-01-06", "1", "7.25", "A"), "partially_refunded", "7.25", "0.00", "12.15"),
		first(line("#1003", "ann@x.com", "2026-02-07", "3", "1.00", "C"), "refunded", "23.00", "0.00", "27.90"),
		line("#1003", "ann@x.com", "2026-02-07", "1", "20.00", "D"),
		first(line("#1004", "cat@x.com", "2026-02-08", "1", "100.00", "D"), "paid", "107.25", "0.00", "112.15"),
		line("#1004", "cat@x.com", "2026-02-08", "1", "7.25", "A"),
	)})
	p.habitue(t, fault.OK, "init", "exports")
	p.edit(t, "warehouse: {kind: duckdb, path: out/warehouse.duckdb}", "warehouse: none")
	p.run(t, "--as-of", "2026-03-01")
	for sql, want := range map[string]string{
		"SELECT substr(record_id, 2), kind, amount, discount, line_count, payment_method, channel FROM orders ORDER BY 1": "1001,sale,24.50,5.50,2,Shopify Payments,web\n1002,sale,7.25,0.00,1,Shopify Payments,web\n" +
			"1003,cancelled,23.00,0.00,2,Shopify Payments,web\n1004,sale,107.25,0.00,2,Shopify Payments,web\n",
		"SELECT count(*), sum(amount), sum(quantity)::INT FROM order_lines":               "7,162.00,10\n",
		"SELECT email, order_count, net_revenue FROM customers ORDER BY 1":                "ann@x.com,1,24.50\nbob@x.com,1,7.25\ncat@x.com,1,107.25\n",
		"SELECT count(*) FROM contacts UNION ALL SELECT count(*) FROM rejects ORDER BY 1": "0\n0\n",
	} {
		if got := p.query(t, sql); got != want {
			t.Errorf("%s:\n%s, want\n%s", sql, got, want)
		}
	}
}
