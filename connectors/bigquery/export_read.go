package bigquery

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
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

// Row takes a row as JSON, which is good until it returns.
type Row func(object []byte) error

// Read gives the rows of a day, with those of their columns that are wanted
// and there, or all where want is nil. It tells what it read, and the sum of
// the rows' hashes: rows come in no certain order, so two readings may differ
// where nothing changed, and that sum does not.
//
// A table that changes while it is read is read again from the beginning, into
// what begin gives then. Memory holds one page.
//
// Rows are listed (tabledata.list), which costs nothing and needs neither a
// bucket nor the right to run jobs. It is slower than files of an extract job
// or the Storage API, and a day of the export has at most some million rows.
// A query would be billed by what it reads.
func (e *Export) Read(ctx context.Context, day time.Time, want []string, begin func() (Row, error)) (Version, columns.Hash128, error) {
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

func (e *Export) readOnce(ctx context.Context, day time.Time, want []string, begin func() (Row, error)) (v Version, hash columns.Hash128, err error) {
	before, err := e.Look(ctx, day)
	if err != nil {
		return v, hash, err
	}
	schema, err := before.only(want)
	if err != nil {
		return v, hash, err
	}
	to, err := begin()
	if err != nil {
		return v, hash, err
	}
	var rows, total int64
	for token, first := "", true; token != "" || first; first = false {
		page, err := e.page(ctx, day, schema, token, perPage)
		if err != nil {
			return v, hash, err
		}
		err = page.each(schema, func(row []byte) error {
			hash.Add(columns.HashRow(row))
			rows++
			return to(row)
		})
		if err != nil {
			return v, hash, fmt.Errorf("after %d rows: %w", rows, err)
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

// Sample gives up to so many rows of a day.
func (e *Export) Sample(ctx context.Context, day time.Time, want []string, most int, to Row) error {
	v, err := e.Look(ctx, day)
	if err != nil {
		return err
	}
	schema, err := v.only(want)
	if err != nil {
		return err
	}
	page, err := e.page(ctx, day, schema, "", most)
	if err == nil {
		err = page.each(schema, to)
	}
	if err != nil {
		return fmt.Errorf("read %s: %w", e.name(day), err)
	}
	return nil
}

// only are the columns that are wanted and there.
func (v Version) only(want []string) ([]*bigquery.TableFieldSchema, error) {
	if want == nil {
		return v.schema, nil
	}
	schema := slices.DeleteFunc(slices.Clone(v.schema), func(f *bigquery.TableFieldSchema) bool { return !slices.Contains(want, f.Name) })
	if len(schema) == 0 {
		return nil, fmt.Errorf("it has none of the columns %s", strings.Join(want, ", "))
	}
	return schema, nil
}

// page is what comes at a time.
type page struct {
	TotalRows int64 `json:",string"`
	PageToken string
	Rows      json.RawMessage
}

// each gives the rows of a page.
func (p page) each(schema []*bigquery.TableFieldSchema, to Row) error {
	in, row := cells{in: p.Rows}, []byte(nil)
	_, err := in.list(func(int) (err error) {
		if row, err = in.record(row[:0], schema); err != nil {
			return err
		}
		return to(row)
	})
	return err
}

// page lists rows from where the page before ended. The columns are asked for
// in the table's order, in which they come.
func (e *Export) page(ctx context.Context, day time.Time, schema []*bigquery.TableFieldSchema, token string, most int) (p page, err error) {
	names := make([]string, len(schema))
	for i, f := range schema {
		names[i] = f.Name
	}
	ask := url.Values{"selectedFields": {strings.Join(names, ",")}, "formatOptions.useInt64Timestamp": {"true"}, "maxResults": {strconv.Itoa(most)}, "pageToken": {token}, "prettyPrint": {"false"}}
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
