package nighttest

import (
	"os"
	"regexp"
)

// cohorts is cohort_retention by SEMANTICS, in SQL, from the orders and the
// customers of schema w: of every cohort each period up to the last day.
const cohorts = `
CREATE TABLE cohorts AS
WITH known AS (SELECT o.* FROM w.orders o JOIN w.customers c USING (customer_id) WHERE c.kind_of = 'known' AND (counted OR kind = 'return')),
firsts AS (SELECT customer_id, min(order_date) AS first FROM known WHERE counted GROUP BY ALL),
grains AS (SELECT unnest(['month', 'week']) AS grain),
facts AS (SELECT grain, customer_id, counted, amount, date_trunc(grain, order_date)::DATE AS day FROM known JOIN firsts USING (customer_id), grains WHERE order_date >= first),
born AS (SELECT grain, customer_id, min(day) AS cohort_date FROM facts WHERE counted GROUP BY ALL),
sizes AS (SELECT grain, cohort_date, count(*) AS eligible FROM born GROUP BY ALL),
periods AS (
	SELECT grain, cohort_date, eligible, n.period, (cohort_date + n.period * step)::DATE AS begins, (cohort_date + (n.period + 1) * step)::DATE AS ends
	FROM (SELECT *, CASE grain WHEN 'month' THEN INTERVAL 1 MONTH ELSE INTERVAL 7 DAY END AS step FROM sizes), range(0, 1000) AS n(period)
	WHERE begins <= DATE '2025-12-31'
),
cells AS (
	SELECT p.grain, p.cohort_date, p.period, d.definition, p.eligible, p.ends <= DATE '2026-01-01' AS complete,
		count(DISTINCT customer_id) FILTER (counted) AS customers, count(*) FILTER (counted) AS orders, coalesce(sum(amount), 0) AS net_revenue
	FROM periods p CROSS JOIN (SELECT unnest(['on', 'on_or_after']) AS definition) d
	LEFT JOIN (FROM facts JOIN born USING (grain, customer_id)) f
		ON f.grain = p.grain AND f.cohort_date = p.cohort_date AND (f.day = p.begins OR d.definition = 'on_or_after' AND f.day > p.begins)
	GROUP BY ALL
),
tall AS (UNPIVOT (SELECT * REPLACE (customers::DECIMAL(18,2) AS customers, orders::DECIMAL(18,2) AS orders, net_revenue::DECIMAL(18,2) AS net_revenue) FROM cells)
	ON customers, orders, net_revenue INTO NAME measure VALUE value)
SELECT *, CASE measure WHEN 'customers' THEN value::DOUBLE / eligible END AS p, if(measure = 'net_revenue', 'RUB', NULL) AS currency FROM tall`

// wilson is the two ends of the interval of a share p of n.
const wilson = `
CREATE MACRO wilson(p, n, side) AS (p + 1.959963984540054 ^ 2 / (2 * n) + side * 1.959963984540054 * sqrt(p * (1 - p) / n + 1.959963984540054 ^ 2 / (4 * n * n))) / (1 + 1.959963984540054 ^ 2 / n)`

var sqlOfPage = regexp.MustCompile("(?s)```sql\n(.*?)```")

// asked runs what a page of the docs asks of the served tables.
func (d *database) asked(t tester, page string) {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	d.exec(t, "USE served")
	for _, m := range sqlOfPage.FindAllStringSubmatch(string(text), -1) {
		if rows := d.strings(t, m[1]); len(rows) == 0 {
			t.Errorf("%s: no row comes of %s", page, m[1])
		}
	}
	d.exec(t, "USE memory")
}

// sameCohorts holds the served cohorts against SQL over what else is served.
func (d *database) sameCohorts(t tester) {
	t.Helper()
	d.exec(t, cohorts)
	d.exec(t, wilson)
	d.same(t, "cohort_retention",
		"SELECT grain, cohort_date, period, definition, measure, value, eligible, complete, currency, round(retention_share, 9), round(retention_low, 9), round(retention_high, 9) FROM served.cohort_retention",
		"SELECT grain, cohort_date, period, definition, measure, value, eligible, complete, currency, round(p, 9), abs(round(wilson(p, eligible, -1), 9)), round(wilson(p, eligible, 1), 9) FROM cohorts")
	d.same(t, "cohort_overall",
		"SELECT grain, period, definition, measure, cohort_count, value, eligible, complete, currency, round(pooled_share, 9), round(pooled_low, 9), round(pooled_high, 9), round(mean_share, 9) FROM served.cohort_overall",
		`WITH lines AS (SELECT grain, period, definition, measure, count(*) AS cohort_count, sum(value)::DECIMAL(18,2) AS value, sum(eligible)::BIGINT AS eligible, true, currency, avg(p) AS mean
			FROM cohorts WHERE complete GROUP BY ALL)
		SELECT * EXCLUDE (mean, share), round(share, 9), abs(round(wilson(share, eligible, -1), 9)), round(wilson(share, eligible, 1), 9), round(mean, 9)
		FROM (SELECT * EXCLUDE (mean), CASE measure WHEN 'customers' THEN value::DOUBLE / eligible END AS share, mean FROM lines)`)
	d.asked(t, "../../docs/cohorts.md")
	for what, wrong := range map[string]string{
		"cells in which nobody came back":            "SELECT count(*) = 0 FROM served.cohort_retention WHERE value = 0 AND measure = 'customers' AND definition = 'on'",
		"cells of returns without an order":          "SELECT count(*) = 0 FROM cohorts a JOIN cohorts b USING (grain, cohort_date, period, definition) WHERE a.measure = 'orders' AND a.value = 0 AND b.measure = 'net_revenue' AND b.value < 0",
		"weeks that are not over, as every month is": "SELECT count(*) = 0 OR bool_or(grain = 'month') FROM served.cohort_retention WHERE NOT complete",
	} {
		if d.one(t, "SELECT ("+wrong+")::BIGINT") != 0 {
			t.Errorf("the shop has no %s: the comparison says nothing of them", what)
		}
	}
}
