-- Customers with a counted order by what they have brought, in steps of 1, 2, 5, 10 and so on.
-- needs rfm: monetary
WITH edges AS (SELECT digit * (10 ** power)::BIGINT AS edge FROM range(10) p(power), (VALUES (1), (2), (5)) d(digit))
SELECT (SELECT max(edge) FROM edges WHERE edge <= monetary) AS edge, count(*) AS customers, sum(monetary) AS net
FROM rfm
GROUP BY edge
ORDER BY edge NULLS FIRST
