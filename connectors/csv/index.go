package csv

import (
	"encoding/binary"
	"math/bits"
)

// index is where the fields and rows of a stretch of text end. Row i has
// the fields between seps[ends[i-1]] and seps[ends[i]]; seps[0] is the place
// before the first row, so that every field lies between two neighbours.
type index struct {
	seps []uint32 // places of delimiters and row ends, ascending
	ends []uint32 // for each whole row, the place in seps of its end
	open int      // where the quote opened that is open at the end of the text, -1 for none
	high bool     // some byte is above 0x7F
	cut  bool     // the text is a block of a file that was cut where no quote is open
}

type field struct{ start, end uint32 }

// reset prepares for a text of n bytes that begins at from.
func (x *index) reset(from, n int) {
	if cap(x.seps) < n+2 {
		x.seps = make([]uint32, n+2)
	}
	x.seps = x.seps[:n+2]
	x.seps[0] = uint32(from) - 1 // wraps around at 0, as the sums do
	x.ends, x.open, x.high = x.ends[:0], -1, false
}

// row is the text of row i, without its line end.
func (x *index) row(i int, buf []byte) (start, end uint32) {
	start, end = x.seps[x.first(i)]+1, x.seps[x.ends[i]]
	if end > start && buf[end-1] == '\r' {
		end--
	}
	return start, end
}

// first is the place in seps before row i.
func (x *index) first(i int) uint32 {
	if i == 0 {
		return 0
	}
	return x.ends[i-1]
}

// next is where the text behind row i begins.
func (x *index) next(i int, buf []byte) int {
	return min(int(x.seps[x.ends[i]])+1, len(buf))
}

// fields appends the fields of row i, each as it is written.
func (x *index) fields(list []field, i int, buf []byte) []field {
	for s := x.first(i); s < x.ends[i]; s++ {
		list = append(list, field{x.seps[s] + 1, x.seps[s+1]})
	}
	_, list[len(list)-1].end = x.row(i, buf)
	return list
}

const (
	each = 0x0101010101010101 // times a byte: that byte eight times
	low7 = 0x7f7f7f7f7f7f7f7f
	high = 0x8080808080808080
	pack = 0x0102040810204080 // gathers the lowest bits of eight bytes in the top one
)

// plain indexes buf[from:to], a text without quotes, 64 bytes at a time: a
// bit for every delimiter or newline first, then their places. A search from
// one delimiter to the next was measured at half the speed on fields of
// eight bytes. last says that the text ends with buf.
func (x *index) plain(buf []byte, from, to int, delimiter byte, last bool) {
	x.reset(from, to-from)
	seps, n := x.seps, uint32(1)
	delims, newlines := uint64(delimiter)*each, uint64('\n')*each
	var above uint64
	for at := from; at < to; at += 64 {
		var tail [64]byte
		b := tail[:]
		if at+64 <= to {
			b = buf[at : at+64]
		} else {
			copy(b, buf[at:to])
		}
		var all, ends uint64
		for i := 0; i < 64; i += 8 {
			w := binary.LittleEndian.Uint64(b[i : i+8])
			above |= w
			d, e := w^delims, w^newlines
			d = ^((d&low7 + low7) | d | low7)
			e = ^((e&low7 + low7) | e | low7)
			all |= ((d | e) >> 7 * pack) >> 56 << i
			ends |= (e >> 7 * pack) >> 56 << i
		}
		for ; ends != 0; ends &= ends - 1 {
			upTo := ends ^ (ends - 1) // the lowest end and every bit below
			x.ends = append(x.ends, n+uint32(bits.OnesCount64(all&upTo))-1)
		}
		for ; all != 0; all &= all - 1 {
			seps[n] = uint32(at + bits.TrailingZeros64(all))
			n++
		}
	}
	x.high = above&high != 0
	x.finish(n, from, to, len(buf), last)
}

// finish ends the last row where the text ends without a newline.
func (x *index) finish(n uint32, from, to, size int, last bool) {
	whole := len(x.ends) > 0 && int(x.seps[x.ends[len(x.ends)-1]]) == to-1
	if last && to == size && to > from && x.open < 0 && !whole {
		x.seps[n] = uint32(to)
		x.ends = append(x.ends, n)
		n++
	}
	x.seps = x.seps[:n]
}
