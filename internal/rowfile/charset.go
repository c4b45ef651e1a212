package rowfile

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// The encodings that Options names.
const (
	UTF8        = "utf-8"
	Windows1251 = "windows-1251"
	Windows1252 = "windows-1252"
)

var byteOrderMark = []byte{0xEF, 0xBB, 0xBF}

// Mark is the length of the byte order mark that a text begins with. A mark
// that contradicts the declared encoding is a fault.
func Mark(path string, text []byte, encoding string) (int, error) {
	switch {
	case encoding != "" && encoding != UTF8 && !IsCodePage(encoding):
		return 0, Fault(path, 0, 0, fmt.Sprintf("encoding %q is not known", encoding), "use utf-8, windows-1251 or windows-1252")
	case bytes.HasPrefix(text, []byte{0xFF, 0xFE}), bytes.HasPrefix(text, []byte{0xFE, 0xFF}):
		return 0, Fault(path, 1, 1, "the file is UTF-16, which is not read", "export it as UTF-8 (in Excel: CSV UTF-8)")
	case !bytes.HasPrefix(text, byteOrderMark):
		return 0, nil
	case IsCodePage(encoding):
		return 0, Fault(path, 1, 1, "the file begins with the mark of UTF-8 and is declared as "+encoding, "set encoding: utf-8")
	}
	return len(byteOrderMark), nil
}

// codePages are the UTF-8 forms of the upper halves of the encodings of one
// byte per letter, as browsers read them: a byte that has no letter stays a
// control code.
var codePages = map[string]*[128]string{Windows1251: upperHalf(charmap.Windows1251), Windows1252: upperHalf(charmap.Windows1252)}

func upperHalf(page *charmap.Charmap) *[128]string {
	var table [128]string
	for i := range table {
		table[i] = string(page.DecodeByte(byte(0x80 + i)))
	}
	return &table
}

// IsCodePage tells whether an encoding has one byte per letter: any bytes are
// a text of it.
func IsCodePage(encoding string) bool { return codePages[encoding] != nil }

// AppendUTF8 appends text of the given encoding as UTF-8.
func AppendUTF8(dst, text []byte, encoding string) []byte {
	page := codePages[encoding]
	if page == nil {
		return append(dst, text...)
	}
	for len(text) > 0 {
		n := asciiPrefix(text)
		dst = append(dst, text[:n]...)
		for ; n < len(text) && text[n] >= utf8.RuneSelf; n++ {
			dst = append(dst, page[text[n]-0x80]...)
		}
		text = text[n:]
	}
	return dst
}

// asciiPrefix is the number of bytes before the first one above 0x7F.
func asciiPrefix(b []byte) int {
	i := 0
	for ; i+8 <= len(b) && binary.LittleEndian.Uint64(b[i:])&0x8080808080808080 == 0; i += 8 {
	}
	for ; i < len(b) && b[i] < utf8.RuneSelf; i++ {
	}
	return i
}

// decoder reads a text of one byte per letter as UTF-8.
type decoder struct {
	src      io.Reader
	encoding string
	raw      []byte
	text     []byte
	used     int // bytes of text that were given away
	err      error
}

func newDecoder(src io.Reader, encoding string) *decoder {
	return &decoder{src: src, encoding: encoding, raw: make([]byte, 64<<10)}
}

func (d *decoder) Read(p []byte) (int, error) {
	for d.used == len(d.text) {
		if d.err != nil {
			return 0, d.err
		}
		var n int
		n, d.err = d.src.Read(d.raw)
		d.text, d.used = AppendUTF8(d.text[:0], d.raw[:n], d.encoding), 0
	}
	n := copy(p, d.text[d.used:])
	d.used += n
	return n, nil
}
