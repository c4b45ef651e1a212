package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/internal/serving"
	"github.com/jackc/pgx/v5"
)

// inFile are the columns of a table that its files have.
func inFile(t serving.Table) []serving.Column {
	if t.Dated {
		return t.Columns
	}
	return t.Columns[1:]
}

// load makes a table under a name, fills it from parts and checks it. It must
// be made in the transaction itself, not in a savepoint: rows come in frozen,
// so that nobody writes them again later, and a reader whose snapshot is older
// than the swap sees them rather than an empty table.
func (p *publisher) load(ctx context.Context, tx pgx.Tx, name string, t serving.Table, parts []Part) error {
	cols := inFile(t)
	definitions := make([]string, len(cols))
	want := make([]string, len(cols))
	for i, c := range cols {
		definitions[i] = serving.Name(c.Name) + " " + typeOf(c.Type)
		want[i] = c.Name
	}
	if err := run(ctx, tx, "CREATE TABLE "+name+" ("+strings.Join(definitions, ", ")+")"); err != nil {
		return err
	}
	sums := make([]sum, len(cols))
	pr, pw := io.Pipe()
	done := make(chan error, 1)
	go func() {
		err := send(ctx, pw, parts, want, sums)
		pw.CloseWithError(err) // io.EOF where it is nil
		done <- err
	}()
	tag, err := tx.Conn().PgConn().CopyFrom(ctx, pr, "COPY "+name+" FROM STDIN (FORMAT binary, FREEZE)")
	pr.CloseWithError(errStopped)
	if sent := <-done; sent != nil && !errors.Is(sent, errStopped) {
		return sent // the server only says that the copy was broken off
	}
	if err != nil {
		return err
	}
	var rows int64
	for _, part := range parts {
		rows += part.Rows
	}
	if t.Dated && rows != t.Rows {
		return fmt.Errorf("its files have %d rows, the manifest says %d", rows, t.Rows)
	}
	p.report.Rows += tag.RowsAffected()
	if err := check(ctx, tx, name, cols, rows, sums); err != nil {
		return err
	}
	return run(ctx, tx, "ANALYZE "+name) // else the first questions are planned blindly
}

var errStopped = errors.New("the copy has ended")

// send writes the rows of parts as COPY wants them and adds up their numbers.
func send(ctx context.Context, w io.Writer, parts []Part, want []string, sums []sum) error {
	const enough = 256 << 10
	buf := append(make([]byte, 0, enough+64<<10), copyHeader...)
	for _, part := range parts {
		err := part.Read(ctx, want, func(k *columns.Chunk) error {
			for j := range k.Cols {
				if t := k.Cols[j].Type; t == columns.Int || t == columns.Money {
					sums[j].add(k.Cols[j].Ints[:k.N])
				}
			}
			for i := range k.N {
				if buf = appendRow(buf, k.Cols, i); len(buf) >= enough {
					if _, err := w.Write(buf); err != nil {
						return err
					}
					buf = buf[:0]
				}
			}
			return ctx.Err()
		})
		if err != nil {
			return err
		}
	}
	_, err := w.Write(append(buf, copyEnd...))
	return err
}

// typeOf is PostgreSQL's name of a type.
func typeOf(sqlType string) string {
	switch {
	case sqlType == "DOUBLE":
		return "DOUBLE PRECISION"
	case sqlType == "VARCHAR":
		return "TEXT"
	case sqlType == "VARCHAR[]":
		return "TEXT[]"
	case strings.HasPrefix(sqlType, "DECIMAL("):
		return "NUMERIC(" + strings.TrimPrefix(sqlType, "DECIMAL(")
	}
	return sqlType
}
