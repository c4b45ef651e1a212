package config

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/habitue-data/habitue/internal/fault"
	"go.yaml.in/yaml/v4"
)

// unreadable finds what keeps the bytes from being a text at all.
func unreadable(data []byte) (f fault.Fault, bad bool) {
	if bytes.HasPrefix(data, []byte{0xFF, 0xFE}) || bytes.HasPrefix(data, []byte{0xFE, 0xFF}) {
		return fault.Fault{Line: 1, Col: 1, What: "the file is UTF-16", Todo: "save it as UTF-8"}, true
	}
	line, col := 1, 1
	for len(data) > 0 {
		r, n := utf8.DecodeRune(data)
		switch {
		case r == utf8.RuneError && n == 1:
			return fault.Fault{Line: line, Col: col, What: fmt.Sprintf("the byte 0x%02X is not UTF-8", data[0]), Todo: "save the file as UTF-8"}, true
		case r < ' ' && r != '\n' && r != '\r' && r != '\t', r == 0x7F, 0x80 <= r && r < 0xA0 && r != 0x85, r == 0xFFFE, r == 0xFFFF:
			return fault.Fault{Line: line, Col: col, What: fmt.Sprintf("the control character U+%04X stands here", r), Todo: "take it out"}, true
		case r == '\n':
			line, col = line+1, 0
		}
		data = data[n:]
		col++
	}
	return f, false
}

// wording is what the YAML library says, and what a person should hear.
var wording = []struct{ says, what, todo string }{
	{"found a tab character", "a tab stands where the line is indented", "indent with spaces: YAML takes no tabs"},
	{"mapping values are not allowed", "a colon stands where a value goes on", "put the key on a line of its own, in one column with the keys beside it; quote a text that holds a colon and a space"},
	{"did not find expected ',' or ']'", "the list that opens here with [ goes on wrongly", "separate its elements by commas and close it with ]"},
	{"did not find expected ',' or '}'", "the group that opens here with { goes on wrongly", "separate its keys by commas and close it with }"},
	{"did not find expected '-' indicator", "the list stops short of this line", "start each element with a dash in the same column, or indent the keys below it alike"},
	{"did not find expected key", "the line is indented otherwise than those it belongs to, or a bracket is closed twice", "put keys of one group in one column"},
	{"could not find expected ':'", "a key has no colon", "write key: value"},
	{"unexpected end of stream", "a quote or a bracket that opens here is never closed", "close it"},
	{"unexpected document indicator", "a quote that opens here is never closed", "close it"},
	{"unknown escape character", "a backslash stands before a letter that means nothing", `write \\ for a backslash, or use single quotes`},
	{"cannot start any token", "the character may not start a value", "put the value in quotes"},
	{"unknown anchor", "an alias names an anchor that is not there", "write the value itself, or quote a text that starts with *"},
	{"unknown directive", "a line that starts with % stands here", "take it out, or put the value in quotes"},
	{"block sequence entries are not allowed", "a dash stands where a value goes on", "start the list on a line of its own"},
	{"exceeded max depth", "the file is nested too deeply", "write it with fewer levels"},
}

// plain tells an error of the YAML library in plain words, at the right
// place.
func plain(err error, data []byte) fault.Fault {
	f := fault.Fault{Line: 1, Col: 1, What: "the file is not valid YAML here", Todo: "look for a missing quote, colon or bracket on this line or the one above"}
	var e *yaml.LoadError
	if !errors.As(err, &e) {
		return f
	}
	mark := e.Mark
	for _, open := range []string{"unexpected end of stream", "unexpected document indicator", "',' or"} {
		if strings.Contains(e.Message, open) {
			mark = e.ContextMark // what was opened, not where it was missed
		}
	}
	f.Line, f.Col = max(1, mark.Line), max(1, mark.Column)
	said := e.Message
	if col, tab := tabIndent(data, f.Line); tab {
		said, f.Col = wording[0].says, col
	}
	for _, w := range wording {
		if strings.Contains(said, w.says) {
			f.What, f.Todo = w.what, w.todo
			break
		}
	}
	return f
}

// tabIndent tells whether a line is indented with a tab, and its column.
func tabIndent(data []byte, line int) (col int, tab bool) {
	lines := bytes.Split(data, []byte("\n"))
	if line > len(lines) {
		return 0, false
	}
	for i, c := range lines[line-1] {
		if c == '\t' {
			return i + 1, true
		}
		if c != ' ' {
			break
		}
	}
	return 0, false
}
