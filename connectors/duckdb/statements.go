package duckdb

import (
	"strings"
	"unicode/utf8"
)

// statement is one of several in a text of SQL.
type statement struct {
	text  string // without the semicolon
	begin int    // where it stands in the whole, in bytes
}

// split cuts SQL at semicolons that stand outside quotes and comments. Parts
// that hold nothing but spaces and comments are left out.
func split(sql string) (all []statement) {
	begin, empty := 0, true
	end := func(at int) {
		if !empty {
			all = append(all, statement{sql[begin:at], begin})
		}
		begin, empty = at+1, true
	}
	for i := 0; i < len(sql); {
		rest := sql[i:]
		switch {
		case sql[i] == ';':
			end(i)
			i++
		case strings.HasPrefix(rest, "--"):
			i += upTo(rest, "\n")
		case strings.HasPrefix(rest, "/*"):
			i += upTo(rest, "*/")
		case sql[i] == '\'' && i > 0 && (sql[i-1] == 'e' || sql[i-1] == 'E') && (i < 2 || !inName(sql[i-2])):
			i, empty = i+escaped(rest), false
		case sql[i] == '\'' || sql[i] == '"': // a doubled quote is two quoted parts side by side
			i, empty = i+1+upTo(rest[1:], rest[:1]), false
		case sql[i] == '$' && (i == 0 || !inName(sql[i-1])):
			i, empty = i+dollar(rest), false
		default:
			if !strings.ContainsRune(" \t\r\n\f\v", rune(sql[i])) {
				if empty {
					begin = i
				}
				empty = false
			}
			i++
		}
	}
	end(len(sql))
	return all
}

// upTo is how far it is to behind the mark, or to the end.
func upTo(s, mark string) int {
	if i := strings.Index(s, mark); i >= 0 {
		return i + len(mark)
	}
	return len(s)
}

// escaped is the length of the quoted part of E'...\'...'.
func escaped(s string) int {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '\'':
			return i + 1
		}
	}
	return len(s)
}

// dollar is the length of $tag$...$tag$, or 1 where no tag begins.
func dollar(s string) int {
	i := 1
	for i < len(s) && inName(s[i]) {
		i++
	}
	if i == len(s) || s[i] != '$' || i > 1 && s[1] >= '0' && s[1] <= '9' {
		return 1
	}
	tag := s[:i+1]
	return len(tag) + upTo(s[len(tag):], tag)
}

func inName(b byte) bool {
	return b == '_' || b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= utf8.RuneSelf
}

// verb is the first word, in lower case: "(" for a query in parentheses.
func (s statement) verb() string {
	text := s.text
	for {
		text = strings.TrimLeft(text, " \t\r\n\f\v")
		switch {
		case strings.HasPrefix(text, "--"):
			text = text[upTo(text, "\n"):]
		case strings.HasPrefix(text, "/*"):
			text = text[upTo(text, "*/"):]
		case strings.HasPrefix(text, "("):
			return "("
		default:
			n := 0
			for n < len(text) && inName(text[n]) {
				n++
			}
			return strings.ToLower(text[:n])
		}
	}
}
