package jsonl

import (
	"bytes"
	"encoding/binary"
	"math/bits"

	"github.com/habitue-data/habitue/internal/columns"
)

// maxDepth is how deep objects and lists may be nested.
const maxDepth = 100

// scanner goes through one line, checks every byte of it and keeps the
// places of wanted values.
type scanner struct {
	buf  []byte         // up to the end of the line
	i    int            // next byte
	data []byte         // the text in view, and behind it values that are not written as they are
	out  []columns.Span // of each wanted column
	rest []member       // of the line's object, what no path touches
	keep bool           // fill rest
	fail string         // what is wrong at i
	nul  bool           // a wanted value may hold a NUL: it can only come by an escape
}

// member is where a member of an object lies.
type member struct{ name, value columns.Span }

// param is where the key and the value of a list's {key, value} begin, -1
// where they are not there.
type param struct{ key, value int }

func (s *scanner) wrong(what string) bool {
	if s.fail == "" {
		s.fail = what
	}
	return false
}

// line goes through a whole line, from s.i to the end of s.buf.
func (s *scanner) line(root *node) bool {
	for i := range s.out {
		s.out[i] = columns.MissingSpan
	}
	s.rest, s.fail, s.nul = s.rest[:0], "", false
	if s.space(); s.peek() != '{' {
		return s.wrong("a line must be one object")
	}
	if !s.object(root, 1, nil) {
		return false
	}
	if s.space(); s.i < len(s.buf) {
		return s.wrong("something follows the object; one line is one object")
	}
	return true
}

func (s *scanner) space() {
	for s.i < len(s.buf) {
		switch s.buf[s.i] {
		case ' ', '\t', '\r', '\n':
			s.i++
		default:
			return
		}
	}
}

// peek is the next byte, 0 at the end, which no value begins with.
func (s *scanner) peek() byte {
	if s.i < len(s.buf) {
		return s.buf[s.i]
	}
	return 0
}

// value goes through any value; n, where set, says what is wanted of it.
func (s *scanner) value(n *node, depth int) bool {
	start, ok, escaped := s.i, false, false
	switch c := s.peek(); c {
	case '"':
		ok, escaped = s.text()
	case '{':
		ok = s.object(n, depth+1, nil)
	case '[':
		ok = s.list(n, depth+1)
	case 't':
		ok = s.word("true")
	case 'f':
		ok = s.word("false")
	case 'n':
		ok = s.word("null")
	default:
		ok = s.number()
	}
	if ok && n != nil && len(n.outs) > 0 {
		s.give(n.outs, start, s.i, escaped)
	}
	return ok
}

// give sets wanted columns to the value that is written between two places.
func (s *scanner) give(outs []int, start, end int, escaped bool) {
	span := columns.Span{Start: uint32(start), End: uint32(end)}
	switch s.buf[start] {
	case 'n':
		span = columns.MissingSpan
	case '"':
		span.Start, span.End = span.Start+1, span.End-1
		if escaped {
			span.Start = uint32(len(s.data))
			s.data = appendUnescaped(s.data, s.buf[start+1:end-1])
			span.End = uint32(len(s.data))
			s.nul = s.nul || bytes.IndexByte(s.data[span.Start:], 0) >= 0
		}
		if span.Start == span.End {
			span = columns.MissingSpan
		}
	}
	for _, o := range outs {
		s.out[o] = span
	}
}

// clear forgets what was found inside n: the last of equal members counts.
func (s *scanner) clear(n *node) {
	for _, o := range n.outs {
		s.out[o] = columns.MissingSpan
	}
	for _, e := range n.members {
		s.clear(e.to)
	}
	for _, e := range n.params {
		s.clear(e.to)
	}
	for _, e := range n.items {
		s.clear(e.to)
	}
}

func (s *scanner) object(n *node, depth int, p *param) bool {
	if depth > maxDepth {
		return s.wrong("nested deeper than 100")
	}
	s.i++
	if s.space(); s.peek() == '}' {
		s.i++
		return true
	}
	for {
		if s.peek() != '"' {
			return s.wrong("the name of a member is missing")
		}
		start := s.i
		ok, escaped := s.text()
		if !ok {
			return false
		}
		nameSpan := columns.Span{Start: uint32(start + 1), End: uint32(s.i - 1)}
		name := s.buf[start+1 : s.i-1]
		if escaped {
			nameSpan.Start = uint32(len(s.data))
			s.data = appendUnescaped(s.data, name)
			nameSpan.End = uint32(len(s.data))
			name = s.data[nameSpan.Start:]
		}
		if s.space(); s.peek() != ':' {
			return s.wrong("a colon is missing")
		}
		s.i++
		s.space()
		var to *node
		if n != nil {
			if to = find(n.members, name); to != nil {
				s.clear(to)
			}
		}
		value := s.i
		if p != nil {
			switch string(name) {
			case "key":
				p.key = value
			case "value":
				p.value = value
			}
		}
		if !s.value(to, depth) {
			return false
		}
		if depth == 1 && s.keep && to == nil {
			s.rest = append(s.rest, member{nameSpan, columns.Span{Start: uint32(value), End: uint32(s.i)}})
		}
		s.space()
		switch s.peek() {
		case ',':
			s.i++
			s.space()
		case '}':
			s.i++
			return true
		default:
			return s.wrong("a comma or } is missing")
		}
	}
}

func (s *scanner) list(n *node, depth int) bool {
	if depth > maxDepth {
		return s.wrong("nested deeper than 100")
	}
	s.i++
	if s.space(); s.peek() == ']' {
		s.i++
		return true
	}
	for at := 0; ; at++ {
		if !s.element(n, at, depth) {
			return false
		}
		s.space()
		switch s.peek() {
		case ',':
			s.i++
			s.space()
		case ']':
			s.i++
			return true
		default:
			return s.wrong("a comma or ] is missing")
		}
	}
}

func (s *scanner) element(n *node, at, depth int) bool {
	if n == nil {
		return s.value(nil, depth)
	}
	for _, i := range n.items {
		if i.at == at {
			start := s.i
			if !s.value(i.to, depth) {
				return false
			}
			if len(n.params) == 0 || s.buf[start] != '{' {
				return true
			}
			s.i = start // once more, as a parameter
			break
		}
	}
	if len(n.params) == 0 || s.peek() != '{' {
		return s.value(nil, depth)
	}
	p := param{-1, -1}
	if !s.object(nil, depth+1, &p) {
		return false
	}
	s.param(n.params, p, depth)
	return true
}

// param looks whether a list's {key, value}, already gone through, is
// wanted, and gives its value: a scalar, or the first member that is not
// null of an object of typed values.
func (s *scanner) param(params []edge, p param, depth int) {
	if p.key < 0 || p.value < 0 || s.buf[p.key] != '"' {
		return
	}
	end := s.i
	defer func() { s.i = end }()
	s.i = p.key
	_, escaped := s.text()
	key := s.buf[p.key+1 : s.i-1]
	if escaped {
		from := len(s.data)
		s.data = appendUnescaped(s.data, key)
		key = s.data[from:]
	}
	to := find(params, key)
	if to == nil {
		return
	}
	s.i = p.value
	if s.buf[p.value] != '{' {
		s.value(to, depth)
		return
	}
	s.clear(to)
	for _, typed := range to.typed {
		s.i = p.value
		s.object(typed, depth, nil)
		if !s.out[to.outs[0]].Missing() {
			return
		}
	}
}

func (s *scanner) word(w string) bool {
	if !bytes.HasPrefix(s.buf[s.i:], []byte(w)) {
		return s.wrong("this is no value")
	}
	s.i += len(w)
	return true
}

func (s *scanner) digits() bool {
	start := s.i
	for s.i < len(s.buf) && s.buf[s.i]-'0' <= 9 {
		s.i++
	}
	return s.i > start || s.wrong("a digit is missing")
}

func (s *scanner) number() bool {
	start := s.i
	if s.peek() == '-' {
		s.i++
	}
	if s.peek() == '0' {
		s.i++
	} else if s.peek()-'0' > 9 {
		if s.i == start {
			return s.wrong("a value is missing")
		}
		return s.wrong("a digit is missing")
	} else {
		s.digits()
	}
	if s.peek() == '.' {
		s.i++
		if !s.digits() {
			return false
		}
	}
	if c := s.peek(); c == 'e' || c == 'E' {
		s.i++
		if c := s.peek(); c == '+' || c == '-' {
			s.i++
		}
		return s.digits()
	}
	return true
}

const (
	each = 0x0101010101010101 // times a byte: that byte eight times
	high = 0x8080808080808080
)

// text goes through a string, eight bytes at a time while they are plain.
func (s *scanner) text() (ok, escaped bool) {
	s.i++
	for {
		for s.i+8 <= len(s.buf) {
			w := binary.LittleEndian.Uint64(s.buf[s.i:])
			q, b := w^'"'*each, w^'\\'*each
			// The lowest bit set is that of the first byte that is not plain.
			m := ((q-each)&^q | (b-each)&^b | (w-' '*each)&^w) & high
			if m != 0 {
				s.i += bits.TrailingZeros64(m) >> 3
				break
			}
			s.i += 8
		}
		switch c := s.peek(); {
		case c == '"':
			s.i++
			return true, escaped
		case c == '\\':
			escaped = true
			if !s.escape() {
				return false, true
			}
		case s.i >= len(s.buf):
			return s.wrong("a string is not closed"), escaped
		case c < ' ':
			return s.wrong("a control character must be escaped"), escaped
		default:
			s.i++
		}
	}
}

func (s *scanner) escape() bool {
	s.i++
	switch s.peek() {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		s.i++
		return true
	case 'u':
		s.i++
		for range 4 {
			if _, ok := hexDigit(s.peek()); !ok {
				return s.wrong(`\u needs four hexadecimal digits`)
			}
			s.i++
		}
		return true
	}
	return s.wrong("this escape is not known")
}
