package mapping

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// layout is one step of a pattern: a directive letter, or a literal byte
// where directive is 0.
type layout struct {
	directive, literal byte
}

// directives are what a pattern may hold, in the manner of strptime.
const directives = "YymdebBHIMSfpzjs"

// shorthands are directives that stand for several.
var shorthands = strings.NewReplacer("%T", "%H:%M:%S", "%F", "%Y-%m-%d", "%R", "%H:%M", "%D", "%m/%d/%y")

// compileLayout makes a pattern ready.
func compileLayout(pattern string) ([]layout, error) {
	pattern = shorthands.Replace(pattern)
	var steps []layout
	for i := 0; i < len(pattern); i++ {
		if pattern[i] != '%' {
			steps = append(steps, layout{literal: pattern[i]})
			continue
		}
		i++
		switch {
		case i == len(pattern):
			return nil, fmt.Errorf("the pattern ends in %%")
		case pattern[i] == '%':
			steps = append(steps, layout{literal: '%'})
		case strings.IndexByte(directives, pattern[i]) < 0:
			c, _ := utf8.DecodeRuneInString(pattern[i:])
			return nil, fmt.Errorf("%%%c is no directive", c)
		default:
			steps = append(steps, layout{directive: pattern[i]})
		}
	}
	return steps, missingDate(pattern)
}

// missingDate tells what a pattern lacks to name a day.
func missingDate(pattern string) error {
	has := func(any ...string) bool {
		for _, d := range any {
			if strings.Contains(pattern, d) {
				return true
			}
		}
		return false
	}
	switch {
	case has("%s"), has("%j") && has("%Y", "%y"):
		return nil
	case !has("%Y", "%y"):
		return fmt.Errorf("the pattern has no year (%%Y)")
	case !has("%m", "%b", "%B"):
		return fmt.Errorf("the pattern has no month (%%m)")
	case !has("%d", "%e"):
		return fmt.Errorf("the pattern has no day (%%d)")
	}
	return nil
}

var monthNames = []string{"january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"}

// posixYear is the last year that two digits are read as: 1969 to 2068, as
// POSIX has it.
const posixYear = 2068

// parseLayout reads a moment by a pattern. Digits beyond the microsecond are
// cut off; a year of two digits is one of the hundred that end in the last.
func parseLayout(b []byte, steps []layout, last int) (r reading, ok bool) {
	year, month, day, yearDay, hour, minute, sec := 0, 1, 1, 0, 0, 0, 0
	half, epoch := byte(0), false
	for _, s := range steps {
		switch s.directive {
		case 0:
			if len(b) == 0 || b[0] != s.literal {
				return r, false
			}
			b = b[1:]
			continue
		case 'Y':
			year, b = digitsOf(b, 4, 4)
		case 'y':
			if year, b = digitsOf(b, 2, 2); year >= 0 {
				year = last - (last-year)%100
			}
		case 'm':
			month, b = digitsOf(b, 1, 2)
		case 'b', 'B':
			month, b = monthName(b, s.directive == 'B')
		case 'd', 'e':
			if s.directive == 'e' && len(b) > 0 && b[0] == ' ' {
				b = b[1:]
			}
			day, b = digitsOf(b, 1, 2)
		case 'j':
			yearDay, b = digitsOf(b, 3, 3)
			if yearDay < 1 || yearDay > 366 {
				return r, false
			}
		case 'H':
			hour, b = digitsOf(b, 1, 2)
		case 'I':
			if hour, b = digitsOf(b, 1, 2); hour < 1 || hour > 12 {
				return r, false
			}
			hour %= 12
		case 'M':
			minute, b = digitsOf(b, 1, 2)
		case 'S':
			sec, b = digitsOf(b, 1, 2)
		case 'f':
			if r.micros, b = parseFraction(b); r.micros < 0 {
				return r, false
			}
		case 'p':
			if len(b) < 2 || b[1]|0x20 != 'm' {
				return r, false
			}
			half, b = b[0]|0x20, b[2:]
			if half != 'a' && half != 'p' {
				return r, false
			}
		case 'z':
			n := offsetLength(b)
			if r.offset, r.zoned = parseOffset(b[:n]); !r.zoned {
				return r, false
			}
			b = b[n:]
		case 's':
			n := 0
			for n < len(b) && n < 12 && b[n]-'0' < 10 {
				r.seconds = r.seconds*10 + int64(b[n]-'0')
				n++
			}
			if n == 0 {
				return r, false
			}
			epoch, r.zoned, b = true, true, b[n:]
		}
	}
	if len(b) > 0 || uint(hour) > 23 || uint(minute) > 59 || uint(sec) > 59 {
		return r, false
	}
	if epoch {
		return r, r.seconds < 253_402_300_800
	}
	if half == 'p' {
		hour += 12
	}
	if hour > 23 {
		return r, false
	}
	days, ok := daysOf(year, month, day)
	if yearDay > 0 && ok {
		days, ok = daysOf(year, 1, 1)
		days += int64(yearDay - 1)
		if yearDay == 366 && monthDays(year, 2) == 28 {
			return r, false
		}
	}
	r.seconds = days*daySeconds + int64(hour*3600+minute*60+sec)
	return r, ok
}

// digitsOf reads between least and most digits; n is -1 where there are
// fewer.
func digitsOf(b []byte, least, most int) (n int, rest []byte) {
	i := 0
	for ; i < most && i < len(b) && b[i]-'0' < 10; i++ {
		n = n*10 + int(b[i]-'0')
	}
	if i < least {
		return -1, b
	}
	return n, b[i:]
}

// monthName reads an English month, whole or its first three letters.
func monthName(b []byte, whole bool) (month int, rest []byte) {
	for i, name := range monthNames {
		if !whole {
			name = name[:3]
		}
		if len(b) >= len(name) && strings.EqualFold(string(b[:len(name)]), name) {
			return i + 1, b[len(name):]
		}
	}
	return -1, b
}

// offsetLength is how many bytes at the start of b are a zone.
func offsetLength(b []byte) int {
	n := 0
	for n < len(b) && n < 6 && (b[n]-'0' < 10 || b[n] == '+' || b[n] == '-' || b[n] == ':' || b[n]|0x20 == 'z') {
		n++
	}
	return n
}
