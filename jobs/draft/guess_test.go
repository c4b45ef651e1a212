package draft

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/habitue-data/habitue/customer"
)

func TestNamesAreTakenApart(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"InvoiceNo": "invoice_no", "CustomerID": "customer_id", "e-mail": "e_mail", "amount_kop": "amount minor", "Total USD": "total USD",
		"phone_1": "phone", "event_params[page_location]": "event_params_page_location", "Счёт": "счет", "№": "",
	} {
		n := readName(text)
		if got := strings.TrimSpace(n.whole + " " + n.unit); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

func TestWhatFitsNoKindIsLeftOut(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text, want string }{
		{"campaign_descriptions", "campaign_id,campaign_type,start_date,end_date\n1,B,2017-03-03,2017-04-09\n2,C,2017-03-08,2017-05-08\n", "it fits no kind of record: "},
		{"coupons", "coupon_upc,product_id,campaign_id\n1,9,26\n1,8,26\n2,9,26\n", "it fits no kind of record: "},
		{"campaigns", "campaign_id,household_id\n1,105\n1,106\n2,105\n", "as interactions no column tells when"},
		{"orders", "order_id,total\n1,5\n", "as orders no column tells when"},
		{"orders", "order_id,date,total\n1,yesterday,5\n", "as orders no column tells when"},
		{"orders", "order_id,date,total\n1,2025-01-01,much\n", "as orders no column is an amount"},
		{"customers", "id,email\n1,a@x.com\n1,b@x.com\n1,c@x.com\n", "as contacts id is not of one row each"},
		{"goods", "sku,name\n1,a\n1,b\n", "as products no column is an article of one row each"},
		{"things", "email\na@x.com\n", "it has one column, email"},
		{"nothing", "id,email\n", "it has no rows"},
	} {
		d := Draft("x", []*Sample{sampleOf(t, c.name, c.text)})
		if len(d.Sources) != 0 || len(d.LeftOut) != 1 || !strings.Contains(d.LeftOut[0].Why, c.want) {
			t.Errorf("%s: %d sources, left out: %v, want %q", c.name, len(d.Sources), d.LeftOut, c.want)
		}
	}
}

func TestTimesAsTheyAreWritten(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		values, want string
		surety       Surety
	}{
		{"2025-12-31 10:00:00|2025-01-02 11:00:00", "at: at", Sure},
		{"2025-12-31T10:00:00Z|2025-12-31T10:00:00+03:00", "at: at", Sure},
		{"31.12.2025 10:00|02.01.2025 11:00", "at: at", Sure},
		{"20251231|20250102", "at: at", Sure},
		{"31/12/2025|02/01/2025", `at: {column: at, format: "%d/%m/%Y"}`, Sure},
		{"12/31/2025|01/02/2025", `at: {column: at, format: "%m/%d/%Y"}`, Sure},
		{"02/01/2025 10:00|03/01/2025 11:00", `at: {column: at, format: "%d/%m/%Y %H:%M"}`, Guess},
		{"31-Dec-2025|02-Jan-2025", `at: {column: at, format: "%d-%b-%Y"}`, Sure},
		{"1735689600|1735776000", `at: {column: at, unit: s}`, Sure},
		{"1735689600000|1735776000000", `at: {column: at, unit: ms}`, Sure},
		{"1735689600000000|1735776000000000", `at: {column: at, unit: us}`, Sure},
	} {
		text := "order_id,at,total\n"
		for i, v := range strings.Split(c.values, "|") {
			text += fmt.Sprintf("%d,%s,5\n", i, v)
		}
		d := Draft("x", []*Sample{sampleOf(t, "orders", text)})
		if len(d.Sources) != 1 {
			t.Fatalf("%s: left out: %v", c.values, d.LeftOut)
		}
		f := d.Sources[0].Field("at")
		if got := "at: " + f.spec(); got != c.want || f.Surety != c.surety {
			t.Errorf("%s: %s, %s, want %s, %s", c.values, got, f.Surety, c.want, c.surety)
		}
	}
}

func TestACancelledInvoiceIsKnownByItsLetter(t *testing.T) {
	t.Parallel()
	text := "invoice,date,customer_id,quantity,price\n"
	for i := range 30 {
		text += fmt.Sprintf("%d,2025-01-01,c1,2,5.00\n", 100+i)
		if i%5 == 0 {
			text += fmt.Sprintf("C%d,2025-01-02,c1,-2,5.00\n", 500+i)
		}
	}
	d := Draft("x", []*Sample{sampleOf(t, "tills", text)})
	if got := d.Sources[0].Field("kind"); got == nil || got.spec() != `{column: invoice, prefix_map: {C: cancelled, "": sale}}` {
		t.Errorf("kind: %+v", got)
	}
	d = Draft("x", []*Sample{sampleOf(t, "tills", strings.ReplaceAll(text, ",-2,", ",2,"))})
	if got := d.Sources[0].Field("kind"); got != nil {
		t.Errorf("a letter alone is no reason, and kind is %s", got.spec())
	}
}

// TestIDsTellTheDelivery compares a newer file with an older one.
func TestIDsTellTheDelivery(t *testing.T) {
	t.Parallel()
	ids := func(from, to int) (list []string) {
		for i := from; i < to; i++ {
			list = append(list, fmt.Sprint(i))
		}
		return list
	}
	for _, c := range []struct {
		name, file   string
		older, newer []string
		want         string
		surety       Surety
	}{
		{"a growing dump", "crm", ids(0, 50), ids(0, 55), "full", Sure},
		{"a dump that lost some", "crm", ids(0, 50), ids(5, 55), "full", Sure},
		{"contacts that changed", "crm", ids(0, 50), ids(45, 80), "changes", Likely},
		{"receipts of the next day", "receipts", ids(0, 50), ids(50, 90), "parts", Sure},
		{"receipts of the next day, some anew", "receipts", ids(0, 50), ids(40, 90), "parts", Guess},
		{"receipts that are whole each time", "receipts", ids(0, 50), ids(0, 90), "full", Sure},
	} {
		s := &Sample{Name: c.file, Path: c.file + "/%Y-%m-%d.csv", Files: 2, Newest: "b.csv", Previous: "a.csv", Dated: true, Format: "csv", InNewest: len(c.newer), InPrev: len(c.older)}
		id, email, total := Column{Name: "id"}, Column{Name: "email"}, Column{Name: "total"}
		at := Column{Name: "created_at"}
		for _, v := range slices.Concat(c.newer, c.older) {
			id.Values, email.Values = append(id.Values, v), append(email.Values, v+"@x.com")
			at.Values, total.Values = append(at.Values, "2025-01-01"), append(total.Values, "5")
			s.Rows++
		}
		if s.Columns = []Column{id, email, at}; c.file == "receipts" {
			s.Columns = append(s.Columns, total)
		}
		d := Draft("x", []*Sample{s})
		if got := d.Sources[0]; got.Delivery != c.want || got.Delivered.Surety != c.surety {
			t.Errorf("%s: %s, %+v", c.name, got.Delivery, got.Delivered)
		}
	}
}

// TestALoneFileOfADayIsAPart, and one of a month, in whatever way its times are
// written: the next one does not take its place.
func TestALoneFileOfADayIsAPart(t *testing.T) {
	t.Parallel()
	const header = "event_timestamp,event_name,user_pseudo_id"
	for _, c := range []struct {
		name, values   string
		dated, monthly bool
		want           string
		surety         Surety
	}{
		{"a day, in microseconds", "1767175200000000 1767175201000003 1767182400000000", true, false, "parts", Likely},
		{"a day, written", "2025-12-31T10:00:00 2025-12-31T11:00:00 2025-12-31T23:00:00", true, false, "parts", Likely},
		{"all days until one", "2025-11-30T10:00:00 2025-12-30T11:00:00 2025-12-31T23:00:00", true, false, "full", Guess},
		{"a month", "01/12/2025 13/12/2025 31/12/2025", false, true, "parts", Likely},
		{"all months until one", "01/10/2025 13/11/2025 31/12/2025", false, true, "full", Guess},
		{"no day in the name", "1767175200000000 1767175201000003 1767182400000000", false, false, "full", Likely},
	} {
		text := header + "\n"
		for i, v := range strings.Fields(c.values) {
			text += fmt.Sprintf("%s,page_view,w%d\n", v, i)
		}
		s := sampleOf(t, "events", text)
		s.Dated, s.Monthly = c.dated, c.monthly
		d := Draft("x", []*Sample{s})
		got := d.Sources[0]
		if got.Delivery != c.want || got.Delivered.Surety != c.surety {
			t.Errorf("%s: %s, %+v", c.name, got.Delivery, got.Delivered)
		}
		told := slices.ContainsFunc(d.First, func(f string) bool { return strings.HasPrefix(f, "delivery of events: ") })
		if told != (c.surety == Guess) {
			t.Errorf("%s: %q", c.name, d.First)
		}
	}
}

func TestWhereAShopIs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text, want string }{
		{"phones of Russia", "id,email,phone\n1,a@x.com,+7 916 123-45-67\n2,b@x.com,89161234568\n", "RUB RU Europe/Moscow"},
		{"phones of Germany", "id,email,phone\n1,a@x.com,+49 30 1234567\n", "EUR DE Europe/Berlin"},
		{"a column of countries", "id,email,country\n1,a@x.com,United Kingdom\n2,b@x.com,France\n3,c@x.com,GB\n", "GBP GB Europe/London"},
		{"a currency", "order_id,date,total,currency\n1,2025-01-01,5,PLN\n", "PLN PL Europe/Warsaw"},
		{"signs of a currency", "order_id,date,total,currency\n1,2025-01-01,5,£\n2,2025-01-01,5,£\n3,2025-01-01,5,€\n", "GBP GB Europe/London"},
		{"no currency", "order_id,date,total,currency\n1,2025-01-01,5,gold\n", "USD  UTC"},
		{"the euro is of many", "order_id,date,total,currency\n1,2025-01-01,5,EUR\n", "EUR  UTC"},
		{"a unit in a name", "order_id,date,total_gbp\n1,2025-01-01,5\n", "GBP GB Europe/London"},
		{"kopecks", "order_id,date,total_kop\n1,2025-01-01,500\n", "RUB RU Europe/Moscow"},
		{"Cyrillic letters", "id,email,имя\n1,a@x.com,Анна\n", "RUB RU Europe/Moscow"},
		{"nothing", "id,email\n1,a@x.com\n", "USD  UTC"},
		{"phones of nowhere", "id,email,phone\n1,a@x.com,2025550101\n", "USD US UTC"},
	} {
		d := Draft("x", []*Sample{sampleOf(t, "x", c.text)})
		if got := d.Currency + " " + d.Country + " " + d.Zone; got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// TestKeysAreKnownByTheirValues: a user_id may be a contact's id or its
// login; only the contacts tell.
func TestKeysAreKnownByTheirValues(t *testing.T) {
	t.Parallel()
	crm, web := "crm_id,web_login,email\n", "event_timestamp,event_name,user_id\n"
	for i := range 20 {
		crm += fmt.Sprintf("C%d,u%d,a%d@x.com\n", i, i, i)
		web += fmt.Sprintf("1735689600000000,page_view,u%d\n", i)
	}
	for from, want := range map[string]string{"u": "login", "C": "contact_id"} {
		d := Draft("x", []*Sample{sampleOf(t, "web", strings.ReplaceAll(web, "view,u", "view,"+from)), sampleOf(t, "crm", crm)})
		if f := d.Sources[1].Field(want); f == nil || f.Columns[0] != "user_id" || f.Surety != Sure {
			t.Errorf("%s: %s", want, fieldsOf(d.Sources[1]))
		}
		if d.Sources[0].Kind != customer.Contact || d.Sources[1].OrdersFrom != "" {
			t.Errorf("%v", d.Sources)
		}
	}
}

func TestContactsOfTwoSystems(t *testing.T) {
	t.Parallel()
	make := func(letter string) string {
		text := "id,email\n"
		for i := range 20 {
			text += fmt.Sprintf("%s%d,%s%d@x.com\n", letter, i, letter, i)
		}
		return text
	}
	orders := strings.ReplaceAll(strings.ReplaceAll(make("b"), "id,email", "customer_id,email"), "\n", ",2025-01-01,5,7\n")
	orders = strings.Replace(orders, "email,2025-01-01,5,7", "email,date,total,order_id", 1)
	d := Draft("x", []*Sample{sampleOf(t, "crm", make("a")), sampleOf(t, "loyalty", make("b")), sampleOf(t, "orders", orders)})
	var got []string
	for _, s := range d.Sources {
		got = append(got, s.Name+" "+s.IDs)
	}
	if diff := cmp.Diff([]string{"crm crm", "loyalty loyalty", "orders loyalty"}, got); diff != "" {
		t.Error(diff)
	}
}

// TestWhatToLookAtFirst: what nobody can know is said in words.
func TestWhatToLookAtFirst(t *testing.T) {
	t.Parallel()
	d := Draft("x", []*Sample{
		sampleOf(t, "orders", "order_id,date,store_id,total,currency\n1,02/01/2025,S1,5,GBP\n2,03/01/2025,T9,5,GBP\n3,03/01/2025,S1,5,EUR\n"),
		sampleOf(t, "stores", "id,name,city\nS1,Centre,York\nT9,Test till,York\n"),
	})
	want := []string{
		"timezone Europe/London: that of the country. Every day, week and month is cut there, and times without a zone are read in it.",
		"country GB: that of the currency.",
		"at of orders: by its name and values; no value tells whether the day or the month stands first; the day is taken to.",
		"currency of orders: amounts are in EUR too; name a file of rates with rates:, or their rows are refused.",
		`the store T9 is named Test till: if its orders are none, write where: 'row["store_id"] != "T9"' at orders.`,
	}
	if diff := cmp.Diff(want, d.First); diff != "" {
		t.Error(diff)
	}
}

func TestPurchasesAreOrdersWhereNothingElseIs(t *testing.T) {
	t.Parallel()
	d := Draft("x", []*Sample{sampleOf(t, "web", "event_timestamp,event_name,user_pseudo_id,value,transaction_id\n1735689600000000,purchase,1.2,5.00,o1\n1735689600000001,page_view,1.2,,\n")})
	if got := d.Sources[0].OrdersFrom; got != "purchase" {
		t.Errorf("orders_from %q", got)
	}
}
