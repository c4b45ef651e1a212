package mapping

import (
	"math"

	"github.com/habitue-data/habitue/internal/columns"
)

// readTyped reads a column that is no text into one that lives in Ints. It
// answers false where the way through a text is as good.
//
// A Time column holds instants, whatever zone the field names. A Clock
// column holds readings of a clock in the field's zone, else the source's,
// as a text without a zone does.
func (f *field) readTyped(src *columns.Column, out *Mapped, c *columns.Column) bool {
	n, dst := out.N, c.Ints
	switch {
	case src.Type == columns.Bool && c.Type == columns.Bool, src.Type == columns.Date && c.Type == columns.Date:
		copy(dst, src.Ints[:n])
		if c.Type == columns.Date {
			markAncient(dst, firstDay)
		}
	case c.Type == columns.Int && src.Type == columns.Int:
		for i, v := range src.Ints[:n] {
			dst[i] = checked(v)
		}
	case c.Type == columns.Money && (src.Type == columns.Int || src.Type == columns.Money):
		f.rescale(src, out, c)
	case src.Type == columns.Time && c.Type == columns.Time:
		copy(dst, src.Ints[:n])
		markAncient(dst, firstDay*daySeconds*second)
	case src.Type == columns.Clock && c.Type == columns.Time:
		f.instantsOfClock(src.Ints[:n], dst)
	case (src.Type == columns.Time || src.Type == columns.Clock) && c.Type == columns.Date:
		f.daysOfTimes(src, dst)
	case src.Type == columns.Int && f.unit > 0 && (c.Type == columns.Time || c.Type == columns.Date):
		f.readEpochs(src.Ints[:n], dst, c.Type == columns.Date)
	default:
		return false
	}
	return true
}

// checked is a whole number of at most 18 digits, missing or bad.
func checked(v int64) int64 {
	if v < limit && v > -limit || v == missing {
		return v
	}
	return bad
}

func markAncient(dst []int64, first int64) {
	for i, v := range dst {
		if v < first && v != missing {
			dst[i] = ancient
		}
	}
}

// rescale brings whole numbers and decimals to minor units.
func (f *field) rescale(src *columns.Column, out *Mapped, c *columns.Column) {
	scale := c.Scale
	if f.minor {
		scale = 0
	}
	perRow := out.scales != nil && !f.minor && !f.quantity
	for i, v := range src.Ints[:out.N] {
		if v = checked(v); v < -limit {
			c.Ints[i] = v
			continue
		}
		if perRow {
			if scale = out.scales[i]; scale == noScale {
				c.Ints[i] = missing
				continue
			}
		}
		c.Ints[i] = decimal{v, src.Scale}.round(scale)
	}
}

func (f *field) instantsOfClock(src, dst []int64) {
	hint := 0
	for i, v := range src {
		if v != missing {
			s := floorDivide(v, second)
			v = f.zone.utc(s, &hint)*second + v - s*second
		}
		dst[i] = v
	}
	markAncient(dst, firstDay*daySeconds*second)
}

func (f *field) daysOfTimes(src *columns.Column, dst []int64) {
	for i, v := range src.Ints[:len(dst)] {
		if v == missing {
			dst[i] = v
			continue
		}
		s := floorDivide(v, second)
		if src.Type == columns.Time {
			s = f.zone.local(s)
		}
		dst[i] = floorDivide(s, daySeconds)
	}
	markAncient(dst, firstDay)
}

func (f *field) readEpochs(src, dst []int64, day bool) {
	hint := 0
	for i, v := range src {
		if v == missing {
			dst[i] = v
			continue
		}
		dst[i] = bad
		if v > math.MaxInt64/f.unit || v < -math.MaxInt64/f.unit {
			continue
		}
		r, ok := epochReading(v * f.unit)
		switch {
		case ok && day:
			dst[i] = r.day(f.zone)
		case ok:
			dst[i] = r.instant(f.zone, &hint)
		}
	}
}
