-- What customers with a counted order have brought.
-- needs rfm: monetary
SELECT count(*) AS customers, sum(monetary) AS net, round(round(1000 * sum(monetary) / count(*)) / 1000, 3)::DECIMAL(18, 3) AS mean,
    quantile_disc(monetary, 0.5) AS median, quantile_disc(monetary, 0.9) AS p90
FROM rfm
HAVING count(*) > 0
