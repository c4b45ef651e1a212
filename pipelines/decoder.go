package pipelines

import (
	"encoding/binary"
	"errors"
	"math/bits"
)

// decoder reads what the stages write to each other. The first fault stays
// in err and every later read gives zero, so that a stage checks once.
//
// A place counts up in a slice that stays: a slice that gets shorter is a
// pointer written per read, and while the garbage collector marks each of
// those costs a barrier.
type decoder struct {
	b   []byte
	at  int
	err error
}

var errBatchShort = errors.New("a batch is cut short")

func (d *decoder) more() bool { return d.err == nil && d.at < len(d.b) }

// rest is what has not been read yet.
func (d *decoder) rest() []byte { return d.b[d.at:] }

func (d *decoder) fail() {
	if d.err == nil {
		d.err = errBatchShort
	}
	d.at = len(d.b)
}

func (d *decoder) byte() byte {
	if d.at >= len(d.b) {
		d.fail()
		return 0
	}
	x := d.b[d.at]
	d.at++
	return x
}

func (d *decoder) uvarint() uint64 {
	if d.at < len(d.b) && d.b[d.at] < 0x80 { // most numbers are small, and this much is put in line
		x := d.b[d.at]
		d.at++
		return uint64(x)
	}
	return d.long()
}

// long reads a number of several bytes. Of up to eight the end is where the
// first high bit is not set, and the sevens are pushed together by pairs: no
// step waits for a guess of the processor's.
func (d *decoder) long() uint64 {
	if b := d.b[d.at:]; len(b) >= 8 {
		x := binary.LittleEndian.Uint64(b)
		if end := ^x & 0x8080808080808080; end != 0 {
			d.at += bits.TrailingZeros64(end)/8 + 1
			x &= end ^ (end - 1)
			x = x&0x007f007f007f007f | x&0x7f007f007f007f00>>1
			x = x&0x00003fff00003fff | x&0x3fff00003fff0000>>2
			return x&0x000000000fffffff | x&0x0fffffff00000000>>4
		}
	}
	x, n := binary.Uvarint(d.b[d.at:])
	if n <= 0 {
		d.fail()
		return 0
	}
	d.at += n
	return x
}

func (d *decoder) varint() int64 {
	x := d.uvarint()
	return int64(x>>1) ^ -int64(x&1)
}

func (d *decoder) uint64() uint64 {
	if len(d.b)-d.at < 8 {
		d.fail()
		return 0
	}
	x := binary.LittleEndian.Uint64(d.b[d.at:])
	d.at += 8
	return x
}

func (d *decoder) uint32() uint32 {
	if len(d.b)-d.at < 4 {
		d.fail()
		return 0
	}
	x := binary.LittleEndian.Uint32(d.b[d.at:])
	d.at += 4
	return x
}

// take gives the next n bytes, still in the batch's memory.
func (d *decoder) take(n int) []byte {
	if n < 0 || n > len(d.b)-d.at {
		d.fail()
		return nil
	}
	x := d.b[d.at : d.at+n]
	d.at += n
	return x
}

// bytes gives a length and so many bytes.
func (d *decoder) bytes() []byte {
	n := d.uvarint()
	if n > uint64(len(d.b)-d.at) {
		d.fail()
		return nil
	}
	return d.take(int(n))
}

// appendBytes appends what bytes reads.
func appendBytes(dst, b []byte) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(b))), b...)
}

// appendInt64 appends what uint64 reads.
func appendInt64(b []byte, v int64) []byte { return binary.LittleEndian.AppendUint64(b, uint64(v)) }
