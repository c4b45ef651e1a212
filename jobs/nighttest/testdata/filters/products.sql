-- segment: two-packs-of-coffee
-- when: {bought_product: {ids: [CF-01, CF-02], quantity: {ge: 2}, in_last: 6mo}}
SELECT customer_id FROM order_lines WHERE kind = 'sale' AND sku IN ('CF-01', 'CF-02') AND quantity >= 2 AND order_date BETWEEN DATE '2025-07-01' AND DATE '2025-12-31'

-- segment: much-of-a-brand
-- when: {bought_product: {brand: байкал, sum: {amount: {ge: 10000}}, distinct: {sku: {ge: 4}}, in_last: 1y}}
SELECT customer_id FROM order_lines WHERE kind = 'sale' AND brand = 'Байкал' AND order_date BETWEEN DATE '2025-01-01' AND DATE '2025-12-31'
GROUP BY customer_id HAVING sum(amount) >= 10000 AND count(DISTINCT sku) >= 4

-- segment: coffee-and-tea
-- when: {bought_category: {all: [Кофе, Чай], in_last: 90d}}
SELECT customer_id FROM order_lines WHERE kind = 'sale' AND order_date BETWEEN DATE '2025-10-03' AND DATE '2025-12-31'
GROUP BY customer_id HAVING bool_or(category = 'Кофе') AND bool_or(category = 'Чай')

-- segment: nothing-but-sweet
-- when: {bought_category: {only: [Кофе, Чай, Сладости], count: {ge: 2}, in_last: 1y}}
SELECT customer_id FROM order_lines WHERE kind = 'sale' AND order_date BETWEEN DATE '2025-01-01' AND DATE '2025-12-31'
GROUP BY customer_id HAVING count(*) >= 2 AND bool_and(coalesce(category, '') IN ('Кофе', 'Чай', 'Сладости'))

-- segment: much-cheese
-- when: {bought_category: {any: [Сыр], sum: {amount: {ge: 5000}}, in_last: 6mo}}
SELECT customer_id FROM order_lines WHERE kind = 'sale' AND category = 'Сыр' AND order_date BETWEEN DATE '2025-07-01' AND DATE '2025-12-31'
GROUP BY customer_id HAVING sum(amount) >= 5000

-- segment: no-cheese-yet
-- when: {not: {bought_category: {any: сыр}}, orders_count: {ge: 5}}
SELECT customer_id FROM orders WHERE counted AND customer_id IS NOT NULL
AND customer_id NOT IN (SELECT customer_id FROM order_lines WHERE kind = 'sale' AND category = 'Сыр' AND customer_id IS NOT NULL)
GROUP BY customer_id HAVING count(*) >= 5

-- segment: vacuum-cleaner-without-filters
-- when: {bought_x_not_y: {x: {ids: EQ-01}, y: {ids: HH-06}, in_last: 1y, lag: 30d}}
SELECT customer_id FROM order_lines x WHERE kind = 'sale' AND sku = 'EQ-01' AND order_date BETWEEN DATE '2025-01-01' AND DATE '2025-12-01'
AND NOT EXISTS (FROM order_lines y WHERE y.customer_id = x.customer_id AND kind = 'sale' AND sku = 'HH-06'
	AND (order_at >= x.order_at OR (source = x.source AND record_id = x.record_id)))

-- segment: machines-without-coffee
-- when: {bought_x_not_y: {x: {category: Техника}, y: {category: Кофе}, ago_between: [60d, 400d]}}
SELECT customer_id FROM order_lines x WHERE kind = 'sale' AND category = 'Техника' AND order_date BETWEEN DATE '2024-11-26' AND DATE '2025-11-01'
AND NOT EXISTS (FROM order_lines y WHERE y.customer_id = x.customer_id AND kind = 'sale' AND category = 'Кофе'
	AND (order_at >= x.order_at OR (source = x.source AND record_id = x.record_id)))

-- segment: began-with-cheese
-- when: {first_product: {category: Сыр}}
SELECT customer_id FROM (FROM orders WHERE counted AND customer_id IS NOT NULL QUALIFY row_number() OVER (PARTITION BY customer_id ORDER BY order_at) = 1) o
WHERE EXISTS (FROM order_lines l WHERE l.source = o.source AND l.record_id = o.record_id AND l.kind = 'sale' AND category = 'Сыр')

-- segment: half-of-it-is-pet-food
-- when: {category_affinity: {category: [Корм для животных], ge: 0.5, in_last: 1y}}
SELECT customer_id FROM order_lines WHERE kind = 'sale' AND order_date BETWEEN DATE '2025-01-01' AND DATE '2025-12-31'
GROUP BY customer_id HAVING sum(amount) > 0 AND sum(amount) FILTER (category = 'Корм для животных') / sum(amount) >= 0.5

-- segment: mostly-bread
-- when: {most_bought_item: {starts: bk-, times: {ge: 3}}}
SELECT customer_id FROM (SELECT customer_id, sku, count(*) AS lines, max((order_at, source, record_id, line::INT)) AS last FROM order_lines
	WHERE kind = 'sale' AND sku IS NOT NULL AND customer_id IS NOT NULL GROUP BY 1, 2)
QUALIFY row_number() OVER (PARTITION BY customer_id ORDER BY lines DESC, last DESC) = 1 AND sku LIKE 'BK-%' AND lines >= 3

-- segment: of-all-sorts
-- when: {variety: {ge: 6, of: categories, in_last: 90d}}
SELECT customer_id FROM order_lines WHERE kind = 'sale' AND order_date BETWEEN DATE '2025-10-03' AND DATE '2025-12-31'
GROUP BY customer_id HAVING count(DISTINCT category) >= 6

-- segment: bought-what-is-tagged
-- when: {bought_product: {tag: [кофе, Чай], count: {ge: 3}, in_last: 90d}}
SELECT customer_id FROM order_lines WHERE kind = 'sale' AND sku IN (SELECT record_id FROM products WHERE list_has_any(tags, ['Кофе', 'Чай']))
AND order_date BETWEEN DATE '2025-10-03' AND DATE '2025-12-31' GROUP BY customer_id HAVING count(*) >= 3
