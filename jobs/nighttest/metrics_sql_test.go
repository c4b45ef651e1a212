package nighttest

// elsewhere is SQL for metrics that was written apart from theirs, over tables
// and never over a view, where that can be over other tables: customers from
// orders, orders from their lines, shares from the rows that they count. It
// gives columns of the metric, not always all, in the order of its rows.
var elsewhere = map[string]string{
	"buyers":                 "SELECT count(DISTINCT customer_id) AS customers FROM orders WHERE counted",
	"new_customers_28d":      "SELECT count(*) AS customers FROM firsts_ever WHERE first >= d() - 27",
	"new_customers_by_month": "SELECT date_trunc('month', first)::DATE AS order_month, count(*) AS customers FROM firsts_ever GROUP BY 1 ORDER BY 1",
	"active_customers": `SELECT days, count(DISTINCT customer_id) AS customers FROM orders, (SELECT unnest([30, 90, 365]) AS days)
		WHERE counted AND order_date BETWEEN d() - days + 1 AND d() GROUP BY days ORDER BY days`,
	"lifecycle_stages": `SELECT lifecycle_stage, count(DISTINCT c.customer_id) AS customers, coalesce(sum(amount), 0) AS net_revenue
		FROM customers c LEFT JOIN till USING (customer_id) WHERE kind = 'known' GROUP BY 1 ORDER BY 1`,
	"customer_value": "SELECT round(sum(amount) / count(DISTINCT customer_id), 3) AS net_revenue_per_customer FROM till SEMI JOIN firsts_ever USING (customer_id)",
	"rfm_groups": `SELECT rfm_group, count(DISTINCT customer_id) AS customers, sum(amount) AS net_revenue FROM till JOIN rfm USING (customer_id)
		GROUP BY 1 ORDER BY array_position((SELECT list(rfm_group ORDER BY place) FROM rfm_groups), rfm_group)`,
	"temperature": `SELECT CASE WHEN r_score > 3 THEN 'hot' WHEN r_score > 1 OR f_score > 3 THEN 'warm' ELSE 'ice-cold' END AS temperature, count(*) AS customers
		FROM customers WHERE order_count > 0 GROUP BY 1 ORDER BY 1`,
	"net_revenue_28d": "SELECT sum(amount) AS net_revenue FROM sold WHERE day >= d() - 27",
	"orders_28d":      "SELECT count(DISTINCT (source, record_id)) AS orders FROM sold WHERE kind = 'sale' AND day >= d() - 27",
	"revenue_by_month": `SELECT date_trunc('month', day)::DATE AS order_month, count(DISTINCT (source, record_id)) FILTER (kind = 'sale') AS orders, sum(amount) AS net_revenue,
		sum(amount) FILTER (kind = 'sale') AS gross_revenue, coalesce(-sum(amount) FILTER (kind = 'return'), 0) AS refunds FROM sold GROUP BY 1 ORDER BY 1`,
	"revenue_new_and_returning": `SELECT date_trunc('month', order_date)::DATE AS order_month, coalesce(sum(amount) FILTER (order_date = first), 0) AS net_new,
		coalesce(sum(amount) FILTER (order_date > first), 0) AS net_returning, coalesce(sum(amount) FILTER (first IS NULL OR order_date < first), 0) AS net_unknown
		FROM till LEFT JOIN firsts_ever USING (customer_id) GROUP BY 1 ORDER BY 1`,
	"revenue_by_store_28d": `SELECT channel, (SELECT name FROM stores s WHERE s.record_id = o.store) AS store, count(*) FILTER (counted) AS orders, sum(amount) AS net_revenue
		FROM orders o WHERE (counted OR kind = 'return') AND order_date >= d() - 27 GROUP BY 1, 2 ORDER BY 1, 2`,
	"revenue_by_category_28d": `SELECT coalesce(category, 'unknown') AS category, sum(quantity) AS quantity, sum(amount) AS net_revenue FROM sold WHERE day >= d() - 27 GROUP BY 1 ORDER BY 1`,
	"average_order":           `SELECT date_trunc('month', order_date)::DATE AS order_month, round(avg(amount), 3) AS average_order FROM orders WHERE counted GROUP BY 1 ORDER BY 1`,
	"items_per_order": `SELECT round(avg(n), 4) AS lines_per_order, round(avg(q), 4) AS quantity_per_order
		FROM (SELECT count(*) AS n, sum(quantity) AS q FROM sold WHERE kind = 'sale' AND day >= d() - 364 GROUP BY source, record_id)`,
	"return_rate": `SELECT round(-sum(amount) FILTER (kind = 'return') / sum(amount) FILTER (kind = 'sale'), 6) AS share_of_revenue,
		round(count(DISTINCT (source, record_id)) FILTER (kind = 'return') / count(DISTINCT (source, record_id)) FILTER (kind = 'sale'), 6) AS share_of_orders FROM sold WHERE day >= d() - 364`,
	"revenue_without_customer": `SELECT sum(amount) - (SELECT sum(net_revenue) FROM customers) AS net_revenue, round(1 - (SELECT sum(net_revenue) FROM customers) / sum(amount), 6) AS share FROM till`,
	"repeat_rate":              "SELECT count(*) AS buyers, round(avg((n > 1)::INT), 6) AS repeat_rate FROM (SELECT count(*) AS n FROM orders WHERE counted AND customer_id IS NOT NULL GROUP BY customer_id)",
	"purchase_frequency":       "SELECT sum(n) AS orders, count(*) AS customers, round(avg(n), 4) AS orders_per_customer FROM (SELECT count(*) AS n FROM orders WHERE counted AND customer_id IS NOT NULL AND order_date >= d() - 364 GROUP BY customer_id)",
	"retention_by_month": `SELECT cohort AS cohort_date, period, cohort + to_months(period::INT + 1) - INTERVAL 1 DAY <= d() AS complete, eligible, n AS customers, n / eligible AS retention
		FROM cells ORDER BY 1, 2`,
	"retention_by_month_or_after": `SELECT cohort AS cohort_date, period, cohort + to_months(period::INT + 1) - INTERVAL 1 DAY <= d() AS complete, eligible, n AS customers, n / eligible AS retention
		FROM (SELECT cohort, p.period, eligible, (SELECT count(*) FROM firsts f WHERE f.cohort = sizes.cohort AND EXISTS (FROM bought b WHERE b.customer_id = f.customer_id
			AND date_diff('month', f.cohort, b.order_date) >= p.period)) AS n FROM sizes, range(60) p(period) WHERE cohort + to_months(p.period::INT) <= d()) ORDER BY 1, 2`,
	"retention_overall": `SELECT period, count(*) AS cohort_count, sum(eligible) AS eligible, sum(n) / sum(eligible) AS pooled_share, avg(n / eligible) AS mean_share
		FROM cells WHERE cohort + to_months(period::INT + 1) - INTERVAL 1 DAY <= d() GROUP BY 1 ORDER BY 1`,
	"expected_orders": `SELECT CASE WHEN churn_risk > 2 / 3 THEN 'high' WHEN churn_risk > 1 / 3 THEN 'medium' ELSE 'low' END AS risk_band, sum(expected_orders) AS expected_orders
		FROM customers WHERE churn_risk IS NOT NULL GROUP BY 1 ORDER BY 1`,
	"segment_sizes": `SELECT segment, count(DISTINCT customer_id) AS members, coalesce(sum(amount), 0) AS net_revenue
		FROM segment_members LEFT JOIN till USING (customer_id) WHERE left_date IS NULL GROUP BY 1 ORDER BY 1`,
	"export_waterfall": `SELECT destination, outcome AS step, customer_count, round(customer_count / sum(customer_count) FILTER (outcome <> 'in_segment') OVER (PARTITION BY destination), 6) AS share
		FROM (SELECT w.destination, w.step AS outcome, position, count(r.customer_id) AS customer_count FROM export_waterfall w LEFT JOIN export_rows r ON r.destination = w.destination AND (w.step = r.outcome OR w.step = 'in_segment')
			WHERE w.run_date = d() GROUP BY ALL) ORDER BY destination, position`,
	"freshness":      "SELECT source, max(delivered_date) AS newest_file_date, d() AS run_date, false AS missing FROM deliveries GROUP BY 1 ORDER BY 1",
	"rows_accounted": "SELECT source, sum(row_count) AS row_count, 0 AS unaccounted FROM deliveries GROUP BY 1 ORDER BY 1",
	"rejects_share": `SELECT d.source, count(DISTINCT r.path || ':' || r.src_line) AS reject_count, round(count(DISTINCT r.path || ':' || r.src_line) / (SELECT sum(row_count) FROM deliveries x WHERE x.source = d.source), 6) AS reject_share
		FROM (SELECT DISTINCT source FROM deliveries) d LEFT JOIN rejects r ON r.source = d.source GROUP BY 1 ORDER BY 1`,
}

// elsewhereViews are what several of them are about, beside those of the
// report.
var elsewhereViews = []string{
	"firsts_ever AS SELECT customer_id, min(order_date) AS first FROM orders WHERE counted AND customer_id IS NOT NULL GROUP BY 1",
	// lines of what counts, on the order's day, by the names of the catalogue
	`sold AS SELECT l.source, l.record_id, o.order_date AS day, o.kind, l.quantity, l.amount, coalesce(l.category, (SELECT p.category FROM products p WHERE p.record_id = l.sku)) AS category
		FROM order_lines l JOIN orders o USING (source, record_id) WHERE o.counted OR o.kind = 'return'`,
}
