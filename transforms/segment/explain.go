package segment

import "strings"

// Finding is what a clause says of one customer, and why.
type Finding struct {
	Clause string    `json:"clause"` // as the file has it
	Line   int       `json:"line,omitempty"`
	Truth  string    `json:"truth"`
	Value  string    `json:"value,omitempty"` // what it saw
	Parts  []Finding `json:"parts,omitempty"`
}

// Explain is what each clause of a segment says of customer i. Unlike
// Customer it asks all of them.
func (e *Evaluator) Explain(segment, i int) Finding {
	truth := e.Customer(i)[segment]
	d, b := e.set.Definitions[segment], &e.bound[segment]
	switch {
	case !b.any && !e.known(i):
		return Finding{Clause: "base: known", Truth: False.String(), Value: "only cookies are known of the customer"}
	case e.env.Carried[d.Name]:
		return Finding{Clause: "every: " + d.Every, Truth: truth.String(), Value: "members are told anew on that day; until then they stay"}
	case d.Members != nil:
		return Finding{Clause: "members: " + d.Members.File, Truth: truth.String()}
	}
	rest := b.leaves
	f, _ := explain(d.When, &rest, i)
	return f
}

func explain(c *Clause, rest *[]leaf, i int) (Finding, Truth) {
	f := Finding{Clause: c.Text, Line: c.Line}
	if c.Op >= Ask {
		l := (*rest)[0]
		*rest = (*rest)[1:]
		t := l.Truth(i)
		f.Truth, f.Value = t.String(), l.Value(i)
		return f, t
	}
	least, most := True, False
	for _, p := range c.Parts {
		part, t := explain(p, rest, i)
		f.Parts = append(f.Parts, part)
		least, most = min(least, t), max(most, t)
	}
	t := [...]Truth{least, most, most.Not()}[c.Op]
	f.Truth = t.String()
	return f, t
}

// String is the finding in indented lines.
func (f Finding) String() string {
	var b strings.Builder
	f.write(&b, "")
	return b.String()
}

func (f Finding) write(b *strings.Builder, indent string) {
	b.WriteString(indent + f.Truth + "  " + f.Clause)
	if f.Value != "" {
		b.WriteString("  (" + f.Value + ")")
	}
	b.WriteByte('\n')
	for _, p := range f.Parts {
		p.write(b, indent+"  ")
	}
}
