package customer

// newestFirst numbers the runs, the newest first.
const newestFirst = "ROW_NUMBER() OVER (ORDER BY started_at DESC, run_id DESC)"

var runViews = []ServedView{
	{Name: "v_runs", Doc: "The runs up to this one: as of when the tables are, whether the run was degraded, and which source was missing.",
		Needs: map[string][]string{"runs": {"run_id", "started_at", "finished_at", "known", "without", "assumed_current", "row_count", "kept_count", "reject_count", "seconds"}},
		Columns: []ViewColumn{
			{"run_date", DateColumn, "r.run_date", "the as-of date of what is served"},
			{"run_id", TextColumn, "r.run_id", "the run: its as-of date and its number"},
			{"newest", BoolColumn, newestFirst + " = 1", "it is the run whose tables these are"},
			{"degraded", BoolColumn, "COALESCE(ARRAY_TO_STRING(r.without, ', '), '') <> ''", "it was run without a source that should have come"},
			{"missing_sources", TextColumn, "NULLIF(ARRAY_TO_STRING(r.without, ', '), '')", "sources whose file of the day it was run without, when it had waited for them long enough"},
			{"known", TextColumn, "r.known", "then: files delivered by the as-of date; now: everything present"},
			{"started_at", TimeColumn, "r.started_at", "when it started"},
			{"finished_at", TimeColumn, "r.finished_at", "when it was committed"},
			{"seconds", FloatColumn, "r.seconds", "how long it took"},
			{"row_count", IntColumn, "r.row_count", "rows read"},
			{"kept_count", IntColumn, "r.kept_count", "rows used"},
			{"reject_count", IntColumn, "r.reject_count", "rows that could not be used"},
			{"assumed_current", IntColumn, "r.assumed_current", "records whose first version is younger than the run and was used all the same"},
		},
		From: "runs r"},

	{Name: "v_freshness", Doc: "As of when each source is, and what became of its rows.",
		Needs: map[string][]string{
			"deliveries": {"source", "delivered_date", "in_force", "row_count", "kept_count", "repeat_count", "superseded_count", "filtered_count", "reject_count", "later_count"},
			"runs":       {"run_id", "started_at", "without"}},
		Columns: []ViewColumn{
			asOfRun("d"),
			{"source", TextColumn, "d.source", "name of the source"},
			{"newest_file_date", DateColumn, "MAX(d.delivered_date)", "the day on which its newest file was delivered"},
			{"missing", BoolColumn, "MAX(CASE WHEN STRPOS(', ' || n.missing || ', ', ', ' || d.source || ', ') > 0 THEN 1 ELSE 0 END) = 1", "the run was made without its file of the day"},
			{"file_count", IntColumn, "COUNT(*)", "its files, each version counted"},
			{"used_file_count", IntColumn, countOf("d.in_force"), "files whose rows the run used"},
			{"row_count", IntColumn, totalOf("d.row_count"), "rows read: all the following together"},
			{"kept_count", IntColumn, totalOf("d.kept_count"), "rows used"},
			{"repeat_count", IntColumn, totalOf("d.repeat_count"), "rows that repeat an equal one"},
			{"superseded_count", IntColumn, totalOf("d.superseded_count"), "older versions, and rows of replaced files"},
			{"filtered_count", IntColumn, totalOf("d.filtered_count"), "rows left out by where: of the source"},
			{"reject_count", IntColumn, totalOf("d.reject_count"), "rows that could not be used"},
			{"later_count", IntColumn, totalOf("d.later_count"), "rows later than the as-of date"},
			{"reject_share", FloatColumn, ratio("1.0 * SUM(d.reject_count)", "SUM(d.row_count)", 6), "reject_count / row_count, 0 to 1"},
		},
		From: "deliveries d CROSS JOIN (SELECT COALESCE(ARRAY_TO_STRING(without, ', '), '') AS missing, " + newestFirst + " AS place FROM runs) n WHERE n.place = 1 GROUP BY d.run_date, d.source"},
}
