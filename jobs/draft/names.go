package draft

import (
	"slices"
	"strings"
	"unicode"
)

// name is a column's name, taken apart.
type name struct {
	whole string   // all words, joined by _
	last  string   // those of the last step of a path into nested data
	words []string // of whole
	unit  string   // minor, or a currency, that stood in it: amount_kop, price_usd

	flat, flatLast string // whole and last without the _ between words
}

// units are words at a name's end that say what its amounts are in.
var units = map[string]string{
	"kop": "minor", "kopecks": "minor", "kopeks": "minor", "cents": "minor", "pence": "minor", "minor": "minor", "коп": "minor",
	"rub": "RUB", "руб": "RUB", "usd": "USD", "eur": "EUR", "gbp": "GBP", "uah": "UAH", "kzt": "KZT", "byn": "BYN", "pln": "PLN", "try": "TRY",
}

// readName takes a name apart: at what is no letter or digit, and where a
// small letter is followed by a capital one.
func readName(text string) name {
	last := text
	if i := strings.LastIndexAny(strings.TrimRight(text, "]"), ".["); i >= 0 {
		last = text[i+1:]
	}
	n := name{words: split(text)}
	short := split(last)
	if k := len(n.words) - 1; k > 0 {
		if u, ok := units[n.words[k]]; ok {
			n.unit, n.words = u, n.words[:k]
			if len(short) > 1 {
				short = short[:len(short)-1]
			}
		}
	}
	for k := len(n.words) - 1; k > 0 && strings.Trim(n.words[k], "0123456789") == ""; k-- { // phone_1 is a phone
		n.words = n.words[:k]
	}
	n.whole, n.last = strings.Join(n.words, "_"), strings.Join(short, "_")
	n.flat, n.flatLast = flat(n.whole), flat(n.last)
	return n
}

// flat is words as somebody writes them who writes customerid.
func flat(words string) string { return strings.ReplaceAll(words, "_", "") }

func split(text string) (words []string) {
	var word []rune
	end := func() {
		if len(word) > 0 {
			words = append(words, strings.ReplaceAll(strings.ToLower(string(word)), "ё", "е"))
		}
		word = word[:0]
	}
	runes := []rune(text)
	for i, r := range runes {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			end()
			continue
		case unicode.IsUpper(r) && i > 0 && (unicode.IsLower(runes[i-1]) || unicode.IsUpper(runes[i-1]) && i+1 < len(runes) && unicode.IsLower(runes[i+1])):
			end()
		}
		word = append(word, r)
	}
	end()
	return words
}

// vague are names that say something as a whole, and nothing behind another
// word: a manufacturer_id is no id of the record.
var vague = strings.Fields("id name date time at ts code type value number no state count source order item product page path event price total amount action status group kind text index card city region country currency user client customer category")

// How well a name fits: numbers to be compared, nothing more.
const (
	fitsNot    = 0
	fitsWeakly = 50 // its end says it, in a word that says little
	fitsPartly = 70 // its end says it
	fitsInside = 85 // the last step of its path says it
	fitsWhole  = 100
	worst      = 14 // what a name loses by the others before it, at most
)

// known is a name that a field has in exports.
type known struct {
	text, behind, flat string // as it is, behind another word, without _
	vague, less        bool   // it says little behind another word; it says less than others
}

// knownNames takes a list apart: the best names first, behind a | those that
// say less.
func knownNames(list string) (all []known) {
	less := false
	for _, w := range strings.Fields(list) {
		if w == "|" {
			less = true
			continue
		}
		all = append(all, known{w, "_" + w, flat(w), slices.Contains(vague, w), less})
	}
	return all
}

// fit tells how well a column's name fits a field's names.
func (n name) fit(names []known) int {
	best := fitsNot
	for i, w := range names {
		fits := fitsNot
		switch {
		case n.flat == w.flat:
			fits = fitsWhole
		case n.flatLast == w.flat:
			fits = fitsInside
		case w.vague && strings.HasSuffix(n.whole, w.behind):
			fits = fitsWeakly
		case len(w.text) > 2 && strings.HasSuffix(n.whole, w.behind):
			fits = fitsPartly
		}
		if w.less {
			fits = min(fits, fitsPartly)
		}
		if fits > fitsNot {
			best = max(best, fits-min(i, worst))
		}
	}
	return best
}

// isBesides tells whether an amount is something beside what was bought: its
// delivery, its tax. A total with or without tax is what was bought.
func (n name) isBesides() bool {
	return n.has("shipping", "delivery", "freight", "postage", "tax", "vat", "duty", "duties", "tip", "tips", "fee", "fees", "discount", "balance", "доставка", "доставки", "скидка", "скидки", "ндс") &&
		!n.has("with", "without", "incl", "including", "inc", "excl", "excluding", "ex", "before", "after", "less", "net", "gross", "с", "без", "со")
}

// has tells whether one of the words is among those of the name.
func (n name) has(words ...string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(n.words, w) })
}
