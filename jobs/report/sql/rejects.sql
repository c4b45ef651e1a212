-- The rows refused, by what was wrong with them; of each the one that stands first.
-- needs rejects: source, path, src_line, column, reason, detail
SELECT source, coalesce("column", '') AS "column", reason, max(n) AS rows,
    any_value(path) FILTER (n = 1) AS path, any_value(src_line) FILTER (n = 1) AS line, any_value(detail) FILTER (n = 1) AS detail
FROM (SELECT *, row_number() OVER (PARTITION BY source, "column", reason ORDER BY path, src_line, detail) AS n FROM rejects)
GROUP BY ALL
ORDER BY rows DESC, source, "column", reason
