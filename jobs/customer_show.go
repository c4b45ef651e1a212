package jobs

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/habitue-data/habitue/connectors/duckdb"
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/internal/serving"
	"github.com/habitue-data/habitue/jobs/project"
	"github.com/habitue-data/habitue/transforms/identity"
)

// CustomerShowCommand is `habitue customer show`.
type CustomerShowCommand struct {
	Who    string `arg:"" name:"key-or-id" help:"An id, or any key as somebody would say it: an e-mail, a phone, a card, a login, a cookie, the id of a contact; e:anna@shop.ru where it could be several things."`
	Last   int    `default:"20" placeholder:"N" help:"How much of the timeline is shown, from its end."`
	Memory Size   `placeholder:"SIZE" help:"Budget of the process; the project's unless said."`
}

// portrait is what is known of a customer: rows of the tables, as they are.
type portrait struct {
	CustomerID string   `json:"customer_id"`
	Profile    row      `json:"profile"`
	Ledger     []row    `json:"ledger"` // of its id, and of those that are part of it
	Scores     row      `json:"scores"`
	Keys       []row    `json:"keys"`
	Links      []row    `json:"links"` // between its keys, and from them to others that guards keep apart
	Contacts   []row    `json:"contacts"`
	Segments   []row    `json:"segments"` // those that it is in, since when and by which clause, and those that it was in
	Consents   []row    `json:"consents"` // of its addresses
	Exports    []row    `json:"exports"`  // destinations of which it was a candidate, and what became of it
	Timeline   []row    `json:"timeline"` // the last orders, events and interactions
	Missing    []string `json:"not_published,omitempty"`
}

// row is a row of a table in the order of its columns, without what is
// missing.
type row []cell

type cell struct {
	name  string
	value any
}

// Run shows a customer.
func (c *CustomerShowCommand) Run(ctx context.Context, app *App) (err error) {
	p, err := app.ProjectToRead()
	if err != nil {
		return err
	}
	names, err := spellings(p, c.Who)
	if err != nil {
		return err
	}
	o := duckdb.QueryOptions{Resources: duckdb.Resources{Memory: memoryOf(p, int64(c.Memory))}}
	drop, err := served(ctx, p, &o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, drop()) }()
	tables, err := duckdb.Open(ctx, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, tables.Close()) }()
	a := asker{ctx: ctx, tables: tables, project: p}
	id, err := a.who(c.Who, names)
	if err != nil {
		return err
	}
	shown, err := a.portrait(id, c.Last)
	if err != nil {
		return err
	}
	if app.JSON {
		return app.PrintJSON(shown)
	}
	return shown.print(app.Out)
}

// spellings are the keys that somebody may mean: as letter:value it is one,
// else what the project's rules make of it as a key of each type.
func spellings(p *project.Project, who string) (names []string, err error) {
	norm, err := identity.NewNormaliser(p.Identity.Rules(), p.Country)
	if err != nil {
		return nil, err
	}
	kinds := customer.KeyTypes()
	if field, rest, ok := strings.Cut(who, ":"); ok { // as decisions spell keys
		if kind, known := customer.KeyTypeOf(field); known {
			kinds, who = []customer.KeyType{kind}, rest
		}
	}
	if letter, rest, ok := strings.Cut(who, ":"); ok && len(letter) == 1 && strings.Contains(keyLetters(kinds), letter) {
		kinds, who = []customer.KeyType{customer.KeyType(letter[0])}, rest
	}
	if len(kinds) > 1 && strings.Contains(who, "@") { // of which a phone or a card would be whatever digits it has
		kinds = slices.DeleteFunc(kinds, func(k customer.KeyType) bool { return k == customer.PhoneKey || k == customer.CardKey })
	}
	for _, k := range kinds {
		if text, ok := norm.Append(nil, k, []byte(who)); ok {
			names = append(names, string(rune(k))+":"+string(text))
		}
	}
	return names, nil
}

func keyLetters(kinds []customer.KeyType) (letters string) {
	for _, k := range kinds {
		letters += string(rune(k))
	}
	return letters
}

// asker asks the serving tables.
type asker struct {
	ctx     context.Context
	tables  *duckdb.Session
	project *project.Project
}

// rows are the rows of a query.
func (a *asker) rows(sql string) (all []row, err error) {
	err = a.tables.Into(a.ctx, "customer", sql, &all)
	return all, err
}

// has tells whether a table is served with these columns.
func (a *asker) has(table string, columns ...string) bool {
	served, wanted := a.project.Publish.Wants(table)
	if served == nil {
		return wanted
	}
	return !slices.ContainsFunc(columns, func(c string) bool { return !slices.Contains(served, c) })
}

// who is the customer that is meant: by id, alive or part of another, or by a
// key.
func (a *asker) who(said string, names []string) (string, error) {
	if _, err := customer.ParseID([]byte(said)); err == nil && a.has("customer_ids", "customer_id", "merged_into", "retired_date") {
		known, err := a.rows("SELECT coalesce(merged_into, customer_id) AS id, retired_date FROM customer_ids WHERE customer_id = " + serving.Text(said))
		if err != nil {
			return "", err
		}
		if len(known) == 1 {
			if gone := known[0].text("retired_date"); gone != "" {
				return "", fault.With(fmt.Errorf("customer %s was retired on %s: no record has any of its keys", said, gone), fault.Usage)
			}
			return known[0].text("id"), nil
		}
	}
	if !a.has("customer_keys", "customer_id", "key") {
		return "", fault.With(errors.New("a customer is found by its keys, and the table customer_keys is not published: name it under publish.tables, or give an id"), fault.Usage)
	}
	// An external key has the name of the other system before it, an id of a
	// contact may have its namespace.
	where := "false"
	for _, n := range names {
		where += " OR key = " + serving.Text(n)
		if n[0] == byte(customer.ContactKey) || n[0] == byte(customer.ExternalKey) {
			where += fmt.Sprintf(" OR starts_with(key, '%c:') AND ends_with(key, %s)", n[0], serving.Text("/"+n[2:]))
		}
	}
	found, err := a.rows("SELECT customer_id AS id, list(DISTINCT key ORDER BY key) AS keys FROM customer_keys WHERE " + where + " GROUP BY 1 ORDER BY 1")
	switch {
	case err != nil:
		return "", err
	case len(found) == 0:
		return "", fault.With(fmt.Errorf("nobody has the key %s; it was looked for as %s", said, strings.Join(names, ", ")), fault.Usage)
	case len(found) > 1:
		var all []string
		for _, r := range found {
			all = append(all, fmt.Sprintf("%s by %v", r.text("id"), r.value("keys")))
		}
		return "", fault.With(fmt.Errorf("%s is a key of %d customers: %s; name one of them", said, len(found), strings.Join(all, ", ")), fault.Usage)
	}
	return found[0].text("id"), nil
}

// portrait asks every table that is served for what it has of a customer.
func (a *asker) portrait(id string, last int) (*portrait, error) {
	p := &portrait{CustomerID: id}
	var failed error
	ask := func(table string, columns []string, sql string) (all []row) {
		if !a.has(table, columns...) {
			p.Missing = append(p.Missing, table)
		} else if failed == nil {
			all, failed = a.rows(strings.ReplaceAll(sql, "$id", serving.Text(id)))
		}
		return all
	}
	timeline := func(what string) []row {
		return ask(what+"s", []string{"customer_id", what + "_at", "source", "record_id"}, fmt.Sprintf(`SELECT '%s' AS what, %s_at AS "at", * EXCLUDE (run_date, customer_id, %s_at, %s_date) FROM %ss WHERE customer_id = $id ORDER BY %s_at DESC, source, record_id LIMIT %d`,
			what, what, what, what, what, what, last))
	}
	p.Profile = first(ask("customers", []string{"customer_id"}, "SELECT * EXCLUDE (run_date) FROM customers WHERE customer_id = $id"))
	p.Ledger = ask("customer_ids", []string{"customer_id", "merged_into", "born_date"}, "SELECT * EXCLUDE (run_date) FROM customer_ids WHERE customer_id = $id OR merged_into = $id ORDER BY born_date, customer_id")
	p.Scores = first(ask("rfm", []string{"customer_id"}, "SELECT * EXCLUDE (run_date, customer_id) FROM rfm WHERE customer_id = $id"))
	p.Keys = ask("customer_keys", []string{"customer_id", "key", "source"}, "SELECT * EXCLUDE (run_date, customer_id) FROM customer_keys WHERE customer_id = $id ORDER BY key, source")
	p.Links = ask("identity_links", []string{"customer_id", "key_a", "key_b", "source", "other_id"}, "SELECT * EXCLUDE (run_date) FROM identity_links WHERE customer_id = $id OR other_id = $id ORDER BY key_a, key_b, source")
	p.Contacts = ask("contacts", []string{"customer_id", "source", "record_id"}, "SELECT * EXCLUDE (run_date, customer_id) FROM contacts WHERE customer_id = $id ORDER BY source, record_id")
	p.Segments = ask("segment_members", []string{"customer_id", "segment", "entered_date"}, "SELECT * EXCLUDE (run_date, customer_id) FROM segment_members WHERE customer_id = $id ORDER BY left_date IS NOT NULL, segment, entered_date DESC")
	p.Consents = ask("consents", []string{"customer_id", "address_type", "address", "channel", "purpose"}, "SELECT * EXCLUDE (run_date, customer_id) FROM consents WHERE customer_id = $id OR EXISTS (FROM customer_keys k WHERE k.customer_id = $id AND k.key_type = address_type AND k.key[3:] = address) ORDER BY address_type, address, channel, purpose")
	p.Exports = ask("export_rows", []string{"customer_id", "destination"}, "SELECT * EXCLUDE (customer_id) FROM export_rows WHERE customer_id = $id ORDER BY destination")
	p.Timeline = newestFirst(newestFirst(timeline("order"), timeline("event"), last), timeline("interaction"), last)
	return p, failed
}

func first(all []row) row {
	if len(all) == 0 {
		return nil
	}
	return all[0]
}

// newestFirst puts two timelines into one.
func newestFirst(a, b []row, most int) (all []row) {
	for len(all) < most && len(a)+len(b) > 0 {
		if len(b) == 0 || len(a) > 0 && a[0].text("at") >= b[0].text("at") {
			all, a = append(all, a[0]), a[1:]
		} else {
			all, b = append(all, b[0]), b[1:]
		}
	}
	return all
}

// UnmarshalJSON keeps the order of the columns.
func (r *row) UnmarshalJSON(text []byte) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if _, err := d.Token(); err != nil {
		return err
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return err
		}
		var value any
		if err := d.Decode(&value); err != nil {
			return err
		}
		if value != nil {
			*r = append(*r, cell{fmt.Sprint(name), value})
		}
	}
	return nil
}

// MarshalJSON writes the columns in their order.
func (r row) MarshalJSON() ([]byte, error) {
	b := []byte{'{'}
	for i, c := range r {
		if i > 0 {
			b = append(b, ',')
		}
		name, _ := json.Marshal(c.name) // a text cannot fail
		value, err := json.Marshal(c.value)
		if err != nil {
			return nil, err
		}
		b = append(append(append(b, name...), ':'), value...)
	}
	return append(b, '}'), nil
}

func (r row) value(name string) any {
	for _, c := range r {
		if c.name == name {
			return c.value
		}
	}
	return nil
}

func (r row) text(name string) string {
	if v := r.value(name); v != nil {
		return fmt.Sprint(v)
	}
	return ""
}

// print writes a portrait for a person: the profile a line each, of what
// there is many of a row each with its most telling columns. --json has all.
func (p *portrait) print(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "Customer %s\n", p.CustomerID)
	sources := map[string]string{} // of golden values
	if text := p.Profile.text("sources"); text != "" {
		if err := json.Unmarshal([]byte(text), &sources); err != nil {
			return fmt.Errorf("read where the values of %s came from: %w", p.CustomerID, err)
		}
	}
	each := func(r row) {
		for _, c := range r {
			if c.name != "customer_id" && c.name != "sources" {
				fmt.Fprintf(w, "  %s\t%v\t%s\n", c.name, c.value, sources[c.name])
			}
		}
	}
	each(p.Profile)
	if p.Profile == nil && p.Scores != nil {
		each(p.Scores)
	}
	many := func(title string, all []row, names ...string) {
		if len(all) == 0 {
			return
		}
		fmt.Fprintf(w, "\n%s\n  %s\n", title, strings.Join(names, "\t"))
		for _, r := range all {
			cells := make([]string, len(names))
			for i, name := range names {
				cells[i] = r.text(name)
			}
			fmt.Fprintf(w, "  %s\n", strings.TrimRight(strings.Join(cells, "\t"), "\t"))
		}
	}
	many("Keys", p.Keys, "key", "source", "first_seen_date", "last_seen_date", "record_count")
	many("Links", p.Links, "key_a", "key_b", "rule", "source", "first_seen_date", "record_count", "reason")
	many("Contacts", p.Contacts, "source", "record_id", "email", "phone", "loyalty_card", "created_date")
	many("Segments", p.Segments, "segment", "entered_date", "entered_reason", "entered_clause", "left_date", "left_reason")
	many("Consents", p.Consents, "address", "channel", "purpose", "state", "since_date", "source", "suppressed")
	many("Files of the night", p.Exports, "run_date", "destination", "outcome", "address")
	many("Id, and ids that are part of it", p.Ledger, "customer_id", "cause", "birth_source", "birth_record_id", "born_date", "merged_into")
	many("Timeline, newest first", p.Timeline, "at", "what", "source", "record_id", "kind", "name", "amount", "value", "currency", "sku", "page", "campaign", "status", "text")
	if p.Missing != nil {
		fmt.Fprintf(w, "\nNot published: %s\n", strings.Join(p.Missing, ", "))
	}
	return w.Flush()
}
