package jobs

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/habitue-data/habitue/connectors/duckdb"
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/internal/serving"
	"github.com/habitue-data/habitue/jobs/activate"
	"github.com/habitue-data/habitue/jobs/project"
	"github.com/habitue-data/habitue/transforms/identity"
)

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
	if id := strings.ToLower(strings.TrimSpace(said)); isID(id) && a.has("customer_ids", "customer_id", "merged_into", "retired_date") {
		known, err := a.rows("SELECT coalesce(merged_into, customer_id) AS id, retired_date FROM customer_ids WHERE customer_id = " + serving.Text(id))
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
	if len(names) == 0 {
		return "", fault.With(fmt.Errorf("%q is no key of any type: give an e-mail, a phone, a card, a login, a cookie, the id of a contact, or the id of a customer", said), fault.Usage)
	}
	found, err := a.withKey(names, "%s")
	if err == nil && len(found) == 0 { // as somebody types it who does not mind capitals
		found, err = a.withKey(names, "lower(%s)")
	}
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

func isID(text string) bool {
	_, err := customer.ParseID([]byte(text))
	return err == nil
}

// withKey are the customers that have one of the keys, compared in a form.
func (a *asker) withKey(names []string, form string) ([]row, error) {
	of := func(sql string) string { return fmt.Sprintf(form, sql) }
	// An external key has the name of the other system before it, an id of a
	// contact may have its namespace.
	where := "false"
	for _, n := range names {
		where += fmt.Sprintf(" OR %s = %s", of("key"), of(serving.Text(n)))
		if n[0] == byte(customer.ContactKey) || n[0] == byte(customer.ExternalKey) {
			where += fmt.Sprintf(" OR starts_with(key, '%c:') AND ends_with(%s, %s)", n[0], of("key"), of(serving.Text("/"+n[2:])))
		}
	}
	return a.rows("SELECT customer_id AS id, list(DISTINCT key ORDER BY key) AS keys FROM customer_keys WHERE " + where + " GROUP BY 1 ORDER BY 1")
}

// sent is what destinations were sent for the addresses among the keys.
func (a *asker) sent(keys []row, most int) (all []row, err error) {
	var addresses []string
	for _, k := range keys {
		kind, address, _ := strings.Cut(k.text("key"), ":")
		if kind != "" && slices.Contains([]customer.KeyType{customer.EmailKey, customer.PhoneKey, customer.ContactKey}, customer.KeyType(kind[0])) {
			addresses = append(addresses, address)
		}
	}
	all = []row{}
	received, err := activate.ReceivedBy(lakeOf(a.project), addresses, most)
	for _, r := range received {
		all = append(all, row{{"run_date", r.RunDate}, {"destination", r.Destination}, {"address", r.Address}, {"fields", r.Fields}, {"run_id", r.RunID}})
	}
	return all, err
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
	if failed == nil {
		p.Sent, failed = a.sent(p.Keys, last)
	}
	return p, failed
}
