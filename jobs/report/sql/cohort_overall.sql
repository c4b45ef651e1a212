-- All cohorts together, of the same grain and definition.
-- needs cohort_overall: grain, period, definition, measure, cohort_count, value, eligible, pooled_share, pooled_low, pooled_high, complete
SELECT grain, definition, period, cohort_count AS cohorts, value::BIGINT AS customers, eligible, pooled_share AS share, pooled_low AS low, pooled_high AS high, complete
FROM cohort_overall
WHERE measure = 'customers'
    AND grain = (SELECT min(grain) FROM cohort_overall WHERE measure = 'customers')
    AND definition = (SELECT min(definition) FROM cohort_overall WHERE measure = 'customers')
ORDER BY period
