package script

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/transforms/segment"
)

// reader goes through the lines of a file.
type reader struct {
	file      string
	catalogue *segment.Catalogue
	known     []*segment.Definition
	out       *File
	faults    fault.List
	line      int
	person    *person
	yaml      []string // of the segment being read
	expect    *expectation
}

func (r *reader) say(what, todo string) {
	r.faults = append(r.faults, fault.Fault{File: r.file, Line: r.line, What: what, Todo: todo})
}

// Read reads a .test file.
func Read(file string, data []byte, catalogue *segment.Catalogue, known ...*segment.Definition) (*File, fault.List) {
	r := reader{file: file, catalogue: catalogue, known: known, out: &File{name: file, Zone: time.UTC, unsupplied: map[customer.HistoryTable]bool{}}}
	lines := strings.Split(string(data), "\n")
	for n, line := range lines {
		r.line = n + 1
		if at := strings.Index(line, "#"); at >= 0 && (at == 0 || line[at-1] == ' ') {
			line = line[:at]
		}
		switch text := strings.TrimSpace(line); {
		case text == "":
		case line[0] == ' ' || line[0] == '\t':
			r.inner(text, line)
		default:
			r.outer(text)
		}
	}
	r.close()
	if r.out.AsOf == 0 {
		r.line = 1
		r.say("the file has no as_of", "write as_of 2026-03-31")
	}
	if r.out.Known == 0 {
		r.out.Known = r.out.AsOf
	}
	r.faults.Sort()
	return r.out, r.faults
}

// outer reads a line at the margin.
func (r *reader) outer(text string) {
	word, rest, _ := strings.Cut(text, " ")
	rest = strings.TrimSpace(rest)
	r.close()
	switch word {
	case "zone":
		zone, err := time.LoadLocation(rest)
		if err != nil {
			r.say(fmt.Sprintf("%q is no zone", rest), "write one as Europe/Berlin")
			return
		}
		r.out.Zone = zone
	case "as_of":
		r.out.AsOf = r.day(rest)
	case "known":
		r.out.Known = r.day(rest)
	case "unsupplied":
		t, ok := tableOf(rest)
		if !ok {
			r.say(fmt.Sprintf("%q is no table of a history", rest), "write one as interactions")
		}
		r.out.unsupplied[t] = true
	case "segment":
		r.expect = &expectation{line: r.line, want: map[string]segment.Truth{}}
		r.yaml = []string{rest}
	default:
		if t, is := shop[word]; is && rest != "" {
			r.ofShop(t, rest)
			return
		}
		if rest != "" || slices.ContainsFunc(r.out.people, func(p person) bool { return p.name == word }) {
			r.say(fmt.Sprintf("%q is neither a setting nor a new person", text), "a person is one word on a line, its facts follow, indented; settings are zone, as_of, known, unsupplied, store, product and segment")
			return
		}
		r.out.people = append(r.out.people, person{name: word})
		r.person = &r.out.people[len(r.out.people)-1]
	}
}

func (r *reader) day(text string) int32 {
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		r.say(fmt.Sprintf("%q is no day", text), "write it as 2026-03-31")
	}
	return int32(day.Unix() / 86400)
}

// inner reads an indented line.
func (r *reader) inner(text, line string) {
	word, rest, _ := strings.Cut(text, " ")
	truth, expects := map[string]segment.Truth{"members": segment.True, "others": segment.False, "unknown": segment.Unknown}[word]
	switch {
	case r.expect != nil && expects:
		r.names(rest, truth)
	case r.expect != nil:
		r.yaml = append(r.yaml, line)
	case r.person != nil:
		r.fact(text)
	default:
		r.say("the line belongs to nobody", "put it under a person or a segment")
	}
}

// names reads people, each with what it is there for.
func (r *reader) names(text string, truth segment.Truth) {
	for one := range strings.SplitSeq(text, ",") {
		name, _, _ := strings.Cut(one, "(") // what somebody is there for is for the reader
		name = strings.TrimSpace(name)
		if !slices.ContainsFunc(r.out.people, func(p person) bool { return p.name == name }) {
			r.say(fmt.Sprintf("there is nobody called %q", name), "write people before segments")
			continue
		}
		r.expect.want[name] = truth
	}
}

// close ends the person or the segment being read. A segment that is one
// condition gets a name by its number.
func (r *reader) close() {
	e := r.expect
	r.person, r.expect = nil, nil
	if e == nil {
		return
	}
	name, condition, whole := "segment-"+strconv.Itoa(len(r.out.segments)+1), strings.Join(r.yaml, "\n"), false
	if first := strings.TrimSpace(r.yaml[0]); first != "" && first[0] != '{' {
		name, condition, whole = first, strings.Join(r.yaml[1:], "\n"), true
	}
	if whole && strings.TrimSpace(condition) == "" {
		if at := slices.IndexFunc(r.known, func(d *segment.Definition) bool { return d.Name == name }); at >= 0 {
			e.definition = r.known[at]
			r.out.segments = append(r.out.segments, *e)
			return
		}
	}
	text := "segment: " + name + strings.Repeat("\n", e.line-1) // so that faults have the lines of the file
	if whole {
		text += "\n" + dedent(condition)
	} else {
		text += "when: " + condition
	}
	d, faults := r.catalogue.Read(r.file, []byte(text))
	for i := range faults {
		faults[i].Col = 0
	}
	r.faults = append(r.faults, faults...)
	if d != nil {
		e.definition = d
		r.out.segments = append(r.out.segments, *e)
	}
}

// dedent takes the indentation of the first line from all.
func dedent(text string) string {
	lines := strings.Split(text, "\n")
	indent := lines[0][:len(lines[0])-len(strings.TrimLeft(lines[0], " "))]
	for i := range lines {
		lines[i] = strings.TrimPrefix(lines[i], indent)
	}
	return strings.Join(lines, "\n")
}
