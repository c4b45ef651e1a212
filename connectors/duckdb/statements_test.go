package duckdb

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSplit(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, sql string
		want      []string
	}{
		{"nothing", " \n-- only a word; about it\n/* ; */;;", nil},
		{"one without a semicolon", "SELECT 1", []string{"SELECT 1"}},
		{"two", "SELECT 1; SELECT 2;\n", []string{"SELECT 1", "SELECT 2"}},
		{"quotes", `SELECT ';', "a;b", 'it''s;'; SELECT 2`, []string{`SELECT ';', "a;b", 'it''s;'`, "SELECT 2"}},
		{"escapes", `SELECT E'\';', name'; '; SELECT 2`, []string{`SELECT E'\';', name'; '`, "SELECT 2"}},
		{"dollar quotes", "SELECT $$;$$, $t$;$$;$t$, $1; SELECT 2", []string{"SELECT $$;$$, $t$;$$;$t$, $1", "SELECT 2"}},
		{"comments inside", "SELECT 1 -- ; no\n, 2; SELECT /* ; */ 3", []string{"SELECT 1 -- ; no\n, 2", "SELECT /* ; */ 3"}},
		{"a quote that never ends", "SELECT 1; SELECT 'x; y", []string{"SELECT 1", "SELECT 'x; y"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, s := range split(c.sql) {
				if !strings.HasPrefix(c.sql[s.begin:], s.text) {
					t.Errorf("%q does not stand at %d", s.text, s.begin)
				}
				got = append(got, s.text)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func FuzzSplit(f *testing.F) {
	f.Add("SELECT ';'; -- x\nSELECT $a$;$a$ /*;*/, E'\\''")
	f.Fuzz(func(t *testing.T, sql string) {
		end := 0
		for _, s := range split(sql) {
			if s.begin < end || !strings.HasPrefix(sql[s.begin:], s.text) {
				t.Fatalf("%q at %d, after %d", s.text, s.begin, end)
			}
			end = s.begin + len(s.text)
			s.verb()
		}
	})
}

func TestKinds(t *testing.T) {
	t.Parallel()
	for sql, want := range map[string]result{
		"select 1": rows, " -- a\n/* b */ WITH x AS (SELECT 1) FROM x": rows, "(SELECT 1)": rows, "DESCRIBE customers": rows,
		"EXPLAIN SELECT 1": report, "COPY t TO 'x'": silent, "create table x(a int)": silent, "set threads=1": silent,
	} {
		if got := (statement{text: sql}).kind(); got != want {
			t.Errorf("%q: %d, want %d", sql, got, want)
		}
	}
}
