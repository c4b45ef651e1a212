package mapping

// minYear is the first year in which something can have happened to a
// customer.
const minYear = 1900

const (
	daySeconds = 86_400
	second     = 1_000_000 // microseconds
)

// reading is what a text says of a moment.
type reading struct {
	seconds int64 // clock reading since 1970-01-01 00:00:00
	micros  int64
	offset  int64 // seconds east of Greenwich, where zoned
	zoned   bool
}

// parseISO reads what can mean one thing only: ISO 8601 with or without
// dashes, with T or a space, with fractions, with Z, an offset or nothing;
// 2025/12/31; and 31.12.2025, for nobody writes the month first with dots.
// Digits beyond the microsecond are cut off.
func parseISO(b []byte) (r reading, ok bool) {
	if len(b) < 8 {
		return r, false
	}
	var days int64
	switch {
	case len(b) >= 10 && b[4] == b[7] && (b[4] == '-' || b[4] == '/'):
		days, ok = daysOf(four(b), two(b[5:]), two(b[8:]))
		b = b[10:]
	case len(b) >= 10 && b[2] == '.' && b[5] == '.':
		days, ok = daysOf(four(b[6:]), two(b[3:]), two(b))
		b = b[10:]
	default:
		days, ok = daysOf(four(b), two(b[4:]), two(b[6:]))
		b = b[8:]
	}
	if !ok {
		return r, false
	}
	r.seconds = days * daySeconds
	if len(b) == 0 {
		return r, true
	}
	if b[0] == 'T' || b[0] == 't' || b[0] == ' ' {
		b = b[1:]
	} else if b[0]-'0' > 9 {
		return r, false
	}
	clock, rest, ok := parseClock(b)
	if !ok {
		return r, false
	}
	toTheSecond := len(b)-len(rest) >= len("150405")
	r.seconds += clock
	if b = rest; len(b) > 1 && (b[0] == '.' || b[0] == ',') && toTheSecond {
		r.micros, b = parseFraction(b[1:])
		if r.micros < 0 {
			return r, false
		}
	}
	if len(b) == 0 {
		return r, true
	}
	r.offset, r.zoned = parseOffset(b)
	return r, r.zoned
}

// parseClock reads HH:MM, HH:MM:SS, HHMM or HHMMSS.
func parseClock(b []byte) (seconds int64, rest []byte, ok bool) {
	if len(b) < 4 {
		return 0, b, false
	}
	step := 2
	if b[2] == ':' {
		step = 3
	}
	if len(b) < step+2 {
		return 0, b, false
	}
	h, m, s := two(b), two(b[step:]), 0
	b = b[step+2:]
	switch {
	case step == 3 && len(b) >= 3 && b[0] == ':':
		s, b = two(b[1:]), b[3:]
	case step == 2 && len(b) >= 2 && b[0]-'0' < 10:
		s, b = two(b), b[2:]
	}
	if uint(h) > 23 || uint(m) > 59 || uint(s) > 59 {
		return 0, b, false
	}
	return int64(h*3600 + m*60 + s), b, true
}

// parseFraction reads the digits after the point of a second; micros is -1
// where there is none.
func parseFraction(b []byte) (micros int64, rest []byte) {
	i, unit := 0, int64(second/10)
	for ; i < len(b) && b[i]-'0' < 10; i++ {
		micros += int64(b[i]-'0') * unit
		unit /= 10
	}
	if i == 0 {
		return -1, b
	}
	return micros, b[i:]
}

// parseOffset reads Z, UTC, +03, +0300 or +03:00, after a space or not.
func parseOffset(b []byte) (seconds int64, ok bool) {
	if len(b) > 1 && b[0] == ' ' {
		b = b[1:]
	}
	switch string(b) {
	case "Z", "z", "UTC":
		return 0, true
	}
	if len(b) < 3 || b[0] != '+' && b[0] != '-' {
		return 0, false
	}
	h, m := two(b[1:]), 0
	switch {
	case len(b) == 3:
	case len(b) == 5:
		m = two(b[3:])
	case len(b) == 6 && b[3] == ':':
		m = two(b[4:])
	default:
		return 0, false
	}
	if uint(h) > 23 || uint(m) > 59 {
		return 0, false
	}
	seconds = int64(h*3600 + m*60)
	if b[0] == '-' {
		seconds = -seconds
	}
	return seconds, true
}

// two is the number of two digits; negative where they are none.
func two(b []byte) int {
	tens, ones := b[0]-'0', b[1]-'0'
	if tens > 9 || ones > 9 {
		return -10_000
	}
	return int(tens)*10 + int(ones)
}

// four is the number of four digits; negative where they are none.
func four(b []byte) int { return two(b)*100 + two(b[2:]) }

// daysOf is the days since 1970-01-01 of a day of the Gregorian calendar
// that exists.
func daysOf(year, month, day int) (days int64, ok bool) {
	if uint(year-1) > 9998 || uint(month-1) > 11 || uint(day-1) > 30 || day > 28 && day > monthDays(year, month) {
		return 0, false
	}
	// Counted from 1 March of the year 0, so that the leap day comes last.
	y, m := year, month-3
	if m < 0 {
		y, m = y-1, m+12
	}
	return int64(y*365 + y/4 - y/100 + y/400 + (m*153+2)/5 + day - 1 - 719_468), true
}

func monthDays(year, month int) int {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// firstDay is the first day that is not before minYear.
const firstDay = -25_567

// instant is the microseconds since 1970 in UTC: a time that names no zone
// is a clock reading of z.
func (r reading) instant(z *zone, hint *int) int64 {
	if r.seconds < firstDay*daySeconds {
		return ancient
	}
	if r.zoned {
		return (r.seconds-r.offset)*second + r.micros
	}
	return z.utc(r.seconds, hint)*second + r.micros
}

// day is the local day: that of the text, or, where it names its zone, the
// day in z at that instant.
func (r reading) day(z *zone) int64 {
	seconds := r.seconds
	if r.zoned {
		seconds = z.local(seconds - r.offset)
	}
	if seconds < firstDay*daySeconds {
		return ancient
	}
	return floorDivide(seconds, daySeconds)
}

// floorDivide is a/b, rounded down.
func floorDivide(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
