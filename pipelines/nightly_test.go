package pipelines

import (
	"testing"

	"github.com/habitue-data/habitue/pipelines/flow"
)

// TestEveryNightCanBeBuilt holds the ports of nightly together for every
// choice of tables, with and without a ledger.
func TestEveryNightCanBeBuilt(t *testing.T) {
	for _, tables := range [][]string{{}, {"customers"}, {"rfm"}, {"rfm_cuts"}, {"cohort_retention"}, {"cohort_overall"}, {"rfm_groups"}, {"orders"}, {"order_lines", "customer_keys"}, {"customers", "rfm", "events", "contacts"}} {
		for _, ledger := range []*Ledger{nil, {}} {
			n := &Night{Zone: "UTC", Shards: 2, Tables: map[string][]string{}, Ledger: ledger}
			for _, name := range tables {
				n.Tables[name] = nil
			}
			seeds, err := seedsOf(n, nil)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := flow.Build(program(), nil, seeds, nightly(n)); err != nil {
				t.Errorf("%v, ledger %v: %v", tables, ledger != nil, err)
			}
		}
	}
}
