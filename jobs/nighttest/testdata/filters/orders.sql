-- segment: some-orders-in-half-a-year
-- when: {orders_count: {between: [2, 4], in_last: 6mo}}
SELECT customer_id FROM orders WHERE counted AND order_date BETWEEN DATE '2025-07-01' AND DATE '2025-12-31'
GROUP BY customer_id HAVING count(*) BETWEEN 2 AND 4

-- segment: bought-before-not-this-year
-- when: {orders_count: {eq: 0, in_last: 1y}, last_order_date: {exists: true}}
SELECT customer_id FROM orders WHERE counted GROUP BY customer_id HAVING max(order_date) < DATE '2025-01-01'

-- segment: gave-back-more-than-bought
-- when: {total_spent: {lt: 0, in_last: 180d}}
SELECT customer_id FROM orders WHERE (counted OR kind = 'return') AND order_date BETWEEN DATE '2025-07-05' AND DATE '2025-12-31'
GROUP BY customer_id HAVING sum(amount) < 0

-- segment: spent-little-in-november
-- when: {total_spent: {between: [1000, 2000], during: last month}}
SELECT customer_id FROM orders WHERE (counted OR kind = 'return') AND order_date BETWEEN DATE '2025-11-01' AND DATE '2025-11-30'
GROUP BY customer_id HAVING sum(amount) >= 1000 AND sum(amount) < 2000

-- segment: spent-nothing-lately
-- when: {total_spent: {eq: 0, in_last: 90d}, registered: {older_than: 1y}}
SELECT customer_id FROM contacts GROUP BY customer_id HAVING min(created_date) < DATE '2025-01-01'
AND coalesce((SELECT sum(amount) FROM orders o WHERE (counted OR kind = 'return') AND order_date >= DATE '2025-10-03' AND o.customer_id = contacts.customer_id), 0) = 0

-- segment: large-on-average
-- when: {avg_order_value: {ge: 2500, in_last: 12mo}}
SELECT customer_id FROM orders WHERE counted AND order_date BETWEEN DATE '2025-01-01' AND DATE '2025-12-31'
GROUP BY customer_id HAVING round(sum(amount) / count(*), 2) >= 2500

-- segment: no-large-order-or-none
-- when: {max_order_value: {lt: 400, or_missing: true, in_last: 90d}, f_score: {ge: 3}}
SELECT customer_id FROM rfm WHERE f_score >= 3
AND customer_id NOT IN (SELECT customer_id FROM orders WHERE counted AND amount >= 400 AND order_date >= DATE '2025-10-03' AND customer_id IS NOT NULL)

-- segment: web-orders-of-some-months
-- when: {orders_placed: {channel: web, amount: {ge: 1500}, count: {ge: 2}, sum: {amount: {ge: 5000}}, since: 2025-03-01, until: 2025-11-30}}
SELECT customer_id FROM orders WHERE counted AND channel = 'web' AND amount >= 1500 AND order_date BETWEEN DATE '2025-03-01' AND DATE '2025-11-30'
GROUP BY customer_id HAVING count(*) >= 2 AND sum(amount) >= 5000

-- segment: last-order-at-two-stores
-- when: {orders_placed: {last: true, store: [s001, S002], in_last: 1y}}
SELECT customer_id FROM orders WHERE counted AND order_date BETWEEN DATE '2025-01-01' AND DATE '2025-12-31'
GROUP BY customer_id HAVING arg_max(store, order_at) IN ('S001', 'S002')

-- segment: first-bought-last-month
-- when: {first_order_date: {last: month}}
SELECT customer_id FROM orders WHERE counted GROUP BY customer_id HAVING min(order_date) BETWEEN DATE '2025-11-01' AND DATE '2025-11-30'

-- segment: lapsing-regulars-without-a-case
-- when:
--   all:
--     - orders_placed: {count: {ge: 3}, in_last: 365d}
--     - last_order_date: {older_than: 45d}
--     - not: {support_case: {open: true}}
SELECT customer_id FROM orders WHERE counted
AND customer_id NOT IN (SELECT customer_id FROM interactions WHERE kind = 'support_case' AND lower(status) NOT IN ('closed', 'resolved', 'solved', 'done', 'cancelled') AND customer_id IS NOT NULL)
GROUP BY customer_id HAVING count(*) FILTER (order_date >= DATE '2025-01-01') >= 3 AND max(order_date) < DATE '2025-11-17'

-- segment: not-in-last-quarter
-- when: {last_order_date: {not_in_last: 90d}, not: {last_order_date: {this: year}}}
SELECT customer_id FROM orders WHERE counted GROUP BY customer_id HAVING max(order_date) < DATE '2025-10-03' AND max(order_date) < DATE '2025-01-01'

-- segment: second-order-soon-after-the-first
-- when: {nth_order_date: {n: 2, in_last: 90d, days_between: {le: 14}}}
SELECT customer_id FROM (SELECT customer_id, order_date, order_date - lag(order_date) OVER w AS days, row_number() OVER w AS n
	FROM orders WHERE counted AND customer_id IS NOT NULL WINDOW w AS (PARTITION BY customer_id ORDER BY order_at))
WHERE n = 2 AND days <= 14 AND order_date BETWEEN DATE '2025-10-03' AND DATE '2025-12-31'

-- segment: at-both-stores
-- when: {bought_at_store: {ids: [W01, S001, S002], distinct: {store: {ge: 2}}, since: 2024-07-01}}
SELECT customer_id FROM orders WHERE counted AND store IN ('W01', 'S001', 'S002') AND order_date >= DATE '2024-07-01'
GROUP BY customer_id HAVING count(DISTINCT store) >= 2

-- segment: promotions-twice
-- when: {promo_code_used: {code: {starts: promo}, count: {ge: 2}, in_last: 1y}}
SELECT customer_id FROM orders WHERE counted AND promo_code LIKE 'PROMO%' AND order_date BETWEEN DATE '2025-01-01' AND DATE '2025-12-31'
GROUP BY customer_id HAVING count(*) >= 2

-- segment: no-promotion-this-month
-- when: {promo_code_used: {count: 0, in_last: 30d}, orders_count: {ge: 2, in_last: 30d}}
SELECT customer_id FROM orders WHERE counted AND order_date BETWEEN DATE '2025-12-02' AND DATE '2025-12-31'
GROUP BY customer_id HAVING count(promo_code) = 0 AND count(*) >= 2

-- segment: mostly-on-the-web
-- when: {order_channel: {mostly: web, in_last: 1y}}
SELECT customer_id FROM (SELECT customer_id, channel, count(*) AS facts, max(order_at) AS last FROM orders
	WHERE counted AND order_date BETWEEN DATE '2025-01-01' AND DATE '2025-12-31' GROUP BY 1, 2)
QUALIFY row_number() OVER (PARTITION BY customer_id ORDER BY facts DESC, last DESC) = 1 AND channel = 'web'

-- segment: mostly-by-courier
-- when: {delivery_method: {mostly: courier}}
SELECT customer_id FROM (SELECT customer_id, delivery_method, count(*) AS facts, max(order_at) AS last FROM orders
	WHERE counted AND delivery_method IS NOT NULL GROUP BY 1, 2)
QUALIFY row_number() OVER (PARTITION BY customer_id ORDER BY facts DESC, last DESC) = 1 AND delivery_method = 'courier'

-- segment: only-by-courier
-- when: {delivery_method: {only: courier}}
SELECT customer_id FROM orders WHERE counted AND delivery_method IS NOT NULL GROUP BY customer_id HAVING bool_and(delivery_method = 'courier')

-- segment: cash-last-not-always
-- when: {payment_method: {last: cash, in_last: 6mo}, not: {payment_method: {only: cash}}}
SELECT customer_id FROM orders WHERE counted GROUP BY customer_id
HAVING arg_max(payment_method, order_at) FILTER (order_date >= DATE '2025-07-01') = 'cash' AND NOT bool_and(payment_method = 'cash')

-- segment: full-price-for-a-year
-- when: {full_price_only: {in_last: 1y}, orders_count: {ge: 5, in_last: 1y}}
SELECT customer_id FROM orders WHERE counted AND order_date BETWEEN DATE '2025-01-01' AND DATE '2025-12-31'
GROUP BY customer_id HAVING count(*) >= 5 AND bool_and(promo_code IS NULL AND coalesce(discount, 0) = 0)

-- segment: discounts-are-half-of-it
-- when: {discount_share: {ge: 0.5, of: value, in_last: 1y}}
SELECT customer_id FROM orders WHERE counted AND order_date BETWEEN DATE '2025-01-01' AND DATE '2025-12-31'
GROUP BY customer_id HAVING sum(amount) <> 0 AND sum(amount) FILTER (promo_code IS NOT NULL OR coalesce(discount, 0) <> 0) / sum(amount) >= 0.5

-- segment: gives-back
-- when: {returns: {ge: 2, share: {ge: 0.1}, in_last: 1y}}
SELECT customer_id FROM orders WHERE order_date BETWEEN DATE '2025-01-01' AND DATE '2025-12-31'
GROUP BY customer_id HAVING count(*) FILTER (kind = 'return') >= 2 AND sum(amount) FILTER (counted) > 0
AND -sum(amount) FILTER (kind = 'return') / sum(amount) FILTER (counted) >= 0.1

-- segment: full-baskets
-- when: {basket_items: {ge: 5, of: max, in_last: 6mo}}
SELECT customer_id FROM orders WHERE counted AND order_date BETWEEN DATE '2025-07-01' AND DATE '2025-12-31' AND line_count >= 5

-- segment: due
-- when: {overdue_ratio: {ge: 1.5, lt: 3}, interpurchase_days: {le: 30, of: mean}}
SELECT customer_id FROM (SELECT customer_id, max(day) AS last, median(gap) AS usual, avg(gap) AS mean
	FROM (SELECT customer_id, day, day - lag(day) OVER (PARTITION BY customer_id ORDER BY day) AS gap
		FROM (SELECT DISTINCT customer_id, order_date AS day FROM orders WHERE counted AND customer_id IS NOT NULL)) GROUP BY 1)
WHERE (DATE '2025-12-31' - last) / usual >= 1.5 AND (DATE '2025-12-31' - last) / usual < 3 AND mean <= 30

-- segment: first-came-in-march
-- when: {any: [{cohort: [2025-03]}, {cohort: {by: week, in: [2025-W01, 2024-W36]}}], tenure_days: {le: 365}}
SELECT customer_id FROM orders WHERE counted GROUP BY customer_id
HAVING (strftime(min(order_date), '%Y-%m') = '2025-03' OR strftime(min(order_date), '%G-W%V') IN ('2025-W01', '2024-W36')) AND DATE '2025-12-31' - min(order_date) <= 365
