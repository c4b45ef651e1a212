package nighttest

import (
	"os"
	"testing"
)

// scored is rfm by SEMANTICS, in SQL: score = min(5, 1 + 5 * (rank - 1) / n),
// ranks with ties together, the worst first.
const scored = `
CREATE TABLE scored AS
WITH base AS (
	SELECT customer_id, (DATE '2025-12-31' - max(order_date) FILTER (counted))::BIGINT AS recency_days,
		count(*) FILTER (counted) AS frequency, sum(amount) FILTER (counted OR kind = 'return')::DECIMAL(18,2) AS monetary
	FROM w.orders JOIN w.customers c USING (customer_id) WHERE c.kind_of = 'known'
	GROUP BY ALL HAVING count(*) FILTER (counted) > 0
), ranked AS (
	SELECT *, count(*) OVER () AS n, rank() OVER (ORDER BY recency_days DESC) AS r, rank() OVER (ORDER BY frequency) AS f, rank() OVER (ORDER BY monetary) AS m FROM base
)
SELECT customer_id, recency_days, frequency, monetary, least(5, 1 + 5 * (r - 1) // n) AS r_score, least(5, 1 + 5 * (f - 1) // n) AS f_score,
	least(5, 1 + 5 * (m - 1) // n) AS m_score, n FROM ranked`

const temperature = `CASE WHEN r_score >= 4 THEN 'hot' WHEN r_score >= 2 OR f_score >= 4 THEN 'warm' ELSE 'ice-cold' END`

const traits = `
WITH seen AS (
	SELECT customer_id, coalesce(created_at, updated_at) AS moment FROM w.contacts
	UNION ALL SELECT customer_id, order_at FROM w.orders
	UNION ALL SELECT customer_id, event_at FROM w.events
	UNION ALL SELECT customer_id, interaction_at FROM w.interactions
), spans AS (SELECT customer_id, min(moment) AS first_seen_at, max(moment) AS last_seen_at FROM seen GROUP BY ALL),
o AS (
	SELECT customer_id, min(order_at) FILTER (counted) AS first_order_at, max(order_at) FILTER (counted) AS last_order_at,
		count(*) FILTER (counted) AS order_count, count(*) FILTER (kind = 'return') AS return_count,
		coalesce(sum(amount) FILTER (counted OR kind = 'return'), 0)::DECIMAL(18,2) AS net_revenue,
		coalesce(sum(amount) FILTER (counted), 0)::DECIMAL(18,2) AS gross_revenue
	FROM w.orders GROUP BY ALL
), e AS (SELECT customer_id, count(*) AS event_count, max(event_at) AS last_event_at FROM w.events GROUP BY ALL),
k AS (
	SELECT customer_id, min(key) AS first_key, count(DISTINCT key) FILTER (key_type = 'contact_id') AS contact_count,
		count(DISTINCT key) FILTER (key_type <> 'contact_id') AS key_count, if(bool_and(key_type = 'client_id'), 'anonymous', 'known') AS kind
	FROM w.customer_keys GROUP BY ALL
)
SELECT customer_id, kind, first_key, contact_count, key_count, first_seen_at, first_seen_at::DATE, last_seen_at, last_seen_at::DATE,
	first_order_at, first_order_at::DATE, last_order_at, last_order_at::DATE, coalesce(order_count, 0), coalesce(return_count, 0),
	coalesce(net_revenue, 0), coalesce(gross_revenue, 0), if(order_count > 0, (2 * (100 * gross_revenue)::BIGINT + order_count) // (2 * order_count), NULL),
	coalesce(event_count, 0), last_event_at, last_event_at::DATE, if(order_count > 0, DATE '2025-12-31' - last_order_at::DATE, NULL)
FROM k LEFT JOIN spans USING (customer_id) LEFT JOIN o USING (customer_id) LEFT JOIN e USING (customer_id)`

const traitColumns = `customer_id, kind, first_key, contact_count, key_count, first_seen_at, first_seen_date, last_seen_at, last_seen_date, first_order_at,
	first_order_date, last_order_at, last_order_date, order_count, return_count, net_revenue, gross_revenue, (100 * average_order)::BIGINT, event_count, last_event_at,
	last_event_date, recency_days`

// TestPlainSQLComesToTheSame makes the derived tables anew from the records,
// in SQL, over the database that is served.
func TestPlainSQLComesToTheSame(t *testing.T) {
	p := shopPlace(t)
	p.edit(t, "warehouse: none", "warehouse: {kind: duckdb, path: out/warehouse.duckdb}")
	p.run(t, "--as-of", lastDay)
	d := newDatabase(t)
	d.exec(t, "ATTACH '"+p.path("out/warehouse.duckdb")+"' AS served (READ_ONLY)")
	d.exec(t, "CREATE SCHEMA w")
	for _, table := range []string{"orders", "events", "interactions", "contacts", "customer_keys"} {
		d.exec(t, "CREATE VIEW w."+table+" AS FROM served."+table)
	}
	d.exec(t, "CREATE VIEW w.customers AS SELECT customer_id, kind AS kind_of FROM served.customers")
	if n := d.one(t, "SELECT count(DISTINCT run_date) FROM (SELECT run_date FROM served.orders UNION ALL SELECT run_date FROM served.customers UNION ALL SELECT run_date FROM served.rfm)"); n != 1 {
		t.Errorf("%d run dates are served", n)
	}

	d.exec(t, scored)
	d.same(t, "rfm", "SELECT customer_id, recency_days, frequency, monetary, r_score, f_score, m_score, temperature FROM served.rfm",
		"SELECT * EXCLUDE n, "+temperature+" FROM scored")
	d.exec(t, "CREATE TABLE groups (name VARCHAR, codes VARCHAR)")
	for name, codes := range groups {
		d.exec(t, "INSERT INTO groups VALUES ($$"+name+"$$, '"+codes+"')")
	}
	d.same(t, "groups", "SELECT customer_id, lower(replace(rfm_group, '’', '''')) FROM served.rfm",
		"SELECT customer_id, lower(name) FROM scored JOIN (SELECT name, unnest(string_split(codes, ' ')) AS code FROM groups) ON code = concat(r_score, f_score, m_score)")
	d.same(t, "codes of groups", "SELECT lower(rfm_group), codes FROM served.rfm_groups WHERE rfm_group <> 'Prospect'", "SELECT lower(name), string_split(codes, ' ') FROM groups")
	d.same(t, "groups of customers", "SELECT DISTINCT rfm_group FROM served.customers WHERE rfm_group IS NOT NULL", "SELECT rfm_group FROM served.rfm_groups WHERE length(goal) > 10 AND length(treatment) > 10")
	d.same(t, "scores of customers", "SELECT customer_id, r_score, f_score, m_score, temperature, rfm_group FROM served.customers WHERE r_score IS NOT NULL",
		"SELECT customer_id, r_score, f_score, m_score, temperature, rfm_group FROM served.rfm")
	for measure, value := range map[string]string{"recency_days": "-recency_days", "frequency": "frequency", "monetary": "(100 * monetary)::BIGINT"} {
		score := measure[:1] + "_score"
		cut := map[bool]string{true: "-cut", false: "cut"}[measure == "recency_days"]
		d.same(t, "cuts of "+measure, "SELECT score, "+cut+", customer_count, base FROM served.rfm_cuts WHERE measure = '"+measure+"'",
			"SELECT s, (SELECT max("+value+") FROM scored WHERE "+score+" < s), (SELECT count(*) FROM scored WHERE "+score+" = s), (SELECT count(*) FROM scored) FROM range(2, 6) r(s)")
	}
	d.sameCohorts(t)
	d.same(t, "traits", "SELECT "+traitColumns+" FROM served.customers", traits)
	if _, err := os.Stat(p.path("out/warehouse.duckdb.wal")); err == nil {
		t.Error("a write-ahead log lies beside the served database")
	}
}

// groups are the codes of each group, as the semantics list them.
var groups = map[string]string{
	"Champions":          "555 554 544 545 454 455 445",
	"Loyal":              "543 444 435 355 354 345 344 335",
	"Potential Loyalist": "553 551 552 541 542 533 532 531 452 451 442 441 431 453 433 432 423 353 352 351 342 341 333 323",
	"New":                "512 511 422 421 412 411 311",
	"Promising":          "525 524 523 522 521 515 514 513 425 424 413 414 415 315 314 313",
	"Need Attention":     "535 534 443 434 343 334 325 324",
	"About To Sleep":     "331 321 312 221 213 231 241 251",
	"At Risk":            "255 254 245 244 253 252 243 242 235 234 225 224 153 152 145 143 142 135 134 133 125 124",
	"Can't Lose":         "155 154 144 214 215 115 114 113",
	"Hibernating":        "332 322 233 232 223 222 132 123 122 212 211",
	"Lost":               "111 112 121 131 141 151",
}
