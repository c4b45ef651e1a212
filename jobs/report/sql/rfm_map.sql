-- Customers and net revenue by recency and frequency score.
-- needs rfm: r_score, f_score, rfm_group, monetary
SELECT r_score AS r, f_score AS f, count(*) AS customers, sum(monetary) AS net, string_agg(DISTINCT rfm_group, ', ' ORDER BY rfm_group) AS groups
FROM rfm
GROUP BY r, f
ORDER BY r, f
