package night

import (
	"context"
	"fmt"
	"slices"

	"github.com/habitue-data/habitue/connectors/lake"
	"github.com/habitue-data/habitue/internal/fault"
)

// ledgerTables are the tables that a run reads of runs before.
var ledgerTables = []string{"customer_ids", "customer_keys", "consent_statements", "deliveries", "runs"}

// read are the tables of a run that the next one rests on: the ledgers, and
// where there are segments, where everybody was and which files there were.
func read(m lake.Manifest) []string {
	if !hadSegments(&m) {
		return ledgerTables
	}
	return slices.Concat([]string{"customers"}, ledgerTables, segmentTables, exportTables)
}

// ledgersOf is a run with nothing but what the next one reads of it.
func ledgersOf(m lake.Manifest) lake.Manifest {
	all, names := m.Tables, read(m)
	m.Tables = map[string]lake.Table{}
	for _, name := range names {
		if t, ok := all[name]; ok {
			m.Tables[name] = t
		}
	}
	return m
}

// soundLedgers holds the ledgers of earlier runs against their manifests, before
// the night rests on them: one letter of an id that a bad disk changed would give
// a customer another id, and every later night would keep it. Those of the run
// whose place the night takes it can do without: it is made from the run before,
// and knows less of what came since.
func (n *Night) soundLedgers(ctx context.Context) error {
	for _, before := range n.ledgers() {
		found, err := n.Lake.Verify(ctx, ledgersOf(*before))
		if err != nil {
			return fmt.Errorf("read the ledgers of run %s: %w", before.RunID, err)
		}
		if len(found) == 0 {
			continue
		}
		if before == n.end && before.RunDate == n.Manifest.RunDate {
			fmt.Fprintf(n.Err, "warning: the ledgers of run %s, which this one replaces, are not what it wrote: %s; the run is made without them\n", before.RunID, lake.Listed(found))
			n.end = nil
			continue
		}
		return fault.With(fmt.Errorf("the ledgers of run %s are not what it wrote: %s; put these files back, or where there is no copy make the run again with --as-of %s; habitue runs verify %s looks at all its files",
			before.RunID, lake.Listed(found), before.RunDate, before.RunID), fault.Mismatch)
	}
	return nil
}
