package draft

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/transforms/mapping"
)

// lines says whether a row is a line, and holds that the number of a line is
// one.
func (s *fieldList) lines() {
	s.restarts()
	f := &s.list[s.at("id")]
	ids := s.ids()
	several := map[string]int{}
	for _, id := range ids[:s.InNewest] {
		several[id]++
	}
	if share(len(several), s.InNewest) > .98 {
		f.Why += "; it is there once, so a row is an order"
		s.drop("line")
		if s.at("sku") < 0 && s.at("quantity") < 0 {
			s.drop("name") // of the order, or of who ordered
		}
		return
	}
	if s.at("line") < 0 && s.at("sku") < 0 && s.at("quantity") < 0 {
		s.unnamedLines()
		return
	}
	s.lined = true
	f.Why += "; it is there again and again, so a row is a line"
	line := s.columnOf("line")
	if line < 0 {
		f.Why += " (without a number: two equal ones are two)"
		return
	}
	seen := map[[2]string]int{}
	for i := range s.InNewest {
		seen[[2]string{ids[i], s.Columns[line].Values[i]}]++
	}
	if share(len(seen), s.InNewest) < .9 {
		s.drop("line")
	}
}

// unnamedLines decides of rows that share an order's number and have nothing
// of a line: they are its lines, or one row that was written anew.
func (s *fieldList) unnamedLines() {
	f := &s.list[s.at("id")]
	amount := s.columnOf("amount")
	switch {
	case s.at("updated_at") >= 0:
		f.Why += "; it is there again, and what was written last holds"
	case amount >= 0 && s.onEach(amount):
		f.Reason = Reason{Guess, "by its name and values; it is there again with the same " + s.header[amount] + ", so the rows of an order are read as one"}
	default:
		s.lined = true
		f.Why += "; it is there again and again, so a row is a line"
		none := ""
		s.list = append(s.list, Field{mapping.FieldSpec{Field: "line", Constant: &none}, Reason{Guess, "nothing numbers the rows of an order, and they are taken for its lines: two equal ones are two"}})
	}
}

// ids are the numbers of the orders, row by row.
func (s *fieldList) ids() []string {
	if s.numbered == nil {
		s.numbered = s.Columns[s.columnOf("id")].Values
	}
	return s.numbered
}

// restarts makes a number whole that is one within a day or a store alone, as
// tills have them.
func (s *fieldList) restarts() {
	f := &s.list[s.at("id")]
	out, ok := s.mapped(customer.Order, s.list[s.at("at")].FieldSpec)
	if !ok || len(f.Columns) != 1 {
		return
	}
	at, stores := out.Col("at"), []string(nil)
	if k := s.columnOf("store"); k >= 0 && s.shapes[k].filled == s.Rows {
		stores = s.Columns[k].Values
	}
	rows, days, shops := map[string]int{}, map[string]map[int64]bool{}, map[string]map[string]bool{}
	for i, id := range s.ids() {
		if id == "" || at.Missing(i) {
			continue
		}
		if rows[id]++; rows[id] == 1 {
			days[id], shops[id] = map[int64]bool{}, map[string]bool{}
		}
		days[id][at.Ints[i]/dayMicros] = true
		if stores != nil {
			shops[id][stores[i]] = true
		}
	}
	again, otherDay, otherShop := 0, 0, 0
	for id, n := range rows {
		if n == 1 {
			continue
		}
		again++
		if len(days[id]) > 1 {
			otherDay++
		}
		if len(shops[id]) > 1 {
			otherShop++
		}
	}
	day, ofDay := s.dayText()
	parts, names := []string{row(f.Columns[0])}, []string{}
	if share(otherShop, again) > .3 {
		parts, names = append(parts, row(s.header[s.columnOf("store")])), append(names, "store")
	}
	if share(otherDay, again) > .3 && ofDay {
		parts, names = append(parts, day), append(names, "day")
	}
	if again < 3 || len(names) == 0 {
		return
	}
	f.Why = fmt.Sprintf("%s of the numbers that are there again are of several %ss: so an order is told by its number and its %s", percent(share(max(otherDay, otherShop), again)), strings.Join(names, "s and "), strings.Join(names, " and "))
	f.Surety = Guess
	f.Columns, f.Expr = nil, strings.Join(parts, ` + "/" + `)
	whole := make([]string, s.Rows)
	if made, ok := s.mapped(customer.Order, f.FieldSpec); ok {
		for i := range whole {
			b, _ := made.Col("id").Bytes(i)
			whole[i] = string(b)
		}
		s.numbered = whole
	}
}

const dayMicros = 24 * 60 * 60 * 1e6

// dayText is an expression for the day of a row's time as its column writes it.
func (s *fieldList) dayText() (expr string, ok bool) {
	k := s.columnOf("at")
	if k < 0 {
		return "", false
	}
	if matching(s.shapes[k], clocked) == 0 {
		return row(s.header[k]), s.list[s.at("at")].Unit == ""
	}
	for _, between := range []string{"T", " "} {
		before := true
		for v := range s.shapes[k].counts {
			day, clock, cut := strings.Cut(v, between)
			before = before && cut && countDigits(day) >= 4 && !clocked.MatchString(day) && clocked.MatchString(clock)
		}
		if before {
			return row(s.header[k]) + ".split(" + strconv.Quote(between) + ")[0]", true
		}
	}
	return "", false
}

// row is an expression for the value of a column.
func row(column string) string { return "row[" + strconv.Quote(column) + "]" }
