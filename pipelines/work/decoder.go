package work

import (
	"encoding/binary"
	"errors"
	"math/bits"
)

// Decoder reads what the stages write to each other. The first fault stays
// in err and every later read gives zero, so that a stage checks once.
//
// A place counts up in a slice that stays: a slice that gets shorter is a
// pointer written per read, and while the garbage collector marks each of
// those costs a barrier.
type Decoder struct {
	B   []byte
	At  int
	Err error
}

// ErrBatchShort is the error of every batch that ends before it is read.
var ErrBatchShort = errors.New("a batch is cut short")

// More tells whether bytes are left; not after an error.
func (d *Decoder) More() bool { return d.Err == nil && d.At < len(d.B) }

// Rest is what has not been read yet.
func (d *Decoder) Rest() []byte { return d.B[d.At:] }

func (d *Decoder) fail() {
	if d.Err == nil {
		d.Err = ErrBatchShort
	}
	d.At = len(d.B)
}

// Byte reads one byte.
func (d *Decoder) Byte() byte {
	if d.At >= len(d.B) {
		d.fail()
		return 0
	}
	x := d.B[d.At]
	d.At++
	return x
}

// Uvarint reads a number that binary.AppendUvarint wrote.
func (d *Decoder) Uvarint() uint64 {
	if d.At < len(d.B) && d.B[d.At] < 0x80 { // most numbers are small, and this much is put in line
		x := d.B[d.At]
		d.At++
		return uint64(x)
	}
	return d.long()
}

// long reads a number of several bytes. Of up to eight the end is where the
// first high bit is not set, and the sevens are pushed together by pairs: no
// step waits for a guess of the processor's.
func (d *Decoder) long() uint64 {
	if b := d.B[d.At:]; len(b) >= 8 {
		x := binary.LittleEndian.Uint64(b)
		if end := ^x & 0x8080808080808080; end != 0 {
			d.At += bits.TrailingZeros64(end)/8 + 1
			x &= end ^ (end - 1)
			x = x&0x007f007f007f007f | x&0x7f007f007f007f00>>1
			x = x&0x00003fff00003fff | x&0x3fff00003fff0000>>2
			return x&0x000000000fffffff | x&0x0fffffff00000000>>4
		}
	}
	x, n := binary.Uvarint(d.B[d.At:])
	if n <= 0 {
		d.fail()
		return 0
	}
	d.At += n
	return x
}

// Varint reads a number that binary.AppendVarint wrote.
func (d *Decoder) Varint() int64 {
	x := d.Uvarint()
	return int64(x>>1) ^ -int64(x&1)
}

// Uint64 reads eight bytes, the least first.
func (d *Decoder) Uint64() uint64 {
	if len(d.B)-d.At < 8 {
		d.fail()
		return 0
	}
	x := binary.LittleEndian.Uint64(d.B[d.At:])
	d.At += 8
	return x
}

// Uint32 reads four bytes, the least first.
func (d *Decoder) Uint32() uint32 {
	if len(d.B)-d.At < 4 {
		d.fail()
		return 0
	}
	x := binary.LittleEndian.Uint32(d.B[d.At:])
	d.At += 4
	return x
}

// Take gives the next n bytes, still in the batch's memory.
func (d *Decoder) Take(n int) []byte {
	if n < 0 || n > len(d.B)-d.At {
		d.fail()
		return nil
	}
	x := d.B[d.At : d.At+n]
	d.At += n
	return x
}

// Bytes gives a length and so many bytes.
func (d *Decoder) Bytes() []byte {
	n := d.Uvarint()
	if n > uint64(len(d.B)-d.At) {
		d.fail()
		return nil
	}
	return d.Take(int(n))
}

// AppendBytes appends what bytes reads.
func AppendBytes(dst, b []byte) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(b))), b...)
}

// AppendInt64 appends what uint64 reads.
func AppendInt64(b []byte, v int64) []byte { return binary.LittleEndian.AppendUint64(b, uint64(v)) }
