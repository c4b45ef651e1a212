package identity

import (
	"fmt"
	"sort"
	"strings"

	"github.com/habitue-data/habitue/internal/phone"
)

// PhoneMode is how alike two phone numbers must be to be one.
type PhoneMode uint8

const (
	// PhoneDigits: the digits, in international form by a short rule.
	PhoneDigits PhoneMode = iota
	// PhoneE164: a number that exists in its country's numbering plan.
	PhoneE164
)

// plan is what is needed to write a country's numbers in international form.
type plan struct {
	code        string // of the country
	trunk       string // in front of a number at home, not abroad
	least, most int    // digits of a number without either
	mobile      string // leading digits, as a|b|c, that are mobile numbers for certain
	mobileLen   int
}

// plans are the countries that PhoneDigits knows, by their national
// numbering plans (ITU-T E.164 national numbering documents).
var plans = map[string]plan{
	"RU": {"7", "8", 10, 10, "9", 10},
	"KZ": {"7", "8", 10, 10, "", 0},
	"BY": {"375", "80", 9, 9, "33|44", 9},
	"UA": {"380", "0", 9, 9, "50|63|66|67|68|73|93|95|96|97|98|99", 9},
	"DE": {"49", "0", 6, 11, "", 0},
	"AT": {"43", "0", 7, 13, "", 0},
	"CH": {"41", "0", 9, 9, "", 0},
	"FR": {"33", "0", 9, 9, "", 0},
	"GB": {"44", "0", 9, 10, "", 0},
	"NL": {"31", "0", 9, 9, "", 0},
	"ES": {"34", "", 9, 9, "", 0},
	"IT": {"39", "", 6, 11, "", 0},
	"PL": {"48", "", 9, 9, "", 0},
	"TR": {"90", "0", 10, 10, "", 0},
	"US": {"1", "1", 10, 10, "", 0},
	"CA": {"1", "1", 10, 10, "", 0},
}

// Phones normalises phone numbers to the digits of their international form.
// It remembers numbers it had to look up, so each goroutine has its own.
type Phones struct {
	mode    PhoneMode
	country string
	plan    plan
	mobile  []string
	lookup  *phone.Parser
	digits  []byte
}

// NewPhones makes a normaliser for the numbers of a shop in that country
// (ISO 3166, two capitals).
func NewPhones(mode PhoneMode, country string) (*Phones, error) {
	p := &Phones{mode: mode, country: country}
	known := false
	p.plan, known = plans[country]
	if mode == PhoneDigits && !known {
		var names []string
		for name := range plans {
			names = append(names, name)
		}
		sort.Strings(names)
		return nil, fmt.Errorf("phone: digits knows no numbering plan of country %q (it has %s); use e164", country, strings.Join(names, ", "))
	}
	if mode == PhoneE164 {
		if p.plan.mobile != "" {
			p.mobile = strings.Split(p.plan.mobile, "|")
		}
		var err error
		if p.lookup, err = phone.NewParser(country); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// Normalise appends the digits of the international form of a number.
func (p *Phones) Normalise(dst, raw []byte) ([]byte, bool) {
	if p.mode == PhoneE164 {
		return p.e164(dst, raw)
	}
	start := len(dst)
	dst = appendDigits(dst, raw)
	if p.country == "RU" {
		return russian(dst, start)
	}
	return p.international(dst, start, raw)
}

func appendDigits(dst, raw []byte) []byte {
	for _, c := range raw {
		if c-'0' < 10 {
			dst = append(dst, c)
		}
	}
	return dst
}

// russian: 11 digits that start with 8 get a 7 for it, 10 digits a 7 before
// them; anything but 11 digits is no number.
func russian(dst []byte, start int) ([]byte, bool) {
	switch n := len(dst) - start; {
	case n == 11 && dst[start] == '8':
		dst[start] = '7'
	case n == 10:
		dst = append(dst, 0)
		copy(dst[start+1:], dst[start:])
		dst[start] = '7'
	case n != 11:
		return dst[:start], false
	}
	return dst, true
}

// international: a plus or 00 says that the country's code follows; else a
// trunk prefix and the right number of digits make a number at home, and so
// do the right number of digits alone; else the code must be there already.
func (p *Phones) international(dst []byte, start int, raw []byte) ([]byte, bool) {
	digits := dst[start:]
	abroad := firstOf(raw) == '+'
	if len(digits) > 2 && digits[0] == '0' && digits[1] == '0' {
		dst = append(dst[:start], digits[2:]...)
		abroad = true
	}
	if !abroad {
		national := dst[start:]
		trunk := p.plan.trunk
		home := func(n int) bool { return n >= p.plan.least && n <= p.plan.most }
		switch {
		case trunk != "" && strings.HasPrefix(string(national), trunk) && home(len(national)-len(trunk)):
			national = national[len(trunk):]
		case strings.HasPrefix(string(national), p.plan.code) && home(len(national)-len(p.plan.code)):
			national = nil // the code is there
		case !home(len(national)):
			return dst[:start], false
		}
		if national != nil {
			dst = prefixed(dst, start, national, p.plan.code)
		}
	}
	n := len(dst) - start
	if n < 7 || n > 15 {
		return dst[:start], false
	}
	return dst, true
}

// prefixed is dst[:start] with the code and the number after it; number lies
// at the end of dst.
func prefixed(dst []byte, start int, number []byte, code string) []byte {
	n := len(number)
	dst = append(dst, code...) // room enough
	moved := dst[start+len(code) : start+len(code)+n]
	copy(moved, number)
	copy(dst[start:], code)
	return dst[:start+len(code)+n]
}

// firstOf is the first byte that is no space, 0 where there is none.
func firstOf(raw []byte) byte {
	for _, c := range raw {
		if c != ' ' {
			return c
		}
	}
	return 0
}

// e164 decides plain mobile numbers of the country by its own table and asks
// the library for the rest.
func (p *Phones) e164(dst, raw []byte) ([]byte, bool) {
	if national, ok := p.plainMobile(raw); ok {
		dst = append(dst, p.plan.code...)
		return append(dst, national...), true
	}
	digits, ok := p.lookup.Digits(raw)
	if !ok {
		return dst, false
	}
	return append(dst, digits...), true
}

// plainMobile is the national number of a text that holds nothing but a
// mobile number of the country and the usual punctuation.
func (p *Phones) plainMobile(raw []byte) (national []byte, ok bool) {
	if len(p.mobile) == 0 {
		return nil, false
	}
	plus := false
	p.digits = p.digits[:0]
	for _, c := range raw {
		switch {
		case c-'0' < 10:
			p.digits = append(p.digits, c)
		case c == '+' && len(p.digits) == 0 && !plus:
			plus = true
		case c != ' ' && c != '(' && c != ')' && c != '-':
			return nil, false
		}
	}
	d := p.digits
	switch code, trunk := p.plan.code, p.plan.trunk; {
	case len(d) == len(code)+p.plan.mobileLen && string(d[:len(code)]) == code:
		d = d[len(code):]
	case plus:
		return nil, false
	case len(d) == len(trunk)+p.plan.mobileLen && string(d[:len(trunk)]) == trunk:
		d = d[len(trunk):]
	case len(d) != p.plan.mobileLen:
		return nil, false
	}
	for _, prefix := range p.mobile {
		if string(d[:len(prefix)]) == prefix {
			return d, true
		}
	}
	return nil, false
}
