-- segment: thirties-in-moscow
-- when: {age: {between: [30, 39]}, city: [москва, Moscow]}
SELECT customer_id FROM customers
WHERE date_diff('year', birth_date, DATE '2025-12-31') BETWEEN 30 AND 39 AND lower(trim(city)) IN ('москва', 'moscow')

-- segment: not-of-age-or-nobody-knows
-- when: {age: {lt: 21, or_missing: true}, orders_count: {ge: 1}}
SELECT customer_id FROM customers
WHERE (birth_date > DATE '2004-12-31' OR birth_date IS NULL) AND customer_id IN (SELECT customer_id FROM orders WHERE counted)

-- segment: birthday-within-two-weeks
-- when: {birthday: {in_next: 14d}}
SELECT customer_id FROM customers WHERE month(birth_date) = 1 AND day(birth_date) <= 14

-- segment: birthday-on-last-of-february
-- when: {birthday: {month_is: 2, day_is: 28}}
SELECT customer_id FROM customers WHERE strftime(birth_date, '%m-%d') IN ('02-28', '02-29')

-- segment: birthday-not-in-summer
-- when: {not: [{birthday: {month_is: 6}}, {birthday: {month_is: 7}}, {birthday: {month_is: 8}}], birthday: {missing: false}}
SELECT customer_id FROM customers WHERE month(birth_date) NOT IN (6, 7, 8)

-- segment: russian-speakers
-- when: {language: [ru, kk], not: {language: ru-by}}
SELECT customer_id FROM customers WHERE (lower(trim(language)) LIKE 'ru%' OR lower(trim(language)) = 'kk') AND lower(trim(language)) <> 'ru-by'

-- segment: russian-mail-from-abroad
-- when: {email_domain: [mail.ru, bk.ru], not: {country: RU}}
SELECT customer_id FROM customers
WHERE lower(trim(split_part(email, '@', 2))) IN ('mail.ru', 'bk.ru') AND lower(trim(country)) <> 'ru'

-- segment: no-mail-of-google
-- when: {email_domain: {not_in: [gmail.com, googlemail.com], or_missing: true}, country: {ne: RU, or_missing: true}}
SELECT customer_id FROM customers
WHERE (email IS NULL OR lower(trim(split_part(email, '@', 2))) NOT IN ('gmail.com', 'googlemail.com')) AND (country IS NULL OR lower(trim(country)) <> 'ru')

-- segment: near-red-square
-- when: {within_km: {lat: 55.7539, lon: 37.6208, radius: 8}}
SELECT customer_id FROM contacts
WHERE 2 * 6371 * asin(sqrt(sin(radians(lat - 55.7539) / 2) ** 2 + cos(radians(55.7539)) * cos(radians(lat)) * sin(radians(lon - 37.6208) / 2) ** 2)) <= 8

-- segment: far-from-red-square
-- when: {not: {within_km: {lat: 55.7539, lon: 37.6208, radius: 50}}}
SELECT customer_id FROM contacts GROUP BY customer_id
HAVING min(2 * 6371 * asin(sqrt(sin(radians(lat - 55.7539) / 2) ** 2 + cos(radians(55.7539)) * cos(radians(lat)) * sin(radians(lon - 37.6208) / 2) ** 2))) > 50

-- segment: registered-this-month
-- when: {registered: {in_last: 30d}}
SELECT customer_id FROM contacts GROUP BY customer_id HAVING min(created_date) BETWEEN DATE '2025-12-02' AND DATE '2025-12-31'

-- segment: registered-long-ago-or-never
-- when: {registered: {before: 2024-07-01, or_missing: true}}
SELECT customer_id FROM customers LEFT JOIN (SELECT customer_id, min(created_date) AS day FROM contacts GROUP BY 1) USING (customer_id)
WHERE day IS NULL OR day < DATE '2024-07-01'

-- segment: doctors-who-cook
-- when: {attribute: {occupation: врач, interests: {contains_any: [Кофе, кулинария]}}}
SELECT customer_id FROM contacts WHERE customer_id IN (SELECT customer_id FROM contacts WHERE occupation = 'врач')
AND list_has_any(interests, ['кофе', 'кулинария'])

-- segment: of-another-trade
-- when: {not: {attribute: {occupation: [врач, учитель]}}}
SELECT customer_id FROM contacts GROUP BY customer_id
HAVING count(occupation) > 0 AND count(*) FILTER (occupation IN ('врач', 'учитель')) = 0

-- segment: on-contract
-- when: {attribute: {attributes: {notes: {contains: ДОГОВОР}}}}
SELECT customer_id FROM contacts WHERE lower(attributes->>'notes') LIKE '%договор%'

-- segment: tagged-twice
-- when: {tags: {contains_all: [VIP, опт], contains_none: [акции]}}
SELECT customer_id FROM (SELECT customer_id, unnest(tags) AS tag FROM contacts) GROUP BY customer_id
HAVING bool_or(tag = 'vip') AND bool_or(tag = 'опт') AND NOT bool_or(tag = 'акции')

-- segment: many-interests
-- when: {interests: {size: {ge: 3}}}
SELECT customer_id FROM (SELECT customer_id, unnest(interests) AS what FROM contacts) GROUP BY customer_id HAVING count(DISTINCT what) >= 3

-- segment: tourists-of-the-web
-- when: {country: {exists: true}, trait: {kind: anonymous}}
-- base: all
SELECT customer_id FROM customers WHERE country IS NOT NULL AND kind = 'anonymous'

-- segment: hot-and-dear
-- when: {trait: {average_order: {ge: 1500}, temperature: HOT, last_order_date: {in_last: 7d}}}
SELECT customer_id FROM customers WHERE average_order >= 1500 AND temperature = 'hot' AND last_order_date >= DATE '2025-12-25'

-- segment: coffee-people-without-mail
-- when: {where: 'order_count > 5 && "Кофе" in bought_categories && missing(email) && first_order_date < date("2025-06-01")'}
SELECT customer_id FROM customers WHERE order_count > 5 AND email IS NULL AND first_order_date < DATE '2025-06-01'
AND customer_id IN (SELECT customer_id FROM order_lines WHERE kind = 'sale' AND category = 'Кофе')

-- segment: near-two-of-our-stores
-- when: {within_km: {store: [S001, s009], radius: 5}}
SELECT k.customer_id FROM contacts k JOIN stores s ON s.record_id IN ('S001', 'S009')
WHERE 2 * 6371 * asin(sqrt(sin(radians(k.lat - s.lat) / 2) ** 2 + cos(radians(s.lat)) * cos(radians(k.lat)) * sin(radians(k.lon - s.lon) / 2) ** 2)) <= 5

-- segment: tagged-and-going
-- when: {lifecycle_stage: [At risk, lapsed], tags: {exists: true}}
SELECT customer_id FROM customers WHERE lifecycle_stage IN ('at_risk', 'lapsed') AND customer_id IN (SELECT customer_id FROM contacts WHERE len(tags) > 0)

-- segment: bought-and-stated-nothing
-- when: {interests: {missing: true}, orders_count: {ge: 1}}
SELECT customer_id FROM customers WHERE customer_id NOT IN (SELECT customer_id FROM contacts WHERE len(interests) > 0 AND customer_id IS NOT NULL)
AND customer_id IN (SELECT customer_id FROM orders WHERE counted)
