// Package postgres serves the tables of one run in a schema of a PostgreSQL
// database, and reads rows out of one: see Reader.
//
// Of what it serves it promises: the tables of a run are loaded aside, checked, and take the
// place of the old ones in one transaction, which waits until nobody reads
// the old ones and then keeps readers for milliseconds. So whoever asks,
// in one statement or in a transaction of several, sees one run, whole.
// Privileges on the schema and on what is in it are carried over. A publish
// that fails or is killed changes nothing that a reader sees.
//
// By-month tables are views over tables of a second schema, <schema>_facts,
// one for each file of the lake and named after its bytes: a month that did
// not change is there already and is not loaded again.
//
// It does not promise to keep what others put into the two schemas, or hang
// on them: such things are named and the publish is refused.
//
// Rejected: renaming table by table (a view stays with the table that was
// renamed away); renaming the schema without waiting for readers (a query
// that has looked up one table before and one after sees two runs).
package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/internal/serving"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Place is where a run is served.
type Place struct {
	URL    string // as libpq has it: postgres://user@host/database, or key=value
	Schema string
}

// Snapshot is a run with the way to its rows.
type Snapshot struct {
	serving.Snapshot
	Parts map[string][]Part // by table
}

// Part is a file of a table.
type Part struct {
	Month  string // YYYY-MM, of a by-month table
	SHA256 string
	Rows   int64
	// Read gives the rows of the named columns. A chunk's memory is the next
	// one's too.
	Read func(ctx context.Context, want []string, yield func(*columns.Chunk) error) error
}

// Report is what a publish did.
type Report struct {
	Rows            int64 // loaded
	Loaded, Carried int   // parts of by-month tables
	Swap            time.Duration
}

// ErrBusy is that readers did not leave the old tables for as long as the
// publish had patience.
var ErrBusy = errors.New("readers held the served tables all the time")

// publisher is one publish.
type publisher struct {
	*pgx.Conn
	schema   string
	patience time.Duration
	report   Report
}

// Publish loads a run and puts it in place. It waits as long as patience for
// readers to leave the old one.
func Publish(ctx context.Context, s Snapshot, at Place, patience time.Duration) (Report, error) {
	conn, err := connect(ctx, at.URL, served)
	if err != nil {
		return Report{}, err
	}
	p := &publisher{Conn: conn, schema: at.Schema, patience: patience}
	err = p.publish(ctx, s)
	if failed := conn.Close(context.WithoutCancel(ctx)); err == nil && failed != nil {
		err = fmt.Errorf("leave PostgreSQL: %w", failed)
	}
	return p.report, explain(err)
}

func (p *publisher) publish(ctx context.Context, s Snapshot) error {
	if err := p.alone(ctx); err != nil {
		return err
	}
	old, err := look(ctx, p.Conn, p.schema)
	if err != nil {
		return err
	}
	months, err := p.loadMonths(ctx, s)
	if err != nil {
		return err
	}
	tx, err := p.Begin(ctx)
	if err != nil {
		return err
	}
	if err := p.replace(ctx, tx, s, old, months); err != nil {
		return errors.Join(err, tx.Rollback(context.WithoutCancel(ctx)))
	}
	return nil
}

// alone makes this the only publish into the schema for as long as the
// connection lasts. The server may need a moment to see that another one's is
// gone.
func (p *publisher) alone(ctx context.Context) error {
	_, err := p.Exec(ctx, fmt.Sprintf("SET lock_timeout TO '10s'; SELECT pg_advisory_lock(hashtext('habitue'), hashtext(%s)); SET lock_timeout TO 0", serving.Text(p.schema)), pgx.QueryExecModeSimpleProtocol)
	if held(err) && ctx.Err() == nil {
		return fmt.Errorf("another publish into the schema %s is going on", p.schema)
	}
	return err
}

// replace makes the new schema and swaps it in.
func (p *publisher) replace(ctx context.Context, tx pgx.Tx, s Snapshot, old schema, months map[string][]string) error {
	aside := p.schema + "_new_" + s.RunID
	if err := run(ctx, tx, "CREATE SCHEMA "+serving.Name(aside), "SET LOCAL search_path TO "+serving.Name(aside)); err != nil {
		return err
	}
	if err := run(ctx, tx, old.defaults(aside)...); err != nil {
		return err
	}
	var made schema
	for _, t := range s.Tables {
		if err := p.serve(ctx, tx, t, s, months[t.Name]); err != nil {
			return fmt.Errorf("table %s: %w", t.Name, err)
		}
		made.objects = append(made.objects, object{t.Name, !t.Dated})
	}
	for _, v := range s.Views {
		if err := run(ctx, tx, v.Create()...); err != nil {
			return fmt.Errorf("view %s: %w", v.Name, err)
		}
		made.objects = append(made.objects, object{v.Name, true})
	}
	if err := run(ctx, tx, made.mark(aside)); err != nil {
		return err
	}
	if err := old.carry(ctx, tx, aside, made); err != nil {
		return fmt.Errorf("carry privileges over: %w", err)
	}
	return p.swap(ctx, tx, aside, old, months)
}

// serve makes one table, or the view that stands for a by-month one.
func (p *publisher) serve(ctx context.Context, tx pgx.Tx, t serving.Table, s Snapshot, months []string) error {
	kind := "TABLE"
	if t.Dated {
		if err := p.load(ctx, tx, serving.Name(t.Name), t, s.Parts[t.Name]); err != nil {
			return err
		}
	} else {
		kind = "VIEW"
		var rows int64
		for _, part := range s.Parts[t.Name] {
			rows += part.Rows
		}
		if rows != t.Rows {
			return fmt.Errorf("its files have %d rows, the manifest says %d", rows, t.Rows)
		}
		if err := run(ctx, tx, monthsView(t, s.RunDate, p.factsSchema(), months)); err != nil {
			return err
		}
	}
	return run(ctx, tx, t.Comments(kind)...)
}

// run runs statements that give no rows, in one message.
func run(ctx context.Context, tx pgx.Tx, statements ...string) error {
	if len(statements) == 0 {
		return nil
	}
	_, err := tx.Exec(ctx, strings.Join(statements, ";\n"), pgx.QueryExecModeSimpleProtocol)
	return err
}

// explain adds what the server says beside the message, and what to do.
func explain(err error) error {
	var said *pgconn.PgError
	if !errors.As(err, &said) {
		return err
	}
	switch said.Code {
	case "2BP01": // dependent objects still exist
		return fmt.Errorf("something hangs on the served tables and would be lost: %s: keep its definition, drop it, publish again and make it anew: %w", oneLine(said.Detail), err)
	case "53100":
		return fmt.Errorf("the disk of PostgreSQL is full: %w", err)
	}
	if said.Detail != "" {
		return fmt.Errorf("%w (%s)", err, oneLine(said.Detail))
	}
	return err
}

func oneLine(s string) string { return strings.ReplaceAll(s, "\n", "; ") }
