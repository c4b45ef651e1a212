package night

import (
	"regexp"
	"testing"
)

func TestAJobHasANameThatEveryRunnerTakes(t *testing.T) {
	// What Dataflow says of names: https://cloud.google.com/dataflow/docs/guides/setting-pipeline-options
	allowed := regexp.MustCompile(`^[a-z]([-a-z0-9]*[a-z0-9])?$`)
	for _, project := range []string{"corner-shop", "Corner_Shop", "теремок", "a.b c"} {
		if got := jobName(project, "2025-12-31.1", 1766000000000); !allowed.MatchString(got) {
			t.Errorf("%s: %s", project, got)
		}
	}
	if a, b := jobName("x", "2025-12-31.1", 1), jobName("x", "2025-12-31.1", 2); a == b {
		t.Errorf("two tries are both %s", a)
	}
}
