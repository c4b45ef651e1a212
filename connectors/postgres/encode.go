package postgres

import (
	"bytes"
	"encoding/binary"
	"math"
	"unicode/utf8"

	"github.com/habitue-data/habitue/internal/columns"
)

// PostgreSQL counts from 2000-01-01.
const (
	epochDays   = 10957
	epochMicros = epochDays * 86400 * 1_000_000
)

// copyHeader begins a stream of COPY ... (FORMAT binary), copyEnd ends it.
var (
	copyHeader = append([]byte("PGCOPY\n\xff\r\n\x00"), make([]byte, 8)...)
	copyEnd    = []byte{0xff, 0xff}
)

// appendRow appends row i as COPY has it in its binary form.
func appendRow(b []byte, cols []columns.Column, i int) []byte {
	b = binary.BigEndian.AppendUint16(b, uint16(len(cols)))
	for j := range cols {
		b = appendField(b, &cols[j], i)
	}
	return b
}

func appendField(b []byte, c *columns.Column, i int) []byte {
	if c.Missing(i) {
		return binary.BigEndian.AppendUint32(b, math.MaxUint32)
	}
	switch c.Type {
	case columns.Text:
		text, _ := c.Bytes(i)
		return appendText(b, text)
	case columns.List:
		list, _ := c.Bytes(i)
		return appendList(b, list)
	case columns.Float:
		return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint32(b, 8), math.Float64bits(c.Floats[i]))
	case columns.Bool:
		return append(binary.BigEndian.AppendUint32(b, 1), byte(c.Ints[i]))
	case columns.Date:
		return binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(b, 4), uint32(c.Ints[i]-epochDays))
	case columns.Time:
		return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint32(b, 8), uint64(c.Ints[i]-epochMicros))
	case columns.Money:
		return appendNumeric(b, c.Ints[i], int(c.Scale))
	}
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint32(b, 8), uint64(c.Ints[i]))
}

// replacement stands where a text has what PostgreSQL's texts cannot hold:
// a byte of zero, or one that is not UTF-8.
var replacement = []byte("\uFFFD")

func appendText(b, text []byte) []byte {
	if bytes.IndexByte(text, 0) >= 0 || !utf8.Valid(text) {
		text = bytes.ReplaceAll(bytes.ToValidUTF8(text, replacement), []byte{0}, replacement)
	}
	return append(binary.BigEndian.AppendUint32(b, uint32(len(text))), text...)
}

// appendList appends a TEXT[] of one dimension, or of none where it is empty.
func appendList(b, list []byte) []byte {
	const textOID = 25
	at := len(b)
	b = append(b, 0, 0, 0, 0) // the length, when it is known
	n, dimensions := 0, uint32(0)
	if len(list) > 0 {
		n, dimensions = bytes.Count(list, []byte{columns.ListSep})+1, 1
	}
	for _, v := range []uint32{dimensions, 0, textOID} {
		b = binary.BigEndian.AppendUint32(b, v)
	}
	if n > 0 {
		b = binary.BigEndian.AppendUint32(b, uint32(n))
		b = binary.BigEndian.AppendUint32(b, 1) // the first one's number
	}
	for range n {
		var one []byte
		one, list, _ = bytes.Cut(list, []byte{columns.ListSep})
		b = appendText(b, one)
	}
	binary.BigEndian.PutUint32(b[at:], uint32(len(b)-at-4))
	return b
}

var powers = func() (p [19]uint64) {
	p[0] = 1
	for i := 1; i < len(p); i++ {
		p[i] = p[i-1] * 10
	}
	return p
}()

// appendNumeric appends minor units as a NUMERIC: digits of base 10,000,
// those of the integer part first; weight is the exponent of the first.
func appendNumeric(b []byte, minor int64, scale int) []byte {
	const negative = 0x4000
	sign, u := uint16(0), uint64(minor)
	if minor < 0 {
		sign, u = negative, -u
	}
	var digits [12]uint16
	n, weight := 0, -1
	for rest := u / powers[scale]; rest > 0; rest /= 10_000 {
		weight++
	}
	n = weight + 1
	for i, rest := weight, u/powers[scale]; i >= 0; i, rest = i-1, rest/10_000 {
		digits[i] = uint16(rest % 10_000)
	}
	for frac, left := u%powers[scale], scale; left > 0; left -= 4 {
		if left >= 4 {
			digits[n] = uint16(frac / powers[left-4] % 10_000)
		} else {
			digits[n] = uint16(frac % powers[left] * powers[4-left])
		}
		n++
	}
	for n > 0 && digits[n-1] == 0 {
		n--
	}
	first := 0
	for first < n && digits[first] == 0 {
		first, weight = first+1, weight-1
	}
	if first == n {
		first, n, weight, sign = 0, 0, 0, 0
	}
	b = binary.BigEndian.AppendUint32(b, uint32(8+2*(n-first)))
	for _, v := range []uint16{uint16(n - first), uint16(int16(weight)), sign, uint16(scale)} {
		b = binary.BigEndian.AppendUint16(b, v)
	}
	for _, d := range digits[first:n] {
		b = binary.BigEndian.AppendUint16(b, d)
	}
	return b
}
