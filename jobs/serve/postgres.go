package serve

import (
	"context"
	"errors"
	"fmt"

	"github.com/habitue-data/habitue/connectors/lake"
	"github.com/habitue-data/habitue/connectors/postgres"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/jobs/project"
)

func postgresOf(p *project.Project) postgres.Place {
	return postgres.Place{URL: p.Warehouse.URL.Reveal(), Schema: p.Warehouse.Schema}
}

// postgresReady tells before the night whether PostgreSQL is there and has a
// place for the run. What may be over by the time of the publish has the code
// Publish.
func postgresReady(ctx context.Context, p *project.Project) error {
	err := postgres.Replaceable(ctx, postgresOf(p))
	var not postgres.NotServed
	switch {
	case err == nil || ctx.Err() != nil:
		return err
	case errors.As(err, &not):
		return fault.With(p.Fault("the warehouse cannot be served in the schema "+p.Warehouse.Schema, not.Error(), "warehouse", "schema"), fault.Config)
	case postgres.Passing(err):
		return fault.With(p.Fault(fmt.Sprintf("the warehouse cannot be reached now: %v", err), "start it, or say where it is", "warehouse", "url"), fault.Publish)
	}
	return fault.With(p.Fault(fmt.Sprintf("the warehouse cannot be reached: %v", err), "say where it is, and who may write there", "warehouse", "url"), fault.Config)
}

// partsOf are the files of a run's tables, each with the way to its rows.
func partsOf(l lake.Lake, m lake.Manifest) map[string][]postgres.Part {
	parts := map[string][]postgres.Part{}
	for _, name := range lake.TableNames(m) {
		t := m.Tables[name]
		for _, f := range t.Files {
			parts[name] = append(parts[name], postgres.Part{Month: f.Month, SHA256: f.SHA256, Rows: f.Rows,
				Read: func(ctx context.Context, want []string, yield func(*columns.Chunk) error) error {
					return l.ReadFile(ctx, t, f, want, yield)
				}})
		}
	}
	return parts
}
