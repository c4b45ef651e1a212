package jobs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/habitue-data/habitue/connectors/duckdb"
	"github.com/habitue-data/habitue/connectors/lake"
	"github.com/habitue-data/habitue/internal/atomicfile"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/jobs/project"
	"github.com/habitue-data/habitue/jobs/serve"
)

// Run runs SQL over the serving tables.
func (c *QueryCommand) Run(ctx context.Context, app *App) (err error) {
	sql, name, err := c.text(app)
	if err != nil {
		return err
	}
	p, err := app.ProjectToRead()
	if err != nil {
		return err
	}
	o := duckdb.QueryOptions{Resources: duckdb.Resources{Memory: memoryOf(p, int64(c.Memory))}, Name: name}
	drop, err := served(ctx, p, &o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(lacking(err, c.Metric), drop()) }()
	format := c.Format
	if app.JSON {
		format = "json"
	}
	if c.Out == "" {
		if format == "parquet" {
			return fault.With(errors.New("a Parquet result needs a file: give --out"), fault.Usage)
		}
		return duckdb.Query(ctx, o, sql, format, app.Out)
	}
	out, err := atomicfile.Create(app.Path(c.Out))
	if err != nil {
		return err
	}
	if err := duckdb.Query(ctx, o, sql, format, out); err != nil {
		return errors.Join(err, out.Abort())
	}
	return out.Commit()
}

// text is the SQL and its name in messages.
func (c *QueryCommand) text(app *App) (sql, name string, err error) {
	given := 0
	for _, one := range []string{c.SQL, c.File, c.Metric} {
		if one != "" {
			given++
		}
	}
	switch {
	case given != 1:
		return "", "", fault.With(errors.New("give the SQL, -f FILE or --metric NAME"), fault.Usage)
	case c.Metric != "":
		m, err := metricNamed(c.Metric)
		return m.SQL, "metric " + c.Metric, err
	case c.SQL != "":
		return c.SQL, "SQL", nil
	case c.File == "-":
		text, err := io.ReadAll(app.In)
		if err != nil {
			return "", "", fmt.Errorf("read the SQL: %w", err)
		}
		return string(text), "stdin", nil
	}
	text, err := os.ReadFile(app.Path(c.File))
	if err != nil {
		return "", "", fault.With(fmt.Errorf("read the SQL: %w", err), fault.Usage)
	}
	return string(text), c.File, nil
}

// served says what a query of the project is over: its DuckDB file, or where
// it has none the newest run of the line in the lake. drop is called once it was
// asked.
func served(ctx context.Context, p *project.Project, o *duckdb.QueryOptions) (drop func() error, err error) {
	if p.Warehouse.Kind == project.DuckDB {
		o.Database = p.Path(p.Warehouse.Path)
		if _, err := os.Stat(o.Database); errors.Is(err, fs.ErrNotExist) {
			return nil, fault.With(fmt.Errorf("the warehouse %s is not there yet: habitue run makes it", p.Warehouse.Path), fault.Usage)
		}
		return func() error { return nil }, nil
	}
	l := lakeOf(p)
	m, err := newest(l)
	if err != nil {
		return nil, err
	}
	near, drop, err := serve.Near(ctx, l, m, serve.Everything())
	if err != nil {
		return nil, err
	}
	s, err := serve.SnapshotOf(near, m, serve.Everything())
	if err != nil {
		return nil, errors.Join(err, drop())
	}
	o.Snapshot = &s
	return drop, nil
}

// newest is the line's end, or where nothing is on the line the last run
// beside it.
func newest(l lake.Lake) (lake.Manifest, error) {
	id, err := l.LineEnd()
	if err != nil {
		return lake.Manifest{}, err
	}
	if id == "" {
		ids, err := l.List()
		if err != nil {
			return lake.Manifest{}, err
		}
		if len(ids) == 0 {
			return lake.Manifest{}, fault.With(fmt.Errorf("the lake %s has no run yet: habitue run makes one", l.Dir), fault.Usage)
		}
		id = ids[len(ids)-1]
	}
	return l.Load(id)
}
