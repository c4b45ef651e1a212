-- The files, and how they differ from what was last sent.
-- needs exports: destination, segments, channel, purpose, row_count, compared_date, added_count, changed_count, removed_count, run_date
-- needs segments: run_date
SELECT destination, array_to_string(segments, ', ') AS segments, channel, purpose, row_count AS rows, compared_date AS compared,
    added_count AS added, changed_count AS changed, removed_count AS removed
FROM exports
WHERE run_date = (SELECT max(run_date) FROM segments)
ORDER BY destination
