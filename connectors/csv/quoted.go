package csv

import (
	"bytes"

	"github.com/habitue-data/habitue/internal/rowfile"
)

// quoted indexes buf[from:to] where quotes may be. A row whose end cannot be
// told without the text behind is left for the next time; open tells of a
// quote that is still open at the end.
func (x *index) quoted(buf []byte, from, to int, delimiter byte, last bool) {
	x.reset(from, to-from)
	x.high = true // not looked at here: every row is checked
	n := uint32(1)
	begins := true // a field begins here
	for i := from; i < to; i++ {
		c := buf[i]
		switch {
		case c == delimiter:
			x.seps[n] = uint32(i)
			n++
			begins = true
		case c == '\n':
			x.seps[n] = uint32(i)
			x.ends = append(x.ends, n)
			n++
			begins = true
		case c == '"' && begins:
			switch behind := rowfile.Closing(buf[:to], i+1); {
			case behind < 0 && x.cut && last && to == len(buf): // a letter: the text was cut where no quote is open
			case behind < 0:
				x.open = i
				i = to
			case !rowfile.Stray(buf[i:behind], buf[behind:to], delimiter):
				i = behind - 1
			}
			begins = false
		default:
			begins = false
		}
	}
	x.finish(n, from, to, len(buf), last)
}

// wellQuoted tells whether the quotes of a field, as it is written, stand
// where the rules allow.
func wellQuoted(text []byte) bool {
	if len(text) == 0 || text[0] != '"' {
		return bytes.IndexByte(text, '"') < 0
	}
	if len(text) < 2 || text[len(text)-1] != '"' {
		return false
	}
	text = text[1 : len(text)-1]
	for {
		i := bytes.IndexByte(text, '"')
		if i < 0 {
			return true
		}
		if i+1 == len(text) || text[i+1] != '"' {
			return false
		}
		text = text[i+2:]
	}
}

// unquote is the value of a well quoted field; dst is used where the value
// is not a part of what is written.
func unquote(dst, text []byte) []byte {
	if len(text) == 0 || text[0] != '"' {
		return text
	}
	text = text[1 : len(text)-1]
	if bytes.IndexByte(text, '"') < 0 {
		return text
	}
	return appendUndoubled(dst, text)
}

// appendUndoubled appends a text in which quotes are doubled.
func appendUndoubled(dst, text []byte) []byte {
	for {
		n := bytes.IndexByte(text, '"') + 1
		if n == 0 {
			return append(dst, text...)
		}
		dst = append(dst, text[:n]...)
		text = text[n+1:]
	}
}
