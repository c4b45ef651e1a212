package customer

import (
	"maps"
	"regexp"
	"slices"
)

// Metric is a figure that shops ask for, defined once: what it is, and the SQL
// that gives it from what is served. DuckDB, PostgreSQL and BigQuery take the
// SQL as it is.
type Metric struct {
	Name   string   `json:"name"`
	Group  string   `json:"group"`
	Doc    string   `json:"definition"` // which rows count, by which day, in what money
	Unit   string   `json:"unit"`
	Report []Figure `json:"report,omitempty"` // where the report has the same
	SQL    string   `json:"sql"`
}

// Figure is a figure of the report: its name there, a column of the row in
// braces, and the column that has its value.
type Figure struct {
	Name   string `json:"figure"`
	Column string `json:"column"`
}

// Metrics are all metrics, in the order in which the docs list them.
func Metrics() []Metric {
	return slices.Concat(customerMetrics, revenueMetrics, loyaltyMetrics, segmentMetrics, trustMetrics)
}

// MetricNamed is the metric of that name.
func MetricNamed(name string) (Metric, bool) {
	i := slices.IndexFunc(Metrics(), func(m Metric) bool { return m.Name == name })
	if i < 0 {
		return Metric{}, false
	}
	return Metrics()[i], true
}

var named = regexp.MustCompile(`\b(?:FROM|JOIN) (\w+)`)

// From are the tables and views that the SQL asks.
func (m Metric) From() (names []string) {
	for _, found := range named.FindAllStringSubmatch(m.SQL, -1) {
		if !slices.Contains(names, found[1]) {
			names = append(names, found[1])
		}
	}
	return names
}

// Tables are the tables that it is made from, those of its views too.
func (m Metric) Tables() (names []string) {
	from := m.From()
	for _, v := range Views() {
		if i := slices.Index(from, v.Name); i >= 0 {
			from = slices.Concat(slices.Delete(from, i, i+1), slices.Collect(maps.Keys(v.Needs)))
		}
	}
	slices.Sort(from)
	return slices.Compact(from)
}
