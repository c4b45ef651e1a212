package nighttest

import (
	"errors"
	"io/fs"
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
		"SELECT count(*) FROM h.customers":                                                   4312,
		"SELECT count(*) FROM h.orders WHERE counted":                                        19213,
		"SELECT count(*) FROM h.orders":                                                      19213,
		"SELECT count(*) FROM h.order_lines":                                                 407664,
		"SELECT (100 * sum(amount))::BIGINT FROM h.order_lines":                              883200326,
		"SELECT (100 * sum(monetary))::BIGINT FROM h.rfm":                                    883200326,
		"SELECT sum(frequency)::BIGINT FROM h.rfm":                                           19213,
		"SELECT sum(recency_days)::BIGINT FROM h.rfm":                                        393136,
		"SELECT sum(r_score)::BIGINT FROM h.rfm":                                             12871,
		"SELECT sum(f_score)::BIGINT FROM h.rfm":                                             11596,
		"SELECT sum(m_score)::BIGINT FROM h.rfm":                                             12934,
		"SELECT count(*) FROM h.cohort_retention WHERE value > 0":                            91,
		"SELECT sum(value)::BIGINT FROM h.cohort_retention":                                  13114,
		"SELECT sum(value)::BIGINT FROM h.cohort_retention WHERE period = 1 AND complete":    947,
		"SELECT sum(eligible)::BIGINT FROM h.cohort_retention WHERE period = 1 AND complete": 3941,
		"SELECT sum(value)::BIGINT FROM h.cohort_retention WHERE period = 1":                 982,
		"SELECT sum(eligible)::BIGINT FROM h.cohort_retention WHERE period = 1":              4266,
	} {
		if got := d.one(t, query); got != want {
			t.Errorf("%s: %d, want %d", query, got, want)
		}
	}
}
