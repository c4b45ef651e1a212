package identity

import (
	"bytes"
	"slices"
	"unicode"
)

// AppendName appends the name of a person as names are compared: its words in
// small letters, composed (NFC), in one order, since sources differ in which
// name comes first. ok is false where there is no word.
func AppendName(dst []byte, parts ...[]byte) (name []byte, ok bool) {
	var words [][]byte
	for _, part := range parts {
		lower, ok := appendLower(nil, part)
		if !ok {
			continue
		}
		words = append(words, bytes.FieldsFunc(lower, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsNumber(r) })...)
	}
	slices.SortFunc(words, bytes.Compare)
	return append(dst, bytes.Join(words, []byte(" "))...), len(words) > 0
}
