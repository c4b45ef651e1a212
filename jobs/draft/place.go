package draft

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/habitue-data/habitue/customer"
)

func countryWhere(is func(country) bool) (country, bool) {
	for _, c := range countries {
		if is(c) {
			return c, true
		}
	}
	return country{}, false
}

// place guesses country, currency and zone: the first of these that anything
// tells leads to the others.
func (p *Project) place() {
	where, whence := p.country()
	p.Currency, p.MoneyWhy = p.currency(where)
	switch {
	case p.Currency == "" && where.code != "":
		p.Currency, p.MoneyWhy = where.currency, Reason{Likely, "that of the country; no column names one"}
	case p.Currency == "":
		p.Currency, p.MoneyWhy = "USD", Reason{Guess, "nothing names one"}
	case where.code == "" && p.Currency != "EUR":
		where, _ = countryWhere(func(c country) bool { return c.currency == p.Currency })
		whence = Reason{Guess, "that of the currency"}
	}
	p.Country, p.Whence = where.code, whence
	if where.code == "" && p.maps("phone") {
		p.Country, p.Whence = "US", Reason{Guess, "a phone needs one, and nothing names it"}
	}
	switch {
	case where.code == "":
		p.Zone, p.ZoneWhy = "UTC", Reason{Guess, "nothing names one"}
	case where.zones:
		p.Zone, p.ZoneWhy = where.zone, Reason{Guess, "that of most people of the country, which has several"}
	default:
		p.Zone, p.ZoneWhy = where.zone, Reason{min(whence.Surety, Likely), "that of the country"}
	}
}

func (p *Project) maps(field string) bool {
	for _, s := range p.Sources {
		if s.Field(field) != nil {
			return true
		}
	}
	return false
}

// country is the one that most phones, else most values of a country, else
// the letters of the texts tell.
func (p *Project) country() (country, Reason) {
	votes, all := map[string]int{}, 0
	p.each("phone", func(v string) {
		all++
		digits := strings.Map(func(r rune) rune {
			if unicode.IsDigit(r) {
				return r
			}
			return -1
		}, v)
		if len(digits) == 11 && digits[0] == '8' && !strings.HasPrefix(v, "+") {
			digits = "7" + digits[1:] // as it is dialled inside Russia
		} else if !strings.HasPrefix(v, "+") {
			return
		}
		best := country{}
		for _, c := range countries {
			if c.dial != "" && strings.HasPrefix(digits, c.dial) && len(c.dial) > len(best.dial) {
				best = c
			}
		}
		votes[best.code]++
	})
	if c, n := winner(votes); share(n, all) > .5 {
		return c, Reason{Likely, fmt.Sprintf("%s of the phones begin as its numbers do", percent(share(n, all)))}
	}
	votes, all = map[string]int{}, 0
	count := func(v string) {
		all++
		n := readName(v).whole
		c, _ := countryWhere(func(c country) bool { return containsWord(c.names, n) })
		votes[c.code]++
	}
	p.each("country", count)
	for _, s := range p.Sources { // orders have no such field
		for i := range s.Columns {
			if s.Kind == customer.Order && readName(s.Columns[i].Name).fit(knownNames("country")) > 0 {
				for _, v := range s.Columns[i].Values {
					count(v)
				}
			}
		}
	}
	if c, n := winner(votes); share(n, all) > .5 {
		return c, Reason{Likely, fmt.Sprintf("%s of the values of its columns", percent(share(n, all)))}
	}
	if p.cyrillic() {
		c, _ := countryWhere(func(c country) bool { return c.code == "RU" })
		return c, Reason{Guess, "texts are in Cyrillic letters"}
	}
	return country{}, Reason{}
}

func containsWord(words, word string) bool {
	for _, w := range strings.Fields(words) {
		if w == word {
			return true
		}
	}
	return false
}

// winner is the country of most votes, the one listed first among equals.
func winner(votes map[string]int) (best country, n int) {
	for _, c := range countries {
		if votes[c.code] > n {
			best, n = c, votes[c.code]
		}
	}
	return best, n
}

// each gives every value of a field, of all sources.
func (p *Project) each(field string, do func(string)) {
	for _, s := range p.Sources {
		for _, v := range s.values(field) {
			if v != "" {
				do(v)
			}
		}
	}
}

// currency is the one that most amounts name, else a name of a column; $ is
// that of the country where its money is called so.
func (p *Project) currency(where country) (string, Reason) {
	votes, all := map[string]int{}, 0
	for _, s := range p.Sources {
		for v, n := range s.currencies() {
			votes[v] += n
			all += n
		}
	}
	best := ""
	for code, n := range votes {
		if _, known := customer.CurrencyScale(code); known && (best == "" || n > votes[best] || n == votes[best] && code < best) {
			best = code
		}
	}
	if best == "USD" && where.code != "" && where.code != "US" && !p.maps("currency") && customer.MarksCurrency("$", where.currency) {
		return where.currency, Reason{Likely, "that of the country, whose amounts have its mark"}
	}
	if best != "" {
		return best, Reason{Sure, fmt.Sprintf("%s of the values of its columns", percent(share(votes[best], all)))}
	}
	for _, s := range p.Sources {
		for _, c := range s.Columns {
			unit := readName(c.Name).unit
			if words := readName(c.Name); unit == "minor" && strings.Contains(strings.ToLower(c.Name), "kop") && len(words.words) > 0 {
				unit = "RUB"
			}
			if _, known := customer.CurrencyScale(unit); known {
				return unit, Reason{Likely, "the name of the column " + c.Name}
			}
			if i := strings.IndexAny(c.Name, "$€£¥₽"); i >= 0 {
				mark, _ := utf8.DecodeRuneInString(c.Name[i:])
				code, _ := customer.MarkedCurrency(string(mark))
				return code, Reason{Likely, "the name of the column " + c.Name}
			}
		}
	}
	return "", Reason{}
}

func (p *Project) cyrillic() bool {
	letters, cyrillic := 0, 0
	for _, s := range p.Sources {
		for _, c := range s.Columns {
			for _, v := range c.Values[:min(len(c.Values), 200)] {
				for _, r := range v {
					if unicode.IsLetter(r) {
						letters++
						if unicode.Is(unicode.Cyrillic, r) {
							cyrillic++
						}
					}
				}
			}
		}
	}
	return share(cyrillic, letters) > .1
}
