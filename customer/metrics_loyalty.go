package customer

var loyaltyMetrics = []Metric{
	{Name: "repeat_rate", Group: "Coming back", Unit: "share, 0 to 1",
		Doc: "Customers with two counted orders or more / customers with one or more, over all history.",
		SQL: `SELECT COUNT(*) AS buyers, ` + ratio("1.0 * COUNT(CASE WHEN order_count >= 2 THEN 1 END)", "COUNT(*)", 6) + ` AS repeat_rate
FROM v_rfm`},

	{Name: "purchase_frequency", Group: "Coming back", Unit: "orders per customer",
		Doc: "Counted orders with a customer, of the last 365 local days / the customers that placed them. " + figuresAreAbout,
		SQL: `SELECT COUNT(*) AS orders, COUNT(DISTINCT o.customer_id) AS customers,
    ` + ratio("1.0 * COUNT(*)", "COUNT(DISTINCT o.customer_id)", 4) + ` AS orders_per_customer
FROM v_orders o
JOIN customers c ON c.customer_id = o.customer_id AND c.r_score IS NOT NULL
WHERE o.kind = 'sale' AND o.order_date > o.run_date - 365`},

	{Name: "retention_by_month", Group: "Coming back", Unit: "customers, share 0 to 1",
		Doc:    "Of the known customers whose first counted order ever lies in a month, those with a counted order in just the month so many months later (bounded, *on*), with the 95% Wilson interval. A cell that is not complete can still grow: leave it out of means. The clock is the project's: calendar months unless it says rolling.",
		Report: []Figure{{"cohort.{cohort_date}.{period}.share", "retention"}, {"cohort.{cohort_date}.size", "eligible"}},
		SQL: `SELECT cohort_date, period, complete, eligible, customers, retention, retention_low, retention_high
FROM v_cohorts
WHERE grain = 'month' AND definition = 'on'
ORDER BY cohort_date, period`},

	{Name: "retention_by_month_or_after", Group: "Coming back", Unit: "customers, share 0 to 1",
		Doc: "Of the same customers, those with a counted order in the month so many months later or in any after it (unbounded, *on_or_after*): who has not left yet. It falls with the period; the youngest cells can still grow.",
		SQL: `SELECT cohort_date, period, complete, eligible, customers, retention, retention_low, retention_high
FROM v_cohorts
WHERE grain = 'month' AND definition = 'on_or_after'
ORDER BY cohort_date, period`},

	{Name: "retention_overall", Group: "Coming back", Unit: "customers, share 0 to 1",
		Doc:    "All monthly cohorts together, of the cells that are complete (*on*): pooled is retained / eligible, every customer alike, with its 95% Wilson interval; mean is the mean of the cohorts' shares, every cohort alike.",
		Report: []Figure{{"cohort.all.{period}.share", "pooled_share"}},
		SQL: `SELECT period, cohort_count, eligible, pooled_share, pooled_low, pooled_high, mean_share
FROM cohort_overall
WHERE grain = 'month' AND definition = 'on' AND measure = 'customers'
ORDER BY period`},

	{Name: "churn_bands", Group: "Risk", Unit: "customers, mean risk 0 to 1, money",
		Doc:    "Customers with a prediction by thirds of churn risk, the chance that no counted order comes within the horizon (90 days unless the project says so); the mean risk, and what they have brought, ever.",
		Report: []Figure{{"churn.{risk_band}.customers", "customers"}, {"churn.{risk_band}.risk", "mean_risk"}, {"churn.{risk_band}.net", "net_revenue"}},
		SQL: `SELECT risk_band, COUNT(*) AS customers, AVG(churn_risk) AS mean_risk, SUM(net_revenue) AS net_revenue
FROM v_churn
WHERE risk_band IS NOT NULL
GROUP BY risk_band
ORDER BY risk_band`},

	{Name: "expected_orders", Group: "Risk", Unit: "days with an order",
		Doc: "Days with a counted order to be expected within the horizon of all customers of a band together, by MBG/NBD. Orders of one day count once. Money is not foretold.",
		SQL: `SELECT risk_band, SUM(expected_orders) AS expected_orders
FROM v_churn
WHERE risk_band IS NOT NULL
GROUP BY risk_band
ORDER BY risk_band`},
}
