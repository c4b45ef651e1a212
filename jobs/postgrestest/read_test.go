//go:build linux

package postgrestest

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/habitue-data/habitue/connectors/postgres"
)

// rowsOf reads everything that a source gives.
func rowsOf(t testing.TB, s postgres.Source, since postgres.Since) (rows []string, newest string, err error) {
	t.Helper()
	r, err := postgres.Open(t.Context(), s)
	if err != nil {
		return nil, "", err
	}
	defer r.Close(t.Context())
	newest, err = r.Read(t.Context(), since, func(row postgres.Row) error {
		rows = append(rows, string(row.JSON))
		return nil
	})
	return rows, newest, err
}

// TestEveryTypeHasItsWayOfWriting reads one value of each.
func TestEveryTypeHasItsWayOfWriting(t *testing.T) {
	t.Parallel()
	url, admin := fresh(t)
	exec(t, admin, "CREATE TYPE mood AS ENUM ('sad', 'ok')", "CREATE DOMAIN cents AS numeric(12, 2)", "CREATE TYPE pair AS (a INT, b TEXT)", "ALTER DATABASE "+admin.Config().Database+" SET timezone TO 'Asia/Tokyo'")
	for _, c := range []struct{ sql, want string }{
		{"1::int2", "1"}, {"(-2147483648)::int4", "-2147483648"}, {"9223372036854775807::int8", "9223372036854775807"},
		{"123456789012345678901234567890.10::numeric", `"123456789012345678901234567890.10"`}, {"'NaN'::numeric", `"NaN"`}, {"1.5::cents", `"1.50"`},
		{"0.1::float8", "0.1"}, {"1e300::float8", "1e+300"}, {"1e15::float8", "1000000000000000"}, {"-0.00001::float8", "-0.00001"}, {"2e-14::float8", "0.00000000000002"}, {"1e-7::float4", "0.0000001"}, {"'NaN'::float8", `"NaN"`}, {"'-Infinity'::float4", `"-Infinity"`},
		{"true", "true"}, {"false", "false"},
		{"'2026-03-01 10:00:00.123456+03'::timestamptz", `"2026-03-01T07:00:00.123456Z"`}, {"'2026-03-01 10:00'::timestamp", `"2026-03-01T10:00:00"`},
		{"'infinity'::timestamptz", `"infinity"`}, {"'-infinity'::timestamp", `"-infinity"`}, {"'0044-03-15 12:00 BC'::timestamp", `"0044-03-15T12:00:00 BC"`},
		{"'2026-03-01'::date", `"2026-03-01"`}, {"'infinity'::date", `"infinity"`}, {"'10:00:01'::time", `"10:00:01"`}, {"'1 day 2 hours'::interval", `"P1DT2H"`},
		{`'quote " backslash \ tab	line
end ё'::text`, `"quote \" backslash \\ tab\tline\nend ё"`}, {"'ab '::char(5)", `"ab"`}, {"''::text", `""`}, {"'x'::varchar(3)", `"x"`},
		{"'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid", `"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"`}, {"'ok'::mood", `"ok"`}, {"'10.0.0.1/8'::inet", `"10.0.0.1/8"`},
		{`'\x00ff'::bytea`, `"00ff"`},
		{"'{\"a\": [1, {\"b\": null}],\n \"c\": 1.10}'::json", `{"a":[1,{"b":null}],"c":1.10}`}, {`'{"c": 1.10, "a": "x"}'::jsonb`, `{"a":"x","c":1.10}`}, {`'"text"'::jsonb`, `"text"`},
		{"ARRAY['a', NULL, 'b c']", `["a",null,"b c"]`}, {"ARRAY[[1, 2], [3, 4]]", `[[1,2],[3,4]]`}, {"ARRAY[1.10::numeric]", `[1.10]`}, {"ARRAY['2026-03-01 10:00+03'::timestamptz]", `["2026-03-01T07:00:00+00:00"]`},
		{"ROW(1, 'x')::pair", `{"a":1,"b":"x"}`}, {"int4range(1, 5)", `"[1,5)"`}, {"12.34::money", `"$12.34"`},
	} {
		rows, _, err := rowsOf(t, postgres.Source{URL: url, Query: "SELECT 1 AS id, " + c.sql + " AS v, NULL::text AS nothing;", Key: []string{"id"}}, postgres.Since{})
		if err != nil {
			t.Errorf("%s: %v", c.sql, err)
			continue
		}
		if want := `{"id":1,"v":` + c.want + `}`; len(rows) != 1 || rows[0] != want {
			t.Errorf("%s: %s, want %s", c.sql, rows, want)
		}
	}
}

// TestADatabaseOfAnotherEncoding reads one that is not in UTF-8.
func TestADatabaseOfAnotherEncoding(t *testing.T) {
	t.Parallel()
	url, admin := fresh(t)
	name := admin.Config().Database
	exec(t, admin, "CREATE DATABASE "+name+"_koi8 ENCODING 'KOI8R' TEMPLATE template0", "ALTER DATABASE "+name+"_koi8 SET client_encoding TO 'KOI8R'")
	koi8 := strings.Replace(url, "/"+name+"?", "/"+name+"_koi8?", 1)
	exec(t, connect(t, koi8+"&client_encoding=UTF8"), `CREATE TABLE "люди" (id INT, "имя" TEXT)`, `INSERT INTO "люди" VALUES (1, 'Аня')`)
	rows, _, err := rowsOf(t, postgres.Source{URL: koi8, Table: "люди", Key: []string{"id"}}, postgres.Since{})
	if want := `{"id":1,"имя":"Аня"}`; err != nil || len(rows) != 1 || rows[0] != want {
		t.Errorf("%s, %v, want %s", rows, err, want)
	}
}

// TestPagesGiveEachRowOnce reads tables in pages of every size, with equal times
// over the bounds of pages, keys of two columns, and rows that others write
// meanwhile.
func TestPagesGiveEachRowOnce(t *testing.T) {
	t.Parallel()
	url, admin := fresh(t)
	exec(t, admin, `CREATE TABLE "Two Keys" (shop TEXT, "No" INT, at TIMESTAMPTZ, PRIMARY KEY (shop, "No"))`,
		`INSERT INTO "Two Keys" SELECT 'shop ' || n % 3, n, CASE WHEN n % 5 > 0 THEN '2026-03-01 00:00Z'::timestamptz + (n % 4) * interval '1 second' END FROM generate_series(1, 40) n`)
	s := postgres.Source{URL: url, Table: "Two Keys", Key: []string{"shop", "No"}, UpdatedAt: "at"}
	var want []string
	for page := 1; page <= 41; page++ {
		s.Page = page
		r, err := postgres.Open(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		newest, err := r.Read(t.Context(), postgres.Since{}, func(row postgres.Row) error {
			if len(got) == 5 && page == 3 {
				exec(t, admin, `INSERT INTO "Two Keys" VALUES ('shop 9', 99, now())`)
			}
			got = append(got, string(row.JSON))
			return nil
		})
		if err = errors.Join(err, r.Close(t.Context())); err != nil {
			t.Fatal(err)
		}
		if page == 3 {
			exec(t, admin, `DELETE FROM "Two Keys" WHERE "No" = 99`)
		}
		if page == 1 {
			want = got
		}
		if diff := cmp.Diff(want, got); diff != "" || len(got) != 40 || newest != "2026-03-01 00:00:03+00" {
			t.Errorf("pages of %d: %d rows, newest %s: %s", page, len(got), newest, diff)
		}
	}
	s.Page = 7
	rows, newest, err := rowsOf(t, s, postgres.Since{Newest: "2026-03-01 00:00:03+00", Overlap: time.Second})
	if err != nil || newest != "2026-03-01 00:00:03+00" || len(rows) != 8+8+8 {
		t.Errorf("of the last second and a bit, and of no time: %d rows, newest %s, %v", len(rows), newest, err)
	}
	s.UpdatedAt = ""
	if rows, _, err := rowsOf(t, s, postgres.Since{}); err != nil || len(rows) != 40 {
		t.Errorf("whole: %d rows, %v", len(rows), err)
	}
}

// TestAQueryIsWorkedOutOnce holds that all pages of a query are of one run of it, so
// that a query which has to see all rows for each of them is not quadratic.
func TestAQueryIsWorkedOutOnce(t *testing.T) {
	t.Parallel()
	url, admin := fresh(t)
	exec(t, admin, "CREATE TABLE t AS SELECT n AS id, '2026-03-01Z'::timestamptz + n * interval '1 second' AS at FROM generate_series(1, 25) n", "INSERT INTO t VALUES (26, NULL)")
	for page := 1; page <= 27; page += 5 {
		rows, newest, err := rowsOf(t, postgres.Source{URL: url, Query: "SELECT *, (SELECT clock_timestamp()) AS run FROM t -- of now", Key: []string{"id"}, UpdatedAt: "at", Page: page}, postgres.Since{})
		runs := map[string]bool{}
		for _, r := range rows {
			runs[r[strings.Index(r, `"run"`):]] = true
		}
		if err != nil || len(rows) != 26 || newest != "2026-03-01 00:00:25+00" || len(runs) != 2 { // of those with a time, of that without
			t.Errorf("pages of %d: %d rows up to %s of %d runs, %v", page, len(rows), newest, len(runs), err)
		}
	}
}

// TestATimeInTheFutureHidesNothing holds that the next read goes on at now.
func TestATimeInTheFutureHidesNothing(t *testing.T) {
	t.Parallel()
	url, admin := fresh(t)
	for _, kind := range []string{"TIMESTAMPTZ", "TIMESTAMP", "DATE"} {
		exec(t, admin, "DROP TABLE IF EXISTS t", "CREATE TABLE t (id INT PRIMARY KEY, at "+kind+")", "INSERT INTO t VALUES (1, '2020-01-01'), (2, '9999-01-01'), (3, 'infinity'), (4, '-infinity')")
		s := postgres.Source{URL: url, Table: "public.t", Key: []string{"id"}, UpdatedAt: "at", Zone: "Europe/Moscow"}
		rows, newest, err := rowsOf(t, s, postgres.Since{})
		if year := time.Now().Format("2006"); err != nil || len(rows) != 4 || !strings.HasPrefix(newest, year) {
			t.Fatalf("%s: %s, newest %s, %v", kind, rows, newest, err)
		}
		exec(t, admin, "INSERT INTO t VALUES (5, now() AT TIME ZONE 'Europe/Moscow')")
		if rows, _, err := rowsOf(t, s, postgres.Since{Newest: newest, Overlap: 10 * time.Minute}); err != nil || len(rows) != 3 {
			t.Errorf("%s: then %s, %v", kind, rows, err)
		}
	}
}

// TestADayIsReadAgainWhole holds that a row which comes within the overlap behind
// midnight is read where updated_at is a date.
func TestADayIsReadAgainWhole(t *testing.T) {
	t.Parallel()
	url, admin := fresh(t)
	exec(t, admin, "CREATE TABLE t (id INT PRIMARY KEY, at DATE)", "INSERT INTO t VALUES (1, '2026-02-27'), (2, '2026-02-28'), (3, '2026-03-01')")
	s := postgres.Source{URL: url, Table: "t", Key: []string{"id"}, UpdatedAt: "at", Zone: "Europe/Moscow"}
	since := postgres.Since{Newest: "2026-03-01", Overlap: 10 * time.Minute}
	exec(t, admin, "INSERT INTO t VALUES (4, '2026-02-28')")
	if rows, _, err := rowsOf(t, s, since); err != nil || len(rows) != 3 {
		t.Errorf("of the newest day and the one before: %s, %v", rows, err)
	}
}

// TestWhatIsWrongIsSaidOfItsOption holds what a person is told.
func TestWhatIsWrongIsSaidOfItsOption(t *testing.T) {
	t.Parallel()
	url, admin := fresh(t)
	name := admin.Config().Database
	exec(t, admin, "CREATE TABLE t (id INT, at TIMESTAMPTZ, n INT)", "INSERT INTO t VALUES (1, now(), 1), (1, NULL, 1), (1, NULL, 2), (2, now(), NULL)",
		"CREATE ROLE "+name+"_reader LOGIN PASSWORD 'se/cret#1'", "GRANT SELECT ON t TO "+name+"_reader", "CREATE TABLE hidden (id INT)")
	reader := strings.Replace(url, "shop@", name+"_reader:se%2Fcret%231@", 1)
	if rows, _, err := rowsOf(t, postgres.Source{URL: reader, Table: "t", Key: []string{"id", "n"}, Query: "SELECT * FROM t WHERE n IS NOT NULL AND at IS NULL"}, postgres.Since{}); err != nil || len(rows) != 2 {
		t.Errorf("a user who may only read: %s, %v", rows, err)
	}
	for _, c := range []struct {
		source postgres.Source
		want   string
	}{
		{postgres.Source{Table: "T", Key: []string{"id"}}, `table: PostgreSQL says: relation "T" does not exist; write it as the database does, capitals too, with its schema: public.contacts`},
		{postgres.Source{Table: "no.t", Key: []string{"id"}}, `table: PostgreSQL says: relation "no.t" does not exist; write it as the database does, capitals too, with its schema: public.contacts`},
		{postgres.Source{Table: "hidden", Key: []string{"id"}}, `table: PostgreSQL says: permission denied for table hidden; GRANT SELECT on it to this user, and USAGE on its schema`},
		{postgres.Source{Query: "SELEC 1", Key: []string{"id"}}, `query: PostgreSQL says: syntax error at or near "1"; mend it: it must be one SELECT, and its rows must have an order by key`},
		{postgres.Source{Query: "DELETE FROM t RETURNING *", Key: []string{"id"}}, `query: PostgreSQL says: syntax error at or near "FROM"; mend it: it must be one SELECT, and its rows must have an order by key`},
		{postgres.Source{Query: "SELECT 1 AS id) AS q; DROP TABLE t; --", Key: []string{"id"}}, `query: PostgreSQL says: syntax error at or near ")"; mend it: it must be one SELECT, and its rows must have an order by key`},
		{postgres.Source{Query: "SELECT id, n FROM t GROUP BY id", Key: []string{"id"}}, `query: PostgreSQL says: column "t.n" must appear in the GROUP BY clause or be used in an aggregate function; mend it: it must be one SELECT, and its rows must have an order by key`},
		{postgres.Source{Query: "SELECT id, 1 / (id - 1) AS x FROM t", Key: []string{"id"}}, `query: PostgreSQL says: division by zero; mend the value, or the expression that cannot do with it`},
		{postgres.Source{Query: "SELECT id, (SELECT id FROM t) AS x FROM t", Key: []string{"id"}}, `query: PostgreSQL says: more than one row returned by a subquery used as an expression; mend the value, or the expression that cannot do with it`},
		{postgres.Source{Query: "SELECT 1 AS id, 2 AS id", Key: []string{"id"}}, `query: two columns are named id; give one of them another name with AS`},
		{postgres.Source{Table: "t", Key: []string{"idd"}}, `key: the table t has no column idd; did you mean id?`},
		{postgres.Source{Table: "t", Key: []string{"id"}, UpdatedAt: "changed"}, `updated_at: the table t has no column changed; it has id, at, n`},
		{postgres.Source{Table: "t", Key: []string{"id"}, UpdatedAt: "n"}, `updated_at: the column n is of type integer, which is no time; name a timestamp or a date, or take updated_at out: then every row is read each time`},
		{postgres.Source{Table: "t", Key: []string{"id"}}, `key: the rows of table t have no unique key in id: some have the same one, or none; name the columns of a primary key, all of them`},
		{postgres.Source{Table: "t", Key: []string{"id"}, UpdatedAt: "at"}, `key: the rows of table t have no unique key in id: some have the same one, or none; name the columns of a primary key, all of them`},
		{postgres.Source{Table: "t", Key: []string{"n"}, UpdatedAt: "at"}, `key: the rows of table t have no unique key in n: some have the same one, or none; name the columns of a primary key, all of them`},
		{postgres.Source{URL: strings.Replace(url, "/t_", "/no_t_", 1), Table: "t", Key: []string{"id"}}, `url: PostgreSQL says: database "no_` + name + `" does not exist; look at the user, the password and the database of the url`},
		{postgres.Source{URL: "postgres://u:se%zzcret@127.0.0.1/x", Table: "t", Key: []string{"id"}}, `url: PostgreSQL cannot read the url; write postgres://user:password@host/database?sslmode=verify-full, special characters of the password as %21 and the like`},
	} {
		if c.source.URL == "" {
			c.source.URL = reader
		}
		_, _, err := rowsOf(t, c.source, postgres.Since{})
		var wrong postgres.Wrong
		if !errors.As(err, &wrong) {
			t.Errorf("%s: %v", c.want, err)
			continue
		}
		if diff := cmp.Diff(c.want, wrong.Option+": "+wrong.Error()); diff != "" || strings.Contains(err.Error(), "cret") {
			t.Errorf("%v: %s", err, diff)
		}
	}
	if got := ask(t, admin, "SELECT count(*) FROM t"); got != "4" {
		t.Errorf("the table has %s rows after it", got)
	}
}

// TestAReadThatIsCutShortIsAnError ends the server's side in the middle, and runs
// out of the time that a role has.
func TestAReadThatIsCutShortIsAnError(t *testing.T) {
	t.Parallel()
	url, admin := fresh(t)
	exec(t, admin, "CREATE TABLE t AS SELECT n AS id, repeat('x', 1000) AS text FROM generate_series(1, 20000) n")
	r, err := postgres.Open(t.Context(), postgres.Source{URL: url, Table: "t", Key: []string{"id"}, Page: 100})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close(t.Context())
	n := 0
	_, err = r.Read(t.Context(), postgres.Since{}, func(postgres.Row) error {
		if n++; n == 150 {
			exec(t, admin, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'habitue'")
		}
		return nil
	})
	var wrong postgres.Wrong
	if err == nil || errors.As(err, &wrong) || n >= 20000 {
		t.Errorf("%d rows, %v", n, err)
	}
	slow := postgres.Source{URL: url + "&statement_timeout=100", Query: "SELECT 1 AS id, pg_sleep(3)::text AS at", Key: []string{"id"}}
	if _, _, err := rowsOf(t, slow, postgres.Since{}); err == nil || !strings.Contains(err.Error(), "an index on (id) makes pages quick") {
		t.Error(err)
	}
}
