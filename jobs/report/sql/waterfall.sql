-- From the members of the segments to the rows of each file.
-- needs export_waterfall: destination, position, step, customer_count
SELECT destination, position, step, customer_count AS customers
FROM export_waterfall
ORDER BY destination, position, step
