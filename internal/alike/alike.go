// Package alike tells which texts are one to a reader.
package alike

import (
	"bytes"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Fold is a text as it is compared: trimmed, NFC, without case.
func Fold(text []byte) string {
	text = bytes.TrimSpace(text)
	plain := true
	for _, c := range text {
		if c >= 0x80 {
			plain = false
			break
		}
	}
	if plain {
		return string(bytes.ToLower(text))
	}
	return string(norm.NFC.Bytes(cases.Fold().Bytes(norm.NFC.Bytes(text))))
}
