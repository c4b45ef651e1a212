package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/habitue-data/habitue/internal/serving"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Most tries to take the old tables away only look for a moment in which
// nobody reads: nobody waits for them. One in so many queues instead, and new
// readers behind it, which such a moment may need. Two readers' tables in
// another order are then a deadlock: the try is given up before the second is
// over after which PostgreSQL looks for those and ends one, maybe a reader.
const (
	pause    = 20 * time.Millisecond
	queueing = 50 // one try in so many
	queueFor = 700 * time.Millisecond
)

// swap takes the old schema away and puts the new one in its place, and
// commits. To drop a table is to wait for who reads it, and whoever comes then
// waits for the commit and finds the new one. So nobody has a table of either
// run in one transaction.
func (p *publisher) swap(ctx context.Context, tx pgx.Tx, aside string, old schema, months map[string][]string) error {
	facts, err := look(ctx, tx.Conn(), p.factsSchema())
	if err != nil {
		return err
	}
	statements := p.takeAway(old, facts, months)
	statements = append(statements, "ALTER SCHEMA "+serving.Name(aside)+" RENAME TO "+serving.Name(p.schema))
	until := time.Now().Add(p.patience)
	for n := 1; ; n++ {
		began := time.Now()
		err := try(ctx, tx, old, statements, n%queueing == 0)
		if err == nil {
			err = tx.Commit(ctx)
			p.report.Swap = time.Since(began)
			return err
		}
		if !held(err) {
			return err
		}
		if time.Now().After(until) {
			return fmt.Errorf("%w for %s: %s: %w", ErrBusy, p.patience, p.readers(ctx, tx, old), err)
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(pause):
		}
	}
}

// takeAway are the statements that drop the old schema and the months that
// the new one does not show. None of them says CASCADE: what somebody hung on
// the tables is not ours to take.
func (p *publisher) takeAway(old, facts schema, months map[string][]string) (statements []string) {
	var tables, views, gone []string
	for _, o := range old.objects {
		if name := qualified(old.name, o.name); o.view {
			views = append(views, name)
		} else {
			tables = append(tables, name)
		}
	}
	kept := schema{name: facts.name}
	for _, o := range facts.objects {
		wanted := false
		for _, names := range months {
			wanted = wanted || slices.Contains(names, o.name)
		}
		if wanted {
			kept.objects = append(kept.objects, o)
		} else {
			gone = append(gone, qualified(facts.name, o.name))
		}
	}
	for _, drop := range []struct {
		kind  string
		names []string
	}{{"VIEW", views}, {"TABLE", tables}, {"TABLE", gone}} {
		if len(drop.names) > 0 {
			statements = append(statements, "DROP "+drop.kind+" "+strings.Join(drop.names, ", "))
		}
	}
	if old.name != "" {
		statements = append(statements, "DROP SCHEMA "+serving.Name(old.name))
	}
	if len(gone) > 0 {
		statements = append(statements, kept.mark(facts.name))
	}
	return statements
}

// try runs the statements as one, whose time is limited as a whole.
func try(ctx context.Context, tx pgx.Tx, old schema, statements []string, queue bool) error {
	if err := run(ctx, tx, "SAVEPOINT try", fmt.Sprintf("SET LOCAL statement_timeout TO %d", queueFor.Milliseconds())); err != nil {
		return err
	}
	var body strings.Builder
	if len(old.objects) > 0 && !queue {
		var names []string
		for _, o := range old.objects {
			names = append(names, qualified(old.name, o.name))
		}
		body.WriteString("LOCK TABLE " + strings.Join(names, ", ") + " IN ACCESS EXCLUSIVE MODE NOWAIT;\n")
	}
	for _, s := range statements {
		body.WriteString(s + ";\n")
	}
	err := run(ctx, tx, "DO "+serving.Text("BEGIN\n"+body.String()+"END"), "SET LOCAL statement_timeout TO 0") // the commit has its time
	if held(err) && ctx.Err() == nil {
		if failed := run(ctx, tx, "ROLLBACK TO SAVEPOINT try", "RELEASE SAVEPOINT try"); failed != nil {
			return failed
		}
	}
	return err
}

// held tells whether an error is that somebody else has the tables.
func held(err error) bool {
	var said *pgconn.PgError
	return errors.As(err, &said) && slices.Contains([]string{"57014", "55P03", "40P01"}, said.Code)
}

// readers names who holds the old tables.
func (p *publisher) readers(ctx context.Context, tx pgx.Tx, old schema) string {
	rows, err := tx.Query(ctx, `SELECT DISTINCT format('process %s of %s (%s), in a transaction since %s', a.pid, a.usename, coalesce(nullif(a.application_name, ''), 'no name'), date_trunc('second', a.xact_start))
		FROM pg_locks l JOIN pg_class c ON c.oid = l.relation JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_stat_activity a ON a.pid = l.pid
		WHERE n.nspname = $1 AND l.granted AND a.pid <> pg_backend_pid() ORDER BY 1`, old.name)
	if err != nil {
		return err.Error()
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err.Error()
	}
	return strings.Join(names, ", ")
}
