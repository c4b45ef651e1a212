package activation

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
)

// Decider decides for the customers of some histories.
type Decider struct {
	all      []Destination // in order of priority
	h        *customer.Histories
	asOf     int32
	consents consentColumns
	held     []*columns.Column   // of customers: where a customer has an address, by destination
	fields   [][]*columns.Column // by destination and column; nil for the address
	messages messageColumns
	taken    map[string]bool // channels in whose file the customer is already
	spared   map[string]bool // channels through which it is held out
	good     []address       // of the customer: memory
}

type consentColumns struct {
	kind, address, written, channel, purpose, state, since, explicit, suppressed *columns.Column
}

type messageColumns struct{ date, kind, channel *columns.Column }

// NewDecider looks the columns up. Destinations come in order of priority.
func NewDecider(all []Destination, h *customer.Histories, asOf int32) *Decider {
	d := &Decider{all: all, h: h, asOf: asOf, taken: map[string]bool{}, spared: map[string]bool{}}
	c := h.Tables[customer.OfConsents].Col
	d.consents = consentColumns{c("address_type"), c("address"), c("written_as"), c("channel"), c("purpose"), c("state"), c("since_at"), c("explicit"), c("suppressed")}
	m := h.Tables[customer.OfInteractions].Col
	d.messages = messageColumns{m("interaction_date"), m("kind"), m("channel")}
	people := h.Tables[customer.OfCustomers].Col
	for i := range all {
		var held *columns.Column
		if all[i].Column != "" {
			held = people(all[i].Column)
		}
		d.held = append(d.held, held)
		var fields []*columns.Column
		for _, f := range all[i].Columns {
			if f.From == FromAddress {
				fields = append(fields, nil)
			} else {
				fields = append(fields, people(f.From))
			}
		}
		d.fields = append(d.fields, fields)
	}
	return d
}

// Decision is what becomes of a candidate of a destination.
type Decision struct {
	Destination int
	Outcome     Outcome
	Address     string // normalised, of who is in the file
	Written     string // the same as it was written, which is where messages go
	// Withheld are the addresses through which who is capped or held out would
	// get the message after all, were they in the file as somebody else's.
	Withheld []string
}

// Customer decides for a customer, destination by destination; member tells
// of which destinations it is a candidate.
func (d *Decider) Customer(i int, member func(destination int) bool, yield func(Decision) error) error {
	clear(d.taken)
	clear(d.spared)
	for n := range d.all {
		if !member(n) {
			continue
		}
		one := d.decide(i, n)
		switch one.Outcome {
		case InFile:
			d.taken[d.all[n].Channel] = d.taken[d.all[n].Channel] || d.all[n].Exclusive
		case HeldOut: // from every file after it too: else it would be compared with who got another message
			d.spared[d.all[n].Channel] = d.spared[d.all[n].Channel] || d.all[n].Exclusive
		}
		if err := yield(one); err != nil {
			return err
		}
	}
	return nil
}

func (d *Decider) decide(i, n int) Decision {
	dest := &d.all[n]
	found := d.lookUp(i, n)
	one := Decision{Destination: n}
	switch {
	case !found.any:
		one.Outcome = NoAddress
	case !found.consented:
		one.Outcome = NoConsent
	case len(found.good) == 0:
		one.Outcome = Suppressed
	case dest.Cap.Messages > 0 && d.received(i, dest) >= dest.Cap.Messages:
		one.Outcome = Capped
	case d.taken[dest.Channel]:
		one.Outcome = LowerPriority
	case d.spared[dest.Channel] || dest.heldOut(d.h.IDs[i]):
		one.Outcome = HeldOut
	default:
		best := slices.MinFunc(found.good, address.compare)
		one.Outcome, one.Address, one.Written = InFile, best.address, best.written
	}
	if one.Outcome == Capped || one.Outcome == HeldOut {
		for _, a := range found.good {
			one.Withheld = append(one.Withheld, a.address)
		}
		slices.Sort(one.Withheld)
	}
	return one
}

// address is one that may be written to.
type address struct {
	address  string
	written  string
	explicit bool
	since    int64
}

// compare puts the address first that was consented to last: by the person
// before by a record, then by bytes, so that it is the same one every night.
func (a address) compare(b address) int {
	if a.explicit != b.explicit {
		if a.explicit {
			return -1
		}
		return 1
	}
	return cmp.Or(cmp.Compare(b.since, a.since), strings.Compare(a.address, b.address))
}

// lookedUp is what the addresses of a customer are good for.
type lookedUp struct {
	any       bool // there is an address
	consented bool // one of them has a yes
	good      []address
}

func (d *Decider) lookUp(i, n int) (found lookedUp) {
	dest := &d.all[n]
	rows := &d.h.Tables[customer.OfConsents]
	from, to := rows.Of(i)
	c := &d.consents
	found.any = d.held[n] != nil && !d.held[n].Missing(d.person(i))
	d.good = d.good[:0]
	for r := from; r < to; r++ {
		if text(c.kind, r) != dest.Address {
			continue
		}
		found.any = true
		if text(c.channel, r) != dest.Channel || text(c.state, r) != "subscribed" || !d.answers(from, to, r, dest) {
			continue
		}
		found.consented = true
		a := address{text(c.address, r), text(c.written, r), c.explicit.Ints[r] == 1, c.since.Ints[r]}
		if !d.suppressed(from, to, a.address, dest) {
			d.good = append(d.good, a)
		}
	}
	found.good = d.good
	return found
}

// answers tells whether a row is the one that says of its address whether the
// destination's purpose is consented to: that of the purpose itself, or, where
// a topic has none, that of marketing as a whole.
func (d *Decider) answers(from, to, r int, dest *Destination) bool {
	purpose := text(d.consents.purpose, r)
	if purpose == dest.Purpose {
		return true
	}
	parent, _, ok := strings.Cut(dest.Purpose, "/")
	if !ok || purpose != parent {
		return false
	}
	for o := from; o < to; o++ {
		if d.sameAddress(o, dest, text(d.consents.address, r)) && text(d.consents.channel, o) == dest.Channel && text(d.consents.purpose, o) == dest.Purpose {
			return false
		}
	}
	return true
}

func (d *Decider) sameAddress(r int, dest *Destination, address string) bool {
	return text(d.consents.kind, r) == dest.Address && text(d.consents.address, r) == address
}

// suppressed tells whether an address is, through this channel or any.
func (d *Decider) suppressed(from, to int, address string, dest *Destination) bool {
	for r := from; r < to; r++ {
		channel := text(d.consents.channel, r)
		if (channel == dest.Channel || channel == "") && !d.consents.suppressed.Missing(r) && d.sameAddress(r, dest, address) {
			return true
		}
	}
	return false
}

// received counts the messages that a customer got through the channel.
func (d *Decider) received(i int, dest *Destination) (n int64) {
	from, to := d.h.Tables[customer.OfInteractions].Of(i)
	for r := from; r < to; r++ {
		date := int32(d.messages.date.Ints[r])
		if date > d.asOf-dest.Cap.Days && date <= d.asOf && strings.TrimPrefix(text(d.messages.kind, r), "campaign_") == "sent" {
			if channel := text(d.messages.channel, r); channel == "" || channel == dest.Channel {
				n++
			}
		}
	}
	return n
}

// Fields appends what the file has of a customer, in the order of its columns.
func (d *Decider) Fields(i int, one Decision, yield func(text []byte)) {
	dest := &d.all[one.Destination]
	var b []byte
	for _, f := range d.fields[one.Destination] {
		if f == nil {
			yield([]byte(dest.Form.Written(dest.Address, one.Written)))
			continue
		}
		b = f.AppendValue(b[:0], d.person(i))
		b = bytes.ReplaceAll(b, []byte{columns.ListSep}, []byte("|")) // fields travel as a list
		b = bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n"))         // readers of CSV take them for one
		if f.Type == columns.Text && !dest.Form.Hash {                // who matches hashes matches bytes
			b = inert(b, plainNumber)
		}
		yield(b)
	}
}

// person is the row of a customer in its table.
func (d *Decider) person(i int) int {
	row, _ := d.h.Tables[customer.OfCustomers].Of(i)
	return row
}

func text(c *columns.Column, i int) string {
	b, _ := c.Bytes(i)
	return string(b)
}
