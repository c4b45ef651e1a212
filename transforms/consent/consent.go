// Package consent decides what holds of an address: whether it may be written
// to through a channel for a purpose, and why.
//
// Consent is a fact about an address and not about a person. A no wins over a
// yes of another record unless the yes is explicit and later; where nothing
// was said there is no consent. What was said comes in any order: the result
// does not depend on it.
//
// A no is of the address, so it outlives the record that said it; a yes holds
// for as long as a record in force says it, and what it took back stays so.
//
// Rejected: consent as a field of the golden profile, where the latest contact
// wins. An address that withdrew its consent in one system would get it back
// by an unrelated edit in another.
package consent

import (
	"slices"
	"strings"

	"github.com/habitue-data/habitue/customer"
)

// State is what holds.
type State uint8

// The states, the weakest first.
const (
	NoData State = iota
	Pending
	Subscribed
	Unsubscribed
)

var stateNames = [...]string{"no_data", "pending", "subscribed", "unsubscribed"}

// String is how the tables call the state.
func (s State) String() string { return stateNames[s] }

// StateOf is the state that the tables call so; NoData for any other name.
func StateOf(name string) State { return State(max(0, slices.Index(stateNames[:], name))) }

// Marketing is the purpose of a consent that names none. A topic of it is
// marketing/topic.
const Marketing = "marketing"

// Reasons for which an address is not written to whatever it consented to.
const (
	Bounce    = "bounce"    // it does not exist
	Complaint = "complaint" // its owner called a message spam
	Manual    = "manual"    // somebody decided so
	Legal     = "legal"     // the law or a court did
)

// Reasons are all of them, the strongest first: an address that is suppressed
// twice is so for the first of them.
func Reasons() []string { return []string{Legal, Complaint, Bounce, Manual} }

// Statement is what one record says of one address.
type Statement struct {
	Channel  string // "" stands for every channel, of a suppression only
	Purpose  string
	State    State
	Suppress string // reason; the statement then says nothing of consent
	At       int64  // microseconds UTC; customer.NoTime where nobody knows
	Explicit bool   // the person said it, at a known time
	Source   string
	Record   string
	Customer customer.ID // whose record it is; zero for nobody's, and of what is past
	Written  string      // the address as the record wrote it, "" where that is its normal form, and of what is past

	Past      bool // some version of the record said it once: of a no, a suppression, an explicit yes
	Inherited bool // of a yes: the record had another address when it was given
}

// Held is what holds of an address for a channel and a purpose.
type Held struct {
	Channel, Purpose string
	State            State
	Because          Statement // zero where nothing was said
	Suppressed       string    // reason; "" for none
	SuppressedAt     int64
	Records          int // that say something of this channel and purpose
}

// Channel is the name of a channel however somebody writes it.
func Channel(name string) string {
	switch name = strings.ToLower(strings.TrimSpace(name)); name {
	case "e-mail", "mail":
		return "email"
	}
	return name
}

// AddressOf is the type of the addresses that a channel writes to. What goes
// neither by e-mail nor by phone goes by the contact: push services and the
// post have addresses of their own for it.
func AddressOf(channel string) customer.KeyType {
	switch channel {
	case "email":
		return customer.EmailKey
	case "push", "web", "post":
		return customer.ContactKey
	}
	return customer.PhoneKey // sms, call and every messenger
}

// purposeOf is the purpose that a field consent.<channel>/<topic> stands for.
func purposeOf(name string) (channel, purpose string) {
	channel, topic, ok := strings.Cut(name, "/")
	if !ok {
		return Channel(channel), Marketing
	}
	return Channel(channel), Marketing + "/" + strings.ToLower(strings.TrimSpace(topic))
}
