-- The files of the race's SPEC and its line of checks, from the tables of the run and
-- its summary, run.json. It is run in the folder that the files go to.
CREATE TEMP TABLE scored AS
SELECT c.first_key AS profile_id, r.recency_days AS recency, r.frequency, (r.monetary * 100)::BIGINT AS monetary,
       r.r_score AS R, r.f_score AS F, r.m_score AS M,
       CASE WHEN r.r_score >= 4 AND r.f_score >= 4 THEN 'champions'
            WHEN r.r_score >= 3 AND r.f_score >= 3 THEN 'loyal'
            WHEN r.r_score >= 4 AND r.f_score = 1 THEN 'new'
            WHEN r.r_score >= 4 THEN 'promising'
            WHEN r.r_score = 3 THEN 'need_attention'
            WHEN r.f_score >= 3 THEN 'at_risk'
            WHEN r.r_score = 2 THEN 'hibernating'
            ELSE 'lost' END AS segment
FROM rfm r JOIN customers c USING (customer_id);
CREATE TEMP TABLE cohort AS
SELECT year(cohort_date) * 12 + month(cohort_date) AS cohort, period, value::BIGINT AS profiles
FROM cohort_retention WHERE value > 0; -- months, on, customers are all that habitue.yaml asks for
COPY (SELECT first_key AS profile_id, contact_count AS n_crm, key_count AS n_keys FROM customers) TO 'profiles.parquet' (FORMAT parquet);
COPY scored TO 'rfm.parquet' (FORMAT parquet);
COPY (SELECT segment, count(*) AS n, sum(monetary)::BIGINT AS monetary FROM scored GROUP BY 1) TO 'segments.parquet' (FORMAT parquet);
COPY cohort TO 'cohort.parquet' (FORMAT parquet);
SELECT to_json(x) AS checks FROM (
  SELECT (SELECT count(*) FROM customers) AS profiles, (SELECT regexp_extract(content, '"orders": ([0-9]+),', 1)::BIGINT FROM read_text('run.json')) AS orders, count(*) AS rfm,
         sum(R)::BIGINT AS sumR, sum(F)::BIGINT AS sumF, sum(M)::BIGINT AS sumM,
         sum(recency)::BIGINT AS sum_rec, sum(frequency)::BIGINT AS sum_freq, sum(monetary)::BIGINT AS sum_mon,
         (SELECT map_from_entries(list((segment, n) ORDER BY segment)) FROM (SELECT segment, count(*) AS n FROM scored GROUP BY 1)) AS segments,
         (SELECT count(*) FROM cohort) AS cohort_rows, (SELECT sum(profiles)::BIGINT FROM cohort) AS cohort_sum,
         (SELECT sum(profiles * (cohort * 37 + period))::BIGINT FROM cohort) AS cohort_chk
  FROM scored) x;
