package jobs

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/fault"
)

// MetricsCommand is `habitue metrics`.
type MetricsCommand struct {
	Name string `arg:"" optional:"" name:"name" help:"The metric to show; all are listed unless said."`
}

// Run lists the metrics, or shows one. It needs no project.
func (c *MetricsCommand) Run(app *App) error {
	if c.Name == "" {
		return listMetrics(app, customer.Metrics())
	}
	m, err := metricNamed(c.Name)
	if err != nil {
		return err
	}
	if app.JSON {
		return app.PrintJSON(m)
	}
	_, err = fmt.Fprintf(app.Out, "%s\n\n%s\n\nUnit: %s. From %s.\n\n%s\n\nhabitue query --metric %s asks it.\n", m.Name, m.Doc, m.Unit, strings.Join(m.From(), ", "), m.SQL, m.Name)
	return err
}

func listMetrics(app *App, all []customer.Metric) error {
	if app.JSON {
		return app.PrintJSON(all)
	}
	w := tabwriter.NewWriter(app.Out, 0, 0, 2, ' ', 0)
	group := ""
	for _, m := range all {
		if m.Group != group {
			group = m.Group
			fmt.Fprintln(w, strings.ToUpper(group))
		}
		first, _, _ := strings.Cut(m.Doc, ". ")
		fmt.Fprintf(w, "  %s\t%s\n", m.Name, strings.TrimSuffix(first, "."))
	}
	fmt.Fprintln(w, "\nhabitue metrics NAME shows the SQL of one, habitue query --metric NAME asks it.")
	return w.Flush()
}

// metricNamed finds a metric, or says which there are.
func metricNamed(name string) (customer.Metric, error) {
	if m, found := customer.MetricNamed(name); found {
		return m, nil
	}
	var names []string
	for _, m := range customer.Metrics() {
		names = append(names, m.Name)
	}
	return customer.Metric{}, fault.With(fmt.Errorf("no metric %q; there are %s", name, strings.Join(names, ", ")), fault.Usage)
}

// lacking adds to the faults of a metric's SQL what may be missing: the SQL
// itself is in order.
func lacking(err error, name string) error {
	faults := fault.Of(err)
	m, found := customer.MetricNamed(name)
	if len(faults) == 0 || !found {
		return err
	}
	for i := range faults {
		faults[i].Todo = "the project must publish the tables that it is made from: " + strings.Join(m.Tables(), ", ")
	}
	return fault.With(faults, fault.CodeOf(err))
}
