package night

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/habitue-data/habitue/connectors/csv"
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/rowfile"
	"github.com/habitue-data/habitue/jobs/project"
	"github.com/habitue-data/habitue/transforms/mapping"
)

// TestShortRowsAreManyKeys holds that how many keys one worker joins goes by
// rows, not by a guess at how long they are.
func TestShortRowsAreManyKeys(t *testing.T) {
	const contacts = 3000
	var crm strings.Builder
	crm.WriteString("id,email,phone\n")
	for i := range contacts {
		fmt.Fprintf(&crm, "%d,p%d@x.de,%d\n", i, i, 4930000000+i)
	}
	path := filepath.Join(t.TempDir(), "crm.csv")
	if err := os.WriteFile(path, []byte(crm.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	info, err := csv.New().Inspect(context.Background(), path, rowfile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := &project.Source{Kind: customer.Contact, Mapping: mapping.Spec{Fields: []mapping.FieldSpec{{Field: "id"}, {Field: "email"}, {Field: "phone"}, {Field: "created_at"}}}}
	keys := keysOf(s, info.Rows, info.Bytes)
	if keys < 3*contacts || keys > 3*contacts+10 {
		t.Errorf("%d contacts of three keys each are %d keys", contacts, keys)
	}
	if rounds(2*contacts, keys, info.Bytes) == 0 {
		t.Error("one worker has more keys than the project file allows")
	}
	if rounds(4*contacts, keys, info.Bytes) != 0 {
		t.Error("few keys are joined in rounds")
	}
	if packed := keysOf(s, 0, info.Bytes); packed < 2*contacts {
		t.Errorf("of a file of %d bytes that is packed %d keys are thought of", info.Bytes, packed)
	}
}
