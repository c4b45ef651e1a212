package customer

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// What views and metrics may say: functions that DuckDB, PostgreSQL and
// BigQuery all have, with the same arguments and the same answer;
// of MD5, which is bytes in BigQuery and digits elsewhere, in the same order.
var everywhere = strings.Fields("ABS ARRAY_TO_STRING AVG CAST COALESCE COUNT EXTRACT MAX MD5 MIN NULLIF ROUND ROW_NUMBER STRPOS SUM")

// types are those that CAST may name.
var castTypes = []string{"INTEGER", "BIGINT"}

// reserved are words that one of the three takes for no name of a column.
var reserved = strings.Fields(`all and any array as asc at between by case cast check collate column constraint contains create cross cube current
	default desc distinct else end enum escape except exclude exists extract false fetch following for from full group grouping groups hash having if
	ignore in inner intersect interval into is join lateral left like limit lookup merge natural new no not null nulls of offset on or order outer over
	partition preceding primary proto qualify range recursive references respect right rollup rows select set some struct table tablesample then to treat
	true unbounded union unique unnest user using when where window with within`)

// notEverywhere are ways of saying things that one of the three has not.
var notEverywhere = map[string]*regexp.Regexp{
	`a quoted name or a text in quotes`: regexp.MustCompile("[\"`]"),
	"a cast with colons":                regexp.MustCompile("::"),
	"FILTER":                            regexp.MustCompile(`\bFILTER\b`),
	"QUALIFY":                           regexp.MustCompile(`\bQUALIFY\b`),
	"GROUP BY ALL":                      regexp.MustCompile(`\bBY ALL\b`),
	"DISTINCT ON":                       regexp.MustCompile(`\bDISTINCT ON\b`),
	"ILIKE":                             regexp.MustCompile(`\bILIKE\b`),
	"USING, which makes one column":     regexp.MustCompile(`\bUSING\b`),
	"a join by comma":                   regexp.MustCompile(`\bFROM \w+( \w+)?,`),
	"a division of whole numbers":       regexp.MustCompile(`(?:^|[ (])(?:COUNT\([^)]*\)|\w+_count) / `),
	"a day less a day":                  regexp.MustCompile(`_date - \w*\.?\w+_date`),
}

var (
	texts   = regexp.MustCompile(`'[^']*'`)
	calls   = regexp.MustCompile(`(\w+)\(`)
	casts   = regexp.MustCompile(` AS (\w+)\)`)
	aliases = regexp.MustCompile(` AS (\w+)`)
)

// dialects are the faults of some SQL.
func dialects(sql string) (faults []string) {
	sql = texts.ReplaceAllString(sql, "''")
	sql = strings.ReplaceAll(sql, "1.0 * ", "1.0*") // of that on no whole number is divided
	for what, said := range notEverywhere {
		if said.MatchString(sql) {
			faults = append(faults, what)
		}
	}
	for _, call := range calls.FindAllStringSubmatch(sql, -1) {
		if name := call[1]; !slices.Contains(everywhere, name) {
			faults = append(faults, "the function "+name)
		}
	}
	for _, cast := range casts.FindAllStringSubmatch(sql, -1) {
		if strings.ToUpper(cast[1]) == cast[1] && !slices.Contains(castTypes, cast[1]) {
			faults = append(faults, "the type "+cast[1])
		}
	}
	for _, alias := range aliases.FindAllStringSubmatch(sql, -1) {
		if slices.Contains(reserved, strings.ToLower(alias[1])) {
			faults = append(faults, "the name "+alias[1])
		}
	}
	slices.Sort(faults)
	return faults
}

// TestViewsAndMetricsAreInNoDialect holds what no database here can: that
// BigQuery would know each word.
func TestViewsAndMetricsAreInNoDialect(t *testing.T) {
	t.Parallel()
	for _, v := range Views() {
		if faults := dialects(v.SQL()); faults != nil {
			t.Errorf("%s: %q", v.Name, faults)
		}
	}
	for _, m := range Metrics() {
		if faults := dialects(m.SQL); faults != nil {
			t.Errorf("%s: %q", m.Name, faults)
		}
	}
	for sql, want := range map[string]string{
		"SELECT count(*)":                           "the function count",
		"SELECT SUM(x) FILTER (WHERE y) FROM t":     "FILTER",
		"SELECT DATE_TRUNC('month', d) FROM t":      "the function DATE_TRUNC",
		"SELECT CAST(x AS VARCHAR) FROM t":          "the type VARCHAR",
		"SELECT x AS rows FROM t":                   "the name rows",
		`SELECT "check" FROM t`:                     "a quoted name or a text in quotes",
		"SELECT a_count / b FROM t":                 "a division of whole numbers",
		"SELECT COUNT(*) / 2 FROM t":                "a division of whole numbers",
		"SELECT run_date - d.order_date FROM t":     "a day less a day",
		"SELECT a FROM t x, u y WHERE x.a = y.a":    "a join by comma",
		"SELECT a FROM t JOIN u USING (a)":          "USING, which makes one column",
		"SELECT a FROM t GROUP BY ALL ORDER BY ALL": "GROUP BY ALL",
	} {
		if faults := dialects(sql); !slices.Contains(faults, want) {
			t.Errorf("%s: %q, want %q", sql, faults, want)
		}
	}
}

// TestViewsAndMetricsAreTold wants names that are one, and words for each.
func TestViewsAndMetricsAreTold(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	for _, table := range Tables() {
		known[table.Name] = true
	}
	for _, v := range Views() {
		if known[v.Name] || !strings.HasPrefix(v.Name, "v_") || len(v.Doc) < 20 {
			t.Errorf("%s: a name twice, of no view, or without words", v.Name)
		}
		known[v.Name] = true
		seen := map[string]bool{}
		for _, c := range v.Columns {
			if seen[c.Name] || c.Doc == "" || c.SQL == "" || slices.Contains(reserved, c.Name) {
				t.Errorf("%s.%s: twice, without words, or a word of SQL", v.Name, c.Name)
			}
			seen[c.Name] = true
		}
	}
	metrics, groups := map[string]bool{}, []string{""}
	for _, m := range Metrics() {
		if metrics[m.Name] || len(m.Doc) < 40 || m.Unit == "" || len(m.From()) == 0 {
			t.Errorf("%s: twice, without words or unit, or from nowhere", m.Name)
		}
		metrics[m.Name] = true
		for _, name := range m.From() {
			if !known[name] {
				t.Errorf("%s asks %s, which is neither table nor view", m.Name, name)
			}
		}
		if last := groups[len(groups)-1]; m.Group != last {
			if slices.Contains(groups, m.Group) {
				t.Errorf("%s: its group %s stands apart", m.Name, m.Group)
			}
			groups = append(groups, m.Group)
		}
	}
}
