-- From the members of the segments to the rows of each file.
-- needs export_waterfall: destination, position, step, customer_count, run_date
-- needs segments: run_date
SELECT destination, position, step, customer_count AS customers
FROM export_waterfall
WHERE run_date = (SELECT max(run_date) FROM segments)
ORDER BY destination, position, step
