package bigquery

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"google.golang.org/api/bigquery/v2"
	"google.golang.org/api/option"
	transport "google.golang.org/api/transport/http"
)

// Source is a dataset of somebody else's, as the export of Google Analytics 4
// is. It is read, and never made nor written to.
type Source struct {
	Project, Dataset string
	Endpoint         string // of an emulator, without credentials; "" is the service
	patient
}

// Export is a dataset whose tables events_YYYYMMDD are days.
type Export struct {
	Source
	service *bigquery.Service
	client  *http.Client // of it: pages of rows are not decoded by the service's own code
}

// daily is what the name of a day's table begins with. events_intraday_ has
// what is still to be put in order, and is not read.
const daily = "events_"

// Version is what a day's table was when it was looked at. One with the same
// Modified has the same rows.
type Version struct {
	Modified int64 // milliseconds since 1970
	Rows     int64
	Bytes    int64
	Columns  []string

	schema []*bigquery.TableFieldSchema
}

// ErrGone is that a day has no table.
var ErrGone = errors.New("the table is not there")

// Wrong is what a person can put right about a Source.
type Wrong struct {
	Dataset    bool // it is about which one is read, or who may
	What, Todo string
	err        error
}

func (w Wrong) Error() string { return w.What + "; " + w.Todo }

func (w Wrong) Unwrap() error { return w.err }

// OpenExport comes to a dataset. Whether it is there is what Days finds out.
func OpenExport(ctx context.Context, s Source) (*Export, error) {
	s.patient = s.usual()
	client, _, err := transport.NewClient(ctx, append(reach(s.Endpoint), option.WithScopes(bigquery.CloudPlatformReadOnlyScope))...)
	if err != nil {
		return nil, Wrong{false, fmt.Sprintf("BigQuery cannot be reached: %v", err), logIn, err}
	}
	service, err := bigquery.NewService(ctx, option.WithHTTPClient(client), option.WithEndpoint(s.Endpoint))
	if err != nil {
		return nil, err
	}
	return &Export{s, service, client}, nil
}

// Days are the days that have a table, in no certain order.
func (e *Export) Days(ctx context.Context) (days []time.Time, err error) {
	for token := ""; ; {
		var page *bigquery.TableList
		err := e.ask(ctx, func(ctx context.Context) (err error) {
			page, err = e.service.Tables.List(e.Project, e.Dataset).MaxResults(1000).PageToken(token).Context(ctx).Do()
			return err
		})
		if err == nil && token != "" && page.NextPageToken == token {
			err = errors.New("a page of the list is followed by itself")
		}
		if is(err, 404) {
			err = Wrong{true, fmt.Sprintf("there is no dataset %s.%s: %v", e.Project, e.Dataset, err), "name the one that the export goes into, as analytics_123456789, and the Google Cloud project that it is in", err}
		}
		if err != nil {
			return nil, fmt.Errorf("list the tables of the dataset %s.%s: %w", e.Project, e.Dataset, err)
		}
		for _, t := range page.Tables {
			name, ours := strings.CutPrefix(t.TableReference.TableId, daily)
			if day, err := time.Parse(dayLayout, name); ours && err == nil && t.Type == "TABLE" {
				days = append(days, day)
			}
		}
		if token = page.NextPageToken; token == "" {
			return days, nil
		}
	}
}

const dayLayout = "20060102"

// tableOf is the name of a day's table.
func tableOf(day time.Time) string { return daily + day.Format(dayLayout) }

// Look is what a day's table is now.
func (e *Export) Look(ctx context.Context, day time.Time) (Version, error) {
	var t *bigquery.Table
	err := e.ask(ctx, func(ctx context.Context) (err error) {
		t, err = e.service.Tables.Get(e.Project, e.Dataset, tableOf(day)).Context(ctx).Do()
		return err
	})
	if is(err, 404) {
		err = errors.Join(ErrGone, err)
	}
	if err != nil {
		return Version{}, fmt.Errorf("look at %s: %w", e.name(day), err)
	}
	v := Version{Modified: int64(t.LastModifiedTime), Rows: int64(t.NumRows), Bytes: t.NumBytes, schema: t.Schema.Fields}
	for _, f := range v.schema {
		v.Columns = append(v.Columns, f.Name)
	}
	return v, nil
}

// name is the table of a day as a person writes it.
func (e *Export) name(day time.Time) string { return e.Project + "." + e.Dataset + "." + tableOf(day) }

// ask does a request, again where that may help: also where a quota is used
// up, for those of reading rows are per second and per minute.
func (e *Export) ask(ctx context.Context, do func(ctx context.Context) error) error {
	err := e.again(ctx, func(err error) bool { return transient(err) || reasonOf(err) == "quotaExceeded" }, do)
	switch {
	case is(err, 401):
		return Wrong{false, fmt.Sprintf("BigQuery does not know who asks: %v", err), logIn, err}
	case reasonOf(err) == "accessDenied":
		return Wrong{true, err.Error(), "whoever reads needs the role bigquery.dataViewer on the dataset", err}
	case reasonOf(err) == "quotaExceeded":
		return fmt.Errorf("%w: a quota of the Google Cloud project is used up: try again later, or ask for more under IAM & Admin, Quotas", err)
	}
	return err
}
