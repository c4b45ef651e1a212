package project

import (
	"fmt"
	"slices"
	"strings"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/config"
)

// sourceHangs holds what the keys of one source owe each other.
func sourceHangs(v *config.Value, say say) {
	kind := recordOf(v)
	fields := v.Get("fields")
	kindHangs(v, say)
	if v.Has("orders_from") && kind != customer.Event {
		say(v.Get("orders_from"), "orders_from is a key of events, this source's record is "+kind.String(), "take it out")
	}
	if v.Has("orders_from") && !fields.Has("name") {
		say(v.Get("orders_from"), "orders_from needs the events' name, which is not mapped", "map the field name")
	}
	if f := kind.TimeField(); f == "at" && !fields.Has(f) {
		say(fields, "the field at is missing: records of kind "+kind.String()+" happen at a time", "map it to the column of the time")
	}
	pulled := slices.Contains(pulledKinds, v.Get("kind").Text())
	if v.Get("delivery").Text() == "changes" && !pulled && !fields.Has(kind.IDField()) {
		say(v.Get("delivery"), "changes need the field "+kind.IDField()+", which is not mapped: nothing says what a row changes", "map it, or write delivery: parts")
	}
	if v.Get("delivery").Text() == "changes" && !pulled && !manyFiles(v.Get("path")) {
		say(v.Get("delivery"), "changes come in files of their own and add up, and this path is one file: what a delivery overwrites would be gone the night after", "put the day into the name, such as exports/%Y-%m-%d.csv, or write delivery: full")
	}
	waitsForADay(v, say)
	if v.Has("ids") && kind != customer.Contact && !fields.Has("contact_id") {
		say(v.Get("ids"), "ids is set and no contact id is mapped", "take it out, or map contact_id")
	}
}

func recordOf(source *config.Value) customer.Kind {
	kind, _ := customer.ParseKind(source.Get("record").Text())
	return kind
}

// manyFiles tells whether a path, or a list of them, is more than one file.
func manyFiles(path *config.Value) bool {
	texts := path.Texts()
	return len(texts) > 1 || slices.ContainsFunc(texts, func(t string) bool { return Pattern{Text: t}.HasMany() })
}

// sourcesHang holds what the sources owe each other.
func sourcesHang(v *config.Value, say say) {
	if len(v.Items()) == 0 {
		say(v, "sources is empty", "name at least one source")
	}
	first := map[string]*config.Value{}
	var contacts []string
	for _, s := range v.Items() {
		name := s.Get("name").Text()
		if other := first[name]; other != nil && name != "" {
			say(s.Get("name"), fmt.Sprintf("two sources are named %s, the other on line %d", name, other.Line), "give one of them another name")
		}
		first[name] = s
		if s.Get("record").Text() == customer.Contact.String() {
			contacts = append(contacts, name)
		}
	}
	if len(contacts) < 2 {
		return
	}
	for _, s := range v.Items() {
		if s.Has("ids") || s.Get("record").Text() != customer.Contact.String() && !s.Get("fields").Has("contact_id") {
			continue
		}
		say(s, fmt.Sprintf("the source %s does not say whose contact ids it holds, and %s all have contacts", s.Get("name").Text(), strings.Join(contacts, ", ")),
			"write ids: shared where the same id is the same contact in all of them, or ids: and a name of its own")
	}
}
