-- How many customers there are; and of those that are scored, which are known ones unless the project says base: all: who bought in the last 90 days, and who bought for the first time in the last 28 days and in the 28 before.
-- needs customers: run_date, kind, r_score, first_order_date, last_order_date
SELECT count(*) FILTER (kind = 'known') AS known,
    count(*) FILTER (kind <> 'known') AS anonymous,
    count(*) FILTER (r_score IS NOT NULL) AS buyers,
    count(*) FILTER (r_score IS NOT NULL AND last_order_date > run_date - 90) AS active,
    count(*) FILTER (r_score IS NOT NULL AND first_order_date > run_date - 28) AS new_now,
    count(*) FILTER (r_score IS NOT NULL AND first_order_date > run_date - 56 AND first_order_date <= run_date - 28) AS new_before
FROM customers
HAVING count(*) > 0
