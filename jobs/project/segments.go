package project

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/config"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/transforms/segment"
	"github.com/habitue-data/habitue/transforms/segment/filters"
)

// Segments are the segments of a project.
type Segments struct {
	Files []SegmentFile
	Set   *segment.Set
	Lists []MemberList
}

// SegmentFile is a definition as it was written.
type SegmentFile struct{ Name, Text string }

// MemberList is the members of a static segment, as its file has them.
type MemberList struct {
	Segment string
	Key     string // field of the values, or customer_id
	Values  []string
}

// segments reads the definitions of the folder, and the lists that they name.
func (l *loader) segments(at *config.Value) {
	s := &l.p.Segments
	pattern := at.Text()
	paths, err := filepath.Glob(l.p.Path(pattern))
	if err != nil {
		l.say(at, "segments "+quoted(pattern)+" is no pattern of files", "write a pattern as segments/*.yaml")
		return
	}
	if len(paths) == 0 && at.IsSet() {
		l.say(at, "no file fits segments "+quoted(pattern), "put segment files there, or take the key out")
	}
	catalogue, err := filters.Catalogue()
	if err != nil {
		l.say(at, err.Error(), "report this: it is a defect of the program")
		return
	}
	var all []*segment.Definition
	for _, path := range paths {
		name, err := filepath.Rel(l.p.Dir, path)
		if err != nil {
			name = path
		}
		name = filepath.ToSlash(name)
		l.named[l.p.from(".", name)] = true
		data, err := os.ReadFile(path)
		if err != nil {
			l.say(at, "the segment file "+name+" cannot be read: "+cause(err), "mend its permissions")
			continue
		}
		l.count(name, data)
		d, faults := catalogue.Read(name, data)
		l.faults = append(l.faults, faults...)
		if d == nil {
			continue
		}
		all = append(all, d)
		s.Files = append(s.Files, SegmentFile{name, string(data)})
		if d.Members != nil {
			s.Lists = append(s.Lists, l.members(d))
		}
	}
	set, faults := segment.NewSet(all)
	l.faults = append(append(l.faults, faults...), set.OtherCurrencies(l.p.Currency)...)
	s.Set = set
}

// members reads the list of a static segment.
func (l *loader) members(d *segment.Definition) MemberList {
	m := d.Members
	list := MemberList{Segment: d.Name, Key: m.Key}
	say := func(what, todo string) {
		l.faults = append(l.faults, fault.Fault{File: d.File, Line: d.Line, Col: d.Col, What: what, Todo: todo})
	}
	data, err := os.ReadFile(l.p.Path(m.File))
	if err != nil {
		l.named[l.p.from(".", m.File)] = true
		say("the list "+m.File+" of segment "+d.Name+" cannot be read: "+cause(err), "put it there, or mend the path: it is relative to the project file")
		return list
	}
	column := m.Column
	if column == "" {
		if column = listColumn(data, m.Key); column == "" {
			say("no column of "+m.File+" has the name of a key", "name the column and its key, as members: {file: "+m.File+", column: mail, key: email}")
			return list
		}
	}
	if list.Key == "" {
		list.Key = column
	}
	if _, ok := customer.KeyTypeOf(list.Key); !ok && list.Key != "customer_id" {
		say(quoted(list.Key)+" is no key", "say which key the column "+column+" holds, as members: {file: "+m.File+", column: "+column+", key: email}")
		return list
	}
	l.rows(m.File, data, []string{column}, func(row []string, bad func(column int, what, todo string)) {
		if row[0] == "" {
			return
		}
		if _, err := customer.ParseID([]byte(row[0])); list.Key == "customer_id" && err != nil {
			bad(0, quoted(row[0])+" is no id of a customer", "write c and 16 letters and digits, as the column customer_id of the tables has it")
			return
		}
		list.Values = append(list.Values, row[0])
	})
	return list
}

// listColumn is the column of a list that has the name of a key.
func listColumn(data []byte, key string) string {
	header, _, _ := strings.Cut(strings.TrimPrefix(string(data), "\ufeff"), "\n")
	names := strings.Split(strings.TrimRight(header, "\r"), ",")
	for i := range names {
		names[i] = strings.Trim(strings.TrimSpace(names[i]), `"`)
	}
	if key != "" && slices.Contains(names, key) {
		return key
	}
	for _, name := range names {
		if _, ok := customer.KeyTypeOf(name); ok || name == "customer_id" {
			return name
		}
	}
	return ""
}

// destinationsOf holds that the segments of activation are there.
func (l *loader) destinationsOf(v *config.Value) {
	var names []string
	purposes := map[string]string{}
	for _, d := range l.p.Segments.Set.Definitions {
		names = append(names, d.Name)
		purposes[d.Name] = strings.ToLower(d.Purpose)
	}
	for _, d := range v.Items() {
		purpose := strings.ToLower(d.Get("purpose").Text())
		segments := d.Get("segments").Items()
		if len(segments) == 0 {
			segments = []*config.Value{d.Get("segments")}
		}
		for _, s := range segments {
			if slices.Contains(names, s.Text()) {
				if wants := purposes[s.Text()]; wants != "" && purpose != wants && !strings.HasPrefix(purpose, wants+"/") {
					l.say(d.At("purpose"), "the members of "+s.Text()+" may be written to for "+wants+", and this file is for "+purpose, "write purpose: "+wants+", or change the purpose of the segment")
				}
				continue
			}
			todo := "put a file that defines it into segments/"
			if len(names) > 0 {
				todo = guess(s.Text(), names, "the segments are ")
			}
			l.say(s, "there is no segment "+quoted(s.Text()), todo)
		}
	}
}
