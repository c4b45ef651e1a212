package customer

import (
	"fmt"
	"slices"
	"strings"
)

// ServedView is a query over tables that has a name, for who asks by hand and
// for BI tools. DuckDB, PostgreSQL and BigQuery take its SQL as it is: names
// without a schema, tables behind FROM and JOIN alone, no word or function
// that one of them has not.
type ServedView struct {
	Name    string
	Doc     string
	Needs   map[string][]string // columns by table: without one of them there is no view
	Columns []ViewColumn        // none is all columns of the table that From names
	From    string              // what stands behind FROM
}

// ViewColumn is one column of a view, with what it is made of.
type ViewColumn struct {
	Name string
	Type ColumnType
	SQL  string
	Doc  string
}

// SQL is the query.
func (v ServedView) SQL() string {
	columns := make([]string, len(v.Columns))
	for i, c := range v.Columns {
		columns[i] = c.SQL + " AS " + c.Name
	}
	if len(columns) == 0 {
		columns = []string{"*"}
	}
	return "SELECT " + strings.Join(columns, ", ") + " FROM " + v.From
}

// Views are all views, in the order in which the docs list them.
func Views() []ServedView {
	return slices.Concat(customerViews, orderViews, segmentViews, runViews)
}

// countOf counts the rows for which a condition holds.
func countOf(condition string) string { return "COUNT(CASE WHEN " + condition + " THEN 1 END)" }

// oneWhere is 1 where a condition holds, else 0.
func oneWhere(condition string) string {
	return "CAST(CASE WHEN " + condition + " THEN 1 ELSE 0 END AS BIGINT)"
}

// totalOf adds up whole numbers: such a sum is of another type in each
// database.
func totalOf(column string) string { return "CAST(SUM(" + column + ") AS BIGINT)" }

// ratio divides two sums and rounds to so many digits, as 0.5 away from zero;
// missing where there is nothing to divide by. DuckDB divides in doubles, where
// a half like that of 2.01 / 2 is not to be had; in units of the last digit it
// is, so all databases round alike. What is divided is not a whole number in
// PostgreSQL: a count is 1.0 * COUNT(*).
func ratio(sum, by string, digits int) string {
	unit := "1" + strings.Repeat("0", digits)
	return fmt.Sprintf("ROUND(ROUND(%s * %s / NULLIF(%s, 0)) / %s, %d)", unit, sum, by, unit, digits)
}

// moneyDigits are those of a mean of money: no currency has more.
const moneyDigits = 3

// asOfRun is the first column of every view.
func asOfRun(table string) ViewColumn {
	return ViewColumn{"run_date", DateColumn, table + ".run_date", "the as-of date of the run"}
}
