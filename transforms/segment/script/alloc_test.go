package script

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/habitue-data/habitue/transforms/segment/filters"
)

// TestNoFilterAllocates goes through the people of every filter's test a
// second time: millions of customers are gone through in the night.
func TestNoFilterAllocates(t *testing.T) {
	c, err := filters.Catalogue()
	if err != nil {
		t.Fatal(err)
	}
	paths, err := filepath.Glob("../filters/testdata/*.test")
	if err != nil || len(paths) < len(c.Filters()) {
		t.Fatalf("%d tests of %d filters: %v", len(paths), len(c.Filters()), err)
	}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		f, faults := Read(path, data, c)
		if faults != nil {
			t.Fatal(faults)
		}
		e, faults := f.bind(0)
		if faults != nil {
			t.Fatal(faults)
		}
		all := func() {
			for i := range f.people {
				e.Customer(i)
			}
		}
		if n := testing.AllocsPerRun(10, all); n > 0 {
			t.Errorf("%s: %v allocations", path, n)
		}
	}
}
