package jobs

import (
	"context"
	"fmt"

	"github.com/habitue-data/habitue/connectors/lake"
	"github.com/habitue-data/habitue/internal/fault"
)

// ledgers are the tables that a run reads of its predecessor.
var ledgers = []string{"customer_ids", "customer_keys", "deliveries", "runs"}

// ledgersOf is a run with nothing but what the next one reads of it.
func ledgersOf(m lake.Manifest) lake.Manifest {
	all := m.Tables
	m.Tables = map[string]lake.Table{}
	for _, name := range ledgers {
		if t, ok := all[name]; ok {
			m.Tables[name] = t
		}
	}
	return m
}

// soundLedgers holds the ledgers of the run before against its manifest, before
// a night rests on them: one letter of an id that a bad disk changed would give
// a customer another id, and every later night would keep it.
func soundLedgers(ctx context.Context, l lake.Lake, before lake.Manifest) error {
	found, err := l.Verify(ctx, ledgersOf(before))
	if err != nil {
		return fmt.Errorf("read the ledgers of run %s: %w", before.RunID, err)
	}
	if len(found) == 0 {
		return nil
	}
	return fault.With(fmt.Errorf("the ledgers of run %s are not what it wrote: %s; put these files back, or where there is no copy make the run again with --as-of %s; habitue runs verify %s looks at all its files",
		before.RunID, listed(found), before.RunDate, before.RunID), fault.Mismatch)
}
