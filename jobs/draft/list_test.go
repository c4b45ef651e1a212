package draft

import (
	"strings"
	"testing"

	"github.com/habitue-data/habitue/customer"
)

// listed is a sample whose columns of that beginning lead into the first of
// several things.
func listed(t *testing.T, name, text, list string) *Sample {
	s := sampleOf(t, name, text)
	for k := range s.Columns {
		if strings.HasPrefix(s.Columns[k].Name, list+"[0]") {
			s.Columns[k].List = list
		}
	}
	return s
}

// TestLinesInAList: the first line of an order is not the order, nor what it
// sold.
func TestLinesInAList(t *testing.T) {
	t.Parallel()
	d := Draft("x", []*Sample{listed(t, "orders", "id,created_at,customer.email,total_price,line_items[0].sku,line_items[0].quantity,line_items[0].price\n1,2025-01-01,a@x.com,30,a,1,10\n2,2025-01-02,b@x.com,20,b,2,10\n", "line_items")})
	s := d.Sources[0]
	if s.Field("amount").spec() != "total_price" || s.Field("sku") != nil || s.Field("quantity") != nil || s.Field("price") != nil {
		t.Error(fieldsOf(s))
	}
	if told := strings.Join(d.First, "\n"); !strings.Contains(told, "orders: line_items is a list in each row") {
		t.Error(told)
	}
	d = Draft("x", []*Sample{listed(t, "orders", "id,created_at,customer.email,line_items[0].sku,line_items[0].quantity,line_items[0].price\n1,2025-01-01,a@x.com,a,1,10\n2,2025-01-02,b@x.com,b,2,10\n", "line_items")})
	if len(d.Sources) != 0 || !strings.Contains(d.LeftOut[0].Why, "as orders no column is an amount: what it sold is a list in each row, line_items") {
		t.Errorf("%s, left out: %v", d.YAML(), d.LeftOut)
	}
}

// TestTheFirstOfSeveralIsAGuess: an event may say what it was first about.
func TestTheFirstOfSeveralIsAGuess(t *testing.T) {
	t.Parallel()
	d := Draft("x", []*Sample{listed(t, "web", "event_timestamp,event_name,user_pseudo_id,items[0].item_id\n1735689600000000,view_item,1.2,a\n1735689600000001,view_item,1.2,b\n", "items")})
	if s := d.Sources[0]; s.Kind != customer.Event || s.Field("sku").Surety != Guess {
		t.Error(fieldsOf(s))
	}
}

func TestAmountsThatAreNone(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"order_id,date,email,total\n1,2025-01-01,a@x.com,5 apples\n":         `as orders no column is an amount: of total, "5 apples" is no amount`,
		"order_id,date,email,shipping_amount\n1,2025-01-01,a@x.com,4.90\n":   "as orders no column is an amount",
		"order_id,date,email,total\n1,2025-01-01,a@x.com,\"1,50 or more\"\n": `of total, "1,50 or more" is no amount`,
	} {
		d := Draft("x", []*Sample{sampleOf(t, "orders", text)})
		if len(d.Sources) != 0 || !strings.Contains(d.LeftOut[0].Why, want) {
			t.Errorf("%s: %v %v", text, d.Sources, d.LeftOut)
		}
	}
}

// TestAmountsInSmallLetters are Stripe's, in cents.
func TestAmountsInSmallLetters(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"id,created,customer_email,amount,currency\n1,2025-01-01,a@x.com,8551,usd\n2,2025-01-01,a@x.com,3724,usd\n":     "{column: amount, unit: minor} guess",
		"id,created,customer_email,amount,currency\n1,2025-01-01,a@x.com,8551,USD\n2,2025-01-01,a@x.com,3724,USD\n":     "amount sure",
		"id,created,customer_email,amount,currency\n1,2025-01-01,a@x.com,8551,jpy\n2,2025-01-01,a@x.com,3724,jpy\n":     "amount sure",
		"id,created,customer_email,amount,currency\n1,2025-01-01,a@x.com,85.51,usd\n2,2025-01-01,a@x.com,3724.00,usd\n": "amount sure",
	} {
		f := Draft("x", []*Sample{sampleOf(t, "payments", text)}).Sources[0].Field("amount")
		if got := f.spec() + " " + f.Surety.String(); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

// TestMagentosOrders have a comma between the day and the time of day.
func TestMagentosOrders(t *testing.T) {
	t.Parallel()
	d := Draft("x", []*Sample{sampleOf(t, "sales_order", "ID,Purchase Date,Grand Total (Base),Grand Total (Purchased),Status,Customer Email\n"+
		"000000001,\"Jan 28, 2025, 10:15:30 AM\",3892.7100,3892.7100,complete,a@x.com\n000000002,\"Apr 4, 2025, 1:15:30 PM\",5.0000,5.0000,complete,b@x.com\n")})
	if len(d.Sources) != 1 {
		t.Fatal(d.LeftOut)
	}
	if got, want := d.Sources[0].Field("at").spec()+" "+d.Sources[0].Field("amount").spec(), `{column: Purchase Date, format: "%b %d, %Y, %I:%M:%S %p"} "Grand Total (Base)"`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
