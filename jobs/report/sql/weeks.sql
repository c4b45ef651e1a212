-- Net revenue and orders of the last 56 weeks, each of seven days; week 0 ends on the as-of date. known: days since the first order there is.
-- needs orders: run_date, order_date, kind, counted, amount
SELECT date_diff('day', order_date, run_date) // 7 AS week,
    count(*) FILTER (counted) AS orders,
    sum(amount) AS net,
    (SELECT date_diff('day', min(order_date), max(run_date)) + 1 FROM orders) AS known
FROM orders
WHERE (counted OR kind = 'return') AND order_date <= run_date AND order_date > run_date - 7 * 56
GROUP BY week
ORDER BY week
