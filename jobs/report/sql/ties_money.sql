-- What became of the money of each source that has any.
-- needs deliveries: source, amount, kept_amount, repeat_amount, superseded_amount, filtered_amount, reject_amount, later_amount
SELECT source, sum(amount) AS read, sum(kept_amount) AS kept, sum(repeat_amount) AS repeats, sum(superseded_amount) AS superseded,
    sum(filtered_amount) AS filtered, sum(reject_amount) AS rejects, sum(later_amount) AS later,
    read = kept + repeats + superseded + filtered + rejects + later AS ties
FROM deliveries
GROUP BY source
HAVING sum(abs(amount)) + sum(abs(kept_amount)) > 0
ORDER BY source
