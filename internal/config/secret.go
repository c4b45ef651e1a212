package config

import (
	"fmt"
	"io"
	"log/slog"
)

// Secret is a text that no log, message or file may show. Its zero value is
// the empty text.
type Secret struct{ text string }

const hidden = "***"

// NewSecret wraps a text.
func NewSecret(text string) Secret { return Secret{text} }

// Reveal is the text itself, for the one place that needs it.
func (s Secret) Reveal() string { return s.text }

// String is *** or, for the empty text, "".
func (s Secret) String() string {
	if s.text == "" {
		return ""
	}
	return hidden
}

// Format keeps every verb of fmt, not only %v, from showing the text.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// LogValue keeps a log from showing the text.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalYAML keeps a YAML file from showing the text.
func (s Secret) MarshalYAML() (any, error) { return s.String(), nil }

// MarshalText keeps JSON and everything else of text from showing the text.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
