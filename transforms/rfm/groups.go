package rfm

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"strings"
)

//go:embed groups.csv
var groupsCSV string

// Prospect is the group of customers without a counted order.
const Prospect = "Prospect"

// Groups gives every code from 111 to 555 its named group. The map is the
// one in wide use (Squeezely, Maestra): 11 groups, 125 codes, no overlap.
type Groups struct {
	names  [Scores * Scores * Scores]string
	groups []string
	number [Scores * Scores * Scores]int
}

// LoadGroups reads the map that comes with the program.
func LoadGroups() (*Groups, error) {
	rows, err := csv.NewReader(strings.NewReader(groupsCSV)).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read groups.csv: %w", err)
	}
	g := &Groups{}
	for n, row := range rows[1:] {
		g.groups = append(g.groups, row[0])
		for _, code := range strings.Fields(row[2]) {
			i := index(int64(code[0]-'0'), int64(code[1]-'0'), int64(code[2]-'0'))
			if g.names[i] != "" {
				return nil, fmt.Errorf("groups.csv: code %s is in %s and in %s", code, g.names[i], row[0])
			}
			g.names[i], g.number[i] = row[0], n
		}
	}
	for i, name := range g.names {
		if name == "" {
			return nil, fmt.Errorf("groups.csv: no group has code %d%d%d", i/25+1, i/5%5+1, i%5+1)
		}
	}
	return g, nil
}

func index(r, f, m int64) int64 { return (r-1)*Scores*Scores + (f-1)*Scores + m - 1 }

// Names are the groups, in the order of the file.
func (g *Groups) Names() []string { return g.groups }

// NumberOf is the place in Names of the group of three scores.
func (g *Groups) NumberOf(r, f, m int64) int { return g.number[index(r, f, m)] }

// Of is the group of three scores.
func (g *Groups) Of(r, f, m int64) string { return g.names[index(r, f, m)] }

// Temperatures are the names of the three temperatures.
func Temperatures() []string { return []string{"hot", "warm", "ice-cold"} }

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
