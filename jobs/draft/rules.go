package draft

import (
	"slices"
	"strings"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/transforms/mapping"
)

// ruleOf is how a column is read as a field; ok is false where its values
// are not of that field. why says what was found beyond the name, "" where
// that is nothing.
func (t *table) ruleOf(kind customer.Kind, column int, field string) (f mapping.FieldSpec, why string, ok bool) {
	s := t.shapes[column]
	f = mapping.FieldSpec{Field: field, Columns: []string{t.header[column]}}
	def, known := kind.Field(field)
	if !known || s.filled == 0 {
		return f, "", false
	}
	if (field == kind.IDField() || field == "at") && share(s.filled, t.Rows) < .9 {
		return f, "", false // a row without it is refused
	}
	if kind == customer.Order && field == "id" && t.names[column].whole == "name" && s.digits < most {
		return f, "", false // of somebody or something; a shop system calls an order #1001 so
	}
	if kind == customer.Order && field == "amount" && t.names[column].isBesides() {
		return f, "", false
	}
	if t.Columns[column].List != "" && kind != customer.Event && kind != customer.Interaction {
		return f, "", false // the first of several is not what the record is
	}
	switch field {
	case "kind":
		return t.interactionKind(f, s)
	case "currency":
		return t.currency(f, s)
	case "email":
		return f, "", s.email >= .8
	case "phone":
		return f, "", s.phone >= .8
	case "loyalty_card":
		return f, "", s.digits >= .8 && s.email == 0
	case "gender":
		return t.gender(f, s)
	case "lat", "lon":
		if s.number < most {
			return f, "", false
		}
	}
	switch def.Type {
	case customer.TimeField, customer.DateField:
		return t.timeRule(kind, f, s)
	case customer.MoneyField, customer.QuantityField, customer.NumberField, customer.IntField:
		return t.numberRule(kind, f, s, def.Type)
	case customer.BoolField:
		return t.boolRule(kind, f, s)
	case customer.ListField:
		for _, sep := range []string{"|", ";", ","} {
			if slices.ContainsFunc(t.Columns[column].Values, func(v string) bool { return strings.Contains(v, sep) && !strings.HasPrefix(v, "[") }) {
				f.Split = sep
				return f, "its values hold several, with " + sep + " between", true
			}
		}
	}
	return f, "", true
}

func with(f mapping.FieldSpec, change func(*mapping.FieldSpec)) mapping.FieldSpec {
	change(&f)
	return f
}

// days and clocks are how times are written, beside ISO 8601 and what the
// mapping reads unasked.
var (
	days   = []string{"%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%d.%m.%y", "%d/%m/%y", "%m/%d/%y", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%d-%b-%Y", "%Y.%m.%d"}
	clocks = []string{"", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p", "T%H:%M:%S", ", %H:%M:%S", ", %I:%M %p", ", %I:%M:%S %p"}
)

// timeRule finds how a time or a day is written.
func (t *table) timeRule(kind customer.Kind, f mapping.FieldSpec, s shape) (mapping.FieldSpec, string, bool) {
	if s.digits < most {
		return f, "", false
	}
	if s.number > most {
		return t.countedTime(kind, f, s)
	}
	if t.reads(kind, f) >= most {
		return f, "", true
	}
	var rules []mapping.FieldSpec
	for _, d := range days {
		for _, c := range clocks {
			rule := with(f, func(f *mapping.FieldSpec) { f.Format = d + c })
			if t.someRead(kind, rule) {
				rules = append(rules, rule)
			}
		}
	}
	best, reads, ok := t.rule(kind, rules)
	if !ok {
		return f, "", false
	}
	for _, r := range rules {
		if r.Format != best.Format && swapped(r.Format) == best.Format && t.reads(kind, r) == reads {
			return best, ambiguous, true
		}
	}
	return best, "this is how its values are written", true
}

// ambiguous is why a format is a guess: no value has a day above 12.
const ambiguous = "no value tells whether the day or the month stands first; the day is taken to"

// swapped is a format with the day and the month in each other's place.
func swapped(format string) string {
	return strings.NewReplacer("%d", "%m", "%m", "%d").Replace(format)
}

// countedTime is a time in digits alone: a count since 1970, or a day as
// 20251231.
func (t *table) countedTime(kind customer.Kind, f mapping.FieldSpec, s shape) (mapping.FieldSpec, string, bool) {
	length := map[int]int{}
	for v, n := range s.counts {
		whole, _, _ := strings.Cut(v, ".")
		length[len(whole)] += n
	}
	for _, u := range []struct {
		digits     int
		unit, says string
	}{{10, "s", "seconds"}, {13, "ms", "milliseconds"}, {16, "us", "microseconds"}} {
		if share(length[u.digits], s.filled) >= most {
			f.Unit = u.unit
			return f, "numbers of " + itoa(u.digits) + " digits: " + u.says + " since 1970", t.reads(kind, f) >= most
		}
	}
	if share(length[8]+length[14], s.filled) >= most {
		return f, "", t.reads(kind, f) >= most
	}
	return f, "", false
}

// someRead tells whether a rule reads the first values, before it is tried on
// all.
func (t *table) someRead(kind customer.Kind, f mapping.FieldSpec) bool {
	c := Column{Name: f.Columns[0]}
	for _, v := range t.column(f.Columns[0]).Values {
		if v != "" && len(c.Values) < 20 {
			c.Values = append(c.Values, v)
		}
	}
	return newTable(&Sample{Columns: []Column{c}, Rows: len(c.Values)}).reads(kind, f) >= .8
}

// yes and no are words for both that the mapping does not know by itself.
var (
	yes = strings.Fields("on + subscribed opt_in opted_in granted allowed accepted active available подписан согласен есть")
	no  = strings.Fields("off - unsubscribed opt_out opted_out denied refused declined inactive unavailable отписан отказ")
)

func (t *table) boolRule(kind customer.Kind, f mapping.FieldSpec, s shape) (mapping.FieldSpec, string, bool) {
	if t.reads(kind, f) >= most {
		return f, "", true
	}
	f.Map = map[string]string{}
	for v := range s.counts {
		switch w := strings.ToLower(strings.TrimSpace(v)); {
		case slices.Contains(yes, w):
			f.Map[v] = "true"
		case slices.Contains(no, w):
			f.Map[v] = "false"
		}
	}
	return f, "what its values mean", len(f.Map) > 0 && t.reads(kind, f) >= most
}

// currency takes a column of codes, or of what stands for them.
func (t *table) currency(f mapping.FieldSpec, s shape) (mapping.FieldSpec, string, bool) {
	labels, good := map[string]string{}, 0
	for v, n := range s.counts {
		code, ok := customer.MarkedCurrency(v)
		if !ok {
			continue
		}
		good += n
		if code != v {
			labels[v] = code
		}
	}
	if len(labels) == 0 {
		return f, "", share(good, s.filled) >= most
	}
	f.Map = labels
	return f, "what its values mean", share(good, s.filled) >= most
}

var genders = map[string]string{
	"ж": "female", "жен": "female", "женский": "female", "f": "female", "w": "female", "female": "female", "woman": "female",
	"м": "male", "муж": "male", "мужской": "male", "m": "male", "male": "male", "man": "male",
}

func (t *table) gender(f mapping.FieldSpec, s shape) (mapping.FieldSpec, string, bool) {
	labels := map[string]string{}
	for v := range s.counts {
		if g := genders[strings.ToLower(v)]; g != "" && g != v {
			labels[v] = g
		}
	}
	if len(labels) == 0 {
		return f, "", len(s.counts) <= 20
	}
	f.Map = labels
	return f, "what its values mean", true
}
