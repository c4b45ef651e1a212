package duckdb

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/internal/serving"
)

// shown is how many rows a table for a person has.
const shown = 1000

// print runs a statement and writes its result.
func (db *session) print(ctx context.Context, s statement, format string, out io.Writer) error {
	if s.kind() == rows { // first as it stands, so that a fault is told where it stands
		prepared, err := db.PrepareContext(ctx, s.text)
		if err != nil {
			return err
		}
		if err := prepared.Close(); err != nil {
			return err
		}
	}
	switch {
	case format == "table" && s.kind() == rows:
		return inner(db.table(ctx, "SELECT COLUMNS(*)::VARCHAR FROM (\n"+s.text+"\n)", out))
	case format == "table":
		return db.table(ctx, s.text, out)
	case s.kind() == report:
		return fault.With(fmt.Errorf("the result of %s can only be written as a table", s.verb()), fault.Usage)
	case format == "csv":
		return db.copyOut(ctx, s, "FORMAT csv, HEADER true", out, io.Copy)
	case format == "json":
		return db.copyOut(ctx, s, "FORMAT json, ARRAY true", out, copyJSON)
	case format == "parquet":
		return db.copyOut(ctx, s, "FORMAT parquet", out, io.Copy)
	}
	return fault.With(fmt.Errorf("no format %q; there are %s", format, strings.Join(Formats(), ", ")), fault.Usage)
}

// copyOut lets DuckDB write a file, from all threads, and hands it on.
func (db *session) copyOut(ctx context.Context, s statement, options string, out io.Writer, hand func(io.Writer, io.Reader) (int64, error)) error {
	path := filepath.Join(db.spill, "result")
	if err := db.run(ctx, "COPY (FROM (\n"+s.text+"\n)) TO "+serving.Text(path)+" ("+options+")"); err != nil {
		return inner(err)
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	_, err = hand(out, f)
	return errors.Join(err, f.Close(), os.Remove(path))
}

// table writes rows in aligned columns, missing values as empty.
func (db *session) table(ctx context.Context, query string, out io.Writer) error {
	result, err := db.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer result.Close()
	heads, err := result.Columns()
	if err != nil {
		return err
	}
	buf := bufio.NewWriter(out)
	w := tabwriter.NewWriter(buf, 0, 0, 2, ' ', 0)
	line(w, heads)
	under := make([]string, len(heads))
	for i, h := range heads {
		under[i] = strings.Repeat("-", max(len([]rune(h)), 1))
	}
	line(w, under)
	n, err := tableRows(result, w, len(heads))
	if err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if n > shown {
		fmt.Fprintf(buf, "(%d of %d rows; --format csv writes all)\n", shown, n)
	}
	return buf.Flush()
}

func tableRows(result *sql.Rows, w io.Writer, width int) (n int, err error) {
	values, cells := make([]any, width), make([]string, width)
	places := make([]any, width)
	for i := range values {
		places[i] = &values[i]
	}
	for result.Next() {
		if n++; n > shown {
			continue // counted
		}
		if err := result.Scan(places...); err != nil {
			return n, err
		}
		for i, v := range values {
			cells[i] = ""
			if v != nil {
				cells[i] = fmt.Sprint(v)
			}
		}
		line(w, cells)
	}
	return n, result.Err()
}

func line(w io.Writer, cells []string) {
	for i, c := range cells {
		cells[i] = strings.NewReplacer("\t", " ", "\n", `\n`).Replace(c)
	}
	fmt.Fprintln(w, strings.Join(cells, "\t"))
}
