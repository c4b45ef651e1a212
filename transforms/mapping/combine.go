package mapping

import (
	"math"
	"math/big"

	"github.com/habitue-data/habitue/internal/columns"
)

// combine makes the exact product or sum of several columns, rounded once
// for each row. A product lacks its value where one factor does; a sum only
// where all terms do.
func (m *Mapper) combine(f *field, in *columns.Chunk, out *Mapped, c *columns.Column, own *scratch) {
	number := own.numbers(out.N, len(f.cols))
	for k, col := range f.cols {
		readDecimals(&in.Cols[col], in.N, own, number[k], func(i int, b []byte) (decimal, bool) { return m.number(f, b, i, out) })
	}
	m.eachNumber(f, out, c, func(i int, scale uint8) int64 {
		var total exact
		got := 0
		for k := range number {
			d := number[k][i]
			switch {
			case d.units == bad:
				column := f.names()[k]
				b := appendText(nil, &in.Cols[f.cols[k]], i)
				out.reject(i, column, f.reason(), "%s %s", quoted(b), f.complainNumber(b))
				return missing
			case d.units == missing:
				if f.Multiply != nil {
					return missing
				}
				continue
			}
			ok := true
			switch {
			case got == 0:
				total = exactOf(d)
			case f.Multiply != nil:
				total, ok = total.times(d)
			default:
				total, ok = total.plus(exactOf(d))
			}
			if !ok {
				return bad
			}
			got++
		}
		if got == 0 {
			return missing
		}
		return total.round(scale)
	})
}

func (f *field) names() []string {
	if f.Multiply != nil {
		return f.Multiply
	}
	return f.Sum
}

// evaluateNumbers makes the column of a field from an expression that gives
// numbers.
func (m *Mapper) evaluateNumbers(f *field, in *columns.Chunk, out *Mapped, c *columns.Column) {
	f.expr.bind(in, out)
	if c.Type == columns.Float {
		c.Floats = resized(c.Floats, out.N)
		for i := range out.N {
			c.Floats[i] = math.NaN()
			if r := f.expr.number(f, out, i); r != nil {
				c.Floats[i], _ = r.Float64()
			}
		}
		return
	}
	m.eachNumber(f, out, c, func(i int, scale uint8) int64 {
		r := f.expr.number(f, out, i)
		if r == nil {
			return missing
		}
		if c.Type == columns.Int && !r.IsInt() {
			out.reject(i, f.name(), BadNumber, "the result %s is no whole number", r.FloatString(3))
			return missing
		}
		return roundRat(r, scale)
	})
}

// roundRat is r in units of 10^-scale, rounded half away from zero.
func roundRat(r *big.Rat, scale uint8) int64 {
	n := new(big.Int).Mul(r.Num(), big.NewInt(2*pow10[scale]))
	d := r.Denom()
	if n.Sign() < 0 {
		n.Sub(n, d)
	} else {
		n.Add(n, d)
	}
	n.Quo(n, new(big.Int).Lsh(d, 1))
	if !n.IsInt64() || n.Int64() >= limit || n.Int64() <= -limit {
		return bad
	}
	return n.Int64()
}

// eachNumber fills the column of a field of numbers from a function that
// gives each row's number in units of 10^-scale.
func (m *Mapper) eachNumber(f *field, out *Mapped, c *columns.Column, number func(i int, scale uint8) int64) {
	c.Scale = f.scale(m)
	c.Ints = resized(c.Ints, out.N)
	perRow := out.scales != nil && c.Type == columns.Money && !f.quantity && !f.minor
	for i := range out.N {
		scale := c.Scale
		if f.minor {
			scale = 0
		}
		if perRow {
			if scale = out.scales[i]; scale == noScale {
				c.Ints[i] = missing
				continue
			}
		}
		v := number(i, scale)
		if v == bad {
			out.reject(i, f.name(), f.reason(), "the result has more than 18 digits")
			v = missing
		}
		c.Ints[i] = v
	}
}

// numbers is room for the numbers of several columns.
func (own *scratch) numbers(rows, columns int) [][]decimal {
	own.decimals = resized(own.decimals, columns)
	for k := range own.decimals {
		own.decimals[k] = resized(own.decimals[k], rows)
	}
	return own.decimals
}

// readDecimals reads a column of any type as numbers, its texts by parse;
// units is missing or bad where there is none.
func readDecimals(src *columns.Column, n int, own *scratch, dst []decimal, parse func(i int, b []byte) (decimal, bool)) {
	if src.Type == columns.Int || src.Type == columns.Money {
		for i, v := range src.Ints[:n] {
			dst[i] = decimal{checked(v), src.Scale}
		}
		return
	}
	src = textOf(src, n, own)
	for i := range n {
		b, ok := src.Bytes(i)
		if !ok {
			dst[i] = decimal{units: missing}
			continue
		}
		if dst[i], ok = parse(i, b); !ok {
			dst[i] = decimal{units: bad}
			if blank(b) {
				dst[i].units = missing
			}
		}
	}
}
