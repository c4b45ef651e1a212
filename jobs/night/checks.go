package night

import (
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/jobs/project"
	"github.com/habitue-data/habitue/pipelines"
	"github.com/habitue-data/habitue/transforms/identity"
)

// DataCheck is a check of the data of one source, or of the decisions, and
// what it found.
type DataCheck struct {
	Check  string `json:"check"`
	Source string `json:"source"`
	Found  int64  `json:"found"`
	Amount *int64 `json:"amount,omitempty"` // minor units; nil where money is not asked for
	Detail string `json:"detail"`           // what it means and what to do
}

// checks are those that make sense for a source, whether they found anything
// or not: that something was looked for is worth knowing too.
func (n *Night) checks(source int, t *pipelines.Tally, s *SourceSummary) (all []DataCheck) {
	add := func(check string, found int64, amount *int64, detail string) {
		all = append(all, DataCheck{check, s.Name, found, amount, detail})
	}
	spec := &n.spec.Sources[source]
	if !s.Ties {
		off := t.Read.Rows - t.Kept.Rows - t.Repeated.Rows - t.Superseded.Rows - t.Filtered.Rows - t.Rejected.Rows - t.Later.Rows
		money := t.Read.Money - t.Kept.Money - t.Repeated.Money - t.Superseded.Money - t.Filtered.Money - t.Rejected.Money - t.Later.Money
		add("does_not_tie", max(1, off, -off), &money, "rows or money read are not the sum of what became of them: a defect of the program, please report it")
	}
	var money *int64
	if s.Money != nil {
		money = &t.Rejected.Money
	}
	add("rejects", t.Rejected.Rows, money, share(t.Rejected.Rows, t.Read.Rows)+" of rows read were refused; the table rejects has each with its reason")
	if d, ok := n.newestOf(source); ok {
		add("little_came", d.missing(n.Project.Gates.Volume), nil, d.detail())
	}
	if spec.Kind == customer.Order || spec.OrdersFrom != "" {
		o := n.result.Orders[source]
		add("orders_without_customer", o.Nobodys.Rows, &o.Nobodys.Money,
			share(o.Nobodys.Money, o.Nobodys.Money+o.Customers.Money)+" of the money of orders in force has no key of a customer: it is in revenue and in no share of customers")
	}
	if n.spec.Identity.Guards.Any() || n.spec.Identity.Decisions.Any() {
		for _, c := range n.result.Cuts {
			if c.Source == s.Name {
				add("keys_of_another_customer", c.Records, nil, "times that a record names a key of another customer than it belongs to, by "+c.Reason+"; the table identity_links has each pair")
			}
		}
	}
	if !spec.HasID {
		return all // each row is its own record
	}
	add("assumed_current", t.Assumed, nil, "records whose first version is younger than the run's day: that version was used all the same")
	if spec.Lines {
		add("equal_lines", t.Equal, nil, "orders with lines of one number and one time in one file that differ: the greater content was used; correct the export")
	} else {
		add("equal_versions", t.Equal, nil, "records with versions of one time in one file that differ: the greater content was used; correct the export, or map updated_at more finely")
	}
	return all
}

// unheeded is the check of the decisions, of which some have a key that no
// record has.
func unheeded(d identity.Decisions, places []int) DataCheck {
	const shown = 5
	var pairs []string
	all := slices.Concat(d.Always, d.Never)
	for _, at := range places[:min(len(places), shown)] {
		pairs = append(pairs, all[at].A+" and "+all[at].B)
	}
	if more := len(places) - shown; more > 0 {
		pairs = append(pairs, fmt.Sprintf("%d more", more))
	}
	detail := "rows of decisions that name a key that no record has: they decide nothing"
	if len(pairs) > 0 {
		detail += "; write the keys as customer_keys has them: " + strings.Join(pairs, ", ")
	}
	return DataCheck{Check: "decisions_without_key", Source: project.DecisionsDir, Found: int64(len(places)), Detail: detail}
}

// share is a part of a whole in percent, exact to two digits.
func share(part, whole int64) string {
	if whole == 0 {
		return "0.00%"
	}
	r := big.NewRat(part, whole)
	return r.Mul(r, big.NewRat(100, 1)).FloatString(2) + "%"
}

// writeChecks writes the table of checks.
func (n *Night) writeChecks() error {
	t, _ := customer.TableNamed("data_checks")
	names, wanted := n.spec.Tables[t.Name]
	if !wanted {
		return nil
	}
	if names != nil {
		t = t.Only(names)
	}
	k := t.NewRows()
	for i := range n.Summary.Checks {
		c := &n.Summary.Checks[i]
		for j := range k.Cols {
			c.fill(&k.Cols[j])
		}
		k.N++
	}
	return n.writeTable(t, k)
}

func (c *DataCheck) fill(col *columns.Column) {
	switch col.Name {
	case "check":
		col.AddText(c.Check)
	case "source":
		col.AddText(c.Source)
	case "found":
		col.Ints = append(col.Ints, c.Found)
	case "amount":
		if c.Amount == nil {
			col.AddMissing()
		} else {
			col.Ints = append(col.Ints, *c.Amount)
		}
	case "detail":
		col.AddText(c.Detail)
	}
}
