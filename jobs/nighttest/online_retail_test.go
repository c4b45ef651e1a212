package nighttest

import (
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/habitue-data/habitue/connectors/lake"
)

// public is the folder of a public data set; a test that needs one is skipped
// where it is not.
func public(t *testing.T, name string) string {
	t.Helper()
	folder, err := filepath.Abs("../../../shared/data/" + name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(folder); errors.Is(err, fs.ErrNotExist) {
		t.Skip("the public data set is not here: ../shared/data/" + name)
	} else if err != nil {
		t.Fatal(err)
	}
	return folder
}

// TestOnlineRetail runs real till data to the last digit of what pandas,
// DuckDB and lifetimes come to on it.
func TestOnlineRetail(t *testing.T) {
	folder := public(t, "pos_online_retail")
	t.Setenv("ONLINE_RETAIL", folder)
	p := &place{dir: t.TempDir()}
	p.lake = lake.Lake{Dir: filepath.Join(p.dir, "out", "lake")}
	if err := os.CopyFS(p.dir, os.DirFS("../../testdata/online_retail")); err != nil {
		t.Fatal(err)
	}
	s := p.run(t, "--as-of", "2010-12-10")
	till := s.source("tills")
	if till.Rows != (tie{Read: 525461, Kept: 407664, Filtered: 117797}) {
		t.Errorf("rows: %+v", till.Rows)
	}
	if till.Money == nil || till.Money.Kept != 883200326 {
		t.Errorf("money: %+v", till.Money)
	}
	d := newDatabase(t)
	d.attach(t, "h", p, p.manifest(t, s.RunID))
	for query, want := range map[string]int64{
		"SELECT count(*) FROM h.customers":                      4312,
		"SELECT count(*) FROM h.orders WHERE counted":           19213,
		"SELECT count(*) FROM h.orders":                         19213,
		"SELECT count(*) FROM h.order_lines":                    407664,
		"SELECT (100 * sum(amount))::BIGINT FROM h.order_lines": 883200326,
		"SELECT (100 * sum(monetary))::BIGINT FROM h.rfm":       883200326,
		"SELECT sum(frequency)::BIGINT FROM h.rfm":              19213,
		"SELECT sum(recency_days)::BIGINT FROM h.rfm":           393136,
		"SELECT sum(r_score)::BIGINT FROM h.rfm":                12871,
		"SELECT sum(f_score)::BIGINT FROM h.rfm":                11596,
		"SELECT sum(m_score)::BIGINT FROM h.rfm":                12934,
		// The hold-out is the autumn before Christmas, and no year before it tells of that.
		"SELECT count(*) FROM h.churn WHERE churn_risk IS NULL AND reason IS NOT NULL":                      4312,
		"SELECT count(*) FROM h.model_checks WHERE model IS NOT NULL AND detail LIKE '%busier or quieter%'": 2,
	} {
		if got := d.one(t, query); got != want {
			t.Errorf("%s: %d, want %d", query, got, want)
		}
	}
	d.onlineRetailCohorts(t, "h", 947, 3941, 24.03)
	p.edit(t, "cohorts: {", "cohorts: {unfinished: include, ")
	s = p.run(t, "--as-of", "2010-12-10")
	d.attach(t, "included", p, p.manifest(t, s.RunID))
	d.onlineRetailCohorts(t, "included", 982, 4266, 23.02)
}

// onlineRetailCohorts holds the cohorts of a run against what pandas comes
// to; how many came back after a month hangs on the month that is not over.
func (d *database) onlineRetailCohorts(t *testing.T, schema string, value, eligible int64, percent float64) {
	t.Helper()
	months := " FROM " + schema + ".cohort_retention WHERE grain = 'month' AND definition = 'on' AND measure = 'customers'"
	overall := " FROM " + schema + ".cohort_overall WHERE grain = 'month' AND definition = 'on' AND measure = 'customers' AND period = 1"
	for query, want := range map[string]int64{
		"SELECT count(*)" + months + " AND value > 0":          91,
		"SELECT count(*)" + months:                             91,
		"SELECT sum(value)::BIGINT" + months:                   13114,
		"SELECT value::BIGINT" + overall:                       value,
		"SELECT eligible" + overall:                            eligible,
		"SELECT round(10000 * pooled_share)::BIGINT" + overall: int64(math.Round(100 * percent)),
		"SELECT (pooled_low < pooled_share AND pooled_share < pooled_high AND pooled_high - pooled_low < .03)::BIGINT" + overall: 1,
	} {
		if got := d.one(t, query); got != want {
			t.Errorf("%s: %d, want %d", query, got, want)
		}
	}
}
