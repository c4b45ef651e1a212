package customer

var trustMetrics = []Metric{
	{Name: "as_of", Group: "Trust", Unit: "date, yes or no, rows",
		Doc:    "As of the end of which local day everything here is, whether the run had to do without a source that should have come, which one, and the rows that it read and refused.",
		Report: []Figure{{"run.date", "run_date"}, {"headline.rows", "row_count"}, {"headline.rejects", "reject_count"}},
		SQL: `SELECT run_date, degraded, missing_sources, row_count, reject_count
FROM v_runs
WHERE newest`},

	{Name: "freshness", Group: "Trust", Unit: "date, yes or no",
		Doc: "The day on which each source's newest file was delivered, beside the as-of date, and whether the run was made without its file of the day.",
		SQL: `SELECT source, newest_file_date, run_date, missing
FROM v_freshness
ORDER BY source`},

	{Name: "rows_accounted", Group: "Trust", Unit: "rows",
		Doc: "What became of the rows of each source, in all its files: read = kept + repeats + superseded + filtered + rejects + later. unaccounted is 0, or the run did not end.",
		Report: []Figure{{"tie.{source}.rows.read", "row_count"}, {"tie.{source}.rows.kept", "kept_count"}, {"tie.{source}.rows.repeats", "repeat_count"},
			{"tie.{source}.rows.superseded", "superseded_count"}, {"tie.{source}.rows.filtered", "filtered_count"}, {"tie.{source}.rows.later", "later_count"}},
		SQL: `SELECT source, row_count, kept_count, repeat_count, superseded_count, filtered_count, reject_count, later_count,
    row_count - kept_count - repeat_count - superseded_count - filtered_count - reject_count - later_count AS unaccounted
FROM v_freshness
ORDER BY source`},

	{Name: "rejects_share", Group: "Trust", Unit: "rows, share 0 to 1",
		Doc:    "Rows of each source that could not be used / its rows read, in all its files. The rows are in the table rejects, with the reason.",
		Report: []Figure{{"tie.{source}.rows.rejects", "reject_count"}},
		SQL: `SELECT source, reject_count, reject_share
FROM v_freshness
ORDER BY source`},
}
