package draft

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestWhatAnOrderOfSeveralRowsIsWorth: a total is never counted once for each
// row of its order.
func TestWhatAnOrderOfSeveralRowsIsWorth(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text, want string }{
		{"a total and nothing of a row", `
order_id,order_date,customer_id,sku,quantity,order_total
1,2025-01-01,c1,a,1,30.00
1,2025-01-01,c1,b,1,30.00
2,2025-01-02,c2,a,2,45.00
2,2025-01-02,c2,c,1,45.00`, "id: order_id, at: order_date, contact_id: customer_id, amount: order_total (guess)"},
		{"a total and a price", `
order_id,order_date,customer_id,sku,item_price,order_total
1,2025-01-01,c1,a,10.00,30.00
1,2025-01-01,c1,b,20.00,30.00
2,2025-01-02,c2,a,20.00,45.00
2,2025-01-02,c2,c,25.00,45.00`, "id: order_id, at: order_date, contact_id: customer_id, amount: item_price (likely), sku: sku, price: item_price"},
		{"a total where all costs the same", `
order_id,order_date,customer_id,sku,quantity,price,total
1,2025-01-01,c1,a,1,10.00,20.00
1,2025-01-01,c1,b,1,10.00,20.00
2,2025-01-02,c2,a,2,10.00,30.00
2,2025-01-02,c2,c,1,10.00,30.00`, "id: order_id, at: order_date, contact_id: customer_id, amount: {multiply: [quantity, price]} (likely), sku: sku, quantity: quantity, price: price"},
		{"a total that is not what the rows come to, and a discount of the order", `
order_id,order_date,customer_id,sku,quantity,price,discount,total
1,2025-01-01,c1,a,1,10.00,5.00,25.00
1,2025-01-01,c1,b,1,20.00,5.00,25.00
2,2025-01-02,c2,a,2,10.00,3.00,42.00
2,2025-01-02,c2,c,1,25.00,3.00,42.00`, "id: order_id, at: order_date, contact_id: customer_id, amount: {multiply: [quantity, price]} (guess), sku: sku, quantity: quantity, price: price"},
		{"a total and what a row is worth", `
order_id,order_date,customer_id,sku,total,row_sum
1,2025-01-01,c1,a,30.00,10.00
1,2025-01-01,c1,b,30.00,20.00
2,2025-01-02,c2,a,45.00,20.00
2,2025-01-02,c2,c,45.00,25.00`, "id: order_id, at: order_date, contact_id: customer_id, amount: row_sum (likely), sku: sku"},
		{"rows alike are no totals", `
order_id,order_date,customer_id,sku,quantity,price,amount
1,2025-01-01,c1,a,1,10.00,10.00
1,2025-01-01,c1,b,1,10.00,10.00
2,2025-01-02,c2,a,2,10.00,20.00
2,2025-01-02,c2,c,2,10.00,20.00`, "id: order_id, at: order_date, contact_id: customer_id, amount: amount (sure), sku: sku, quantity: quantity, price: price"},
		{"whole pieces and a price with a comma", `
order_id;order_date;customer_id;sku;quantity;price
1;2025-01-01;c1;a;1;10,50
1;2025-01-01;c1;b;2;20,25
2;2025-01-02;c2;a;2;10,50`, `id: order_id, at: order_date, contact_id: customer_id, amount: {multiply: [quantity, price], decimal: ","} (likely), sku: sku, quantity: quantity, price: {column: price, decimal: ","}`},
	} {
		d := Draft("x", []*Sample{sampleOf(t, "orders", c.text[1:])})
		var got []string
		for _, f := range d.Sources[0].Fields {
			text := f.Field + ": " + f.spec()
			if f.Field == "amount" {
				text += " (" + f.Surety.String() + ")"
			}
			got = append(got, text)
		}
		if diff := cmp.Diff(c.want, strings.Join(got, ", ")); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

// TestDecimalsOfTwoKinds: a product is made by one rule, and an amount that
// cannot be made is told of.
func TestDecimalsOfTwoKinds(t *testing.T) {
	t.Parallel()
	d := Draft("x", []*Sample{sampleOf(t, "till", "receipt_id;date;sku;qty;price\n1;2025-01-01;a;0.25;5,50\n2;2025-01-01;b;1.75;7,25\n")})
	if f := d.Sources[0].Field("amount"); f != nil {
		t.Errorf("amount: %s", f.spec())
	}
	if told := strings.Join(d.First, "\n"); !strings.Contains(told, "till: no amount: the decimals of qty and price are written in two ways") {
		t.Error(told)
	}
}

// TestRowsThatShareANumber are lines, or an order written anew, or orders of
// other days.
func TestRowsThatShareANumber(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text, want string }{
		{"lines without a number or an article", `
receipt_id,date,customer_id,line_amount
1,2025-01-01,c1,11.00
1,2025-01-01,c1,12.00
2,2025-01-02,c2,13.00`, "receipt_id (sure), line: {value: \"\"} (guess)"},
		{"versions", `
order_id,date,customer_id,total,updated_at
1,2025-01-01,c1,11.00,2025-01-01
1,2025-01-01,c1,12.00,2025-01-02
2,2025-01-02,c2,13.00,2025-01-02`, "order_id (sure)"},
		{"a number that begins anew each day", `
receipt_no,date,store,total
1,2025-01-01 10:00,S1,11.00
2,2025-01-01 10:01,S1,12.00
3,2025-01-01 10:02,S1,13.00
1,2025-01-02 10:00,S1,11.00
2,2025-01-02 10:01,S1,12.00
3,2025-01-02 10:02,S1,14.00`, `{expr: 'row["receipt_no"] + "/" + row["date"].split(" ")[0]'} (guess)`},
		{"a number of each store", `
receipt_no,date,store,total
1,2025-01-01,S1,11.00
2,2025-01-01,S1,12.00
3,2025-01-01,S1,13.00
1,2025-01-01,S2,11.00
2,2025-01-01,S2,12.00
3,2025-01-01,S2,14.00`, `{expr: 'row["receipt_no"] + "/" + row["store"]'} (guess)`},
	} {
		d := Draft("x", []*Sample{sampleOf(t, "orders", c.text[1:])})
		s := d.Sources[0]
		id := s.Field("id")
		got := id.spec() + " (" + id.Surety.String() + ")"
		if f := s.Field("line"); f != nil {
			got += ", line: " + f.spec() + " (" + f.Surety.String() + ")"
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}
