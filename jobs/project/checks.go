package project

import (
	"math/bits"
	"strings"
	"time"
	_ "time/tzdata" // zones are the same on every machine

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/config"
	"github.com/habitue-data/habitue/internal/fault"
	"golang.org/x/text/language"
)

// say is how a check tells what is wrong.
type say = func(at *config.Value, what, todo string)

func notEmpty(v *config.Value, say say) {
	if v.Text() == "" && len(v.Items()) == 0 {
		say(v, v.Path+" is empty", "write something, or take the key out")
	}
}

// wholeDays keeps a horizon to days that a shop can know of.
func wholeDays(v *config.Value, say say) {
	if d := v.Duration(); d%day != 0 || d < 7*day || d > 730*day {
		say(v, v.Path+" is not a number of days from 7 to 730", "write days or weeks, as 90d or 13w")
	}
}

// severalOnce holds that a list has something, and nothing twice.
func severalOnce(v *config.Value, say say) {
	notEmpty(v, say)
	seen := map[string]bool{}
	for _, i := range v.Items() {
		if seen[i.Text()] {
			say(i, v.Path+" has "+quoted(i.Text())+" twice", "take one of the two out")
		}
		seen[i.Text()] = true
	}
}

// plainName keeps names to what paths, tables and shells take.
func plainName(v *config.Value, say say) {
	name := v.Text()
	if name == "" || len(name) > 64 || strings.Trim(strings.ToLower(name), "abcdefghijklmnopqrstuvwxyz0123456789_-") != "" {
		say(v, v.Path+" "+quoted(name)+" is not a plain name", "use up to 64 letters a to z, digits, - and _")
	}
}

func knownZone(v *config.Value, say say) {
	if name := v.Text(); name == "" || name == "Local" {
		say(v, v.Path+" "+quoted(name)+" says nothing that is the same on every machine", "write a zone as Europe/Moscow or UTC")
	} else if _, err := time.LoadLocation(name); err != nil {
		todo := "write a zone of the tz database, as Europe/Moscow or UTC"
		if near := fault.Nearest(name, commonZones); near != "" && near != name {
			todo = "did you mean " + near + "?"
		}
		say(v, v.Path+" "+quoted(name)+" is no known zone", todo)
	}
}

// commonZones are worth guessing at where a zone is misspelled.
var commonZones = []string{
	"UTC", "Europe/Moscow", "Europe/Kaliningrad", "Europe/Samara", "Asia/Yekaterinburg", "Asia/Omsk", "Asia/Novosibirsk", "Asia/Krasnoyarsk", "Asia/Irkutsk", "Asia/Vladivostok",
	"Europe/London", "Europe/Berlin", "Europe/Paris", "Europe/Madrid", "Europe/Rome", "Europe/Warsaw", "Europe/Istanbul", "Europe/Minsk", "Europe/Kyiv", "Asia/Almaty", "Asia/Tashkent", "Asia/Tbilisi", "Asia/Yerevan",
	"Asia/Dubai", "Asia/Kolkata", "Asia/Shanghai", "Asia/Tokyo", "Asia/Singapore", "Australia/Sydney", "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Sao_Paulo",
}

func knownCurrency(v *config.Value, say say) {
	if _, ok := customer.CurrencyScale(v.Text()); !ok {
		todo := "write a code as EUR or RUB"
		if upper := strings.ToUpper(v.Text()); upper != v.Text() {
			if _, ok := customer.CurrencyScale(upper); ok {
				todo = "did you mean " + upper + "?"
			}
		}
		say(v, v.Path+" "+quoted(v.Text())+" is no ISO 4217 code", todo)
	}
}

func knownCountry(v *config.Value, say say) {
	code := v.Text()
	if r, err := language.ParseRegion(code); err != nil || !r.IsCountry() || r.String() != code {
		say(v, v.Path+" "+quoted(code)+" is no ISO 3166 code of a country", "write two capitals, as RU or DE")
	}
}

func powerOfTwo(v *config.Value, say say) {
	if n := v.Int(); bits.OnesCount64(uint64(n)) != 1 {
		say(v, v.Path+" is no power of two", "write 1, 2, 4, ... 4096; 64 is good")
	}
}

// knownTables looks at the names of tables and columns under publish.
func knownTables(v *config.Value, say say) {
	var names []string
	for _, t := range customer.Tables() {
		names = append(names, t.Name)
	}
	for _, e := range v.Entries() {
		at := &config.Value{Line: e.Line, Col: e.Col}
		table, ok := customer.TableNamed(e.Name)
		if !ok {
			say(at, "there is no table "+quoted(e.Name), guess(e.Name, names, "the tables are "))
			continue
		}
		for _, c := range e.Value.Items() {
			if _, ok := table.Column(c.Text()); !ok {
				var columns []string
				for _, c := range table.Columns {
					columns = append(columns, c.Name)
				}
				say(c, "the table "+e.Name+" has no column "+quoted(c.Text()), guess(c.Text(), columns, "its columns are "))
			}
		}
	}
}

// oneOrigin holds that a field comes from one place.
func oneOrigin(v *config.Value, say say) {
	var from []string
	for _, key := range []string{"column", "columns", "value", "multiply", "sum", "expr"} {
		if v.Has(key) {
			from = append(from, key)
		}
	}
	switch {
	case len(from) == 0:
		say(v, v.Path+" does not say where it comes from", "write one of column, columns, value, multiply, sum or expr")
	case len(from) > 1:
		say(v, v.Path+" comes from "+strings.Join(from, " and "), "keep one of them")
	case v.Has("map") && v.Has("prefix_map"):
		say(v, v.Path+" has both map and prefix_map", "keep one of them")
	}
}

func guess(word string, names []string, all string) string {
	if near := fault.Nearest(word, names); near != "" {
		return "did you mean " + near + "?"
	}
	return all + strings.Join(names, ", ")
}

func quoted(s string) string { return `"` + s + `"` }
