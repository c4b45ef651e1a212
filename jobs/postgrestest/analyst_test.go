//go:build linux

package postgrestest

import (
	"bytes"
	"encoding/csv"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/habitue-data/habitue/connectors/lake"
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/jackc/pgx/v5"
)

// sameForAnalysts wants each view and each metric of what both databases serve
// to give the same, and each view and column to say there what it means.
func (s *shop) sameForAnalysts(t testing.TB, admin *pgx.Conn) {
	t.Helper()
	exec(t, admin, "SET search_path TO mart")
	defer exec(t, admin, "RESET search_path")
	inPostgres := func(sql string) string {
		var got bytes.Buffer
		if _, err := admin.PgConn().CopyTo(t.Context(), &got, "COPY ("+sql+") TO STDOUT (FORMAT csv, HEADER)"); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
		return got.String()
	}
	for _, v := range customer.Views() {
		described := v.Columns
		if v.Columns == nil {
			all, _ := customer.TableNamed("customers")
			for _, c := range lake.Served(all) {
				described = append(described, customer.ViewColumn{Name: c.Name, Type: c.Type, Doc: c.Doc})
			}
		}
		columns := make([]lake.Column, len(described))
		want := []string{v.Doc}
		for i, c := range described {
			columns[i] = lake.Column{Name: c.Name, Type: lake.SQLType(customer.Column{Type: c.Type}, 2)}
			want = append(want, c.Name+" "+typeNames[c.Type]+": "+c.Doc)
			if c.Type == customer.MoneyColumn {
				columns[i].Type = "DOUBLE" // 0 and 0.00 are one number
			}
		}
		said := strings.Split(ask(t, admin, "SELECT obj_description('"+v.Name+"'::regclass)")+"\n"+
			ask(t, admin, "SELECT attname || ' ' || format_type(atttypid, NULL) || ': ' || coalesce(col_description(attrelid, attnum), '') FROM pg_attribute WHERE attrelid = '"+v.Name+"'::regclass AND attnum > 0 ORDER BY attnum"), "\n")
		for i := range said {
			said[i] = shares.Replace(said[i])
		}
		for i := range want {
			want[i] = shares.Replace(want[i])
		}
		if diff := cmp.Diff(want, said); diff != "" {
			t.Errorf("%s (- ours, + PostgreSQL): %s", v.Name, diff)
		}
		duck, _ := s.habitue(t, fault.OK, "query", "--format", "csv", asTexts(columns, v.Name, "epoch_us(%s)::VARCHAR"))
		w, g := sorted(t, duck, columns), sorted(t, inPostgres(asTexts(columns, v.Name, "(extract(epoch FROM %s) * 1000000)::BIGINT::TEXT")), columns)
		if diff := cmp.Diff(w, g); diff != "" || len(g) < 2 {
			t.Errorf("%s: %d rows (- DuckDB, + PostgreSQL): %s", v.Name, len(g)-1, diff[:min(len(diff), 2000)])
		}
	}
	for _, m := range customer.Metrics() {
		duck, _ := s.habitue(t, fault.OK, "query", "--format", "csv", "--metric", m.Name)
		alikeRows(t, m.Name, duck, inPostgres(m.SQL))
	}
}

// typeNames are PostgreSQL's.
var typeNames = map[customer.ColumnType]string{customer.TextColumn: "text", customer.IntColumn: "bigint", customer.BoolColumn: "boolean", customer.DateColumn: "date",
	customer.TimeColumn: "timestamp with time zone", customer.MoneyColumn: "numeric", customer.FloatColumn: "double precision", customer.QuantityColumn: "numeric"}

// shares makes one type of two: what is divided is numeric in PostgreSQL.
var shares = strings.NewReplacer(" double precision: ", " number: ", " numeric: ", " number: ")

// alikeRows wants two results to be the same row by row, numbers to nine digits:
// means of doubles are added up in no order.
func alikeRows(t testing.TB, name, duck, post string) {
	t.Helper()
	w, errW := csv.NewReader(strings.NewReader(duck)).ReadAll()
	g, errG := csv.NewReader(strings.NewReader(post)).ReadAll()
	if errW != nil || errG != nil || len(w) != len(g) || len(w) < 2 {
		t.Errorf("%s: %d rows in DuckDB, %d in PostgreSQL (%v, %v)", name, len(w)-1, len(g)-1, errW, errG)
		return
	}
	for i := range w {
		for k := range w[i] {
			a, b := w[i][k], g[i][k]
			if is, boolean := map[string]string{"t": "true", "f": "false"}[b]; boolean {
				b = is
			}
			x, errX := strconv.ParseFloat(a, 64)
			y, errY := strconv.ParseFloat(b, 64)
			if a != b && (errX != nil || errY != nil || math.Abs(x-y) > 1e-9*math.Max(1, math.Abs(x))) {
				t.Errorf("%s, row %d: %s is %q in DuckDB and %q in PostgreSQL", name, i, w[0][k], a, g[i][k])
			}
		}
	}
}
