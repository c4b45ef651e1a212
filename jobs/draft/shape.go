package draft

import (
	"regexp"
	"strings"
)

// shape is what the values of a column look like.
type shape struct {
	filled   int            // rows with a value
	counts   map[string]int // how often each value is there
	alone    float64        // share of the newest file's values that no other row of it has
	email    float64        // shares of the values
	phone    float64
	digits   float64 // hold a digit
	number   float64
	negative float64
	token    float64 // of a cookie, or a UUID
}

var (
	emails  = regexp.MustCompile(`^[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;.]{2,}$`)
	phones  = regexp.MustCompile(`^[+(]?[0-9][0-9 ()\-.]{5,18}[0-9]$`)
	numbers = regexp.MustCompile(`^[+-]?([0-9]{1,3}([ .,'\x{a0}\x{202f}][0-9]{3})+|[0-9]+)?([.,][0-9]+)?$`)
	tokens  = regexp.MustCompile(`(?i)^([0-9]{6,10}\.[0-9]{9,10}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$`)
)

func shapeOf(values []string, inNewest int) shape {
	s := shape{counts: map[string]int{}}
	newest := map[string]int{}
	inFile := 0
	for i, v := range values {
		if v == "" {
			continue
		}
		s.filled++
		s.counts[v]++
		if i < inNewest {
			newest[v]++
			inFile++
		}
	}
	s.alone = share(len(newest), inFile)
	var email, phone, digits, number, negative, token int
	for v, n := range s.counts { // sums of whole numbers: in whatever order
		if emails.MatchString(v) {
			email += n
		}
		if d := countDigits(v); d > 0 {
			digits += n
			if d >= 7 && d <= 15 && phones.MatchString(v) {
				phone += n
			}
			if numbers.MatchString(v) {
				number += n
				if v[0] == '-' {
					negative += n
				}
			}
			if tokens.MatchString(v) {
				token += n
			}
		}
	}
	s.email, s.phone, s.digits, s.token = share(email, s.filled), share(phone, s.filled), share(digits, s.filled), share(token, s.filled)
	s.number, s.negative = share(number, s.filled), share(negative, s.filled)
	return s
}

func share(n, of int) float64 {
	if of == 0 {
		return 0
	}
	return float64(n) / float64(of)
}

func countDigits(s string) (n int) {
	for i := range len(s) {
		if s[i]-'0' < 10 {
			n++
		}
	}
	return n
}

// HasNames tells whether the first line of a file is names, and not a row.
func HasNames(header []string) bool {
	like := 0
	for _, h := range header {
		h = strings.TrimSpace(h)
		switch {
		case emails.MatchString(h), dayLike.MatchString(h):
			return false
		case countDigits(h) > 0 && numbers.MatchString(h), phones.MatchString(h):
			like++
		}
	}
	return 2*like < len(header)
}

var dayLike = regexp.MustCompile(`^([0-9]{4}[-./][0-9]{1,2}[-./][0-9]{1,2}|[0-9]{1,2}[-./][0-9]{1,2}[-./][0-9]{4})([ T][0-9:.]+)?`)
