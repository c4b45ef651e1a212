package parquet

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"

	"github.com/habitue-data/habitue/internal/columns"
)

// bytes is value i of a column of byte arrays.
func (v *values) bytes(l *leaf, i int) []byte {
	if l.size > 0 {
		return v.data[i*l.size : (i+1)*l.size]
	}
	return v.data[v.offsets[i]:v.offsets[i+1]]
}

// appendTexts appends values from to to of a text column to c, whose texts
// lie in data.
func (v *values) appendTexts(c *columns.Column, l *leaf, from, to int) {
	if l.form == uuidForm {
		var text [36]byte
		for i := from; i < to; i++ {
			u := v.data[16*i : 16*i+16]
			hex.Encode(text[:8], u[:4])
			hex.Encode(text[9:13], u[4:6])
			hex.Encode(text[14:18], u[6:8])
			hex.Encode(text[19:23], u[8:10])
			hex.Encode(text[24:], u[10:])
			text[8], text[13], text[18], text[23] = '-', '-', '-', '-'
			c.AddBytes(text[:])
		}
		return
	}
	if from == to {
		return
	}
	offsets := v.offsets[from : to+1]
	shift := uint32(len(c.Data)) - offsets[0]
	c.Data = append(c.Data, v.data[offsets[0]:offsets[to-from]]...)
	for i, start := range offsets[:to-from] {
		s := columns.Span{Start: start + shift, End: offsets[i+1] + shift}
		if s.Start == s.End {
			s = columns.MissingSpan
		}
		c.Spans = append(c.Spans, s)
	}
}

// appendFloats appends values; what is no finite number stays as it is.
func (v *values) appendFloats(dst []float64, l *leaf, from, to int) []float64 {
	for i := from; i < to; i++ {
		if l.form == floatForm {
			dst = append(dst, float64(math.Float32frombits(binary.LittleEndian.Uint32(v.data[4*i:]))))
		} else {
			dst = append(dst, math.Float64frombits(binary.LittleEndian.Uint64(v.data[8*i:])))
		}
	}
	return dst
}

// appendInts appends values of every type that lives in Ints. Nanoseconds
// are rounded down to microseconds.
func (v *values) appendInts(dst []int64, l *leaf, from, to int) ([]int64, error) {
	switch l.form {
	case boolForm:
		for i := from; i < to; i++ {
			dst = append(dst, int64(v.data[i>>3]>>(i&7)&1))
		}
	case int32Form:
		for i := from; i < to; i++ {
			dst = append(dst, int64(int32(binary.LittleEndian.Uint32(v.data[4*i:]))))
		}
	case uint32Form:
		for i := from; i < to; i++ {
			dst = append(dst, int64(binary.LittleEndian.Uint32(v.data[4*i:])))
		}
	case nanosForm:
		for i := from; i < to; i++ {
			ns := int64(binary.LittleEndian.Uint64(v.data[8*i:]))
			us := ns / 1000
			if ns%1000 < 0 {
				us--
			}
			dst = append(dst, us)
		}
	case int96Form:
		for i := from; i < to; i++ {
			const epoch = 2440588 // the Julian day of 1970-01-01
			ns := int64(binary.LittleEndian.Uint64(v.data[12*i:]))
			day := int64(int32(binary.LittleEndian.Uint32(v.data[12*i+8:])))
			dst = append(dst, (day-epoch)*86400e6+ns/1000)
		}
	case int64Form:
		for i := from; i < to; i++ {
			x := int64(binary.LittleEndian.Uint64(v.data[8*i:]))
			if x == columns.MissingInt {
				return dst, l.tooBig(x)
			}
			dst = append(dst, x)
		}
	case uint64Form:
		for i := from; i < to; i++ {
			x := binary.LittleEndian.Uint64(v.data[8*i:])
			if x > math.MaxInt64 {
				return dst, l.tooBig(x)
			}
			dst = append(dst, int64(x))
		}
	case millisForm:
		for i := from; i < to; i++ {
			x := int64(binary.LittleEndian.Uint64(v.data[8*i:]))
			if x > math.MaxInt64/1000 || x < -math.MaxInt64/1000 {
				return dst, l.tooBig(x)
			}
			dst = append(dst, x*1000)
		}
	case decimalForm:
		for i := from; i < to; i++ {
			x, ok := bigEndian(v.bytes(l, i))
			if !ok {
				return dst, l.tooBig(fmt.Sprintf("0x%x", v.bytes(l, i)))
			}
			dst = append(dst, x)
		}
	}
	return dst, nil
}

func (l *leaf) tooBig(value any) error {
	return &problem{fmt.Sprintf("column %s of type %s holds %v, which does not fit 64 bits here", l.name, typeName(l.col), value),
		"write the column with a smaller type, or leave it out of the mapping"}
}

// bigEndian is a number in two's complement; ok is false beyond 64 bits.
func bigEndian(b []byte) (x int64, ok bool) {
	if len(b) == 0 {
		return 0, true
	}
	x = int64(int8(b[0]))
	for i, c := range b[1:] {
		if i >= 7 && x>>55 != 0 && x>>55 != -1 {
			return 0, false
		}
		x = x<<8 | int64(c)
	}
	return x, x != columns.MissingInt
}
