package project

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/habitue-data/habitue/internal/config"
)

// Pattern is where files of a source lie: a path with globs (*, ?, [a-z])
// and the day in the name (%Y, %m, %d, %H; %% is a plain %).
type Pattern struct {
	Text      string // as the project file has it
	Line, Col int
}

// directives are the parts of a date, as a glob and as an expression.
var directives = map[byte]struct{ glob, expr string }{
	'Y': {"[0-9][0-9][0-9][0-9]", "([0-9]{4})"},
	'm': {"[0-1][0-9]", "([0-9]{2})"},
	'd': {"[0-3][0-9]", "([0-9]{2})"},
	'H': {"[0-2][0-9]", "([0-9]{2})"},
}

// HasDate tells whether names of the pattern say their day.
func (p Pattern) HasDate() bool {
	for _, d := range []string{"%Y", "%m", "%d"} {
		if !strings.Contains(p.plain(), d) {
			return false
		}
	}
	return true
}

// HasMany tells whether more than one file may be of the pattern.
func (p Pattern) HasMany() bool { return strings.ContainsAny(p.Text, "*?[") || p.HasDate() }

// plain is the text without its plain percent signs.
func (p Pattern) plain() string { return strings.ReplaceAll(p.Text, "%%", "") }

// compile gives the glob of the file system and the expression that reads
// the date out of a path that it finds.
func (p Pattern) compile() (glob string, expr *regexp.Regexp, order string, err error) {
	var g, e strings.Builder
	e.WriteString("^")
	for i := 0; i < len(p.Text); i++ {
		c, size := utf8.DecodeRuneInString(p.Text[i:])
		switch c {
		case '%':
			i++
			if i < len(p.Text) && p.Text[i] == '%' {
				g.WriteByte('%')
				e.WriteByte('%')
				continue
			}
			if i == len(p.Text) {
				return "", nil, "", fmt.Errorf("a %% stands at the end")
			}
			d, ok := directives[p.Text[i]]
			if !ok {
				c, _ := utf8.DecodeRuneInString(p.Text[i:])
				return "", nil, "", fmt.Errorf("%%%c is no part of a date that is read", c)
			}
			g.WriteString(d.glob)
			e.WriteString(d.expr)
			order += string(p.Text[i])
		case '*':
			g.WriteRune(c)
			e.WriteString("[^/]*")
		case '?':
			g.WriteRune(c)
			e.WriteString("[^/]")
		case '[':
			end := strings.IndexByte(p.Text[i:], ']')
			if end < 0 {
				return "", nil, "", fmt.Errorf("a [ is never closed")
			}
			class := p.Text[i : i+end+1]
			g.WriteString(class)
			e.WriteString(class)
			i += end
		case '\\':
			return "", nil, "", fmt.Errorf("a backslash stands in it")
		default:
			g.WriteString(p.Text[i : i+size])
			e.WriteString(regexp.QuoteMeta(string(c))) // a byte that is no letter is as good as any other such
			i += size - 1
		}
	}
	if _, err := filepath.Match(g.String(), ""); err != nil {
		return "", nil, "", fmt.Errorf("its [ ] say nothing")
	}
	if expr, err = regexp.Compile(e.String() + "$"); err != nil {
		return "", nil, "", fmt.Errorf("its [ ] say nothing")
	}
	return g.String(), expr, order, nil
}

func readablePattern(v *config.Value, say say) {
	p := Pattern{Text: v.Text()}
	readablePlace(v, say)
	switch _, _, order, err := p.compile(); {
	case p.Text == "":
		say(v, v.Path+" is empty", "name the files")
	case err != nil:
		say(v, fmt.Sprintf("the path %q cannot be read: %v", p.Text, err), "write %Y, %m, %d, %H, *, ? or [a-z]; %% is a plain %")
	case order != "" && !p.HasDate():
		say(v, fmt.Sprintf("the path %q has no whole day", p.Text), "write %Y, %m and %d, or * where the name does not matter")
	}
}
