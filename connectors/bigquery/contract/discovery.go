// Package contract is a BigQuery for tests: a server on loopback that holds
// every request against the service's own description and against what is
// known of its rules, and that can be told to fail.
//
// It promises: a key that the description does not name, a value of another
// type, a disposition, decorator or format that does not fit the tables that
// are there, a query without a limit, is an answer 400 and a line of Faults.
// It loads Parquet files as far as to count rows and add up columns. It knows
// no SQL but the queries of the checks: what the service makes of a view,
// nobody tried.
package contract

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
)

type property struct {
	Ref                  string    `json:"$ref"`
	Type                 string    `json:"type"`
	Format               string    `json:"format"`
	Items                *property `json:"items"`
	AdditionalProperties *property `json:"additionalProperties"`
	Properties           map[string]property
}

// method is a request that the description knows.
type method struct {
	Path       string
	HTTPMethod string
	Parameters map[string]parameter
}

type parameter struct {
	Type, Format, Location string
	Enum                   []string
}

type api struct {
	Schemas    map[string]property
	Parameters map[string]parameter // of every method
	Resources  map[string]struct{ Methods map[string]method }
}

// description is the service's own, which lies in the client library.
var description = sync.OnceValues(func() (d api, err error) {
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "google.golang.org/api").Output()
	if err != nil {
		return d, fmt.Errorf("find google.golang.org/api: %w", err)
	}
	text, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(dir)), "bigquery", "v2", "bigquery-api.json"))
	if err != nil {
		return d, err
	}
	return d, json.Unmarshal(text, &d)
})

// Against tells what a value has that a schema of the description has not.
func Against(schema string, value any) []string {
	d, err := description()
	if err != nil {
		return []string{err.Error()}
	}
	return against(d.Schemas, property{Ref: schema}, value, schema)
}

func against(schemas map[string]property, p property, value any, at string) (faults []string) {
	if p.Ref != "" {
		p = schemas[p.Ref]
	}
	wrong := []string{fmt.Sprintf("%s: %T for %s", at, value, p.Type)}
	switch v := value.(type) {
	case map[string]any:
		for key, inner := range v {
			next, known := p.Properties[key]
			if !known && p.AdditionalProperties != nil {
				next, known = *p.AdditionalProperties, true
			}
			if !known {
				faults = append(faults, at+"."+key+": no such key")
				continue
			}
			faults = append(faults, against(schemas, next, inner, at+"."+key)...)
		}
		return faults
	case []any:
		if p.Items == nil {
			return wrong
		}
		for _, inner := range v {
			faults = append(faults, against(schemas, *p.Items, inner, at)...)
		}
		return faults
	case bool:
		if p.Type != "boolean" {
			return wrong
		}
	case float64:
		if p.Type != "integer" && p.Type != "number" {
			return wrong
		}
	case string:
		if _, err := strconv.ParseInt(v, 10, 64); p.Type != "string" || strings.HasSuffix(p.Format, "int64") && err != nil {
			return wrong
		}
	}
	return nil
}
