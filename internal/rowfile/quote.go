package rowfile

import "bytes"

// A quote opens where a field begins. It closes where it is not doubled,
// also where no field ends there: what that makes of the row is the
// reader's affair.

// Closing is the place behind the quote that closes the field whose text
// begins at b[i], -1 where there is none.
func Closing(b []byte, i int) int {
	for {
		j := bytes.IndexByte(b[i:], '"')
		if j < 0 {
			return -1
		}
		i += j + 1
		if i == len(b) || b[i] != '"' {
			return i
		}
		i++
	}
}

// Stray tells whether a quote was never meant to open a field: the quote
// that would close it stands in another line, and behind that one no field
// ends. field is the text up to the closing quote. To take the lines between
// as one field would refuse them all for one quote too many, so the quote
// counts as a letter and its own row alone is refused.
func Stray(field, behind []byte, delimiter byte) bool {
	if len(behind) == 0 || behind[0] == delimiter || behind[0] == '\n' || behind[0] == '\r' && (len(behind) == 1 || behind[1] == '\n') {
		return false
	}
	return bytes.IndexByte(field, '\n') >= 0
}

// quotes is where a walk through a text ends.
type quotes struct {
	open   bool // inside quotes
	opened int  // the quote that is still open, -1 where that is before the text
	start  int  // the first place where a row starts, -1 for none
}

// follow walks through the quotes of b, which begins behind a newline (of a
// quoted field where open is set) and ends with one or with the file.
func follow(b []byte, delimiter byte, open bool) quotes {
	i, q := 0, quotes{open: open, opened: -1, start: -1}
	for {
		if q.open {
			behind := Closing(b, i)
			switch {
			case behind < 0:
				return q
			case q.opened >= 0 && Stray(b[q.opened:behind], b[behind:], delimiter):
				i = q.opened + 1
			case q.opened < 0 && Stray(newline, b[behind:], delimiter): // a line ended before b
				q = follow(b, delimiter, false)
				q.start = 0
				return q
			default:
				i = behind
			}
			q.open, q.opened = false, -1
		}
		j := bytes.IndexByte(b[i:], '"')
		end := len(b)
		if j >= 0 {
			end = i + j
		}
		if q.start < 0 {
			if n := bytes.IndexByte(b[i:end], '\n'); n >= 0 {
				q.start = i + n + 1
			}
		}
		if j < 0 {
			return q
		}
		i = end + 1
		if end == 0 || b[end-1] == delimiter || b[end-1] == '\n' {
			q.open, q.opened = true, end
		}
	}
}
