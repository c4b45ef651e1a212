package filters

import (
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/transforms/segment"
)

// shop are n customers with ten orders each on average, in the last 1,000
// days before day 20,000.
func shop(n int) *customer.Histories {
	r := rand.New(rand.NewPCG(1, 2))
	h := &customer.Histories{IDs: make([]customer.ID, n)}
	text := func(name string) columns.Column { return columns.Column{Name: name} }
	of := func(name string, t columns.Type) columns.Column { return columns.Column{Name: name, Type: t, Scale: 2} }
	people := []columns.Column{text("kind"), text("city"), text("rfm_group"), of("birth_date", columns.Date), of("r_score", columns.Int), of("order_count", columns.Int)}
	orders := []columns.Column{of("order_date", columns.Date), of("first_delivered", columns.Date), of("counted", columns.Bool), of("amount", columns.Money), text("channel"), text("kind")}
	starts := []int32{0}
	for range n {
		people[0].AddText("known")
		people[1].AddText("city-" + strconv.Itoa(r.IntN(200)))
		people[2].AddText([]string{"Champions", "Loyal", "Lost"}[r.IntN(3)])
		people[3].Ints = append(people[3].Ints, int64(r.IntN(12000)))
		people[4].Ints = append(people[4].Ints, int64(1+r.IntN(5)))
		people[5].Ints = append(people[5].Ints, int64(r.IntN(20)))
		day := int64(19000)
		for range r.IntN(21) {
			day += int64(r.IntN(90))
			if day > 20000 {
				break
			}
			orders[0].Ints = append(orders[0].Ints, day)
			orders[1].Ints = append(orders[1].Ints, day)
			orders[2].Ints = append(orders[2].Ints, 1)
			orders[3].Ints = append(orders[3].Ints, int64(r.IntN(20000)))
			orders[4].AddText([]string{"web", "pos"}[r.IntN(2)])
			orders[5].AddText("sale")
		}
		starts = append(starts, int32(len(orders[0].Ints)))
	}
	h.Tables[customer.OfCustomers] = customer.HistoryRows{Chunk: columns.Chunk{N: n, Cols: people}, Supplied: true}
	h.Tables[customer.OfOrders] = customer.HistoryRows{Chunk: columns.Chunk{N: len(orders[0].Ints), Cols: orders}, Starts: starts, Supplied: true}
	return h
}

func bind(b *testing.B, h *customer.Histories, texts ...string) *segment.Evaluator {
	b.Helper()
	c, err := Catalogue()
	if err != nil {
		b.Fatal(err)
	}
	var all []*segment.Definition
	for _, text := range texts {
		d, faults := c.Read("x.yaml", []byte(text))
		if faults != nil {
			b.Fatal(faults)
		}
		all = append(all, d)
	}
	set, faults := segment.NewSet(all)
	if faults != nil {
		b.Fatal(faults)
	}
	e, err := set.Bind(h, segment.Env{View: customer.View{AsOf: 20000, Known: 20000}})
	if err != nil {
		b.Fatal(err)
	}
	return e
}

// BenchmarkSegments is a customer through twenty segments of one to three
// filters; ns/op times a million is a shop of a million on one core.
func BenchmarkSegments(b *testing.B) {
	h := shop(50_000)
	var texts []string
	for k := range 20 {
		texts = append(texts, "segment: s"+strconv.Itoa(k)+"\nwhen:\n  "+[]string{
			"all: [{orders_placed: {count: {ge: 3}, in_last: 365d}}, {last_order_date: {older_than: 45d}}]",
			"all: [{city: [city-1, city-2, city-3]}, {age: {ge: 30}}, {total_spent: {ge: 100, in_last: 180d}}]",
			"any: [{rfm_group: [Champions, Loyal]}, {r_score: {ge: 4}}]",
			"orders_placed: {channel: web, sum: {amount: {ge: 200}}, in_last: 1y}",
			"all: [{not: {orders_count: {ge: 1, in_last: 90d}}}, {birthday: {in_next: 14d}}]",
		}[k%5])
	}
	e := bind(b, h, texts...)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		e.Customer(i % 50_000)
	}
}

// BenchmarkOneRule is orders_placed and last_order_date; BenchmarkPlainGo is
// the same by hand.
func BenchmarkOneRule(b *testing.B) {
	h := shop(50_000)
	e := bind(b, h, "segment: s\nwhen: {all: [{orders_placed: {count: {ge: 3}, in_last: 365d}}, {last_order_date: {older_than: 45d}}]}")
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		e.Customer(i % 50_000)
	}
}

func BenchmarkPlainGo(b *testing.B) {
	h := shop(50_000)
	o := &h.Tables[customer.OfOrders]
	day, counted := o.Col("order_date").Ints, o.Col("counted").Ints
	members := 0
	for i := 0; b.Loop(); i++ {
		n, last := 0, int64(columns.MissingInt)
		from, to := o.Of(i % 50_000)
		for r := from; r < to; r++ {
			if counted[r] == 1 && day[r] <= 20000 {
				last = day[r]
				if day[r] > 20000-365 {
					n++
				}
			}
		}
		if n >= 3 && last != columns.MissingInt && last <= 20000-45 {
			members++
		}
	}
}

// BenchmarkWhere is an expression in CEL.
func BenchmarkWhere(b *testing.B) {
	h := shop(50_000)
	e := bind(b, h, "segment: s\nwhen: {where: 'order_count > 5 && city == \"city-7\"'}")
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		e.Customer(i % 50_000)
	}
}
