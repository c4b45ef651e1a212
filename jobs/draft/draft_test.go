package draft

import (
	"encoding/csv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// sampleOf is a sample of one file of this text, its delimiter that of the
// first line.
func sampleOf(t *testing.T, name, text string) *Sample {
	t.Helper()
	r := csv.NewReader(strings.NewReader(strings.TrimSpace(text)))
	header, _, _ := strings.Cut(text, "\n")
	if strings.Contains(header, ";") {
		r.Comma = ';'
	}
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	s := &Sample{Name: name, Path: name + ".csv", Files: 1, Newest: name + ".csv", Format: "csv", Rows: len(rows) - 1, InNewest: len(rows) - 1}
	for k, h := range rows[0] {
		c := Column{Name: h}
		for _, row := range rows[1:] {
			c.Values = append(c.Values, row[k])
		}
		s.Columns = append(s.Columns, c)
	}
	return s
}

// fieldsOf is a source as the lines of its fields, without their reasons.
func fieldsOf(s *Source) string {
	lines := []string{s.Kind.String()}
	for _, f := range s.Fields {
		lines = append(lines, f.Field+": "+f.spec())
	}
	return strings.Join(lines, "\n")
}

func TestExportsAsTheyAreMet(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, file, text, want string }{
		{"a till of a Russian shop, day and time apart", "чеки", `
Номер чека;Дата;Время;Магазин;Артикул;Товар;Кол-во;Цена;Сумма;Номер карты;Тип операции
1001;05.01.2025;9:15:00;М1;A-1;Чай;1;120,50;120,50;770001;Продажа
1001;05.01.2025;9:15:00;М1;A-2;Кофе;2;300,00;600,00;770001;Продажа
1002;06.01.2025;19:40:10;М1;A-1;Чай;-1;120,50;-120,50;770002;Возврат
1003;16.01.2025;20:01:59;М2;A-3;Мёд;1;1 450,00;1 450,00;;Продажа`, `
order
id: Номер чека
at: {expr: 'row["Дата"] + " " + row["Время"]', format: "%d.%m.%Y %H:%M:%S"}
store: Магазин
loyalty_card: Номер карты
amount: {column: Сумма, decimal: ","}
kind: {column: Тип операции, map: {Продажа: sale, Возврат: return}}
sku: Артикул
name: Товар
quantity: Кол-во
price: {column: Цена, decimal: ","}`},
		{"orders of a web shop, a row each, American days", "orders_export", `
Name,Email,Financial Status,Paid At,Total,Currency,Discount Code,Discount Amount,Shipping Method,Phone,Order Id
#1001,ann@x.com,paid,12/31/2024 10:00 PM,120.50,USD,SALE10,12.05,Courier,+1 202-555-0101,9000001
#1002,bob@x.com,refunded,01/02/2025 01:15 AM,20.00,USD,,0.00,Post,+1 202-555-0102,9000002
#1003,cat@x.com,voided,01/13/2025 09:30 AM,5.00,USD,,0.00,Post,,9000003`, `
order
id: Order Id
at: {column: Paid At, format: "%m/%d/%Y %I:%M %p"}
email: Email
phone: Phone
amount: Total
currency: Currency
kind: {column: Financial Status, map: {refunded: cancelled, voided: cancelled, "*": sale, "": sale}}
discount: Discount Amount
delivery_method: Shipping Method
status: Financial Status`},
		{"the total of an order on each of its lines", "sales", `
order_id,created_at,customer_id,total,sku,quantity,price
1,2025-01-01T10:00:00Z,c1,30.00,a,1,10.00
1,2025-01-01T10:00:00Z,c1,30.00,b,1,20.00
2,2025-01-02T10:00:00Z,c2,45.00,a,2,10.00
2,2025-01-02T10:00:00Z,c2,45.00,c,1,25.00`, `
order
id: order_id
at: created_at
contact_id: customer_id
amount: {multiply: [quantity, price]}
sku: sku
quantity: quantity
price: price`},
		{"minor units without a name for them, seconds since 1970, a flag", "pos", `
receipt,ts,customer,amount,qty,unit_price,is_return
1,1735689600,c1,1000,1,10.00,0
2,1735776000,c2,4500,3,15.00,0
3,1735862400,c1,1000,1,10.00,1`, `
order
id: receipt
at: {column: ts, unit: s}
contact_id: customer
amount: {column: amount, unit: minor}
kind: {column: is_return, map: {"1": return, "*": sale, "": sale}}
quantity: qty
price: unit_price`},
		{"subscribers of a mailing service", "subscribed_members", `
Email Address,First Name,Last Name,Birthday,EMAIL_OPT_IN,SMS Consent,TAGS,GENDER,Zip
ann@x.com,Ann,Lee,31/12/1980,yes,opted_in,"vip, new",F,10115
bob@x.com,Bob,Ray,01/02/1975,no,opted_out,vip,M,10117`, `
contact
email: Email Address
first_name: First Name
last_name: Last Name
birth_date: {column: Birthday, format: "%d/%m/%Y"}
gender: {column: GENDER, map: {F: female, M: male}}
postcode: Zip
consent.email: EMAIL_OPT_IN
consent.sms: {column: SMS Consent, map: {opted_in: "true", opted_out: "false"}}
tags: {column: TAGS, split: ","}`},
		{"answers to a survey", "nps", `
response_id,customer_id,submitted_at,score,comment
1,c1,2025-01-01 10:00:00,10,good
2,c2,2025-01-02 10:00:00,3,bad`, `
interaction
id: response_id
at: submitted_at
contact_id: customer_id
kind: {value: nps}
value: score
text: comment`},
		{"cases of a help desk", "helpdesk", `
ticket_id,created_at,updated_at,requester_email,subject,status
1,2025-01-01 10:00:00,2025-01-02 10:00:00,ann@x.com,where is it?,solved
2,2025-01-02 10:00:00,2025-01-02 10:00:00,bob@x.com,"no, really",open`, `
interaction
id: ticket_id
at: created_at
email: requester_email
kind: {value: support_case}
text: subject
status: status
updated_at: updated_at`},
		{"what became of mailings", "mailgun", `
event_id,timestamp,recipient,event,campaign
1,1735689600,ann@x.com,processed,c1
2,1735689601,ann@x.com,open,c1
3,1735689602,ann@x.com,group_resubscribe,c1`, `
interaction
id: event_id
at: {column: timestamp, unit: s}
email: recipient
kind: {column: event, map: {open: campaign_opened, processed: campaign_sent}}
campaign: campaign`},
		{"hits with milliseconds", "clicks", `
hit_time,cookie_id,event,url,utm_source,userAgent
1735689600000,c-1,page_view,https://x.com/,mail,Mozilla
1735689601000,c-2,purchase,https://x.com/thanks,,Mozilla`, `
event
at: {column: hit_time, unit: ms}
client_id: cookie_id
name: event
page: url
utm_source: utm_source`},
		{"branches", "shops", `
shop_id,name,town,latitude,longitude
1,Centre,York,53.9,-1.08
2,North,Leeds,53.8,-1.54`, `
store
id: shop_id
name: name
city: town
lat: latitude
lon: longitude`},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := Draft("x", []*Sample{sampleOf(t, c.file, c.text[1:])})
			if len(d.Sources) != 1 {
				t.Fatalf("left out: %v", d.LeftOut)
			}
			if diff := cmp.Diff(c.want[1:], fieldsOf(d.Sources[0])); diff != "" {
				t.Error(diff)
			}
		})
	}
}
