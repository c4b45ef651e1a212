package nighttest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/habitue-data/habitue/connectors/bigquery/contract"
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/jobs"
)

// sqlglot names a Python that has sqlglot.
const sqlglot = "HABITUE_SQLGLOT"

// TestBigQueryReadsTheSame publishes the shop to a BigQuery for tests, which
// takes every view and column. Where there is sqlglot it reads the views as
// they were sent, and the metrics, as BigQuery SQL, and DuckDB gives for what
// it makes of them what it gives for ours.
func TestBigQueryReadsTheSame(t *testing.T) {
	t.Parallel()
	python := os.Getenv(sqlglot)
	if python == "" {
		t.Skip(sqlglot + " names no Python with sqlglot: make bi has one made")
	}
	p, d := served(t)
	server := contract.New(t)
	p.edit(t, inDuckDB, "warehouse: {kind: bigquery, project: p, dataset: shop, location: EU, max_bytes_billed: 1GiB}")
	var said bytes.Buffer
	app := &jobs.App{In: strings.NewReader(""), Out: &said, Err: &said, Now: time.Now, Dir: p.dir,
		Env: func(name string) (string, bool) { return server.URL, name == "BIGQUERY_EMULATOR_HOST" }}
	if code := jobs.Execute(context.Background(), []string{"--progress", "none", "publish", lastDay + ".1"}, app); code != 0 {
		t.Fatalf("publish: %d: %s", code, said.String())
	}
	d.exec(t, "ATTACH ':memory:' AS p")
	d.exec(t, "CREATE SCHEMA p.shop")
	ours := map[string]string{}
	for _, table := range customer.Tables() {
		d.exec(t, "CREATE VIEW p.shop."+table.Name+" AS FROM w."+table.Name)
	}
	for _, v := range customer.Views() {
		ours[v.Name] = server.View(v.Name)
	}
	for _, m := range customer.Metrics() {
		ours["metric "+m.Name] = m.SQL
	}
	read, err := asBigQuery(python, ours)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range customer.Views() {
		d.exec(t, "USE p.shop")
		d.exec(t, "CREATE VIEW "+v.Name+" AS "+read[v.Name])
		d.same(t, v.Name, "SELECT * FROM p.shop."+v.Name, "SELECT * FROM w."+v.Name)
	}
	for _, m := range customer.Metrics() {
		d.exec(t, "USE p.shop")
		got := d.answer(t, read["metric "+m.Name])
		d.exec(t, "USE w")
		sameRows(t, m.Name, got, d.answer(t, m.SQL))
	}
	t.Logf("%d views and %d metrics were read as BigQuery SQL", len(customer.Views()), len(customer.Metrics()))
	for sql, want := range map[string]string{"SELECT list_sum(a) FROM t": "no function list_sum", "SELECT a FRM t u": "x: "} { // it can say no
		if _, err := asBigQuery(python, map[string]string{"x": sql}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s passes: %v", sql, err)
		}
	}
}

// asBigQuery is what sqlglot makes of BigQuery SQL for DuckDB.
func asBigQuery(python string, sql map[string]string) (read map[string]string, err error) {
	in, err := json.Marshal(sql)
	if err != nil {
		return nil, err
	}
	c := exec.Command(python, "../../testdata/bi/bigquery.py")
	c.Stdin = bytes.NewReader(in)
	var faults bytes.Buffer
	c.Stderr = &faults
	out, err := c.Output()
	if err != nil {
		return nil, fmt.Errorf("%w: %s", err, faults.String())
	}
	return read, json.Unmarshal(out, &read)
}
