package draft

import (
	"fmt"
	"slices"
	"strings"

	"github.com/habitue-data/habitue/customer"
)

// first lists what a person should look at first.
func (p *Project) first() {
	say := func(format string, args ...any) { p.First = append(p.First, fmt.Sprintf(format, args...)) }
	if p.ZoneWhy.Surety < Sure {
		say("timezone %s: %s. Every day, week and month is cut there, and times without a zone are read in it.", p.Zone, p.ZoneWhy.Why)
	}
	if p.MoneyWhy.Surety < Sure {
		say("currency %s: %s.", p.Currency, p.MoneyWhy.Why)
	}
	if p.Country != "" && p.Whence.Surety == Guess {
		say("country %s: %s.", p.Country, p.Whence.Why)
	}
	for _, s := range p.Sources {
		if s.Fits.Surety == Guess {
			say("%s as %ss: %s.", s.Name, s.Kind, s.Fits.Why)
		}
		if why := s.encoded(); s.Encoding != "" && why.Surety == Guess {
			say("encoding of %s: %s.", s.Name, why.Why)
		}
		if s.Delivered.Surety == Guess {
			say("delivery of %s: %s.", s.Name, s.Delivered.Why)
		}
		if s.IDs != "" && s.IDsReason.Surety == Guess {
			say("ids of %s: %s: %s.", s.Name, s.IDs, s.IDsReason.Why)
		}
		for _, f := range s.Fields {
			if f.Surety == Guess {
				say("%s of %s: %s.", f.Field, s.Name, f.Why)
			}
		}
		p.First = append(p.First, s.Notes...)
		if other := p.foreign(s); other != "" {
			say("currency of %s: amounts are in %s too; name a file of rates with rates:, or their rows are refused.", s.Name, other)
		}
	}
	p.testStores(say)
}

// foreign is a currency of a source's amounts that is not the project's, ""
// where there is none.
func (p *Project) foreign(s *Source) (code string) {
	for v := range s.currencies() {
		if _, known := customer.CurrencyScale(v); known && v != p.Currency && (code == "" || v < code) {
			code = v
		}
	}
	return code
}

// currencies are how many of a source's rows name each, by its code: in a
// column of its own, else beside the amount.
func (s *Source) currencies() map[string]int {
	counts := map[string]int{}
	if s.Field("currency") == nil {
		for _, v := range s.values("amount") {
			if code, ok := customer.MarkedCurrency(markIn(v)); ok {
				counts[code]++
			}
		}
	}
	for _, v := range s.values("currency") {
		if code, ok := s.Field("currency").Map[v]; ok {
			v = code
		}
		if v != "" {
			counts[v]++
		}
	}
	return counts
}

// testStores tells of stores whose names say that they are for tests: their
// orders are none, but to leave rows out is not for a draft to decide.
func (p *Project) testStores(say func(string, ...any)) {
	for _, s := range p.Sources {
		ids, names := s.values("id"), s.values("name")
		for i, n := range names {
			w := strings.ToLower(n)
			if s.Kind != customer.Store || ids == nil || !strings.Contains(w, "test") && !strings.Contains(w, "тест") {
				continue
			}
			for _, o := range p.Sources {
				if f := o.Field("store"); f != nil && slices.Contains(o.values("store"), ids[i]) {
					say("the store %s is named %s: if its orders are none, write where: 'row[%q] != %q' at %s.", ids[i], n, f.Columns[0], ids[i], o.Name)
				}
			}
		}
	}
}
