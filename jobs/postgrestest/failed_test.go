//go:build linux

package postgrestest

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/habitue-data/habitue/connectors/postgres"
	"github.com/habitue-data/habitue/internal/columns"
)

// state is what stands in the served schema and beside it.
const state = `SELECT (SELECT string_agg(nspname, ' ' ORDER BY nspname) FROM pg_namespace WHERE nspname LIKE 'mart%'),
	(SELECT max(run_date)::TEXT || ' ' || count(*) FROM mart.customers), (SELECT max(run_date)::TEXT || ' ' || count(*) FROM mart.orders)`

const before = "mart mart_facts 2025-12-30 3 2025-12-30 100"

// TestAPublishThatFailsLeavesTheOldRun breaks publishes in every place.
func TestAPublishThatFailsLeavesTheOldRun(t *testing.T) {
	t.Parallel()
	url, admin := fresh(t)
	mustPublish(t, url, made("2025-12-30", 3, "2025-11", "2025-12"))
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	for name, c := range map[string]struct {
		ctx      context.Context
		spoil    func(*postgres.Snapshot)
		do, undo string
		want     string
	}{
		"a torn file":       {nil, func(s *postgres.Snapshot) { s.Parts["customers"][0].Read = torn }, "", "", errSpoilt.Error()},
		"a torn month":      {nil, func(s *postgres.Snapshot) { *s = made("2025-12-31", 4, "2025-11", "2025-12 spoilt") }, "", "", "table orders, month 2025-12: " + errSpoilt.Error()},
		"rows are missing":  {nil, func(s *postgres.Snapshot) { s.Tables[0].Rows++ }, "", "", "table customers: its files have 4 rows, the manifest says 5"},
		"a file has more":   {nil, func(s *postgres.Snapshot) { s.Parts["customers"][0].Rows, s.Tables[0].Rows = 5, 5 }, "", "", "rows: PostgreSQL has 4, 5 were sent"},
		"a month is gone":   {nil, func(s *postgres.Snapshot) { s.Parts["orders"] = s.Parts["orders"][:1] }, "", "", "table orders: its files have 50 rows, the manifest says 100"},
		"a view is wrong":   {nil, func(s *postgres.Snapshot) { s.Views[0].SQL = "SELECT nothing FROM customers" }, "", "", "view v_customers: "},
		"cancelled":         {cancelled, func(*postgres.Snapshot) {}, "", "", "canceled"},
		"a view elsewhere":  {nil, func(*postgres.Snapshot) {}, "CREATE VIEW bi AS SELECT * FROM mart.customers", "DROP VIEW bi", "view public.bi depends on table mart.customers"},
		"a table of others": {nil, func(*postgres.Snapshot) {}, "CREATE TABLE mart.notes ()", "DROP TABLE mart.notes", `the schema mart has "notes", which no publish made`},
		"sums differ":       {nil, func(*postgres.Snapshot) {}, twist, untwist, "sum of spent: PostgreSQL has"},
	} {
		exec(t, admin, c.do)
		s := made("2025-12-31", 4, "2025-11", "2025-12")
		c.spoil(&s)
		ctx := c.ctx
		if ctx == nil {
			ctx = t.Context()
		}
		_, err := postgres.Publish(ctx, s, postgres.Place{URL: url, Schema: "mart"}, time.Second)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
		exec(t, admin, c.undo)
		if got := ask(t, admin, state); got != before {
			t.Errorf("%s: %s", name, got)
		}
	}
	mustPublish(t, url, made("2025-12-31", 4, "2025-11", "2025-12"))
	if got := ask(t, admin, state); got != "mart mart_facts 2025-12-31 4 2025-12-31 100" {
		t.Error(got)
	}
}

// twist changes rows on their way in, as a server with a defect would.
const (
	twist = `CREATE FUNCTION more() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.spent := NEW.spent + 0.01; RETURN NEW; END';
		CREATE FUNCTION watch() RETURNS event_trigger LANGUAGE plpgsql AS $$ DECLARE c record; BEGIN
			FOR c IN SELECT * FROM pg_event_trigger_ddl_commands() WHERE object_identity LIKE '%.customers' LOOP
				EXECUTE 'CREATE TRIGGER more BEFORE INSERT ON ' || c.object_identity || ' FOR EACH ROW EXECUTE FUNCTION public.more()';
			END LOOP; END $$;
		CREATE EVENT TRIGGER watch ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION watch()`
	untwist = "DROP EVENT TRIGGER watch; DROP FUNCTION watch; DROP FUNCTION more"
)

func torn(context.Context, []string, func(*columns.Chunk) error) error { return errSpoilt }

// TestAKilledPublishLeavesNothing ends the server's side of a publish in the
// middle of a table: what it had loaded is gone, but for whole months, and those
// are gone with the next publish that does not want them.
func TestAKilledPublishLeavesNothing(t *testing.T) {
	t.Parallel()
	url, admin := fresh(t)
	mustPublish(t, url, made("2025-12-30", 3, "2025-11", "2025-12"))
	s := made("2025-12-31", 4, "2025-11", "2025-12 late")
	read := s.Parts["customers"][0].Read
	s.Parts["customers"][0].Read = func(ctx context.Context, want []string, yield func(*columns.Chunk) error) error {
		if got := ask(t, admin, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'habitue' AND datname = current_database()"); got != "true" {
			return errors.New("nobody was killed: " + got)
		}
		return read(ctx, want, yield)
	}
	if _, err := publish(t, url, s); err == nil {
		t.Fatal("a killed publish says that it went well")
	}
	if got := ask(t, admin, state); got != before {
		t.Error(got)
	}
	const months = "SELECT count(*) FROM pg_tables WHERE schemaname = 'mart_facts'"
	if got := ask(t, admin, months); got != "3" {
		t.Errorf("%s months, want two and the late one", got)
	}
	if r := mustPublish(t, url, made("2025-12-31", 4, "2025-11", "2025-12 late")); r.Loaded != 0 || r.Carried != 2 {
		t.Errorf("%+v: what was loaded is not used", r)
	}
	if got := ask(t, admin, months); got != "2" {
		t.Errorf("%s months are left", got)
	}
}

// TestASchemaOfAGroupStaysOpenToIt is published by a member, whose it becomes.
func TestASchemaOfAGroupStaysOpenToIt(t *testing.T) {
	t.Parallel()
	url, admin := fresh(t)
	exec(t, admin, `CREATE ROLE "The Team"`, `CREATE ROLE "Loader" LOGIN IN ROLE "The Team"`, `CREATE ROLE analyst LOGIN IN ROLE "The Team"`, `CREATE SCHEMA mart AUTHORIZATION "The Team"`,
		`ALTER DEFAULT PRIVILEGES FOR ROLE "Loader" IN SCHEMA mart GRANT SELECT ON TABLES TO "The Team"`,
		`DO $$BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO "Loader"', current_database()); END$$`)
	as := func(role string) string { return strings.Replace(url, "//shop@", "//"+role+"@", 1) }
	for _, date := range []string{"2025-12-30", "2025-12-31"} {
		mustPublish(t, as("Loader"), made(date, 3, "2025-12"))
		if got := ask(t, connect(t, as("analyst")), "SELECT count(*) FROM mart.v_customers"); got != "3" {
			t.Error(got)
		}
	}
}

func TestPrivilegesAreCarriedOver(t *testing.T) {
	t.Parallel()
	url, admin := fresh(t)
	exec(t, admin, "CREATE ROLE bi LOGIN", "CREATE ROLE sales LOGIN", "CREATE ROLE nobody_else LOGIN", "CREATE SCHEMA mart", "GRANT USAGE ON SCHEMA mart TO bi, sales WITH GRANT OPTION",
		"ALTER DEFAULT PRIVILEGES IN SCHEMA mart GRANT SELECT ON TABLES TO bi")
	mustPublish(t, url, made("2025-12-30", 3, "2025-12"))
	exec(t, admin, "REVOKE SELECT ON mart.customers FROM bi", "GRANT SELECT (customer_id) ON mart.customers TO sales", "GRANT SELECT ON mart.v_customers TO PUBLIC")
	acls := func() string {
		return ask(t, admin, `SELECT relname, unnest(relacl)::TEXT AS acl FROM pg_class WHERE relnamespace = 'mart'::regnamespace
			UNION ALL SELECT relname || '.' || attname, unnest(attacl)::TEXT FROM pg_attribute JOIN pg_class c ON c.oid = attrelid WHERE relnamespace = 'mart'::regnamespace
			UNION ALL SELECT 'schema', unnest(nspacl)::TEXT FROM pg_namespace WHERE nspname = 'mart'
			UNION ALL SELECT 'default', unnest(defaclacl)::TEXT FROM pg_default_acl WHERE defaclnamespace = 'mart'::regnamespace ORDER BY 1, 2`)
	}
	want := acls()
	for _, date := range []string{"2025-12-31", "2026-01-01"} {
		mustPublish(t, url, made(date, 3, "2025-12"))
		if got := acls(); got != want {
			t.Errorf("%s\nwant\n%s", got, want)
		}
	}
	for sql, allowed := range map[string]map[string]bool{
		"SELECT * FROM mart.orders":              {"bi": true, "sales": false, "nobody_else": false},
		"SELECT * FROM mart.customers":           {"bi": false, "sales": false, "nobody_else": false},
		"SELECT customer_id FROM mart.customers": {"bi": false, "sales": true, "nobody_else": false},
		"SELECT * FROM mart.v_customers":         {"bi": true, "sales": true, "nobody_else": false},
	} {
		for role, may := range allowed {
			_, err := connect(t, strings.Replace(url, "//shop@", "//"+role+"@", 1)).Exec(t.Context(), sql)
			if may != (err == nil) || err != nil && !strings.Contains(err.Error(), "permission denied") {
				t.Errorf("%s as %s: %v", sql, role, err)
			}
		}
	}
}
