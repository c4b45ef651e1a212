package project

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("write", false, "write the golden files anew")

// env is what the fixtures find in the environment.
func env(name string) (string, bool) {
	value, ok := map[string]string{"SALT": "pepper", "OUT": "elsewhere", "DB": "postgres://reader@db/shop"}[name]
	return value, ok
}

// wants is what the comments at the end of a fixture say: "# want: MESSAGE".
func wants(text string) (body string, want []string) {
	for line := range strings.Lines(text) {
		if message, found := strings.CutPrefix(line, "# want: "); found {
			want = append(want, strings.TrimSpace(message))
			continue
		}
		body += line
	}
	return body, want
}

func TestEveryMistakeHasItsMessage(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("testdata/*.bad.yaml")
	if err != nil || len(paths) < 25 {
		t.Fatalf("%d fixtures, %v", len(paths), err)
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			body, want := wants(string(text))
			_, faults := Load(path, env)
			var got []string
			for _, f := range faults {
				got = append(got, f.Error())
			}
			if *update {
				if err := os.WriteFile(path, []byte(body+"# want: "+strings.Join(got, "\n# want: ")+"\n"), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(want, got); diff != "" || len(got) == 0 {
				t.Error(diff)
			}
		})
	}
}
