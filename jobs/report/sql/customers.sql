-- How many customers there are, who bought in the last 90 days, and who bought for the first time in the last 28 days and in the 28 before.
-- needs customers: run_date, kind, first_order_date, last_order_date
SELECT count(*) FILTER (kind = 'known') AS known,
    count(*) FILTER (kind <> 'known') AS anonymous,
    count(*) FILTER (first_order_date IS NOT NULL) AS buyers,
    count(*) FILTER (last_order_date > run_date - 90) AS active,
    count(*) FILTER (first_order_date > run_date - 28) AS new_now,
    count(*) FILTER (first_order_date > run_date - 56 AND first_order_date <= run_date - 28) AS new_before
FROM customers
HAVING count(*) > 0
