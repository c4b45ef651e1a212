package identity

import (
	"bytes"
	"fmt"

	"github.com/habitue-data/habitue/customer"
)

// Normaliser brings keys to the form in which they are compared, by the
// rules that a project names. It belongs to one goroutine.
type Normaliser struct {
	email  EmailMode
	card   CardMode
	phones *Phones // nil where the project names no country: then it maps no phone
}

// Rules are the named normalisers of a project; "" is the first named.
type Rules struct {
	Email string // basic or provider
	Phone string // e164 or digits; "" is digits
	Card  string // unpadded or digits
}

// NewNormaliser makes a normaliser for phones of that country; without one
// no phone is a key.
func NewNormaliser(r Rules, country string) (*Normaliser, error) {
	n := &Normaliser{}
	switch r.Email {
	case "", "basic":
		n.email = EmailBasic
	case "provider":
		n.email = EmailProvider
	default:
		return nil, fmt.Errorf("no e-mail normaliser is called %q", r.Email)
	}
	switch r.Card {
	case "", "unpadded":
		n.card = CardUnpadded
	case "digits":
		n.card = CardDigits
	default:
		return nil, fmt.Errorf("no card normaliser is called %q", r.Card)
	}
	mode := PhoneDigits
	switch r.Phone {
	case "", "digits":
	case "e164":
		mode = PhoneE164
	default:
		return nil, fmt.Errorf("no phone normaliser is called %q", r.Phone)
	}
	if country == "" {
		return n, nil
	}
	phones, err := NewPhones(mode, country)
	if err != nil {
		return nil, err
	}
	n.phones = phones
	return n, nil
}

// AsWritten is the basic form of an e-mail, in which it is written to, where
// its normal form is another one: a provider delivers both to one mailbox, but
// whoever matches addresses does so by what the person wrote.
func (n *Normaliser) AsWritten(k customer.KeyType, raw, normal []byte) (basic []byte, other bool) {
	if n.email == EmailBasic || k != customer.EmailKey {
		return nil, false
	}
	basic, ok := NormaliseEmail(nil, raw, EmailBasic)
	return basic, ok && !bytes.Equal(basic, normal)
}

// Append appends the normal form of a raw value; ok is false where it is
// none, so that it links nobody.
func (n *Normaliser) Append(dst []byte, k customer.KeyType, raw []byte) ([]byte, bool) {
	switch k {
	case customer.EmailKey:
		return NormaliseEmail(dst, raw, n.email)
	case customer.PhoneKey:
		if n.phones == nil {
			return dst, false
		}
		return n.phones.Normalise(dst, raw)
	case customer.CardKey:
		return NormaliseCard(dst, raw, n.card)
	}
	return NormaliseID(dst, raw)
}
