package customer

var segmentMetrics = []Metric{
	{Name: "segment_sizes", Group: "Segments", Unit: "customers, money",
		Doc:    "Members of each segment now, customers of whom its conditions are not known to hold or not, and what the members have brought, ever. A customer may be in several segments: sizes do not add up.",
		Report: []Figure{{"segment.{segment}.members", "members"}, {"segment.{segment}.unknown", "unknown"}},
		SQL: `SELECT segment, member_count AS members, unknown_count AS unknown, members_net_revenue AS net_revenue
FROM v_segments
ORDER BY segment`},

	{Name: "segment_moves_7d", Group: "Segments", Unit: "entries and exits",
		Doc:    "Entries into each segment and exits from it, of the seven days that end on the as-of date; the entries of a segment's first run are none. Who comes, leaves and comes again counts each time.",
		Report: []Figure{{"segment.{segment}.came", "entered"}, {"segment.{segment}.left", "exited"}},
		SQL: `SELECT s.segment, CAST(COALESCE(SUM(m.entered_count), 0) AS BIGINT) AS entered, CAST(COALESCE(SUM(m.left_count), 0) AS BIGINT) AS exited
FROM v_segments s
LEFT JOIN v_segment_moves m ON m.segment = s.segment AND m.move_date > s.run_date - 7 AND m.reason <> 'first_run'
GROUP BY s.segment
ORDER BY s.segment`},

	{Name: "segment_move_reasons_7d", Group: "Segments", Unit: "entries and exits",
		Doc:    "Entries and exits of the same seven days by reason: definition (it was edited), restated, late, identity, data (new facts), time (the day alone), and first_run, which is no move of a customer.",
		Report: []Figure{{"move.{segment}.{reason}.came", "entered"}, {"move.{segment}.{reason}.left", "exited"}},
		SQL: `SELECT m.segment, m.reason, CAST(SUM(m.entered_count) AS BIGINT) AS entered, CAST(SUM(m.left_count) AS BIGINT) AS exited
FROM v_segments s
JOIN v_segment_moves m ON m.segment = s.segment AND m.move_date > s.run_date - 7
GROUP BY m.segment, m.reason
ORDER BY m.segment, m.reason`},

	{Name: "reachable", Group: "Consent and files", Unit: "customers",
		Doc:    "Known customers with an address that said yes to marketing through the channel and that nothing suppresses. No word of an address is a no.",
		Report: []Figure{{"headline.reach.{channel}", "customers"}},
		SQL: `SELECT channel, COUNT(DISTINCT customer_id) AS customers
FROM v_consents_now
WHERE may_be_written_to AND purpose = 'marketing' AND customer_kind = 'known'
GROUP BY channel
ORDER BY channel`},

	{Name: "export_waterfall", Group: "Consent and files", Unit: "customers, share 0 to 1",
		Doc:    "From the members of a destination's segments to the rows of its file of the run: each candidate leaves for one reason, the first that holds, so that the steps behind in_segment add up to it.",
		Report: []Figure{{"waterfall.{destination}.{step}", "customer_count"}},
		SQL: `SELECT destination, step_number, step, customer_count, share
FROM v_export_waterfall
WHERE run_date = (SELECT MAX(run_date) FROM segments)
ORDER BY destination, step_number`},

	{Name: "export_changes", Group: "Consent and files", Unit: "rows, customers",
		Doc:    "Rows of each file of the run, and how it differs from what was last sent to the destination: customers that came, whose row is another, that are gone. Missing where nothing was sent before.",
		Report: []Figure{{"file.{destination}.rows", "row_count"}, {"file.{destination}.added", "added_count"}, {"file.{destination}.changed", "changed_count"}, {"file.{destination}.removed", "removed_count"}},
		SQL: `SELECT destination, row_count, added_count, changed_count, removed_count
FROM exports
WHERE run_date = (SELECT MAX(run_date) FROM segments)
ORDER BY destination`},
}
