-- segment: used-to-be-good
-- when: {r_score: {le: 2}, f_score: {ge: 4}, m_score: {ge: 4}}
WITH buyers AS (SELECT customer_id, max(order_date) FILTER (counted) AS r, count(*) FILTER (counted) AS f, sum(amount) FILTER (counted OR kind = 'return') AS m
	FROM orders WHERE customer_id IS NOT NULL GROUP BY 1 HAVING f > 0),
scored AS (SELECT customer_id, least(5, 1 + 5 * (rank() OVER (ORDER BY r) - 1) // count(*) OVER ()) AS r,
	least(5, 1 + 5 * (rank() OVER (ORDER BY f) - 1) // count(*) OVER ()) AS f, least(5, 1 + 5 * (rank() OVER (ORDER BY m) - 1) // count(*) OVER ()) AS m FROM buyers)
SELECT customer_id FROM scored WHERE r <= 2 AND f >= 4 AND m >= 4

-- segment: the-best-groups
-- when: {rfm_group: [champions, Loyal]}
SELECT customer_id FROM rfm JOIN (SELECT rfm_group, unnest(codes) AS code FROM rfm_groups) g ON code = concat(r_score, f_score, m_score)
WHERE g.rfm_group IN ('Champions', 'Loyal')

-- segment: neither-bought-nor-visited
-- when: {rfm_group: Prospect, not: {sessions: {ge: 1}}}
SELECT customer_id FROM customers WHERE customer_id NOT IN (SELECT customer_id FROM orders WHERE counted AND customer_id IS NOT NULL)
AND customer_id NOT IN (SELECT customer_id FROM events WHERE customer_id IS NOT NULL)

-- segment: at-great-risk
-- when: {churn_risk: {band: high, ge: 0.9}, last_order_date: {in_last: 1y}}
SELECT customer_id FROM churn JOIN rfm USING (customer_id) WHERE band = 'high' AND churn_risk >= 0.9 AND recency_days < 365

-- segment: not-at-risk
-- when: {not: {churn_risk: {ge: 0.25}}}
SELECT customer_id FROM churn WHERE churn_risk < 0.25

-- segment: expected-next-week
-- when: {any: [{next_order_date: {in_next: 7d}}, {predicted_orders: {ge: 8}}], p_alive: {ge: 0.5}}
SELECT customer_id FROM churn WHERE (next_order_date BETWEEN DATE '2026-01-01' AND DATE '2026-01-07' OR expected_orders >= 8) AND p_alive >= 0.5

-- segment: lapsing-or-lapsed-in-the-cities
-- when: {lifecycle_stage: [at_risk, lapsed], city: {ne: Москва}}
SELECT customer_id FROM customers WHERE lifecycle_stage IN ('at_risk', 'lapsed') AND lower(trim(city)) <> 'москва'

-- segment: new-by-stage
-- when: {lifecycle_stage: new}
SELECT customer_id FROM orders WHERE counted GROUP BY customer_id HAVING min(order_date) > DATE '2025-12-31' - 60

-- segment: bought-this-week
-- when: {orders_count: {ge: 1, in_last: 7d}}
SELECT customer_id FROM orders WHERE counted AND order_date BETWEEN DATE '2025-12-25' AND DATE '2025-12-31'

-- segment: this-week-but-for-the-best
-- when: {in_segment: {in: [bought-this-week], not_in: [the-best-groups]}}
SELECT customer_id FROM orders WHERE counted AND order_date >= DATE '2025-12-25' AND customer_id NOT IN (SELECT customer_id FROM rfm WHERE rfm_group IN ('Champions', 'Loyal'))

-- segment: this-week-as-of-yesterday
-- when: {in_segment: {in: [bought-this-week], on: 2025-12-30}}
SELECT customer_id FROM segment_members WHERE segment = 'bought-this-week' AND entered_date <= DATE '2025-12-30' AND (left_date IS NULL OR left_date > DATE '2025-12-30')

-- segment: came-into-this-week-today
-- when: {entered_segment: {in: [bought-this-week], in_last: 1d}}
SELECT customer_id FROM orders WHERE counted AND order_date BETWEEN DATE '2025-12-25' AND DATE '2025-12-31'
EXCEPT SELECT customer_id FROM before.orders WHERE counted AND order_date BETWEEN DATE '2025-12-24' AND DATE '2025-12-30'

-- segment: fell-out-of-this-week-today
-- when: {left_segment: {in: [bought-this-week], in_last: 1d}}
SELECT customer_id FROM before.orders WHERE counted AND order_date BETWEEN DATE '2025-12-24' AND DATE '2025-12-30'
EXCEPT SELECT customer_id FROM orders WHERE counted AND order_date BETWEEN DATE '2025-12-25' AND DATE '2025-12-31'

-- segment: there-from-the-beginning
-- when: {entered_segment: {in: [bought-this-week], reason: first_run}, in_segment_for: {segment: bought-this-week, ge: 2}}
SELECT customer_id FROM segment_members WHERE segment = 'bought-this-week' AND entered_date = DATE '2025-12-30' AND left_date IS NULL

-- segment: came-or-went
-- when: {segment_flips: {segment: bought-this-week, ge: 1, in_last: 1d}}
SELECT customer_id FROM segment_members WHERE segment = 'bought-this-week' AND (entered_date = DATE '2025-12-31' OR left_date = DATE '2025-12-31')
