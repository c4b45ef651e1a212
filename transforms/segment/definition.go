package segment

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/habitue-data/habitue/internal/config"
	"github.com/habitue-data/habitue/internal/fault"
)

// Definition is a segment as its file says it.
type Definition struct {
	Name                                         string
	Description, Goal, Owner, Treatment, Purpose string
	File                                         string
	Line, Col                                    int
	AnyKind                                      bool // base: all
	Every                                        string
	Members                                      *Members // of a static segment
	When                                         *Clause  // of any other
}

// Members is where the keys of a static segment stand.
type Members struct {
	File, Column, Key string
}

// Hash tells versions of a definition apart: equal for equal conditions,
// however and in whatever order they are written down, whatever the words
// around them. The file of a static segment has a hash of its own.
func (d *Definition) Hash() string {
	sum := sha256.Sum256([]byte(d.canonical()))
	return hex.EncodeToString(sum[:16])
}

func (d *Definition) canonical() string {
	parts := []string{"every:" + d.Every, "all:" + strconv.FormatBool(d.AnyKind)}
	if d.Members != nil {
		parts = append(parts, "members:"+strconv.Quote(d.Members.File)+strconv.Quote(d.Members.Column)+strconv.Quote(d.Members.Key))
	}
	if d.When != nil {
		parts = append(parts, d.When.canonical())
	}
	return strings.Join(parts, "\n")
}

// Op says what a clause does.
type Op uint8

const (
	All   Op = iota // every part holds
	Any             // at least one part holds
	Not             // no part holds
	Ask             // a filter of the catalogue
	Where           // a CEL expression
)

// Clause is a node of the tree of conditions.
type Clause struct {
	Op        Op
	Parts     []*Clause // All, Any, Not
	Text      string    // as it was written, in one line
	Line, Col int

	filter *Filter
	params Operands
	where  *expression
	same   string // canonical form of a leaf
}

// Leaves are the filters and expressions below, in the order of the file.
func (c *Clause) Leaves() (all []*Clause) {
	if c.Op >= Ask {
		return []*Clause{c}
	}
	for _, p := range c.Parts {
		all = append(all, p.Leaves()...)
	}
	return all
}

// Filters are the names of the filters that the conditions ask, each as often as
// they do; where, for an expression.
func (d *Definition) Filters() (names []string) {
	if d.When == nil {
		return nil
	}
	for _, leaf := range d.When.Leaves() {
		if leaf.Op == Where {
			names = append(names, "where")
		} else {
			names = append(names, leaf.filter.Name)
		}
	}
	return names
}

func (c *Clause) canonical() string {
	if c.Op >= Ask {
		return c.same
	}
	var parts []string
	for _, p := range c.Parts {
		parts = append(parts, p.canonical())
	}
	slices.Sort(parts) // the order of parts decides nothing
	if len(parts) == 1 && c.Op != Not {
		return parts[0]
	}
	return [...]string{"all", "any", "not"}[c.Op] + "(" + strings.Join(parts, ",") + ")"
}

// Read reads a segment file. The definition is nil where nothing of it can
// be read.
func (c *Catalogue) Read(file string, data []byte) (*Definition, fault.List) {
	v, faults := config.Parse(file, data, c.file, config.World{})
	if v == nil || faults != nil {
		return nil, faults
	}
	d := &Definition{File: file, Line: v.At("segment").Line, Col: v.At("segment").Col, Name: v.Get("segment").Text(), Description: v.Get("description").Text(),
		Goal: v.Get("goal").Text(), Owner: v.Get("owner").Text(), Treatment: v.Get("treatment").Text(), Purpose: v.Get("purpose").Text(),
		AnyKind: v.Get("base").Text() == "all", Every: v.Get("every").Text()}
	if m := v.Get("members"); m != nil {
		d.Members = &Members{m.Text(), m.Get("column").Text(), m.Get("key").Text()}
		if m.Spec.Type == config.Group {
			d.Members.File = m.Get("file").Text()
		}
	}
	if when := v.Get("when"); when != nil {
		d.When = c.clause(when)
	}
	return d, nil
}

// clause makes a node of a condition: its keys must all hold.
func (c *Catalogue) clause(v *config.Value) *Clause {
	all := &Clause{Op: All, Text: "all", Line: v.Line, Col: v.Col}
	for _, e := range v.Entries() {
		if !e.Value.IsSet() {
			continue
		}
		all.Parts = append(all.Parts, c.key(e))
	}
	if len(all.Parts) == 1 {
		return all.Parts[0]
	}
	return all
}

func (c *Catalogue) key(e config.Entry) *Clause {
	k := &Clause{Text: e.Name, Line: e.Line, Col: e.Col}
	switch e.Name {
	case "all", "any", "not":
		k.Op = map[string]Op{"all": All, "any": Any, "not": Not}[e.Name]
		items := e.Value.Items()
		if e.Value.Spec.Type == config.Group {
			items = []*config.Value{e.Value}
		}
		for _, i := range items {
			k.Parts = append(k.Parts, c.clause(i))
		}
	case "where":
		k.Op, k.Text = Where, "where: "+e.Value.Text()
		k.where, _ = compileWhere(e.Value.Text()) // its check compiled it before
		k.same = "where:" + strconv.Quote(e.Value.Text())
	default:
		k.Op, k.Text = Ask, e.Name+": "+written(e.Value, false)
		k.filter = c.filter(e.Name)
		k.params = k.filter.operands(e.Value)
		k.same = e.Name + ":" + canonicalOf(k.params)
	}
	return k
}

// written is a value in YAML's flow style; sorted puts keys in order.
func written(v *config.Value, sorted bool) string {
	switch v.Spec.Type {
	case config.Group, config.Map:
		var parts []string
		for _, e := range v.Entries() {
			if e.Value.IsSet() {
				parts = append(parts, e.Name+": "+written(e.Value, sorted))
			}
		}
		if sorted {
			sort.Strings(parts)
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case config.List:
		var parts []string
		for _, i := range v.Items() {
			parts = append(parts, written(i, sorted))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	if text := v.Text(); text == "" || strings.ContainsAny(text, "{}[],:#&*!|>'\"%@`") || strings.TrimSpace(text) != text {
		return strconv.Quote(text)
	}
	return v.Text()
}

func canonicalOf(params Operands) string {
	var parts []string
	for _, p := range params {
		parts = append(parts, p.Name+"="+written(p.Value, true))
	}
	slices.Sort(parts)
	return strings.Join(parts, ";")
}

// Kind is dynamic, scheduled or static.
func (d *Definition) Kind() string {
	switch {
	case d.Members != nil:
		return "static"
	case d.Every != "":
		return "scheduled"
	}
	return "dynamic"
}

// Base is known or all: whom the segment may hold.
func (d *Definition) Base() string {
	if d.AnyKind {
		return "all"
	}
	return "known"
}

// Conditions are what decides who is a member, in one line.
func (d *Definition) Conditions() string {
	if d.Members != nil {
		return "members: " + d.Members.File
	}
	return d.When.line()
}

// line is a clause as it was written, in YAML's flow style.
func (c *Clause) line() string {
	if c.Op >= Ask {
		return c.Text
	}
	parts := make([]string, len(c.Parts))
	for i, p := range c.Parts {
		parts[i] = p.line()
	}
	return [...]string{"all", "any", "not"}[c.Op] + ": [" + strings.Join(parts, ", ") + "]"
}
