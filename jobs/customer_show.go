package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/habitue-data/habitue/connectors/duckdb"
	"github.com/habitue-data/habitue/internal/fault"
)

// CustomerShowCommand is `habitue customer show`.
type CustomerShowCommand struct {
	Who    string `arg:"" name:"key-or-id" help:"An id, or any key as somebody would say it: an e-mail, a phone, a card, a login, a cookie, the id of a contact; e:anna@shop.ru where it could be several things."`
	Last   int    `default:"20" placeholder:"N" help:"How much of the timeline, and of what was sent, is shown, from its end."`
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
	Exports    []row    `json:"exports"`  // destinations of which it was a candidate that night, and what became of it
	Sent       []row    `json:"sent"`     // what destinations took of it, of any night, the newest first
	Timeline   []row    `json:"timeline"` // the last orders, events and interactions
	Missing    []string `json:"not_published,omitempty"`
}

// Run shows a customer.
func (c *CustomerShowCommand) Run(ctx context.Context, app *App) (err error) {
	if c.Last < 0 {
		return fault.With(fmt.Errorf("--last is %d: name how many are to be shown", c.Last), fault.Usage)
	}
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
	many("Sent, newest first", p.Sent, "run_date", "destination", "address", "run_id")
	many("Id, and ids that are part of it", p.Ledger, "customer_id", "cause", "birth_source", "birth_record_id", "born_date", "merged_into")
	many("Timeline, newest first", p.Timeline, "at", "what", "source", "record_id", "kind", "name", "amount", "value", "currency", "sku", "page", "campaign", "status", "text")
	if p.Missing != nil {
		fmt.Fprintf(w, "\nNot published: %s\n", strings.Join(p.Missing, ", "))
	}
	return w.Flush()
}
