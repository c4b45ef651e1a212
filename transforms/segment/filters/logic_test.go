package filters

import (
	"os"
	"testing"

	"github.com/habitue-data/habitue/transforms/segment/script"
)

func TestLogic(t *testing.T) {
	t.Parallel()
	const path = "../testdata/logic.test"
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, faults := script.Run(path, data, catalogue(t))
	for _, f := range faults {
		t.Error(f)
	}
}
