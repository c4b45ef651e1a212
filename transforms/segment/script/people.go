package script

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/transforms/segment"
)

// person is somebody with facts.
type person struct {
	name string
	rows [customer.HistoryTables][]row
}

// row is a row of a table: column -> value, as columns hold it.
type row map[string]any

// words are what rows are called in a file.
var words = map[string]customer.HistoryTable{
	"contact": customer.OfContacts, "order": customer.OfOrders, "line": customer.OfLines, "event": customer.OfEvents,
	"interaction": customer.OfInteractions, "consent": customer.OfConsents, "member": customer.OfMembers,
}

// times are the columns that the time of a fact goes into.
var times = map[customer.HistoryTable]string{
	customer.OfOrders: "order", customer.OfLines: "order", customer.OfEvents: "event", customer.OfInteractions: "interaction",
}

func tableOf(name string) (customer.HistoryTable, bool) { return customer.HistoryTableNamed(name) }

// shop are the tables whose rows are the shop's, by what a row is called.
var shop = map[string]customer.HistoryTable{"store": customer.OfStores, "product": customer.OfProducts}

// ofShop reads a row of the shop's.
func (r *reader) ofShop(t customer.HistoryTable, text string) {
	values := row{}
	if r.fields(t, split(text), values) {
		r.out.shop[t] = append(r.out.shop[t], values)
	}
}

// fact reads a line of a person's.
func (r *reader) fact(text string) {
	fields := split(text)
	t, is := words[fields[0]]
	if !is {
		t = customer.OfCustomers
	} else {
		fields = fields[1:]
	}
	values := row{}
	if prefix, happens := times[t]; happens {
		if fields = r.moment(values, prefix, fields); fields == nil {
			return
		}
	}
	if !r.fields(t, fields, values) {
		return
	}
	if t == customer.OfOrders || t == customer.OfLines {
		if values["kind"] == nil {
			values["kind"] = "sale"
		}
	}
	if amount, _ := values["amount"].(int64); t == customer.OfOrders && values["counted"] == nil {
		values["counted"] = int64(0)
		if values["kind"] == "sale" && amount > 0 {
			values["counted"] = int64(1)
		}
	}
	if t == customer.OfCustomers && len(r.person.rows[t]) > 0 {
		maps.Copy(r.person.rows[t][0], values)
		return
	}
	r.person.rows[t] = append(r.person.rows[t], values)
}

// fields reads the column=value of a row.
func (r *reader) fields(t customer.HistoryTable, fields []string, values row) bool {
	table, _ := customer.TableNamed(t.String())
	for _, f := range fields {
		key, value, ok := strings.Cut(f, "=")
		c, known := table.Column(key)
		if !ok || !known {
			var names []string
			for _, c := range table.Columns {
				names = append(names, c.Name)
			}
			r.say(fmt.Sprintf("%q is no column=value of %s", f, table.Name), "its columns are "+strings.Join(names, ", "))
			return false
		}
		v, err := read(c.Type, strings.Trim(value, `"`))
		if err != nil {
			r.say(fmt.Sprintf("%s: %v", key, err), "write it as docs/tables.md has it")
			return false
		}
		values[key] = v
	}
	return true
}

// moment reads the local time of a fact.
func (r *reader) moment(values row, prefix string, fields []string) (rest []string) {
	if len(fields) < 2 {
		r.say("the fact has no time", "write it as order 2026-03-31 23:59 amount=40.00")
		return nil
	}
	at, err := time.ParseInLocation("2006-01-02 15:04", fields[0]+" "+fields[1], r.out.Zone)
	if err != nil {
		r.say(fmt.Sprintf("%q is no time", fields[0]+" "+fields[1]), "write it as 2026-03-31 23:59")
		return nil
	}
	day := int64(customer.NewCalendar(r.out.Zone).Day(at.UnixMicro()))
	values[prefix+"_at"], values[prefix+"_date"], values["first_delivered"] = at.UnixMicro(), day, day
	return fields[2:]
}

// split cuts a line at spaces outside of quotes.
func split(text string) []string {
	quoted := false
	return strings.FieldsFunc(text, func(c rune) bool {
		if c == '"' {
			quoted = !quoted
		}
		return c == ' ' && !quoted
	})
}

// scales are the digits after the point of money and quantities.
func scale(t customer.ColumnType) uint8 {
	if t == customer.QuantityColumn {
		return 3
	}
	return 2
}

// read reads a value as columns of the type hold it.
func read(t customer.ColumnType, text string) (any, error) {
	switch t.Held() {
	case columns.Text:
		return text, nil
	case columns.List:
		return strings.ReplaceAll(text, "|", string(rune(columns.ListSep))), nil
	case columns.Int:
		return strconv.ParseInt(text, 10, 64)
	case columns.Bool:
		b, err := strconv.ParseBool(text)
		if b {
			return int64(1), err
		}
		return int64(0), err
	case columns.Date:
		day, err := time.Parse(time.DateOnly, text)
		return day.Unix() / 86400, err
	case columns.Time:
		at, err := time.Parse(time.RFC3339, text)
		return at.UnixMicro(), err
	case columns.Float:
		return strconv.ParseFloat(text, 64)
	}
	whole, fraction, _ := strings.Cut(text, ".")
	if len(fraction) > int(scale(t)) {
		return nil, fmt.Errorf("%q has too many digits after the point", text)
	}
	return strconv.ParseInt(whole+fraction+strings.Repeat("0", int(scale(t))-len(fraction)), 10, 64)
}

// histories are the people's, with the columns that are needed. Everybody is
// known unless said.
func (f *File) histories(needs segment.Needs) *customer.Histories {
	h := &customer.Histories{}
	for i := range f.people {
		h.IDs = append(h.IDs, customer.ID{0: byte(i + 1)})
		profile := &f.people[i].rows[customer.OfCustomers]
		if *profile == nil {
			*profile = []row{{}}
		}
		if (*profile)[0]["kind"] == nil {
			(*profile)[0]["kind"] = "known"
		}
	}
	for t := range customer.HistoryTables {
		f.fill(&h.Tables[t], t, needs[t])
	}
	return h
}

func (f *File) fill(rows *customer.HistoryRows, t customer.HistoryTable, names []string) {
	table, _ := customer.TableNamed(t.String())
	rows.Supplied = !f.unsupplied[t]
	all := f.shop[t]
	rows.Starts = []int32{0}
	for _, p := range f.people {
		of := slices.Clone(p.rows[t])
		if prefix, happens := times[t]; happens {
			slices.SortStableFunc(of, func(a, b row) int { return int(a[prefix+"_at"].(int64)/1e6 - b[prefix+"_at"].(int64)/1e6) })
		}
		all = append(all, of...)
		rows.Starts = append(rows.Starts, int32(len(all)))
	}
	rows.N = len(all)
	for _, name := range names {
		has, _ := table.Column(name)
		c := columns.Column{Name: name, Type: has.Type.Held()}
		if c.Type == columns.Money {
			c.Scale = scale(has.Type)
		}
		for _, r := range all {
			switch v := r[name].(type) {
			case string:
				c.AddText(v)
			case int64:
				c.Ints = append(c.Ints, v)
			case float64:
				c.Floats = append(c.Floats, v)
			default:
				c.AddMissing()
			}
		}
		rows.Cols = append(rows.Cols, c)
	}
}
