-- What became of the rows of each source, and how late it is: the usual gap is the median of days from one day with a file to the next.
-- needs deliveries: run_date, source, delivered_date, row_count, kept_count, repeat_count, superseded_count, filtered_count, reject_count, later_count, unreadable_count
SELECT source, count(*) AS files, max(delivered_date) AS newest, max(run_date) - max(delivered_date) AS age, max(usual) AS usual,
    sum(row_count) AS read, sum(kept_count) AS kept, sum(repeat_count) AS repeats, sum(superseded_count) AS superseded,
    sum(filtered_count) AS filtered, sum(reject_count) AS rejects, sum(later_count) AS later, sum(unreadable_count) AS unreadable
FROM deliveries LEFT JOIN (
    SELECT source, quantile_disc(gap, 0.5) AS usual
    FROM (SELECT source, delivered_date - lag(delivered_date) OVER (PARTITION BY source ORDER BY delivered_date) AS gap FROM (SELECT DISTINCT source, delivered_date FROM deliveries))
    GROUP BY source
) USING (source)
GROUP BY source
ORDER BY source
