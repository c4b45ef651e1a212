package nighttest

// reportViews are what several figures are about.
var reportViews = []string{
	// money of the till: counted orders plus returns
	"till AS SELECT order_date, amount, counted, customer_id FROM orders WHERE counted OR kind = 'return'",
	"bought AS SELECT customer_id, order_date FROM orders WHERE counted AND customer_id IN (SELECT customer_id FROM customers WHERE kind = 'known')",
	"firsts AS SELECT customer_id, date_trunc('month', min(order_date))::DATE AS cohort FROM bought GROUP BY 1",
	"months AS SELECT cohort, date_diff('month', cohort, order_date) AS period, count(DISTINCT customer_id) AS n FROM bought JOIN firsts USING (customer_id) GROUP BY 1, 2",
	"sizes AS SELECT cohort, count(*) AS eligible FROM firsts GROUP BY 1",
	"cells AS SELECT cohort, p.period, coalesce(n, 0) AS n, eligible FROM (FROM sizes, range(60) p(period)) p LEFT JOIN months USING (cohort, period) WHERE cohort + to_months(p.period::INT) <= d()",
	"pooled AS SELECT period, sum(n) AS n, sum(eligible) AS eligible FROM cells WHERE cohort + to_months(period::INT + 1) - INTERVAL 1 DAY <= d() GROUP BY 1",
	"scored AS SELECT * FROM customers WHERE r_score IS NOT NULL",
	"risks AS SELECT CASE WHEN c.churn_risk > 2 / 3 THEN 'high' WHEN c.churn_risk > 1 / 3 THEN 'medium' ELSE 'low' END AS band, c.churn_risk, s.net_revenue FROM scored s JOIN churn c USING (customer_id)",
	"moved AS SELECT * FROM segment_moves WHERE move_date BETWEEN d() - 6 AND d()",
	"winner AS SELECT DISTINCT model FROM churn",
	"ranked AS SELECT net_revenue AS net, (row_number() OVER (ORDER BY net_revenue DESC, customer_id) - 1) AS place, count(*) OVER () AS all_of_them FROM scored",
	// ten parts of one size, the first ones greater by one where it does not come out
	"tenths AS SELECT net, CASE WHEN place < (all_of_them % 10) * (all_of_them // 10 + 1) THEN place // (all_of_them // 10 + 1) ELSE (place - all_of_them % 10) // (all_of_them // 10) END + 1 AS part FROM ranked",
	"edges AS SELECT edge, lead(edge) OVER (ORDER BY edge) AS next FROM (SELECT unnest([1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000, 100000, 200000, 500000]) AS edge)",
}

// reportFigures are names and values.
var reportFigures = []string{
	"SELECT 'run.date', '" + lastDay + "'",
	"SELECT 'headline.net_28d', sum(amount) FROM till WHERE order_date > d() - 28",
	"SELECT 'headline.net_28d_change', sum(amount) FILTER (order_date > d() - 28) / sum(amount) FILTER (order_date BETWEEN d() - 55 AND d() - 28) - 1 FROM till",
	"SELECT 'headline.net_28d_year_change', sum(amount) FILTER (order_date > d() - 28) / sum(amount) FILTER (order_date BETWEEN d() - 364 - 27 AND d() - 364) - 1 FROM till",
	"SELECT 'headline.orders_28d', count(*) FROM orders WHERE counted AND order_date > d() - 28",
	"SELECT 'headline.orders_28d_change', count(*) FILTER (order_date > d() - 28) / count(*) FILTER (order_date BETWEEN d() - 55 AND d() - 28) - 1 FROM orders WHERE counted",
	"SELECT 'headline.orders_28d_year_change', count(*) FILTER (order_date > d() - 28) / count(*) FILTER (order_date BETWEEN d() - 364 - 27 AND d() - 364) - 1 FROM orders WHERE counted",
	"SELECT 'weeks.' || w || '.net', coalesce((SELECT sum(amount) FROM till WHERE order_date BETWEEN w AND w + 6), 0) FROM (SELECT unnest(generate_series(d() - 52 * 7 + 1, d() - 6, INTERVAL 7 DAY))::DATE AS w)",
	"SELECT 'weeks.' || w || '.orders', (SELECT count(*) FROM orders WHERE counted AND order_date BETWEEN w AND w + 6) FROM (SELECT unnest(generate_series(d() - 52 * 7 + 1, d() - 6, INTERVAL 7 DAY))::DATE AS w)",
	"SELECT 'weeks.most', max(net) FROM (SELECT sum(amount) AS net FROM till WHERE order_date > d() - 52 * 7 GROUP BY (d() - order_date) // 7)",

	"SELECT 'headline.new_28d', count(*) FROM (SELECT min(order_date) AS first FROM orders WHERE counted GROUP BY customer_id HAVING customer_id IS NOT NULL) WHERE first > d() - 28",
	"SELECT 'headline.new_28d_change', count(*) FILTER (first > d() - 28) / count(*) FILTER (first BETWEEN d() - 55 AND d() - 28) - 1 FROM (SELECT min(order_date) AS first FROM orders WHERE counted GROUP BY customer_id HAVING customer_id IS NOT NULL)",
	"SELECT 'headline.buyers', count(DISTINCT customer_id) FROM orders WHERE counted",
	"SELECT 'headline.active_90d', count(DISTINCT customer_id) FROM orders WHERE counted AND order_date > d() - 90",
	"SELECT 'headline.' || kind, count(*) FROM customers GROUP BY kind",
	"SELECT 'headline.back' || w, CASE w WHEN '' THEN n / eligible WHEN '_low' THEN low(n, eligible) ELSE high(n, eligible) END FROM pooled, (SELECT unnest(['', '_low', '_high']) AS w) WHERE period = 1",
	"SELECT 'headline.high_risk', count(*) FROM risks WHERE band = 'high'",
	"SELECT 'headline.high_risk_net', sum(net_revenue) FROM risks WHERE band = 'high'",
	"SELECT 'headline.reach.' || way, count(*) FROM customers c, (SELECT DISTINCT channel AS way FROM consents WHERE channel IS NOT NULL) WHERE kind = 'known' AND EXISTS (FROM consents k WHERE k.customer_id = c.customer_id AND k.channel = way AND purpose = 'marketing' AND state = 'subscribed' AND suppressed IS NULL) GROUP BY way",
	"SELECT 'headline.rows', row_count FROM runs ORDER BY run_id DESC LIMIT 1",
	"SELECT 'headline.rejects', reject_count FROM runs ORDER BY run_id DESC LIMIT 1",

	"SELECT 'rfm.' || r_score || f_score || '.customers', count(*) FROM scored GROUP BY r_score, f_score",
	"SELECT 'rfm.' || r_score || f_score || '.net', sum(net_revenue) FROM scored GROUP BY r_score, f_score",
	"SELECT 'rfm_group.' || rfm_group || '.customers', count(*) FROM scored GROUP BY rfm_group",
	"SELECT 'rfm_group.' || rfm_group || '.net', sum(net_revenue) FROM scored GROUP BY rfm_group",
	"SELECT 'rfm_group.' || rfm_group || '.part', sum(net_revenue) / (SELECT sum(net_revenue) FROM scored) FROM scored GROUP BY rfm_group",
	"SELECT 'rfm_group.' || rfm_group || '.days', quantile_disc(recency_days, 0.5) FROM scored GROUP BY rfm_group",
	"SELECT 'rfm_group.' || rfm_group || '.orders', sum(order_count) / count(*) FROM scored GROUP BY rfm_group",
	"SELECT 'stage.' || lifecycle_stage || '.customers', count(*) FROM customers WHERE kind = 'known' GROUP BY lifecycle_stage",
	"SELECT 'stage.' || lifecycle_stage || '.net', sum(net_revenue) FROM customers WHERE kind = 'known' GROUP BY lifecycle_stage",

	"SELECT 'segment.' || segment || '.members', count(*) FROM segment_members WHERE left_date IS NULL GROUP BY segment",
	"SELECT 'segment.' || s.segment || '.came', count(m.segment) FROM segments s LEFT JOIN moved m ON m.segment = s.segment AND move = 'entered' AND reason <> 'first_run' GROUP BY s.segment",
	"SELECT 'segment.' || s.segment || '.left', count(m.segment) FROM segments s LEFT JOIN moved m ON m.segment = s.segment AND move = 'left' GROUP BY s.segment",
	"SELECT 'segment.' || segment || '.came_today', entered_count FROM segments WHERE entered_count > 0",
	"SELECT 'segment.' || segment || '.left_today', left_count FROM segments WHERE left_count > 0",
	"SELECT 'segment.' || segment || '.unknown', unknown_count FROM segments WHERE unknown_count > 0",
	"SELECT 'move.' || segment || '.' || reason || if(move = 'entered', '.came', '.left'), count(*) FROM moved GROUP BY segment, reason, move",

	"SELECT 'file.' || destination || '.rows', count(*) FROM export_rows WHERE outcome = 'in_file' GROUP BY destination",
	"SELECT 'file.' || destination || '.added', added_count FROM exports WHERE run_date = d() UNION ALL SELECT 'file.' || destination || '.changed', changed_count FROM exports WHERE run_date = d() UNION ALL SELECT 'file.' || destination || '.removed', removed_count FROM exports WHERE run_date = d()",
	"SELECT 'waterfall.' || w.destination || '.' || step, count(r.outcome) FROM export_waterfall w LEFT JOIN export_rows r ON r.destination = w.destination AND (outcome = step OR step = 'in_segment') WHERE w.run_date = d() GROUP BY w.destination, step",

	"SELECT 'cohort.' || cohort || '.size', eligible FROM sizes",
	"SELECT 'cohort.' || cohort || '.' || period || '.share', n / eligible FROM cells WHERE period < 25",
	"SELECT 'cohort.all.' || period || '.share', n / eligible FROM pooled",

	"SELECT 'churn.' || band || '.customers', count(*) FROM risks GROUP BY band",
	"SELECT 'churn.' || band || '.net', sum(net_revenue) FROM risks GROUP BY band",
	"SELECT 'churn.' || band || '.risk', avg(churn_risk) FROM risks GROUP BY band",
	`SELECT 'calibration.' || decile || '.predicted', predicted FROM model_checks JOIN winner USING (model) WHERE "check" = 'calibration'`,
	`SELECT 'calibration.' || decile || '.found', value FROM model_checks JOIN winner USING (model) WHERE "check" = 'calibration'`,
	`SELECT 'churn_check.' || "check", value FROM model_checks JOIN winner USING (model) WHERE "check" IN ('auc', 'brier', 'lift', 'calibration_gap')`,
	`SELECT 'churn_check.' || "check", value FROM model_checks WHERE model IS NULL AND "check" IN ('auc_recency', 'brier_constant')`,

	"SELECT 'value.customers', count(*) FROM scored UNION ALL SELECT 'value.mean', round(sum(net_revenue) / count(*), 3) FROM scored",
	"SELECT 'value.median', min(net) FROM ranked WHERE all_of_them - place >= 0.5 * all_of_them",
	"SELECT 'value.p90', min(net) FROM ranked WHERE all_of_them - place >= 0.9 * all_of_them",
	"SELECT 'value.top', sum(net) FROM tenths WHERE part = 1",
	"SELECT 'value.decile.' || part || '.net', sum(net) FROM tenths GROUP BY part",
	"SELECT 'value.bin.' || coalesce(edge::BIGINT::VARCHAR, 'below') || '.customers', count(*) FROM ranked LEFT JOIN edges ON net >= edge AND net < next GROUP BY edge",

	`SELECT 'reject.' || source || '.' || coalesce("column", '') || '.' || reason, count(*) FROM rejects GROUP BY source, "column", reason`,
	`SELECT 'check.' || "check" || '.' || source || if(n = 1, '', '.' || n), found FROM (SELECT *, row_number() OVER (PARTITION BY "check", source ORDER BY found DESC, detail) AS n FROM data_checks WHERE found > 0)`,
	`SELECT 'check.' || "check" || '.' || source || '.amount', amount FROM data_checks WHERE found > 0 AND amount IS NOT NULL`,
	"SELECT 'identity.' || change || '.' || cause, count(*) FROM identity_changes GROUP BY change, cause",
	"SELECT 'inputs.files', count(*) FROM deliveries WHERE in_force",
	"SELECT 'inputs.hash', sha256(string_agg(line, chr(10) ORDER BY line))[:16] FROM (SELECT source || '/' || path || ' ' || content_sha256 AS line FROM deliveries WHERE in_force)",
}
