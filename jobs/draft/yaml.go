package draft

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// commentAt is the column at which comments begin, where the line lets them.
const commentAt = 34

// page is a project file that is being written.
type page struct{ strings.Builder }

// line writes a line and why it is as it is.
func (p *page) line(text string, r Reason) {
	if r.Why == "" {
		p.WriteString(text + "\n")
		return
	}
	pad := max(1, commentAt-utf8.RuneCountInString(text))
	p.WriteString(text + strings.Repeat(" ", pad) + "# " + r.Surety.String() + ": " + plain(r.Why) + "\n")
}

// comment writes a line of its own.
func (p *page) comment(indent, text string) { p.WriteString(indent + "# " + plain(text) + "\n") }

// plain keeps a text on its line.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == 0x85 || r == 0x2028 || r == 0x2029 || r == utf8.RuneError {
			return ' '
		}
		return r
	}, text)
}

// YAML is the draft as a project file.
func (d *Project) YAML() string {
	p := &page{}
	p.comment("", "Drafted by habitue init from names of columns and the first rows. Behind each line")
	p.comment("", "stands how sure it is (sure, likely, or a guess) and why. At the end: what to look at first.")
	p.line("project: "+quote(d.Name), Reason{})
	p.line("timezone: "+quote(d.Zone), d.ZoneWhy)
	p.line("currency: "+d.Currency, d.MoneyWhy)
	if d.Country != "" {
		p.line("country: "+quote(d.Country), d.Whence)
	}
	p.WriteString("\nsources:\n")
	for i, s := range d.Sources {
		if i > 0 {
			p.WriteString("\n")
		}
		s.write(p)
	}
	p.WriteString("\nlake: out/lake\nwarehouse: {kind: duckdb, path: out/warehouse.duckdb}\npublish: {tables: all}\n")
	if len(d.LeftOut) > 0 {
		p.WriteString("\n# Left out:\n")
		for _, l := range d.LeftOut {
			p.comment("", "- "+l.Path+": "+l.Why)
		}
	}
	if len(d.First) > 0 {
		p.WriteString("\n# Look at these first:\n")
		for _, f := range d.First {
			p.comment("", "- "+f)
		}
	}
	return p.String()
}

func (s *Source) write(p *page) {
	p.line("  - name: "+quote(s.Name), Reason{})
	p.line("    kind: "+s.Format, Reason{})
	p.line("    path: "+quote(s.Path), Reason{})
	if s.Delimiter != "" {
		d := map[string]string{"\t": "tab"}[s.Delimiter]
		if d == "" {
			d = `"` + s.Delimiter + `"`
		}
		p.line("    delimiter: "+d, Reason{Sure, "it cuts the first lines into as many fields each"})
	}
	if s.Encoding != "" {
		p.line("    encoding: "+s.Encoding, s.encoded())
	}
	p.line("    delivery: "+s.Delivery, s.Delivered)
	p.line("    record: "+s.Kind.String(), s.Fits)
	if s.IDs != "" {
		p.line("    ids: "+quote(s.IDs), s.IDsReason)
	}
	if s.OrdersFrom != "" {
		p.line("    orders_from: "+quote(s.OrdersFrom), Reason{Likely, "no other source has orders"})
	}
	p.line("    fields:", Reason{})
	for _, f := range s.Fields {
		p.line("      "+quote(f.Field)+": "+f.spec(), f.Reason)
	}
}

// spec is the rule of a field.
func (f Field) spec() string {
	var keys []string
	add := func(key, value string) { keys = append(keys, key+": "+value) }
	list := func(names []string) string {
		var all []string
		for _, n := range names {
			all = append(all, quote(n))
		}
		return "[" + strings.Join(all, ", ") + "]"
	}
	labels := func(m map[string]string) string {
		var all []string
		for _, from := range slices.SortedFunc(maps.Keys(m), func(a, b string) int {
			return cmp.Or(cmp.Compare(rankOf(m[a], a), rankOf(m[b], b)), cmp.Compare(a, b))
		}) {
			all = append(all, quote(from)+": "+quote(m[from]))
		}
		return "{" + strings.Join(all, ", ") + "}"
	}
	switch {
	case len(f.Columns) == 1:
		add("column", quote(f.Columns[0]))
	case len(f.Columns) > 1:
		add("columns", list(f.Columns))
	case f.Constant != nil:
		add("value", quote(*f.Constant))
	case f.Multiply != nil:
		add("multiply", list(f.Multiply))
	case f.Sum != nil:
		add("sum", list(f.Sum))
	case f.Expr != "":
		add("expr", "'"+strings.ReplaceAll(f.Expr, "'", "''")+"'")
	}
	if f.Map != nil {
		add("map", labels(f.Map))
	}
	if f.PrefixMap != nil {
		add("prefix_map", labels(f.PrefixMap))
	}
	for _, k := range []struct{ key, value string }{{"unit", f.Unit}, {"format", f.Format}, {"decimal", f.Decimal}, {"split", f.Split}} {
		if k.value != "" {
			add(k.key, quote(k.value))
		}
	}
	if _, value, _ := strings.Cut(keys[0], ": "); len(keys) == 1 && len(f.Columns) > 0 {
		return value
	}
	return "{" + strings.Join(keys, ", ") + "}"
}

// rankOf puts what stands for all others last, and sales first.
func rankOf(to, from string) int {
	switch {
	case from == "*":
		return 4
	case from == "":
		return 5
	}
	return slices.Index([]string{"sale", "return", "cancelled"}, to)
}

// bare are texts that YAML takes for themselves, in a list or a map too.
var bare = regexp.MustCompile(`^(\.\./|/)*[\p{L}_][\p{L}\p{N}_./%-]*( [\p{L}\p{N}_./-]+)*$`)

// yamlWords are those that YAML takes for something else.
var yamlWords = strings.Fields("true false yes no null on off y n")

// quote is a text as YAML has it.
func quote(text string) string {
	if bare.MatchString(text) && !slices.Contains(yamlWords, strings.ToLower(text)) {
		return text
	}
	return fmt.Sprintf("%q", strings.ReplaceAll(text, "${", "$${"))
}
