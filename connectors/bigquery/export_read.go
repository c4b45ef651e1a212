package bigquery

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/habitue-data/habitue/internal/columns"
	"google.golang.org/api/bigquery/v2"
)

const (
	// perPage is the most rows of one answer. The service ends a page at some
	// 10 MB itself, which are about as many rows of an export.
	perPage = 5000
	// readings is how often a table is read that changes while it is.
	readings = 4
)

// errMoved is that a table changed while it was read.
var errMoved = errors.New("the table changed while it was read")

// Read writes the rows of a day as lines of JSON, those of the columns that
// are wanted and there, or all where want is nil. It tells what it read, and
// the sum of its lines' hashes: rows come in no certain order, so the bytes of
// two readings may differ where nothing changed, and that sum does not.
//
// A table that changes while it is read is read again from the beginning, into
// what begin gives then. Memory holds one page.
//
// Rows are listed (tabledata.list), which costs nothing and needs neither a
// bucket nor the right to run jobs. It is slower than files of an extract job
// or the Storage API, and a day of the export has at most some million rows.
// A query would be billed by what it reads.
func (e *Export) Read(ctx context.Context, day time.Time, want []string, begin func() (io.Writer, error)) (Version, columns.Hash128, error) {
	for n := 1; ; n++ {
		v, hash, err := e.readOnce(ctx, day, want, begin)
		if err == nil {
			return v, hash, nil
		}
		err = fmt.Errorf("read %s: %w", e.name(day), err)
		if !errors.Is(err, errMoved) || n == readings {
			return Version{}, columns.Hash128{}, err
		}
		if err := e.pause(ctx, n); err != nil {
			return Version{}, columns.Hash128{}, err
		}
	}
}

func (e *Export) readOnce(ctx context.Context, day time.Time, want []string, begin func() (io.Writer, error)) (v Version, hash columns.Hash128, err error) {
	before, err := e.Look(ctx, day)
	if err != nil {
		return v, hash, err
	}
	schema := before.schema
	if want != nil {
		schema = slices.DeleteFunc(slices.Clone(schema), func(f *bigquery.TableFieldSchema) bool { return !slices.Contains(want, f.Name) })
	}
	if len(schema) == 0 {
		return v, hash, fmt.Errorf("it has none of the columns %s", strings.Join(want, ", "))
	}
	to, err := begin()
	if err != nil {
		return v, hash, err
	}
	var rows, total int64
	var lines []byte
	for token, first := "", true; token != "" || first; first = false {
		page, err := e.page(ctx, day, schema, token)
		if err != nil {
			return v, hash, err
		}
		lines = lines[:0]
		for _, r := range page.Rows {
			start := len(lines)
			if lines, err = appendRow(lines, schema, r); err != nil {
				return v, hash, fmt.Errorf("row %d of those listed: %w", rows+1, err)
			}
			hash.Add(columns.HashRow(lines[start:]))
			lines = append(lines, '\n')
			rows++
		}
		if _, err := to.Write(lines); err != nil {
			return v, hash, err
		}
		if total, token = page.TotalRows, page.PageToken; rows > total {
			break
		}
	}
	if v, err = e.Look(ctx, day); err != nil {
		return v, hash, err
	}
	if v.Modified != before.Modified || rows != total {
		return v, hash, fmt.Errorf("%w: %d of %d rows were listed", errMoved, rows, total)
	}
	v.Rows = rows
	return v, hash, nil
}

// page lists rows from where the page before ended. The columns are asked for
// in the table's order, in which they come.
func (e *Export) page(ctx context.Context, day time.Time, schema []*bigquery.TableFieldSchema, token string) (page *bigquery.TableDataList, err error) {
	names := make([]string, len(schema))
	for i, f := range schema {
		names[i] = f.Name
	}
	call := e.service.Tabledata.List(e.Project, e.Dataset, tableOf(day)).
		SelectedFields(strings.Join(names, ",")).FormatOptionsUseInt64Timestamp(true).MaxResults(perPage)
	if token != "" {
		call.PageToken(token)
	}
	err = e.ask(ctx, func(ctx context.Context) (err error) {
		page, err = call.Context(ctx).Do()
		return err
	})
	return page, err
}
