package postgres

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/habitue-data/habitue/internal/serving"
	"github.com/jackc/pgx/v5"
)

func (p *publisher) factsSchema() string { return p.schema + "_facts" }

// monthName is the table of a part: equal names are equal bytes and columns.
func monthName(t serving.Table, part Part) string {
	h := sha256.New()
	fmt.Fprintln(h, part.SHA256)
	for _, c := range inFile(t) {
		fmt.Fprintln(h, c.Name, c.Type)
	}
	return t.Name + "_" + strings.ReplaceAll(part.Month, "-", "_") + "_" + hex.EncodeToString(h.Sum(nil)[:8])
}

// loadMonths loads the parts of by-month tables that are not there yet, each
// in a transaction of its own, and names all of them by table. What a publish
// that fails later has loaded is there for the next one.
func (p *publisher) loadMonths(ctx context.Context, s Snapshot) (months map[string][]string, err error) {
	there, err := look(ctx, p.Conn, p.factsSchema())
	if err != nil {
		return nil, err
	}
	months = map[string][]string{}
	for _, t := range s.Tables {
		if t.Dated {
			continue
		}
		for _, part := range s.Parts[t.Name] {
			name := monthName(t, part)
			months[t.Name] = append(months[t.Name], name)
			if there.has(name) {
				p.report.Carried++
				continue
			}
			if err := p.loadMonth(ctx, &there, name, t, part); err != nil {
				return nil, fmt.Errorf("table %s, month %s: %w", t.Name, part.Month, err)
			}
			p.report.Loaded++
		}
	}
	return months, nil
}

func (p *publisher) loadMonth(ctx context.Context, there *schema, name string, t serving.Table, part Part) error {
	return p.inOne(ctx, func(tx pgx.Tx) error {
		if there.name == "" {
			there.name = p.factsSchema()
			if err := run(ctx, tx, "CREATE SCHEMA "+serving.Name(there.name)); err != nil {
				return err
			}
		}
		if err := p.load(ctx, tx, serving.Name(p.factsSchema())+"."+serving.Name(name), t, []Part{part}); err != nil {
			return err
		}
		there.objects = append(there.objects, object{name, false})
		return run(ctx, tx, there.mark(p.factsSchema()))
	})
}

// inOne does something in a transaction of its own.
func (p *publisher) inOne(ctx context.Context, do func(pgx.Tx) error) error {
	tx, err := p.Begin(ctx)
	if err != nil {
		return err
	}
	if err := do(tx); err != nil {
		return errors.Join(err, tx.Rollback(context.WithoutCancel(ctx)))
	}
	return tx.Commit(ctx)
}

// monthsView is the view that stands for a by-month table. Its rows are
// the owner's to read, so readers need no right to the months.
func monthsView(t serving.Table, runDate, facts string, months []string) string {
	cols := []string{"DATE " + serving.Text(runDate) + " AS " + serving.Name(t.Columns[0].Name)}
	for _, c := range inFile(t) {
		if len(months) == 0 {
			cols = append(cols, "NULL::"+typeOf(c.Type)+" AS "+serving.Name(c.Name))
		} else {
			cols = append(cols, serving.Name(c.Name))
		}
	}
	one := "SELECT " + strings.Join(cols, ", ")
	if len(months) == 0 {
		return "CREATE VIEW " + serving.Name(t.Name) + " AS " + one + " WHERE false"
	}
	var all []string
	for _, m := range months {
		all = append(all, one+" FROM "+serving.Name(facts)+"."+serving.Name(m))
	}
	return "CREATE VIEW " + serving.Name(t.Name) + " AS " + strings.Join(all, " UNION ALL ")
}
