package pipelines

import (
	"slices"
	"testing"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/pipelines/brief"
	"github.com/habitue-data/habitue/pipelines/flow"
	"github.com/habitue-data/habitue/transforms/identity"
)

// TestEveryNightCanBeBuilt holds the ports of nightly together for every
// choice of tables, with and without a ledger.
func TestEveryNightCanBeBuilt(t *testing.T) {
	for _, tables := range [][]string{{}, {"customers"}, {"rfm"}, {"rfm_cuts"}, {"cohort_retention"}, {"cohort_overall"}, {"consents"}, {"rfm_groups"}, {"orders"}, {"order_lines", "customer_keys"}, {"customers", "rfm", "events", "contacts"}} {
		for _, ledger := range []*brief.Ledger{nil, {}} {
			n := &brief.Night{Zone: "UTC", Shards: 2, Tables: map[string][]string{}, Ledger: ledger}
			for _, name := range tables {
				n.Tables[name] = nil
			}
			if _, err := flow.Build(program(), nil, seeds(n), nightly(n)); err != nil {
				t.Errorf("%v, ledger %v: %v", tables, ledger != nil, err)
			}
		}
	}
}

// TestGuardIsThereOnlyWhereLinksAreAskedOf holds that who asks nothing of
// links does not pay for them.
func TestGuardIsThereOnlyWhereLinksAreAskedOf(t *testing.T) {
	for _, c := range []struct {
		name string
		n    brief.Night
		want bool
	}{
		{"scores alone", brief.Night{Tables: map[string][]string{"rfm": nil, "customers": {"customer_id"}}}, false},
		{"changes of ids", brief.Night{Tables: map[string][]string{"identity_changes": nil}}, false},
		{"links", brief.Night{Tables: map[string][]string{"identity_links": nil}}, true},
		{"a limit", brief.Night{Identity: brief.Identity{Guards: identity.Guards{Limits: map[customer.KeyType]int{customer.EmailKey: 5}}}}, true},
		{"a decision", brief.Night{Identity: brief.Identity{Decisions: identity.Decisions{Never: []identity.Pair{{A: "e:a", B: "e:b"}}}}}, true},
	} {
		for _, ledger := range []*brief.Ledger{nil, {}} {
			c.n.Ledger = ledger
			steps := nightly(&c.n)
			if got := slices.ContainsFunc(steps, func(s flow.Step) bool { return s.Stage == "guard" }); got != c.want {
				t.Errorf("%s: guard is there: %v", c.name, got)
			}
			if _, err := flow.Build(program(), nil, []flow.Port{"blocks", "again", "ledgerfiles"}, steps); err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
		}
	}
}
