-- The cohorts of customers of the longest grain and the narrowest definition that were made: months before weeks, on before on_or_after.
-- needs cohort_retention: grain, cohort_date, period, definition, measure, value, eligible, retention_share, retention_low, retention_high, complete
SELECT grain, definition, cohort_date AS cohort, period, value::BIGINT AS customers, eligible, retention_share AS share, retention_low AS low, retention_high AS high, complete
FROM cohort_retention
WHERE measure = 'customers'
    AND grain = (SELECT min(grain) FROM cohort_retention WHERE measure = 'customers')
    AND definition = (SELECT min(definition) FROM cohort_retention WHERE measure = 'customers')
ORDER BY cohort, period
