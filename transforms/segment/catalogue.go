package segment

import (
	"fmt"
	"slices"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/config"
)

// Catalogue is the filters that segment files may use.
type Catalogue struct {
	filters []Filter
	file    *config.Spec
	cond    *config.Spec
}

// NewCatalogue is the language of these filters. A literal that is wrong in
// itself is a defect of the program, and told as such.
func NewCatalogue(filters []Filter) (*Catalogue, error) {
	c := &Catalogue{filters: filters}
	seen := map[string]bool{"all": true, "any": true, "not": true, "where": true}
	for i := range filters {
		f := &filters[i]
		switch {
		case seen[f.Name]:
			return nil, fmt.Errorf("the filter %s is there twice, or has the name of an operator", f.Name)
		case !slices.Contains(Groups(), f.Group):
			return nil, fmt.Errorf("the filter %s is in no group: %q", f.Name, f.Group)
		case f.Doc == "" || f.Example == "":
			return nil, fmt.Errorf("the filter %s has no doc or no example", f.Name)
		case f.Bind == nil && f.Type != Event:
			return nil, fmt.Errorf("the filter %s has no Bind", f.Name)
		}
		seen[f.Name] = true
		if f.Bind == nil {
			f.Bind = f.Facts.bind
		}
	}
	c.cond = c.condition()
	c.file = c.fileSpec()
	return c, nil
}

// Filters are all of them, in the order of the list.
func (c *Catalogue) Filters() []Filter { return slices.Clone(c.filters) }

func (c *Catalogue) filter(name string) *Filter {
	for i := range c.filters {
		if c.filters[i].Name == name {
			return &c.filters[i]
		}
	}
	return nil
}

// condition is the spec of a condition. It holds itself: what stands under
// all, any and not are conditions.
func (c *Catalogue) condition() *config.Spec {
	cond := &config.Spec{Type: config.Group, Def: "condition", Check: notEmpty, Doc: "several keys side by side must all hold"}
	cond.Hint = "see habitue filters for the catalogue"
	cond.Keys = make([]config.Spec, 0, len(c.filters)+4)
	several := config.Spec{Type: config.List, Of: cond, Check: notEmpty}
	named := func(name, doc string) config.Spec {
		s := several
		s.Name, s.Doc = name, doc
		return s
	}
	cond.Keys = append(cond.Keys, named("all", "every one of these holds"), named("any", "at least one of these holds"), config.Spec{},
		config.Spec{Name: "where", Type: config.Text, Check: c.checkWhere, Example: "churn_risk > 0.6", Doc: "a CEL expression over the traits of the customer, for what no filter says"})
	for i := range c.filters {
		cond.Keys = append(cond.Keys, c.filters[i].spec())
	}
	self := *cond // after its last key: the shape has the same ones
	cond.Keys[2] = config.Spec{Name: "not", Type: config.OneOf, Doc: "none of these holds", Shapes: []config.Spec{several, self}}
	return cond
}

// fileSpec is the spec of a segment file.
func (c *Catalogue) fileSpec() *config.Spec {
	when := *c.cond
	when.Name, when.Doc = "when", "who is a member; several keys side by side must all hold"
	return &config.Spec{Type: config.Group, Check: checkFile, Keys: []config.Spec{
		{Name: "segment", Type: config.Text, Required: true, Check: isName, Example: "lapsing-regulars", Doc: "name of the segment: small letters, digits and dashes"},
		{Name: "description", Type: config.Text, Doc: "who they are, in a sentence"},
		{Name: "goal", Type: config.Text, Doc: "what the segment is for", Example: "win back before they are lost"},
		{Name: "owner", Type: config.Text, Doc: "who answers for it", Example: "crm-team"},
		{Name: "treatment", Type: config.Text, Doc: "what is done with its members", Example: "a coupon in the first week, a call in the third"},
		{Name: "purpose", Type: config.Text, Doc: "purpose that a consent must be given for before a member is written to", Example: "marketing"},
		{Name: "base", Type: config.Enum, Values: []string{"known", "all"}, Default: "known", Doc: "known: customers with a contact, card, e-mail, phone or login; all: cookies too"},
		{Name: "every", Type: config.Enum, Values: Days(), Doc: "the day on which members are told anew; on others they stay", Example: "monday"},
		{Name: "members", Type: config.OneOf, Doc: "a CSV file of keys instead of conditions", Example: "vip.csv", Shapes: []config.Spec{
			{Type: config.Text}, {Type: config.Group, Keys: []config.Spec{
				{Name: "file", Type: config.Text, Required: true, Doc: "the CSV file, from the project's folder", Example: "vip.csv"},
				{Name: "column", Type: config.Text, Doc: "the column that holds the keys; the one that has the name of a key unless said", Example: "mail"},
				{Name: "key", Type: config.Text, Check: isKey, Doc: "what key it is; the column's name unless said", Example: "email"},
			}},
		}},
		when,
	}}
}

func isKey(v *config.Value, say func(at *config.Value, what, todo string)) {
	if _, ok := customer.KeyTypeOf(v.Text()); !ok && v.Text() != "customer_id" {
		say(v, fmt.Sprintf("%q is no key", v.Text()), "write customer_id, email, phone, loyalty_card, login, client_id, contact_id or external.NAME")
	}
}

func isName(v *config.Value, say func(at *config.Value, what, todo string)) {
	for _, r := range v.Text() {
		if !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' || r == '_') {
			say(v, fmt.Sprintf("%q is no name of a segment", v.Text()), "use small letters, digits and dashes, as lapsing-regulars")
			return
		}
	}
	if v.Text() == "" {
		say(v, "the segment has no name", "use small letters, digits and dashes, as lapsing-regulars")
	}
}

func checkFile(v *config.Value, say func(at *config.Value, what, todo string)) {
	switch when, members := v.Has("when"), v.Has("members"); {
	case when && members:
		say(v.At("members"), "members stands beside when", "keep one: a list of keys, or conditions")
	case !when && !members:
		say(v, "nothing says who is a member", "write when: with conditions, or members: with a file of keys")
	case members && v.Has("every"):
		say(v.At("every"), "every stands beside members", "take it out: a list holds until its file changes")
	}
}

// Schema is the JSON schema of segment files, for editors.
func (c *Catalogue) Schema() ([]byte, error) {
	b, err := c.file.Schema("A segment of habitue")
	if err != nil {
		return nil, fmt.Errorf("segments: %w", err)
	}
	return b, nil
}
