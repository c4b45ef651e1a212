package bigquery

import (
	"encoding/json"
	"testing"

	"google.golang.org/api/bigquery/v2"
)

// FuzzCells reads whatever is sound JSON: it is refused, or every row is
// sound JSON as well.
func FuzzCells(f *testing.F) {
	var schema []*bigquery.TableFieldSchema
	if err := json.Unmarshal([]byte(`[{"name":"s","type":"STRING"},{"name":"r","type":"RECORD","mode":"REPEATED","fields":[{"name":"i","type":"INTEGER"},{"name":"f","type":"FLOAT"}]},{"name":"j","type":"JSON"}]`), &schema); err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(`[{"f":[{"v":"a\"\\"},{"v":[{"v":{"f":[{"v":"1"},{"v":"1.0E7"}]}}]},{"v":"{\"a\": 1}"}]}]`))
	f.Add([]byte(` [ { "f" : [ { "v" : null } , { "v" : [ ] } , { "v" : null } ] } ] `))
	f.Fuzz(func(t *testing.T, in []byte) {
		if !json.Valid(in) {
			return
		}
		c := cells{in: in}
		_, _ = c.list(func(int) error {
			line, err := c.record(nil, schema)
			if err == nil && !json.Valid(line) {
				t.Errorf("%s was made of %s", line, in)
			}
			return err
		})
	})
}
