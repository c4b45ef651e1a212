package draft

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestWhatIsNoKeyJoinsNobody: a column may be named as a key of a customer and
// hold what strangers share.
func TestWhatIsNoKeyJoinsNobody(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ column, values, want, says string }{
		{"customer", "Ivan Ivanov|Anna Smirnova|Ivan Ivanov|Paul O'Neil", "", "customer of orders: no contact_id is made of it, for its values are names, as Ivan Ivanov."},
		{"Покупатель", "Иванов|Смирнова|Иванов|Розничный", "", "Покупатель of orders: no contact_id is made of it, for its values are names, as Иванов."},
		{"customer_id", "Lee, Ann|Ray, Bob|Lee, Ann|Fox, Cat", "", "customer_id of orders: no contact_id is made of it, for its values are names, as Lee, Ann."},
		{"customer_id", "ALFKI|ANATR|ALFKI|BERGS", "contact_id", ""},
		{"customer", "C1|C2|C1|C3", "contact_id", ""},
		{"customer", "a@x.com|b@x.com|a@x.com|c@x.com", "email", ""},
		{"user_id", "Acme Corp|Big Shop|Acme Corp|Tiny Ltd", "", "user_id of orders: no login is made of it, for its values are names, as Acme Corp."},
		{"Card", "19.99|0.00|1,250.00|-5.00", "", "Card of orders: no loyalty_card is made of it, for its values are amounts, as 19.99."},
		{"Card", "$19.99|$0.00|$5.00|-$5.00", "", "Card of orders: no loyalty_card is made of it, for its values are amounts, as $19.99."},
		{"card_number", "************1234|************1235|************1234|************4321", "", "card_number of orders: no loyalty_card is made of it, for its values are masked, as ************1234."},
		{"card_number", "1234|1235|1234|4321", "", "card_number of orders: no loyalty_card is made of it, for its values are the last digits of cards, as 1234."},
		{"loyalty_card", "1234|1235|1234|4321", "loyalty_card", ""},
		{"card_number", "770001|770002|770001|770003", "loyalty_card", ""},
		{"email", "a***@x.com|b***@x.com|a***@x.com|c***@x.com", "", "email of orders: no email is made of it, for its values are masked, as a***@x.com."},
	} {
		text := fmt.Sprintf("order_id,order_date,total,%s\n", c.column)
		for i, v := range strings.Split(c.values, "|") {
			text += fmt.Sprintf("%d,2025-01-0%d,5.00,\"%s\"\n", i+1, i+1, v)
		}
		d := Draft("x", []*Sample{sampleOf(t, "orders", text)})
		got, says := "", ""
		for _, f := range d.Sources[0].Fields {
			if len(f.Columns) > 0 && f.Columns[0] == c.column {
				got = f.Field
			}
		}
		for _, f := range d.First {
			if strings.Contains(f, "is made of it") {
				says = f
			}
		}
		if got != c.want || says != c.says {
			t.Errorf("%s, %s: %q, %q, want %q, %q", c.column, c.values, got, says, c.want, c.says)
		}
	}
}

// TestAKeyOfACrowdIsTold: a till writes the same customer where it asks none.
func TestAKeyOfACrowdIsTold(t *testing.T) {
	t.Parallel()
	text := "order_id,order_date,customer_id,total\n"
	for i := range 100 {
		text += fmt.Sprintf("%d,2025-01-01,%d,5.00\n", i, max(0, i-40))
	}
	d := Draft("x", []*Sample{sampleOf(t, "orders", text)})
	const want = `contact_id of orders: 41% of the rows that have one have 0; if it stands for nobody, map it to "", or all of them are one customer.`
	if !slices.Contains(d.First, want) {
		t.Errorf("%q", d.First)
	}
}

// TestALoginIsOfOneContact: an account that several contacts have is a company.
func TestALoginIsOfOneContact(t *testing.T) {
	t.Parallel()
	text := "id,email,account\n"
	for i := range 20 {
		text += fmt.Sprintf("%d,a%d@x.com,Acme%d\n", i, i, i/5)
	}
	d := Draft("x", []*Sample{sampleOf(t, "crm", text)})
	const want = "account of crm: no login is made of it, for its values are of several contacts each, as Acme0."
	if d.Sources[0].Field("login") != nil || !slices.Contains(d.First, want) {
		t.Errorf("%s\n%q", fieldsOf(d.Sources[0]), d.First)
	}
}
