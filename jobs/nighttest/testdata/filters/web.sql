-- segment: mobile-visitors-of-the-home-page
-- when: {visited_page: {path: /, device: Mobile, count: {ge: 5}, in_last: 6mo}}
SELECT customer_id FROM events
WHERE name = 'page_view' AND regexp_extract(page, '^https?://[^/?#]*([^?#]*)', 1) = '/' AND device = 'mobile' AND event_date BETWEEN DATE '2025-07-01' AND DATE '2025-12-31'
GROUP BY customer_id HAVING count(*) >= 5

-- segment: never-seen-the-home-page-this-year
-- when: {visited_page: {url: {starts: 'https://teremok.example'}, count: 0, during: this year}, last_visit: {exists: true}}
SELECT customer_id FROM events GROUP BY customer_id HAVING count(*) FILTER (name = 'page_view' AND event_date >= DATE '2025-01-01') = 0

-- segment: lookers-at-coffee
-- when: {viewed_product: {ids: {starts: cf-}, distinct: {sku: {ge: 3}}, in_last: 1y}}
SELECT customer_id FROM events WHERE name = 'view_item' AND sku LIKE 'CF-%' AND event_date BETWEEN DATE '2025-01-01' AND DATE '2025-12-31'
GROUP BY customer_id HAVING count(DISTINCT sku) >= 3

-- segment: lookers-at-cheese
-- when: {viewed_category: {ids: сыр, count: {between: [2, 4]}, older_than: 90d}}
SELECT customer_id FROM events WHERE name IN ('view_item', 'view_item_list') AND category = 'Сыр' AND event_date < DATE '2025-10-03'
GROUP BY customer_id HAVING count(*) BETWEEN 2 AND 4

-- segment: cheese-viewed-and-not-bought
-- when: {viewed_not_bought: {same: category, category: Сыр, count: {ge: 2}, in_last: 90d, bought: {in_last: 180d}}}
SELECT customer_id FROM events WHERE name = 'view_item' AND category = 'Сыр' AND event_date BETWEEN DATE '2025-10-03' AND DATE '2025-12-31'
AND customer_id NOT IN (SELECT customer_id FROM order_lines WHERE kind = 'sale' AND category = 'Сыр' AND order_date BETWEEN DATE '2025-07-05' AND DATE '2025-12-31' AND customer_id IS NOT NULL)
GROUP BY customer_id HAVING count(*) >= 2

-- segment: viewed-and-never-bought
-- when: {viewed_not_bought: {in_last: 30d}}
SELECT customer_id FROM events e WHERE name = 'view_item' AND event_date BETWEEN DATE '2025-12-02' AND DATE '2025-12-31'
AND NOT EXISTS (FROM order_lines l WHERE l.customer_id = e.customer_id AND l.sku = e.sku AND l.kind = 'sale')

-- segment: viewed-and-not-bought-since
-- when: {viewed_not_bought: {in_last: 30d, bought: since}}
SELECT customer_id FROM events e WHERE name = 'view_item' AND event_date BETWEEN DATE '2025-12-02' AND DATE '2025-12-31'
AND NOT EXISTS (FROM order_lines l WHERE l.customer_id = e.customer_id AND l.sku = e.sku AND l.kind = 'sale' AND l.order_at >= e.event_at)

-- segment: a-cart-left
-- when: {abandoned_cart: {hours: 24, value: {ge: 1000}, in_last: 60d}}
SELECT customer_id FROM events e WHERE name = 'add_to_cart' AND value >= 1000 AND event_date BETWEEN DATE '2025-11-02' AND DATE '2025-12-31'
AND NOT EXISTS (FROM orders o WHERE o.customer_id = e.customer_id AND counted AND order_at >= event_at AND order_at <= event_at + INTERVAL 24 HOURS)

-- segment: carts-left-at-once
-- when: {abandoned_cart: {hours: 1, count: {ge: 2}, sum: {value: {ge: 2000}}, during: this year}}
SELECT customer_id FROM events e WHERE name = 'add_to_cart' AND event_date BETWEEN DATE '2025-01-01' AND DATE '2025-12-31'
AND NOT EXISTS (FROM orders o WHERE o.customer_id = e.customer_id AND counted AND order_at >= event_at AND order_at <= event_at + INTERVAL 1 HOUR)
GROUP BY customer_id HAVING count(*) >= 2 AND sum(value) >= 2000

-- segment: dear-things-put-into-the-cart
-- when: {added_to_cart: {category: [Техника, Сыр], value: {gt: 1500}, last: true, in_last: 90d}}
SELECT customer_id FROM (SELECT customer_id, arg_max(category, event_at) AS category, arg_max(value, event_at) AS value
	FROM events WHERE name = 'add_to_cart' AND event_date >= DATE '2025-10-03' GROUP BY customer_id)
WHERE category IN ('Техника', 'Сыр') AND value > 1500

-- segment: checkout-left
-- when: {abandoned_checkout: {ago_between: [7d, 360d], hours: 48, value: {ge: 500}}}
SELECT customer_id FROM events e WHERE name = 'begin_checkout' AND value >= 500
AND NOT EXISTS (FROM orders o WHERE o.customer_id = e.customer_id AND counted AND order_at >= event_at AND order_at <= event_at + INTERVAL 48 HOURS)
GROUP BY customer_id HAVING max(event_date) BETWEEN DATE '2025-01-05' AND DATE '2025-12-24'

-- segment: searchers
-- when: {searched: {count: {ge: 2}, device: [desktop, tablet], ago_between: [1w, 26w]}}
SELECT customer_id FROM events WHERE name IN ('search', 'view_search_results') AND device IN ('desktop', 'tablet') AND event_date BETWEEN DATE '2025-07-02' AND DATE '2025-12-24'
GROUP BY customer_id HAVING count(*) >= 2

-- segment: three-sessions
-- when: {sessions: {ge: 3, in_last: 90d}}
SELECT customer_id FROM (SELECT customer_id, event_date, event_at - lag(event_at) OVER (PARTITION BY customer_id ORDER BY event_at) AS since FROM events)
WHERE (since IS NULL OR since > INTERVAL 30 MINUTES) AND event_date BETWEEN DATE '2025-10-03' AND DATE '2025-12-31'
GROUP BY customer_id HAVING count(*) >= 3

-- segment: one-session
-- when: {sessions: {eq: 1}}
SELECT customer_id FROM (SELECT customer_id, event_at - lag(event_at) OVER (PARTITION BY customer_id ORDER BY event_at) AS since FROM events)
WHERE since IS NULL OR since > INTERVAL 30 MINUTES GROUP BY customer_id HAVING count(*) = 1

-- segment: stopped-coming
-- when: {last_visit: {ago_between: [30d, 60d]}, active_days: {ge: 2, in_last: 1y}}
SELECT customer_id FROM events GROUP BY customer_id
HAVING max(event_date) BETWEEN DATE '2025-11-01' AND DATE '2025-12-01' AND count(DISTINCT event_date) FILTER (event_date >= DATE '2025-01-01') >= 2

-- segment: buyers-who-never-came-or-long-ago
-- when: {any: [{last_visit: {older_than: 365d}}, {last_visit: {missing: true}}], orders_count: {ge: 10}}
SELECT customer_id FROM orders WHERE counted AND customer_id IS NOT NULL
AND customer_id NOT IN (SELECT customer_id FROM events WHERE event_date >= DATE '2025-01-01')
GROUP BY customer_id HAVING count(*) >= 10

-- segment: mostly-mobile
-- when: {device_type: {mostly: mobile, in_last: 180d}}
SELECT customer_id FROM (SELECT customer_id, device, count(*) AS facts, max(event_at) AS last FROM events
	WHERE device IS NOT NULL AND event_date BETWEEN DATE '2025-07-05' AND DATE '2025-12-31' GROUP BY 1, 2)
QUALIFY row_number() OVER (PARTITION BY customer_id ORDER BY facts DESC, last DESC) = 1 AND device = 'mobile'

-- segment: tablet-only
-- when: {device_type: {only: tablet, in_last: 1y}}
SELECT customer_id FROM events WHERE event_date BETWEEN DATE '2025-01-01' AND DATE '2025-12-31' GROUP BY customer_id HAVING bool_and(device = 'tablet')

-- segment: brought-by-friends
-- when: {first_touch: {source: VK, medium: social, campaign: {starts: spr}}}
SELECT customer_id FROM events WHERE utm_source IS NOT NULL OR utm_medium IS NOT NULL OR utm_campaign IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY customer_id ORDER BY event_at) = 1 AND utm_source = 'vk' AND utm_medium = 'social' AND utm_campaign LIKE 'spr%'

-- segment: paid-for-lately
-- when: {last_touch: {medium: cpc, in_last: 60d}, not: {first_touch: {medium: cpc}}}
WITH named AS (FROM events WHERE utm_source IS NOT NULL OR utm_medium IS NOT NULL OR utm_campaign IS NOT NULL)
SELECT customer_id FROM named GROUP BY customer_id
HAVING arg_max(utm_medium, event_at) FILTER (event_date >= DATE '2025-11-02') = 'cpc' AND arg_min(utm_medium, event_at) <> 'cpc'

-- segment: seen-in-russia-with-another-home
-- when: {country: {eq: russia, by: last_seen}, not: {country: {starts: R}}}
WITH seen AS (SELECT customer_id, arg_max(country, event_at) AS country FROM events WHERE country IS NOT NULL GROUP BY 1)
SELECT customer_id FROM seen JOIN customers c USING (customer_id) WHERE seen.country = 'Russia' AND lower(trim(c.country)) NOT LIKE 'r%'
