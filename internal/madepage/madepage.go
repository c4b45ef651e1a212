// Package madepage holds for tests the pages that are made from the code.
package madepage

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Hold fails a test where a page is not what the code says. Where write is set
// it is written first; how is the command that does so.
func Hold(t *testing.T, path, text string, write bool, how string) {
	t.Helper()
	if write {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	had, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(had), text); diff != "" {
		t.Errorf("%s is not what the code says; run %s\n%s", path, how, diff)
	}
}
