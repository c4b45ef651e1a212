package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/habitue-data/habitue/internal/serving"
	"github.com/jackc/pgx/v5"
)

// Source is what is read of a database.
type Source struct {
	URL       string
	Table     string   // a name, or schema.name, as it is: capitals and spaces too
	Query     string   // in place of a table
	Key       []string // columns that no two rows have the same values of
	UpdatedAt string   // column of the last change, "" for a source of which every row is read
	Zone      string   // of times that name none
	Page      int      // rows of a page; 0 for the usual
}

// usualPage is how many rows are asked for at once. They come as a stream, so a
// page takes no memory here; it takes as many seconds of the server's.
const usualPage = 50_000

// Reader reads one source from one snapshot of its database: what others write
// meanwhile it does not see, and a right to read is all that it needs.
//
// It promises that every row of the snapshot is given once, whatever the size of
// a page, and in an order that depends on the rows alone; else there is an error:
// rows are counted first. It does not see rows that are gone.
//
// Rejected: COPY. One statement then lasts as long as the read, against whatever
// limit a careful server sets.
type Reader struct {
	conn    *pgx.Conn
	source  Source
	from    string
	columns []column
	key     []column
	updated *column // nil where every row is read
}

// Open begins to read. An error that a person can put right in what Source says
// is a Wrong.
func Open(ctx context.Context, s Source) (*Reader, error) {
	if s.Page == 0 {
		s.Page = usualPage
	}
	conn, err := connect(ctx, s.URL, read)
	if err != nil {
		return nil, s.explain(err)
	}
	r := &Reader{conn: conn, source: s, from: s.from()}
	if err := r.describe(ctx); err != nil {
		return nil, errors.Join(s.explain(err), r.Close(context.WithoutCancel(ctx)))
	}
	return r, nil
}

// Close lets the snapshot and the connection go.
func (r *Reader) Close(ctx context.Context) error {
	if r.conn.IsClosed() {
		return nil
	}
	if err := r.conn.Close(ctx); err != nil {
		return fmt.Errorf("leave PostgreSQL: %w", err)
	}
	return nil
}

// Columns are the names of a row's columns, in order.
func (r *Reader) Columns() (names []string) {
	for _, c := range r.columns {
		names = append(names, c.name)
	}
	return names
}

// from is what a SELECT reads from, under the name q.
func (s Source) from() string {
	if s.Query != "" {
		return "(" + strings.TrimRight(strings.TrimSpace(s.Query), "; \n\t") + "\n) AS q"
	}
	var parts []string
	for _, p := range tableName(s.Table) {
		parts = append(parts, serving.Name(p))
	}
	return strings.Join(parts, ".") + " AS q"
}

// tableName cuts a name at the dots that stand in no double quotes.
func tableName(text string) (parts []string) {
	var part strings.Builder
	quoted := false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"' && quoted && i+1 < len(text) && text[i+1] == '"':
			part.WriteByte('"')
			i++
		case c == '"':
			quoted = !quoted
		case c == '.' && !quoted:
			parts = append(parts, part.String())
			part.Reset()
		default:
			part.WriteByte(c)
		}
	}
	return append(parts, part.String())
}
