package demo

import (
	"math/rand/v2"
	"strconv"
)

// event is one row of the analytics' export.
type event struct {
	name, page, order string
	items             []line
	value             int64
}

const site = "https://teremok.example"

// event writes an event in the shape of GA4's BigQuery export, as extracted
// to JSON: whole numbers of 64 bits in quotes, members without a value left
// out.
func (s *shop) event(w *file, r *rand.Rand, v *session, e event) {
	if v.step > 0 {
		v.at = min(v.at+5+int64(r.IntN(90)), v.limit)
	}
	v.step++
	micros := s.calendar.micros(v.at) + int64(r.IntN(1000))*1000
	b := w.b
	b = append(b, `{"event_date":"`...)
	b = s.calendar.date(int(v.at/daySeconds)).AppendFormat(b, "20060102")
	b = append(b, `","event_timestamp":"`...)
	b = strconv.AppendInt(b, micros, 10)
	b = append(append(b, `","event_name":"`...), e.name...)
	b = append(b, `","event_params":[{"key":"ga_session_id","value":{"int_value":"`...)
	b = strconv.AppendInt(b, v.number, 10)
	b = append(b, `"}},{"key":"page_location","value":{"string_value":"`+site...)
	b = append(append(b, e.page...), `"}}`...)
	if v.step == 1 && v.source > 0 {
		b = append(append(b, `,{"key":"page_referrer","value":{"string_value":"https://`...), sources[v.source].source...)
		b = append(b, `.example/"}}`...)
	}
	if e.value != 0 {
		b = append(b, `,{"key":"currency","value":{"string_value":"RUB"}},{"key":"value","value":{"double_value":`...)
		b = append(priceText(b, e.value), `}}`...)
	}
	b = append(b, ']')
	if v.login != "" {
		b = append(append(append(b, `,"user_id":"`...), v.login...), '"')
	}
	b = append(append(append(b, `,"user_pseudo_id":"`...), v.client...), '"')
	b = s.appendVisitor(b, v)
	if e.order != "" {
		b = append(append(b, `,"ecommerce":{"transaction_id":"`...), e.order...)
		b = append(priceText(append(b, `","purchase_revenue":`...), e.value), '}')
	}
	b = s.appendItems(b, e.items)
	w.b = append(b, '}', '\n')
	w.flush()
	s.truth.web.keep(e.value)
}

// appendVisitor writes what stays the same during a session.
func (s *shop) appendVisitor(b []byte, v *session) []byte {
	m, where, from := machines[v.machine], cities[s.people[v.person].city], sources[v.source]
	b = append(b, `,"device":{"category":"`+m.category+`","operating_system":"`+m.os+`","web_info":{"browser":"`+m.browser+`"}}`...)
	b = append(b, `,"geo":{"country":"Russia","region":"`+where.latinRegion+`","city":"`+where.latin+`"}`...)
	if from.source == "" {
		return b
	}
	b = append(b, `,"collected_traffic_source":{"manual_source":"`+from.source+`","manual_medium":"`+from.medium+`"`...)
	for _, member := range [][2]string{{"manual_campaign_name", from.campaign}, {"manual_content", from.content}, {"manual_term", from.term}} {
		if member[1] != "" {
			b = append(b, `,"`+member[0]+`":"`+member[1]+`"`...)
		}
	}
	return append(b, '}')
}

func (s *shop) appendItems(b []byte, items []line) []byte {
	for n, l := range items {
		if n == 0 {
			b = append(b, `,"items":[`...)
		} else {
			b = append(b, ',')
		}
		b = append(append(b, `{"item_id":"`...), s.sku(l.product)...)
		b = append(append(b, `","item_category":"`...), categories[s.goods.products[l.product].category].name...)
		b = append(priceText(append(b, `","price":`...), l.price), `,"quantity":"`...)
		b = append(strconv.AppendInt(b, max(l.quantity/1000, 1), 10), `"}`...) // GA4 knows no fractions
	}
	if len(items) > 0 {
		b = append(b, ']')
	}
	return b
}
