package bigquery

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/habitue-data/habitue/internal/columns"
	"google.golang.org/api/bigquery/v2"
	"google.golang.org/api/googleapi"
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
		in := cells{in: page.Rows}
		_, err = in.list(func(int) (err error) {
			start := len(lines)
			if lines, err = in.record(lines, schema); err != nil {
				return fmt.Errorf("row %d of those listed: %w", rows+1, err)
			}
			hash.Add(columns.HashRow(lines[start:]))
			lines = append(lines, '\n')
			rows++
			return nil
		})
		if err != nil {
			return v, hash, err
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

// page is what comes at a time.
type page struct {
	TotalRows int64 `json:",string"`
	PageToken string
	Rows      json.RawMessage
}

// page lists rows from where the page before ended. The columns are asked for
// in the table's order, in which they come.
func (e *Export) page(ctx context.Context, day time.Time, schema []*bigquery.TableFieldSchema, token string) (p page, err error) {
	names := make([]string, len(schema))
	for i, f := range schema {
		names[i] = f.Name
	}
	ask := url.Values{"selectedFields": {strings.Join(names, ",")}, "formatOptions.useInt64Timestamp": {"true"}, "maxResults": {strconv.Itoa(perPage)}, "prettyPrint": {"false"}}
	if token != "" {
		ask.Set("pageToken", token)
	}
	at := googleapi.ResolveRelative(e.service.BasePath, fmt.Sprintf("projects/%s/datasets/%s/tables/%s/data", url.PathEscape(e.Project), url.PathEscape(e.Dataset), tableOf(day))) + "?" + ask.Encode()
	err = e.ask(ctx, func(ctx context.Context) (err error) {
		p = page{Rows: json.RawMessage("[]")} // which an empty table's page has not
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, at, nil)
		if err != nil {
			return err
		}
		answer, err := e.client.Do(r)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, answer.Body.Close()) }()
		if err := googleapi.CheckResponse(answer); err != nil {
			return err
		}
		return json.NewDecoder(answer.Body).Decode(&p)
	})
	return p, err
}
