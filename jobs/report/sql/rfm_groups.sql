-- The groups, best first, with who is in them and what they have brought. Prospects have no scores: they are in customers alone.
-- needs rfm_groups: place, rfm_group, goal, treatment
-- needs rfm: rfm_group, recency_days, frequency, monetary
SELECT place, g.rfm_group AS name, goal, treatment,
    count(r.rfm_group) AS customers,
    coalesce(sum(monetary), 0) AS net,
    quantile_disc(recency_days, 0.5)::BIGINT AS days,
    avg(frequency) AS orders
FROM rfm_groups g LEFT JOIN rfm r USING (rfm_group)
GROUP BY ALL
ORDER BY place, name
