package demo

import (
	"fmt"
	"strconv"
)

// A node is a key that somebody has. Every person owns a row of slots; a
// shared phone is the slot of whose phone it first was.
const (
	slotEmail = iota
	slotEmail2
	slotPhone
	slotPhone2
	slotCard
	slotLogin
	slotContact // and one more for each copy
	slots       = slotContact + maxCopies
	maxCopies   = 3
)

func nodeOf(i, slot int) int32 { return int32(i*slots + slot) }

// truth is what the exports say to somebody who knows everything: which keys
// they named, which of them one record tied together, and how their rows and
// orders must come out.
type truth struct {
	parent  []int32 // union-find over nodes; -1 for a key that no record in force named
	ordered []bool  // nodes: a counted order has this key
	orders  orderCounts
	people  peopleCounts
	till    rowCounts
	web     rowCounts
	crm     rowCounts
	talks   map[string]*rowCounts // of the sources of interactions
	ordersW *file
	keysW   *file
}

type orderCounts struct {
	InForce         int   `json:"in_force"`
	Counted         int   `json:"counted"`
	Returns         int   `json:"returns"`
	Cancelled       int   `json:"cancelled"`
	Free            int   `json:"free"`
	WithoutKey      int   `json:"counted_without_key"`
	NetKopecks      int64 `json:"net_kopecks"`
	CountedKopecks  int64 `json:"counted_kopecks"`
	ReturnKopecks   int64 `json:"return_kopecks"`
	CancelKopecks   int64 `json:"cancelled_kopecks"`
	NoKeyKopecks    int64 `json:"net_kopecks_without_key"`
	WebPurchases    int   `json:"web_purchase_events"`
	WebPurchaseSums int64 `json:"web_purchase_kopecks"`
}

type peopleCounts struct {
	Known       int `json:"known"`
	Anonymous   int `json:"anonymous"`
	WithOrders  int `json:"with_counted_order"`
	OrdersTied  int `json:"counted_orders_with_key"`
	cookiesSeen int
	cookiesTied int
}

func newTruth(people int, out *folder) *truth {
	t := &truth{
		parent: make([]int32, people*slots), ordered: make([]bool, people*slots),
		till: rowCounts{Reasons: map[string]int{}, Kopecks: &kopecks{}},
		web:  rowCounts{Reasons: map[string]int{}, Kopecks: &kopecks{}},
		crm:  rowCounts{Reasons: map[string]int{}}, talks: map[string]*rowCounts{},
	}
	for n := range t.parent {
		t.parent[n] = -1
	}
	t.ordersW = out.create("truth/orders.csv")
	t.ordersW.b = append(t.ordersW.b, "person,order_id,order_date,kind,counted,amount_kopecks,channel,key\n"...)
	t.keysW = out.create("truth/keys.csv")
	t.keysW.b = append(t.keysW.b, "person,key\n"...)
	return t
}

// talk is the counts of a source of interactions.
func (t *truth) talk(source string) *rowCounts {
	if t.talks[source] == nil {
		t.talks[source] = &rowCounts{Reasons: map[string]int{}}
	}
	return t.talks[source]
}

func (t *truth) root(n int32) int32 {
	if t.parent[n] < 0 {
		t.parent[n] = n
	}
	for t.parent[n] != n {
		t.parent[n] = t.parent[t.parent[n]]
		n = t.parent[n]
	}
	return n
}

// tie says that one record named all these keys.
func (t *truth) tie(nodes ...int32) {
	for _, n := range nodes {
		t.parent[t.root(n)] = t.root(nodes[0])
	}
}

// order takes a receipt as it stands on the last day.
func (t *truth) order(s *shop, o *receipt) {
	nodes := o.nodes[:o.count]
	t.tie(nodes...)
	kind, amount, counted := "sale", o.amount(), o.counts() && !o.willCancel
	c := &t.orders
	c.InForce++
	switch {
	case o.willCancel:
		kind = "cancelled"
		c.Cancelled++
		c.CancelKopecks += amount
	case o.kind == "R":
		kind = "return"
		c.Returns++
		c.ReturnKopecks += amount
	case counted:
		c.Counted++
		c.CountedKopecks += amount
	default:
		c.Free++
	}
	if counted && len(nodes) == 0 {
		c.WithoutKey++
	}
	if kind != "cancelled" {
		c.NetKopecks += amount
		if len(nodes) == 0 {
			c.NoKeyKopecks += amount
		}
	}
	if counted && len(nodes) > 0 {
		t.people.OrdersTied++
		t.ordered[nodes[0]] = true
	}
	b := fmt.Appendf(t.ordersW.b, "%d,%s,%s,%s,%t,%d,%s,", o.person, o.id, s.calendar.name(int(o.at/daySeconds)), kind, counted, amount, o.channel)
	if len(nodes) > 0 {
		b = append(b, s.keyOf(nodes[0])...)
	}
	t.ordersW.b = append(b, '\n')
	t.ordersW.flush()
}

func (t *truth) purchase(o *receipt) {
	t.orders.WebPurchases++
	t.orders.WebPurchaseSums += o.amount()
}

// cookie takes a session: its cookie, and the login if there was one.
func (t *truth) cookie(i int, p *person, device int, client string, login bool) {
	bit := uint8(1) << device
	if p.seenCookies&bit == 0 {
		p.seenCookies |= bit
		t.people.cookiesSeen++
		t.keysW.b = append(append(strconv.AppendInt(t.keysW.b, int64(i), 10), ",w:"...), client...)
		t.keysW.b = append(t.keysW.b, '\n')
		t.keysW.flush()
	}
	if login {
		t.root(nodeOf(i, slotLogin))
		if p.knownCookies&bit == 0 {
			p.knownCookies |= bit
			t.people.cookiesTied++
		}
	}
}

// settle counts the customers: components of the keys that were named.
func (t *truth) settle() {
	buyers := make(map[int32]struct{})
	for n, p := range t.parent {
		if p < 0 {
			continue
		}
		if root := t.root(int32(n)); root == int32(n) {
			t.people.Known++
		}
		if t.ordered[n] {
			buyers[t.root(int32(n))] = struct{}{}
		}
	}
	t.people.WithOrders = len(buyers)
	t.people.Anonymous = t.people.cookiesSeen - t.people.cookiesTied
}

// keyOf is a node as tables write it: letter:value, in normal form.
func (s *shop) keyOf(n int32) string {
	i, slot := int(n)/slots, int(n)%slots
	switch slot {
	case slotEmail, slotEmail2:
		return "e:" + s.people[i].email(i, slot == slotEmail2)
	case slotPhone, slotPhone2:
		return "p:7" + strconv.FormatInt(phone(i, slot == slotPhone2), 10)
	case slotCard:
		return "l:" + strconv.FormatInt(card(i), 10)
	case slotLogin:
		return "u:" + login(i)
	}
	return "c:" + contactID(i, slot-slotContact)
}
