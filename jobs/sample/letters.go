package sample

import (
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"
)

// texts are the names of the columns and all their values.
func (s *sampler) texts() iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, c := range s.columns {
			if !yield(c.Name) {
				return
			}
			for _, v := range c.Values {
				if !yield(v) {
					return
				}
			}
		}
	}
}

// beyondASCII tells whether any text holds more than ASCII.
func (s *sampler) beyondASCII() bool {
	for text := range s.texts() {
		if strings.IndexFunc(text, func(r rune) bool { return r >= utf8.RuneSelf }) >= 0 {
			return true
		}
	}
	return false
}

// cyrillic tells whether rows that were read as Windows-1251 are so. Whatever
// is no UTF-8 can be read as that, but a word of Cyrillic letters has no
// others, while the letters that Western European languages have beyond ASCII
// stand among those of ASCII.
func (s *sampler) cyrillic() bool {
	pure, mixed := 0, 0
	for text := range s.texts() {
		for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return !unicode.IsLetter(r) }) {
			ascii, others := 0, 0
			for _, r := range word {
				if r < utf8.RuneSelf {
					ascii++
				} else {
					others++
				}
			}
			switch {
			case others > 0 && ascii > 0:
				mixed++
			case others > 1:
				pure++
			}
		}
	}
	return pure > mixed
}
