package segment

import (
	"fmt"
	"strings"

	"github.com/habitue-data/habitue/internal/config"
)

// Entry is a filter as `habitue filters --json` lists it.
type Entry struct {
	Name      string   `json:"name"`
	Group     string   `json:"group"`
	Type      Type     `json:"type"`
	Operators []string `json:"operators"`
	Doc       string   `json:"doc"`
	Example   string   `json:"example"`
}

// Entries are all filters.
func (c *Catalogue) Entries() (all []Entry) {
	for i := range c.filters {
		f := &c.filters[i]
		e := Entry{f.Name, f.Group, f.Type, nil, f.Doc, f.Name + ": " + f.Example}
		for _, k := range f.keys() {
			e.Operators = append(e.Operators, k.Name)
		}
		all = append(all, e)
	}
	return all
}

// Page is the reference of the catalogue in Markdown.
func (c *Catalogue) Page() string {
	var b strings.Builder
	b.WriteString(`# The filters

What a segment file may ask, made from the code (` + "`go test ./transforms/segment/filters -write`" + `); ` + "`habitue filters`" + ` prints the same. A file of segments looks like this:

` + "```yaml" + `
segment: lapsing-regulars
goal: win back before they are lost
owner: crm-team
when:
  all:
    - orders_placed: {count: {ge: 3}, in_last: 365d}
    - last_order_date: {older_than: 45d}
    - not: {support_case: {open: true}}
    - where: 'order_count > 5 && "coffee" in bought_categories'
` + "```" + `

- ` + "`all`, `any` and `not`" + ` take lists of conditions; several keys side by side must all hold; ` + "`not`" + ` of a list holds where none of it does. Several operators of one filter must all hold.
- A condition is true, false or unknown. A member is a customer of whom the whole is true. What a filter tells from facts (orders, lines, events, interactions) is never unknown as long as some source gives them: no fact is a count of 0, and where there is no value (the last order of who never bought, the average of no orders) every operator is false but ` + "`missing`, `exists: false` and `or_missing`" + `. A field of the profile that is missing is unknown for every operator but ` + "`exists`, `missing` and `or_missing`: `{ne: x}`" + ` leaves out who has no value, ` + "`{ne: x, or_missing: true}`" + ` does not.
- Lengths of time are written ` + "`30d`, `2w`, `6mo`, `1y`" + ` (also ` + "`30 days`, `2 weeks`, `6 months`, `1 year`" + `). ` + "`in_last: 30d`" + ` are the 30 local days that end with the as-of day D; a month back from the 31st is the last day of a shorter month.
- Texts are compared without case and outer spaces, in NFC. Money is in major units. ` + "`between`" + ` includes both ends for whole numbers and dates, for money and other decimals only the first.

A test holds the members of a hundred segments against SQL over the tables that was written from this page ([testdata/filters](../jobs/nighttest/testdata/filters)). At 100,000 customers:

    HABITUE_FILTERS_CUSTOMERS=100000 go test ./jobs/nighttest -run TestFiltersEqualSQL -v -timeout 60m

| group | filters |
|---|---|
`)
	for _, g := range Groups() {
		var names []string
		for i := range c.filters {
			if c.filters[i].Group == g {
				names = append(names, "["+c.filters[i].Name+"](#"+c.filters[i].Name+")")
			}
		}
		if names != nil {
			fmt.Fprintf(&b, "| %s | %s |\n", g, strings.Join(names, ", "))
		}
	}
	b.WriteString("\n## A file\n\n| key | holds | meaning |\n|---|---|---|\n")
	rows(&b, c.file.Keys)
	b.WriteString("\n## Traits of a where\n\nA where is CEL over these. A missing one is unknown, `missing(x)` tells; a day is written `date(\"2025-12-31\")`; money is in major units.\n\n| trait | type | meaning |\n|---|---|---|\n")
	for _, t := range Traits() {
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", t.Name, t.Type, t.Doc)
	}
	for i := range c.filters {
		f := &c.filters[i]
		fmt.Fprintf(&b, "\n## %s\n\n%s. Of type %s, group %s.\n\n```yaml\n%s: %s\n```\n\n| key | holds | meaning |\n|---|---|---|\n", f.Name, strings.ToUpper(f.Doc[:1])+f.Doc[1:], f.Type, f.Group, f.Name, f.Example)
		rows(&b, f.keys())
	}
	return b.String()
}

func rows(b *strings.Builder, keys []config.Spec) {
	for i := range keys {
		k := &keys[i]
		meaning := k.Doc
		if k.Example != "" {
			meaning += "; for example `" + k.Example + "`"
		}
		fmt.Fprintf(b, "| `%s` | %s | %s |\n", k.Name, strings.ReplaceAll(k.Holds(), "|", "\\|"), strings.ReplaceAll(meaning, "|", "\\|"))
	}
}
