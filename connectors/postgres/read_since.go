package postgres

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/habitue-data/habitue/internal/serving"
)

// Since is what an earlier Read left behind. The zero Since reads everything.
type Since struct {
	Newest  string // what Read gave
	Overlap time.Duration
}

// Row is a row that is read.
type Row struct {
	JSON    []byte // an object, good until the next row
	Updated []byte // updated_at as PostgreSQL writes it in UTC, nil where it says nothing
	Again   bool   // the next Read gives it again, changed or not
}

// Read gives the rows that changed since, and those whose updated_at says
// nothing; of a source without updated_at all of them. newest is where the next
// Read goes on: the greatest updated_at, but nothing of the future, since one by
// mistake would hide all that comes after.
func (r *Reader) Read(ctx context.Context, since Since, yield func(Row) error) (newest string, err error) {
	newest, rows, err := r.ahead(ctx, since)
	if err != nil {
		return "", r.source.explain(err)
	}
	counted := func(row Row) error { rows--; return yield(row) }
	for _, p := range r.passes(since, newest) {
		if err := p.read(ctx, counted); err != nil {
			return "", r.source.explain(err)
		}
	}
	if rows != 0 {
		return "", r.source.notUnique()
	}
	return newest, nil
}

// Sample gives up to n rows, whichever.
func (r *Reader) Sample(ctx context.Context, n int, yield func(Row) error) error {
	p := pages{Reader: r, again: "true"}
	_, err := p.page(ctx, p.selects()+" LIMIT "+strconv.Itoa(n), nil, yield)
	return r.source.explain(err)
}

// ahead is how many rows there are to read, and where the next read goes on.
func (r *Reader) ahead(ctx context.Context, since Since) (newest string, rows int64, err error) {
	sql, args := "SELECT '', count(*) FROM "+r.from, [][]byte(nil)
	if u := r.updated; u != nil {
		now := "now()"
		if u.oid != timestamptzOID {
			now = "(now() AT TIME ZONE " + serving.Text(r.source.Zone) + ")"
		}
		sql = fmt.Sprintf("CASE WHEN max(%s) IS NOT NULL THEN least(max(%[1]s), %s::%s) END", u.sql, now, u.kind)
		if since.Newest == "" {
			sql = fmt.Sprintf("SELECT (%s)::text, count(*) FROM %s", sql, r.from)
		} else {
			sql = fmt.Sprintf("SELECT greatest($1::%s, %s)::text, count(*) FROM %s WHERE %s IS NULL OR %s", u.kind, sql, r.from, u.sql, r.changed("$1", since))
			args = [][]byte{[]byte(since.Newest)}
		}
	}
	result := r.conn.PgConn().ExecParams(ctx, sql, args, nil, nil, nil).Read()
	if result.Err != nil {
		return "", 0, result.Err
	}
	rows, err = strconv.ParseInt(string(result.Rows[0][1]), 10, 64)
	return string(result.Rows[0][0]), rows, err
}

// passes are what is read, one after the other: what changed, by time, then what
// does not say when it did.
func (r *Reader) passes(since Since, newest string) []pages {
	if r.updated == nil {
		return []pages{{Reader: r, order: r.key, again: "true"}}
	}
	p := pages{Reader: r, order: append([]column{*r.updated}, r.key...), dated: true, where: r.updated.sql + " IS NOT NULL"}
	p.again = r.changed(p.arg(newest), since)
	if since.Newest != "" {
		p.where = r.changed(p.arg(since.Newest), since)
	}
	silent := pages{Reader: r, order: r.key, where: r.updated.sql + " IS NULL", again: "true"}
	if newest == "" {
		return []pages{silent} // no row says when it changed
	}
	return []pages{p, silent}
}

// backwards is how much time clocks may show twice: of times without a zone
// nobody can tell which of the two is meant.
const backwards = 2 * time.Hour

// changed is the condition that a row changed since a moment, or in the overlap
// before it.
func (r *Reader) changed(moment string, since Since) string {
	overlap := since.Overlap
	switch r.updated.oid {
	case timestampOID:
		overlap += backwards
	case dateOID: // of the day before nobody can tell which rows are of its last minutes
		overlap += 24 * time.Hour
	}
	return fmt.Sprintf("%s >= %s::%s - interval '%d microseconds'", r.updated.sql, moment, r.updated.kind, overlap.Microseconds())
}
