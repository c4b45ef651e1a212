package customer

const distinctOrders = "COUNT(DISTINCT source || '/' || order_id)"

var revenueMetrics = []Metric{
	{Name: "net_revenue_28d", Group: "Revenue", Unit: "money",
		Doc:    "Counted orders plus returns, whose amount is below zero, of the 28 local days that end on the as-of date; orders that are nobody's too. A return counts on its own day. In the reporting currency.",
		Report: []Figure{{"headline.net_28d", "net_revenue"}},
		SQL: `SELECT COALESCE(SUM(net_revenue), 0) AS net_revenue
FROM v_orders
WHERE order_date > run_date - 28`},

	{Name: "orders_28d", Group: "Revenue", Unit: "orders",
		Doc:    "Counted orders of the 28 local days that end on the as-of date: sales with a line above zero that were not cancelled. An exchange counts once, a return never.",
		Report: []Figure{{"headline.orders_28d", "orders"}},
		SQL: `SELECT CAST(COALESCE(SUM(order_count), 0) AS BIGINT) AS orders
FROM v_orders
WHERE order_date > run_date - 28`},

	{Name: "revenue_by_month", Group: "Revenue", Unit: "orders, money",
		Doc: "Counted orders and money by local calendar month: net is gross less refunds. The last month may not be over.",
		SQL: `SELECT order_month, CAST(SUM(order_count) AS BIGINT) AS orders, SUM(net_revenue) AS net_revenue,
    SUM(gross_revenue) AS gross_revenue, SUM(refunds) AS refunds
FROM v_revenue_daily
GROUP BY order_month
ORDER BY order_month`},

	{Name: "revenue_new_and_returning", Group: "Revenue", Unit: "money",
		Doc: "Net revenue by local calendar month of who bought on the day for the first time, of who had bought before, and what is nobody's or was given back to who had not. The three add up to net revenue.",
		SQL: `SELECT order_month, SUM(net_new) AS net_new, SUM(net_returning) AS net_returning, SUM(net_unknown) AS net_unknown
FROM v_revenue_daily
GROUP BY order_month
ORDER BY order_month`},

	{Name: "revenue_by_store_28d", Group: "Revenue", Unit: "orders, money",
		Doc: "Counted orders and net revenue by channel and store, of the 28 local days that end on the as-of date. A store that the stores do not know has its id for a name.",
		SQL: `SELECT COALESCE(channel, 'unknown') AS channel, COALESCE(store_name, store_id, 'unknown') AS store,
    CAST(SUM(order_count) AS BIGINT) AS orders, SUM(net_revenue) AS net_revenue
FROM v_orders
WHERE order_date > run_date - 28
GROUP BY 1, 2
ORDER BY 1, 2`},

	{Name: "revenue_by_category_28d", Group: "Revenue", Unit: "pieces or weight, money",
		Doc: "Quantity and net revenue by category of the article, what was given back taken off both, of the lines of counted orders and returns of the 28 local days that end on the as-of date; the day is the order's.",
		SQL: `SELECT COALESCE(category, 'unknown') AS category, SUM(quantity) AS quantity, SUM(net_revenue) AS net_revenue
FROM v_order_lines
WHERE order_date > run_date - 28
GROUP BY 1
ORDER BY 1`},

	{Name: "average_order", Group: "Revenue", Unit: "money per order",
		Doc: "Amount of counted orders / their number, by local calendar month; returns stand beside it, not in it. The last month may not be over.",
		SQL: `SELECT order_month, ` + ratio("SUM(gross_revenue)", "SUM(order_count)", moneyDigits) + ` AS average_order
FROM v_revenue_daily
GROUP BY order_month
ORDER BY order_month`},

	{Name: "items_per_order", Group: "Revenue", Unit: "lines and pieces (or weight) per order",
		Doc: "Lines, and the quantity on them, of counted orders of the last 365 local days / the number of those orders that have lines. What is given back within an exchange is taken off the quantity.",
		SQL: `SELECT ` + ratio("1.0 * COUNT(*)", distinctOrders, 4) + ` AS lines_per_order,
    ` + ratio("SUM(quantity)", distinctOrders, 4) + ` AS quantity_per_order
FROM v_order_lines
WHERE kind = 'sale' AND order_date > run_date - 365`},

	{Name: "return_rate", Group: "Revenue", Unit: "shares, 0 to 1",
		Doc: "Of the last 365 local days: money given back by returns / amount of counted orders, and returns / counted orders. A return counts on its own day, whenever what it brings back was bought.",
		SQL: `SELECT ` + ratio("SUM(refunds)", "SUM(gross_revenue)", 6) + ` AS share_of_revenue,
    ` + ratio("1.0 * SUM(return_count)", "SUM(order_count)", 6) + ` AS share_of_orders
FROM v_revenue_daily
WHERE order_date > run_date - 365`},

	{Name: "revenue_without_customer", Group: "Revenue", Unit: "money, share 0 to 1",
		Doc: "Net revenue, ever, of orders and returns without any key of a customer, and its share of all net revenue. Such orders are in revenue and in no figure of customers.",
		SQL: `SELECT COALESCE(SUM(CASE WHEN customer_id IS NULL THEN net_revenue END), 0) AS net_revenue,
    ` + ratio("SUM(CASE WHEN customer_id IS NULL THEN net_revenue ELSE 0 END)", "SUM(net_revenue)", 6) + ` AS share
FROM v_orders`},
}
