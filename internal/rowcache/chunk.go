package rowcache

import (
	"encoding/binary"

	"github.com/habitue-data/habitue/internal/columns"
)

// appendChunk appends all of a chunk but the texts of its rows.
func appendChunk(dst []byte, k *columns.Chunk) []byte {
	dst = binary.AppendVarint(dst, k.FirstLine)
	dst = binary.AppendUvarint(dst, uint64(len(k.Lines)))
	last := k.FirstLine
	for _, line := range k.Lines {
		dst = binary.AppendVarint(dst, line-last)
		last = line
	}
	dst = binary.AppendUvarint(dst, uint64(len(k.Refused)))
	for i := range k.Refused {
		r := &k.Refused[i]
		dst = binary.AppendVarint(dst, r.Line)
		for _, s := range []string{r.Column, r.Reason, r.Detail, r.Raw} {
			dst = binary.AppendUvarint(dst, uint64(len(s)))
			dst = append(dst, s...)
		}
	}
	return k.Encode(dst)
}

// readChunk reads what appendChunk wrote. Texts of columns point into b.
func readChunk(b []byte, k *columns.Chunk) error {
	failed := false
	signed := func() int64 {
		v, n := binary.Varint(b)
		if failed = failed || n <= 0; failed {
			return 0
		}
		b = b[n:]
		return v
	}
	count := func() int {
		v, n := binary.Uvarint(b)
		if failed = failed || n <= 0 || v > uint64(len(b)-n); failed {
			return 0
		}
		b = b[n:]
		return int(v)
	}
	k.Reset()
	k.FirstLine = signed()
	line := k.FirstLine
	for range count() {
		line += signed()
		k.Lines = append(k.Lines, line)
	}
	for range count() {
		r := columns.Refused{Line: signed()}
		for _, s := range []*string{&r.Column, &r.Reason, &r.Detail, &r.Raw} {
			n := count()
			*s = string(b[:n])
			b = b[n:]
		}
		k.Refused = append(k.Refused, r)
	}
	if failed {
		return errBroken
	}
	rows, _, err := columns.Decode(b)
	if err != nil {
		return err
	}
	k.N, k.Cols = rows.N, rows.Cols
	return nil
}
