// Package phone reads phone numbers by the numbering plans of all countries.
//
// It promises that a number it gives exists in its country's plan; the rest
// is no number. It does not tell whether anybody answers. A call to the
// library takes about 20 microseconds, so answers are remembered: without
// that, a night's phones would take longer than all else together.
package phone

import (
	"fmt"

	"github.com/nyaruka/phonenumbers"
)

// remembered is how many answers a Parser keeps before it starts anew: at
// about 100 bytes each, some megabytes.
const remembered = 1 << 15

// Parser reads the numbers of one country, and international ones. It is not
// for several goroutines at once.
type Parser struct {
	country string
	answers map[string]string // text -> digits, "" where it is no number
}

// NewParser makes a Parser for a country by its ISO 3166 code in capitals.
func NewParser(country string) (*Parser, error) {
	if phonenumbers.GetCountryCodeForRegion(country) == 0 {
		return nil, fmt.Errorf("phone: there is no country %q; write two capitals such as RU", country)
	}
	return &Parser{country: country, answers: map[string]string{}}, nil
}

// Digits is the digits of the international form of a number; ok is false
// where it is none.
func (p *Parser) Digits(raw []byte) (digits string, ok bool) {
	digits, known := p.answers[string(raw)]
	if !known {
		digits = p.look(string(raw))
		if len(p.answers) >= remembered {
			clear(p.answers)
		}
		p.answers[string(raw)] = digits
	}
	return digits, digits != ""
}

func (p *Parser) look(raw string) string {
	number, err := phonenumbers.Parse(raw, p.country)
	if err != nil || !phonenumbers.IsValidNumber(number) {
		return ""
	}
	return phonenumbers.Format(number, phonenumbers.E164)[1:]
}
