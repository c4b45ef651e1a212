package columns

import (
	"encoding/binary"
	"math"
	"strconv"
	"time"

	"github.com/zeebo/xxh3"
)

// AppendValue appends row i as a person would read it: dates and times in
// ISO 8601, money with its point, nothing at all where it is missing.
func (c *Column) AppendValue(dst []byte, i int) []byte {
	if c.Missing(i) {
		return dst
	}
	switch c.Type {
	case Text, List:
		b, _ := c.Bytes(i)
		return append(dst, b...)
	case Float:
		return strconv.AppendFloat(dst, c.Floats[i], 'g', -1, 64)
	case Bool:
		return strconv.AppendBool(dst, c.Ints[i] != 0)
	case Date:
		return time.Unix(c.Ints[i]*86400, 0).UTC().AppendFormat(dst, "2006-01-02")
	case Time:
		return time.UnixMicro(c.Ints[i]).UTC().AppendFormat(dst, "2006-01-02T15:04:05.999999Z")
	case Clock:
		return time.UnixMicro(c.Ints[i]).UTC().AppendFormat(dst, "2006-01-02T15:04:05.999999")
	case Money:
		return AppendMoney(dst, c.Ints[i], c.Scale)
	}
	return strconv.AppendInt(dst, c.Ints[i], 10)
}

// AppendMoney appends minor units as major ones, with scale digits after
// the point.
func AppendMoney(dst []byte, minor int64, scale uint8) []byte {
	u := uint64(minor)
	if minor < 0 {
		dst, u = append(dst, '-'), -u
	}
	if scale == 0 {
		return strconv.AppendUint(dst, u, 10)
	}
	unit := uint64(1)
	for range scale {
		unit *= 10
	}
	dst = strconv.AppendUint(dst, u/unit, 10)
	dst = append(dst, '.')
	frac := strconv.FormatUint(unit+u%unit, 10)
	return append(dst, frac[1:]...)
}

// AppendCanonical appends a form of row i in which two values are equal
// exactly when their bytes are: what content hashes are made of.
func (c *Column) AppendCanonical(dst []byte, i int) []byte {
	switch c.Type {
	case Text, List:
		b, ok := c.Bytes(i)
		if !ok {
			return append(dst, 0)
		}
		dst = binary.AppendUvarint(dst, uint64(len(b))+1)
		return append(dst, b...)
	case Float:
		return binary.LittleEndian.AppendUint64(dst, math.Float64bits(c.Floats[i]))
	}
	return binary.LittleEndian.AppendUint64(dst, uint64(c.Ints[i]))
}

// Hash128 is a sum of row hashes mod 2^128: the content hash of a table, in
// which neither the order of rows nor the cut into files counts.
type Hash128 struct{ Hi, Lo uint64 }

// Add adds another hash, mod 2^128.
func (h *Hash128) Add(o Hash128) {
	lo := h.Lo + o.Lo
	if lo < h.Lo {
		h.Hi++
	}
	h.Lo, h.Hi = lo, h.Hi+o.Hi
}

// String is 32 hexadecimal digits.
func (h Hash128) String() string {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], h.Hi)
	binary.BigEndian.PutUint64(b[8:], h.Lo)
	const digits = "0123456789abcdef"
	var s [32]byte
	for i, x := range b {
		s[2*i], s[2*i+1] = digits[x>>4], digits[x&15]
	}
	return string(s[:])
}

// ParseHash128 reads what String gave.
func ParseHash128(s string) (h Hash128, err error) {
	if len(s) != 32 {
		return h, strconv.ErrSyntax
	}
	if h.Hi, err = strconv.ParseUint(s[:16], 16, 64); err != nil {
		return h, err
	}
	h.Lo, err = strconv.ParseUint(s[16:], 16, 64)
	return h, err
}

// HashRow is the hash of one row's canonical bytes.
func HashRow(canonical []byte) Hash128 {
	u := xxh3.Hash128(canonical)
	return Hash128{u.Hi, u.Lo}
}
