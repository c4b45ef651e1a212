-- Customers with a counted order in ten parts of one size, those who brought the most first.
-- needs rfm: customer_id, monetary
SELECT part, count(*) AS customers, sum(monetary) AS net, min(monetary) AS least
FROM (SELECT ntile(10) OVER (ORDER BY monetary DESC, customer_id) AS part, monetary FROM rfm)
GROUP BY part
ORDER BY part
