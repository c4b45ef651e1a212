package customer

// figuresAreAbout says whom figures of customers count: those that RFM scores.
const figuresAreAbout = "They are those with a score: known ones, unless the project says base: all."

var customerMetrics = []Metric{
	{Name: "customers", Group: "Customers", Unit: "customers",
		Doc:    "Customers by kind: known have a contact, card, e-mail, phone or login, anonymous only cookies. Everybody counts whom a record names, bought or not.",
		Report: []Figure{{"headline.{kind}", "customers"}},
		SQL: `SELECT kind, COUNT(*) AS customers
FROM customers
GROUP BY kind
ORDER BY kind`},

	{Name: "buyers", Group: "Customers", Unit: "customers",
		Doc:    "Customers with a counted order, ever: a sale with a line above zero that was not cancelled. " + figuresAreAbout,
		Report: []Figure{{"headline.buyers", "customers"}},
		SQL: `SELECT COUNT(*) AS customers
FROM customers
WHERE r_score IS NOT NULL`},

	{Name: "new_customers_28d", Group: "Customers", Unit: "customers",
		Doc:    "Customers whose first counted order ever lies in the 28 local days that end on the as-of date. " + figuresAreAbout,
		Report: []Figure{{"headline.new_28d", "customers"}},
		SQL: `SELECT COUNT(*) AS customers
FROM customers
WHERE r_score IS NOT NULL AND first_order_date > run_date - 28`},

	{Name: "new_customers_by_month", Group: "Customers", Unit: "customers",
		Doc: "Customers by the local calendar month of their first counted order ever; the last month may not be over. " + figuresAreAbout,
		SQL: `SELECT o.order_month, COUNT(DISTINCT o.customer_id) AS customers
FROM v_orders o
JOIN customers c ON c.customer_id = o.customer_id AND c.r_score IS NOT NULL
WHERE o.kind = 'sale' AND o.buyer = 'new'
GROUP BY o.order_month
ORDER BY o.order_month`},

	{Name: "active_customers", Group: "Customers", Unit: "customers",
		Doc:    "Customers with a counted order in the last 30, 90 and 365 local days. N days are D-N+1 to the as-of date D. " + figuresAreAbout,
		Report: []Figure{{"headline.active_{days}d", "customers"}},
		SQL: `SELECT n.days, COUNT(CASE WHEN c.r_score IS NOT NULL AND c.last_order_date > c.run_date - n.days THEN 1 END) AS customers
FROM customers c
CROSS JOIN (SELECT 30 AS days UNION ALL SELECT 90 UNION ALL SELECT 365) n
GROUP BY n.days
ORDER BY n.days`},

	{Name: "lifecycle_stages", Group: "Customers", Unit: "customers, money",
		Doc:    "Known customers by stage of life, each in one, and what they have brought, ever: counted orders plus returns in the reporting currency. Stages go by the customer's own usual gap between orders.",
		Report: []Figure{{"stage.{lifecycle_stage}.customers", "customers"}, {"stage.{lifecycle_stage}.net", "net_revenue"}},
		SQL: `SELECT lifecycle_stage, COUNT(*) AS customers, SUM(net_revenue) AS net_revenue
FROM v_customers
WHERE lifecycle_stage IS NOT NULL
GROUP BY lifecycle_stage
ORDER BY lifecycle_stage`},

	{Name: "customer_value", Group: "Customers", Unit: "customers, money",
		Doc:    "What a customer with a counted order has brought so far, on average: counted orders plus returns, ever, in the reporting currency. It is no forecast.",
		Report: []Figure{{"value.customers", "customers"}, {"value.mean", "net_revenue_per_customer"}},
		SQL: `SELECT COUNT(*) AS customers, ` + ratio("SUM(net_revenue)", "COUNT(*)", moneyDigits) + ` AS net_revenue_per_customer
FROM v_rfm`},

	{Name: "rfm_groups", Group: "RFM", Unit: "customers, money, share 0 to 1",
		Doc:    "Customers with a counted order by their group of recency, frequency and money, the best group first; what they have brought, ever, and its share of what all of them have. Prospects are in none. Scores are by rank over all history, ties together.",
		Report: []Figure{{"rfm_group.{rfm_group}.customers", "customers"}, {"rfm_group.{rfm_group}.net", "net_revenue"}, {"rfm_group.{rfm_group}.part", "revenue_share"}},
		SQL: `SELECT group_place, rfm_group, COUNT(*) AS customers, SUM(net_revenue) AS net_revenue,
    ` + ratio("SUM(net_revenue)", "SUM(SUM(net_revenue)) OVER ()", 6) + ` AS revenue_share
FROM v_rfm
GROUP BY group_place, rfm_group
ORDER BY group_place`},

	{Name: "rfm_map", Group: "RFM", Unit: "customers, money",
		Doc:    "Customers by recency score and frequency score, 5 is best, and what they have brought, ever.",
		Report: []Figure{{"rfm.{r_score}{f_score}.customers", "customers"}, {"rfm.{r_score}{f_score}.net", "net_revenue"}},
		SQL: `SELECT r_score, f_score, COUNT(*) AS customers, SUM(net_revenue) AS net_revenue
FROM v_rfm
GROUP BY r_score, f_score
ORDER BY r_score, f_score`},

	{Name: "temperature", Group: "RFM", Unit: "customers",
		Doc: "Customers with a counted order by temperature: hot has a recency score of 4 or 5; warm 2 or 3, or 1 with a frequency score of 4 or 5; ice-cold is the rest.",
		SQL: `SELECT temperature, COUNT(*) AS customers
FROM v_rfm
GROUP BY temperature
ORDER BY temperature`},
}
