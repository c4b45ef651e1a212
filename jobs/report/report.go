// Package report makes the page that one shows at a Monday meeting: a run as
// figures, in one HTML file that needs no network and no script.
//
// It promises: equal tables give equal bytes, so there is no clock, no run id
// and no path of the machine in it; every figure comes from SQL in the folder
// sql, names what it means, and stands in the page as data-figure and
// data-value, so that a test or a script reads it back; a table or column that
// is not published, or has no rows, is told in one sentence.
//
// It has nobody's name or address: what it shows are counts and sums.
//
// Rejected: a chart library. It would bring a script of a megabyte, and no
// printer runs it.
package report

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"html/template"
)

// Facts are what the page says of its run beside the tables.
type Facts struct {
	Project  string
	RunDate  string // YYYY-MM-DD
	Known    string // then or now
	Zone     string
	Currency string
	Scale    uint8 // digits after the point of Currency
}

// Tables are the tables of the run.
type Tables interface {
	// Into asks in SQL and puts the rows into the slice that rows points to.
	Into(ctx context.Context, name, sql string, rows any) error
}

//go:embed page
var files embed.FS

// Make asks the tables and makes the page. served tells which columns of
// which tables there are.
func Make(ctx context.Context, f Facts, tables Tables, served func(table, column string) bool) ([]byte, error) {
	p := &page{Facts: f, asker: asker{ctx: ctx, tables: tables, served: served}}
	p.Cohorts = p.cohorts()
	p.Churn = p.churn()
	p.Trust = p.trust()
	p.Headline = p.headline()
	p.RFM = p.rfm()
	p.Segments = p.segments()
	p.Activation = p.activation()
	p.Value = p.value()
	if p.err != nil {
		return nil, fmt.Errorf("ask for the figures of the report: %w", p.err)
	}
	t, err := template.New("page.html").Funcs(template.FuncMap{"css": css}).ParseFS(files, "page/*.html")
	if err != nil {
		return nil, fmt.Errorf("read the parts of the report: %w", err)
	}
	var out bytes.Buffer
	if err := t.Execute(&out, p); err != nil {
		return nil, fmt.Errorf("write the report: %w", err)
	}
	return out.Bytes(), nil
}

// css is the style, which comes with the program.
func css() (template.CSS, error) {
	text, err := files.ReadFile("page/style.css")
	return template.CSS(text), err
}

// page is what the templates show.
type page struct {
	Facts
	asker

	Headline   *headline
	RFM        *rfm
	Segments   *segments
	Activation *activation
	Cohorts    *cohorts
	Churn      *churn
	Value      *value
	Trust      *trust
}
