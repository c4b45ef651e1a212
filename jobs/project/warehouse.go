package project

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/habitue-data/habitue/internal/config"
)

// Kinds of serving databases.
const (
	DuckDB   = "duckdb"
	Postgres = "postgres"
	BigQuery = "bigquery"
)

// Warehouse is the serving database. The zero Warehouse is none.
type Warehouse struct {
	Kind    string        // "", DuckDB, Postgres or BigQuery
	Path    string        // DuckDB: relative to Dir
	URL     config.Secret // Postgres
	Schema  string        // Postgres
	Views   bool          // facts as views over the lake
	NoFacts bool          // by-month tables are not served

	Project, Dataset, Location, Staging string            // BigQuery
	Labels                              map[string]string // BigQuery
	MaxBytesBilled                      int64             // BigQuery
	DryRun                              bool              // BigQuery
}

// String names it to a person.
func (w Warehouse) String() string {
	switch w.Kind {
	case Postgres:
		return "the schema " + w.Schema + " of PostgreSQL"
	case BigQuery:
		return "the dataset " + w.Project + "." + w.Dataset + " of BigQuery"
	}
	return w.Path
}

func warehouse(v *config.Value) Warehouse {
	w := Warehouse{Kind: v.Get("kind").Text(), Path: v.Get("path").Text(), URL: v.Get("url").Secret(), Schema: v.Get("schema").Text(),
		Views: v.Get("facts").Text() == "views", NoFacts: v.Get("facts").Text() == "none"}
	if w.Kind == BigQuery {
		w.Project, w.Dataset, w.Location, w.Staging = v.Get("project").Text(), v.Get("dataset").Text(), v.Get("location").Text(), v.Get("staging").Text()
		w.Labels, w.MaxBytesBilled, w.DryRun = v.Get("labels").TextMap(), v.Get("max_bytes_billed").Int(), v.Get("dry_run").Bool()
	}
	return w
}

// warehouseKeys are the keys of one kind alone.
var warehouseKeys = []struct {
	name, kind string
	needed     bool
}{
	{"path", DuckDB, true},
	{"url", Postgres, true}, {"schema", Postgres, true},
	{"project", BigQuery, true}, {"dataset", BigQuery, true}, {"location", BigQuery, true},
	{"staging", BigQuery, false}, {"labels", BigQuery, false}, {"max_bytes_billed", BigQuery, false}, {"dry_run", BigQuery, false},
}

// warehouseHangs holds what the keys of a warehouse owe its kind.
func warehouseHangs(v *config.Value, say say) {
	kind := v.Get("kind").Text()
	for _, key := range warehouseKeys {
		switch at := v.Get(key.name); {
		case kind == key.kind && key.needed && !at.IsSet():
			say(v, "the key "+key.name+" is missing under warehouse", "write "+key.name+": "+v.Spec.Key(key.name).Example)
		case kind != key.kind && at.IsSet() && kind != "":
			say(at, key.name+" is a key of "+key.kind+", this warehouse is "+kind, "take it out")
		}
	}
	if name := map[string]string{Postgres: "PostgreSQL", BigQuery: "BigQuery"}[kind]; name != "" && v.Get("facts").Text() == "views" {
		say(v.Get("facts"), name+" does not read the lake, so it has no views over it", "write facts: tables, of which only months that changed are loaded, or facts: none")
	}
}

// datasetName holds that BigQuery takes a name.
func datasetName(v *config.Value, say say) {
	if name := v.Text(); strings.Trim(strings.ToLower(name), "abcdefghijklmnopqrstuvwxyz0123456789_") != "" || name == "" {
		say(v, v.Path+" "+strconv.Quote(name)+" is no name of a dataset", "use letters, digits and _")
	}
}

// stagingFolder holds that BigQuery can read what is put there.
func stagingFolder(v *config.Value, say say) {
	if !strings.HasPrefix(v.Text(), "gs://") {
		say(v, "BigQuery loads from gs:// alone, and staging is "+quoted(v.Text()), "name a folder as gs://bucket/staging, or take the key out")
		return
	}
	readablePlace(v, say)
}

// bigQueryLabels holds that labels are such, and leave ours alone.
func bigQueryLabels(v *config.Value, say say) {
	plain := regexp.MustCompile(`^[a-z][a-z0-9_-]{0,62}$`)
	for _, e := range v.Entries() {
		at := &config.Value{Line: e.Line, Col: e.Col}
		switch value := e.Value.Text(); {
		case e.Name == "habitue":
			say(at, "the label habitue says whose a table is", "take it out")
		case !plain.MatchString(e.Name) || value != "" && !plain.MatchString("a"+value):
			say(at, "the label "+quoted(e.Name+": "+value)+" is none that BigQuery takes", "use up to 62 small letters a to z, digits, - and _; a name begins with a letter")
		}
	}
}

// schemaName holds that a schema can be renamed, and is nobody else's.
func schemaName(v *config.Value, say say) {
	const most = 40 // _new_ and a run id come behind it, and 63 is PostgreSQL's limit
	name := v.Text()
	switch {
	case name == "" || len(name) > most || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" || name[0] >= '0' && name[0] <= '9':
		say(v, "warehouse.schema "+strconv.Quote(name)+" is no name that needs no quotes", fmt.Sprintf("use up to %d letters a to z, digits and _", most))
	case name == "public" || name == "information_schema" || strings.HasPrefix(name, "pg_"):
		say(v, "the schema "+name+" is PostgreSQL's own or everybody's, and a publish replaces it whole", "name a schema that is habitue's alone, as mart")
	}
}
