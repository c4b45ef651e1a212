package rfm

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"strings"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
)

//go:embed groups.csv
var groupsCSV string

// Prospect is the group of customers without a counted order. It has no
// codes: they are not scored.
const Prospect = "Prospect"

// Groups gives every code from 111 to 555 its named group. The map is the
// one in wide use (Squeezely, Maestra): 11 groups, 125 codes, no overlap.
type Groups struct {
	all    []Group
	number [Scores * Scores * Scores]int
}

// Group is a named group, and what it asks of a marketer.
type Group struct {
	Name      string
	Goal      string   // what is to become of them
	Treatment string   // what to do
	Codes     []string // of R, F and M
}

// LoadGroups reads the map that comes with the program.
func LoadGroups() (*Groups, error) {
	rows, err := csv.NewReader(strings.NewReader(groupsCSV)).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read groups.csv: %w", err)
	}
	g := &Groups{}
	for i := range g.number {
		g.number[i] = -1
	}
	for n, row := range rows[1:] {
		group := Group{Name: row[0], Goal: row[1], Treatment: row[2], Codes: strings.Fields(row[3])}
		g.all = append(g.all, group)
		for _, code := range group.Codes {
			i := index(int64(code[0]-'0'), int64(code[1]-'0'), int64(code[2]-'0'))
			if had := g.number[i]; had >= 0 {
				return nil, fmt.Errorf("groups.csv: code %s is in %s and in %s", code, g.all[had].Name, group.Name)
			}
			g.number[i] = n
		}
	}
	for i, n := range g.number {
		if n < 0 {
			return nil, fmt.Errorf("groups.csv: no group has code %d%d%d", i/25+1, i/5%5+1, i%5+1)
		}
	}
	return g, nil
}

func index(r, f, m int64) int64 { return (r-1)*Scores*Scores + (f-1)*Scores + m - 1 }

// All are the groups, in the order of the file: the best first, Prospect
// last.
func (g *Groups) All() []Group { return g.all }

// Names are their names, in the same order.
func (g *Groups) Names() (names []string) {
	for _, one := range g.all {
		names = append(names, one.Name)
	}
	return names
}

// NumberOf is the place in All of the group of three scores.
func (g *Groups) NumberOf(r, f, m int64) int { return g.number[index(r, f, m)] }

// Of is the name of the group of three scores.
func (g *Groups) Of(r, f, m int64) string { return g.all[g.NumberOf(r, f, m)].Name }

// Temperatures are the names of the three temperatures.
func Temperatures() []string { return customer.Words("customers", "temperature") }

// Temperature is the place in Temperatures of a customer's: hot with R of 4
// and 5, warm with 2 and 3, or 1 and F of 4 or 5, ice-cold the rest.
func Temperature(r, f int64) int {
	switch {
	case r >= 4:
		return 0
	case r >= 2 || f >= 4:
		return 1
	}
	return 2
}

// Column fills a column of table rfm_groups.
func (g *Groups) Column(name string) func(c *columns.Column, i int) {
	switch name {
	case "place":
		return func(c *columns.Column, i int) { c.Ints = append(c.Ints, int64(i)+1) }
	case "rfm_group":
		return func(c *columns.Column, i int) { c.AddText(g.all[i].Name) }
	case "goal":
		return func(c *columns.Column, i int) { c.AddText(g.all[i].Goal) }
	case "treatment":
		return func(c *columns.Column, i int) { c.AddText(g.all[i].Treatment) }
	case "codes":
		return func(c *columns.Column, i int) {
			if len(g.all[i].Codes) == 0 {
				c.AddMissing()
				return
			}
			c.AddText(strings.Join(g.all[i].Codes, string(rune(columns.ListSep))))
		}
	}
	return nil
}

var _ customer.Each = (*Groups)(nil)
