package project

import (
	"fmt"
	"slices"
	"strings"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/config"
	"github.com/habitue-data/habitue/transforms/churn"
	"github.com/habitue-data/habitue/transforms/cohort"
)

// Spec names every key of a project file.
func Spec() *config.Spec {
	return &config.Spec{Type: config.Group, Keys: []config.Spec{
		{Name: "project", Type: config.Text, Required: true, Check: plainName, Example: "corner-shop", Doc: "name of the project"},
		{Name: "timezone", Type: config.Text, Required: true, Check: knownZone, Example: "Europe/Moscow", Doc: "where every day, week and month is cut"},
		{Name: "currency", Type: config.Text, Required: true, Check: knownCurrency, Example: "RUB", Doc: "ISO 4217 code of the one reporting currency"},
		{Name: "country", Type: config.Text, Check: knownCountry, Example: "RU", Doc: "ISO 3166 code by which phone numbers without a country code are read; needed where a phone is mapped"},
		{Name: "id_salt", Type: config.Text, Secret: true, Check: notEmpty, Example: "${env:HABITUE_SALT}", Doc: "customer ids are made under it; the project's name unless said, and then whoever knows a record can guess its id"},
		{Name: "latest", Type: config.Int, Min: 1900, Max: 9999, Default: "2050", Doc: "a time after this year is implausible where the file's name has no date"},
		{Name: "sources", Type: config.List, Required: true, Of: sourceSpec(), Check: sourcesHang, Example: "[{name: crm, kind: csv, path: crm.csv, record: contact, fields: {id: id}}]", Doc: "the exports to read"},
		identitySpec(),
		{Name: "base", Type: config.Enum, Values: bases, Default: "known", Doc: "customers that figures are about: known by a contact, card, e-mail, phone or login, or all"},
		{Name: "rfm", Type: config.Group, Doc: "Recency, frequency, money.", Keys: []config.Spec{
			{Name: "base", Type: config.Enum, Values: bases, Doc: "customers that are scored; base of the project unless said"},
		}},
		{Name: "cohorts", Type: config.Group, Doc: "What becomes of customers after the period of their first counted order; docs/cohorts.md has the definitions.", Keys: []config.Spec{
			{Name: "base", Type: config.Enum, Values: bases, Doc: "customers that are counted; base of the project unless said"},
			{Name: "grain", Type: config.List, Of: &config.Spec{Type: config.Enum, Values: cohort.Grains()}, Check: severalOnce, Example: "[month]", Doc: "how long a period is: both unless said"},
			{Name: "definitions", Type: config.List, Of: &config.Spec{Type: config.Enum, Values: cohort.Definitions()}, Check: severalOnce, Example: "[on]", Doc: "what it means to have come back in period n: in just that period, or in it or any later one; both unless said"},
			{Name: "measures", Type: config.List, Of: &config.Spec{Type: config.Enum, Values: cohort.Measures()}, Check: severalOnce, Example: "[customers]", Doc: "what is counted: all unless said. Months of customers alone cost next to nothing"},
			{Name: "unfinished", Type: config.Enum, Values: []string{"exclude", "include"}, Default: "exclude", Doc: "whether the overall line takes in cohorts whose period is not over"},
		}},
		{Name: "churn", Type: config.Group, Doc: "Who will buy nothing for a while, of the customers that rfm scores: docs/churn.md.", Keys: []config.Spec{
			{Name: "horizon", Type: config.Duration, Default: "90d", Check: wholeDays, Doc: "how long a customer buys nothing to be lost; three of them are the shortest history that is learnt from"},
			{Name: "models", Type: config.List, Check: severalOnce, Of: &config.Spec{Type: config.Enum, Values: churn.Models()}, Example: "[mbg_nbd]", Doc: "the candidates, of which the best on a past hold-out is published; all unless said"},
			{Name: "min_buyers", Type: config.Int, Min: 50, Max: 1_000_000, Default: "200", Doc: "so many customers of the hold-out must have bought, and as many must not; else there is no prediction"},
		}},
		{Name: "lake", Type: config.Text, Default: "out/lake", Check: readableFolder, Doc: "folder of the tables and of nothing else, relative to the project file or in a bucket: gs://bucket/folder, s3://bucket/folder"},
		{Name: "buckets", Type: config.Map, Check: openableBuckets, Of: &config.Spec{Type: config.Text}, Example: "{\"s3://exports\": \"endpoint=http://localhost:9000&region=us-east-1&use_path_style=true\"}", Doc: "options by which buckets are opened, where gs:// or s3:// and the name do not say all, as in a URL. s3: region, profile, role, ssetype, kmskeyid; endpoint and use_path_style=true of a service that is not Amazon's, request_checksum_calculation and response_checksum_validation=when_required of one that knows no check sums. Both: anonymous=true where everybody may read. Credentials come from the environment, as for the clouds' own tools"},
		{Name: "warehouse", Type: config.OneOf, Default: "none", Doc: "The serving database.", Shapes: []config.Spec{
			{Type: config.Enum, Values: []string{"none"}},
			{Type: config.Group, Check: warehouseHangs, Keys: []config.Spec{
				{Name: "kind", Type: config.Enum, Values: []string{DuckDB, Postgres, BigQuery}, Required: true, Example: "duckdb", Doc: "the system"},
				{Name: "path", Type: config.Text, Check: notEmpty, Example: "out/warehouse.duckdb", Doc: "duckdb: file that is swapped in one step, but never for one that habitue did not publish"},
				{Name: "url", Type: config.Text, Secret: true, Check: notEmpty, Example: "${env:HABITUE_PG}", Doc: "postgres: the database, as postgres://user:password@host/database or key=value; what it leaves out comes from PGPASSWORD, ~/.pgpass and the like"},
				{Name: "schema", Type: config.Text, Check: schemaName, Example: "mart", Doc: "postgres: schema that is swapped in one transaction, privileges carried over; it and <schema>_facts are habitue's alone"},
				{Name: "project", Type: config.Text, Check: notEmpty, Example: "corner-shop-data", Doc: "bigquery: the Google Cloud project, which pays. Credentials come from the environment, as for gcloud"},
				{Name: "dataset", Type: config.Text, Check: datasetName, Example: "customers", Doc: "bigquery: the dataset, made where it is not there; tables of others in it are not touched, those of the same name stop a run"},
				{Name: "location", Type: config.Text, Check: notEmpty, Example: "EU", Doc: "bigquery: where the dataset is, as EU or europe-west3"},
				{Name: "staging", Type: config.Text, Check: stagingFolder, Example: "gs://corner-shop/staging", Doc: "bigquery: folder in a bucket in reach of the dataset, for files of a lake that is not in gs://; unless said they are sent with the jobs. They are taken away once they are served"},
				{Name: "labels", Type: config.Map, Of: &config.Spec{Type: config.Text}, Check: bigQueryLabels, Example: "{team: crm}", Doc: "bigquery: labels of every table and job, for the bill"},
				{Name: "max_bytes_billed", Type: config.Size, Min: 10 << 20, Max: 1 << 50, Default: "100GiB", Doc: "bigquery: the most that a query of a check may read; one that would read more fails and costs nothing"},
				{Name: "dry_run", Type: config.Bool, Default: "false", Doc: "bigquery: load and tell how many bytes the checks would read, but serve nothing"},
				{Name: "facts", Type: config.Enum, Values: []string{"tables", "views", "none"}, Default: "tables", Doc: "orders, lines, events and interactions as tables (postgres and bigquery load only the months whose files changed); or with duckdb as views over the lake: quicker to publish, slower to ask; or not at all. DuckDB names files by their whole path: where the folder of the project is moved, habitue publish RUN makes the views anew"},
			}},
		}},
		{Name: "report", Type: config.Text, Check: readableFolder, Example: "out/report.html", Doc: "HTML page that each published run writes, in a folder or in a bucket: numbers, segments, cohorts and why to believe them, for people (docs/report.md); none unless said"},
		{Name: "segments", Type: config.Text, Check: notEmpty, Default: "segments/*.yaml", Doc: "the files that define segments; docs/filters.md says what may stand in one"},
		{Name: "suppressed", Type: config.Text, Check: notEmpty, Example: "decisions/suppressed.csv", Doc: "CSV file with the columns kind, value, channel, reason and since: addresses that nothing is sent to; channel may be empty for every one, reason is legal, complaint, bounce or manual"},
		{Name: "activation", Type: config.List, Of: destinationSpec(), Check: destinationsHang, Example: "[{name: win-back, segments: lapsing, channel: email, purpose: marketing, columns: {email: address}}]", Doc: "files for whoever sends the messages. Who is in a file is in none of the same channel that stands after it"},
		{Name: "publish", Type: config.Group, Doc: "What is made and kept. What nobody asked for is not computed.", Keys: []config.Spec{
			{Name: "tables", Type: config.OneOf, Default: "all", Doc: "the tables to make, with all or some of their columns. The serving database has just these; the lake always has customer_ids, rejects, deliveries and runs whole, and the columns by which records are dated and told apart", Shapes: []config.Spec{
				{Type: config.Enum, Values: []string{"all"}},
				{Type: config.Map, Names: tableDocs(), Check: knownTables, Of: &config.Spec{Type: config.OneOf, Shapes: []config.Spec{
					{Type: config.Enum, Values: []string{"all"}},
					{Type: config.List, Of: &config.Spec{Type: config.Text}},
				}}},
			}},
			{Name: "keep_runs", Type: config.Int, Min: 1, Max: 100_000, Default: "14", Doc: "runs that habitue runs prune leaves"},
		}},
		{Name: "runner", Type: config.Group, Check: runnerHangs, Doc: "What carries the work out.", Keys: []config.Spec{
			{Name: "name", Type: config.Enum, Values: Runners, Default: "direct", Doc: "direct: this process; flink, spark, universal: a Beam job server; dataflow: Google's; prism: for tests. --runner overrides it"},
			{Name: "options", Type: config.Map, Names: runnerOptions, Of: &config.Spec{Type: config.Text}, Example: "{endpoint: \"localhost:8099\", environment_type: LOOPBACK}", Doc: "what Beam's command line has for the runner; lake and inputs must then be where every worker reaches them under the same path, copies with the times of the originals"},
		}},
		{Name: "gates", Type: config.Group, Doc: "What stops a night before anything is published; run --no-gates goes past them. They ask sources of a thousand rows and more; a night is stopped too by a source of which nothing is left of twenty rows or more, by one whose files are all gone, where of what came with the night more than rejects says are refused, or of fewer than a thousand rows and twenty or more the half, and by the newest of files with days in their names where it has not a byte and twenty rows or more are usual on its weekday. That it has little is told by the check little_came. A mapped column that is gone is no gate: it stops every run", Keys: []config.Spec{
			{Name: "rejects", Type: config.Int, Min: 0, Max: 100, Default: "10", Doc: "the most percent of a source's rows that may be refused"},
			{Name: "volume", Type: config.Int, Min: 0, Max: 100, Default: "50", Doc: "the least percent of the rows in force in the run before that a source must still have; 0 for no such gate. Of files that add up only the check little_came asks: whether the newest day has so many percent of what is usual on its weekday"},
		}},
		*scheduleSpec(),
		{Name: "memory", Type: config.Size, Min: 64 << 20, Max: 1 << 45, Default: "2GiB", Doc: "budget of a process; what goes beyond it is written to scratch files"},
		{Name: "shards", Type: config.Int, Min: 1, Max: 4096, Check: powerOfTwo, Example: "64", Doc: "parts that the work is cut into: a power of two, by the size of the input unless said; the result is the same"},
		{Name: "components", Type: config.Group, Doc: "How the keys of customers are joined.", Keys: []config.Spec{
			{Name: "in_memory", Type: config.Int, Min: 0, Max: 4_000_000_000, Default: "200000000", Doc: "up to so many keys (rows times fields that are keys) one worker joins them, at four bytes a key; beyond that all workers do, in rounds; the result is the same"},
		}},
		{Name: "keep_inputs", Type: config.Duration, Default: "30d", Doc: "how long replaced versions of input files are kept"},
		{Name: "cache", Type: config.Bool, Default: "true", Doc: "keep what a file gave for the next run; the result is the same. With a lake in a bucket it is kept in the temporary folder of this machine, and on a cluster nowhere"},
	}}
}

var bases = []string{"known", "all"}

func sourceSpec() *config.Spec {
	return &config.Spec{Type: config.Group, Check: sourceHangs, Keys: []config.Spec{
		{Name: "name", Type: config.Text, Required: true, Check: plainName, Example: "crm", Doc: "name of the source; stands in every table"},
		{Name: "kind", Type: config.Enum, Values: slices.Concat(fileKinds, pulledKinds), Required: true, Example: "csv", Doc: "how the files are written; or a database that is read before each night (docs/sources-databases.md, docs/sources-ga4.md)"},
		{Name: "path", Type: config.OneOf, Example: "exports/%Y-%m-%d.csv", Doc: "csv, jsonl, parquet: the files, in a folder or in a bucket (gs://bucket/exports/%Y-%m-%d.csv.gz): a path, a glob (*, ?, [a-z]), or a pattern of the day in the name (%Y, %m, %d, %H); several as a list", Shapes: []config.Spec{
			{Type: config.Text, Check: readablePattern},
			{Type: config.List, Check: notEmpty, Of: &config.Spec{Type: config.Text, Check: readablePattern}},
		}},
		{Name: "url", Type: config.Text, Secret: true, Check: notEmpty, Example: "${env:HABITUE_SHOP_DB}", Doc: "postgres: the database, as postgres://user:password@host/database?sslmode=verify-full or key=value; what it leaves out comes from PGPASSWORD, ~/.pgpass and the like. A user who may only read will do"},
		{Name: "table", Type: config.Text, Check: notEmpty, Example: "public.contacts", Doc: "postgres: table or view, with its schema where that is not on the search path; in double quotes where a name has a dot"},
		{Name: "query", Type: config.Text, Check: notEmpty, Example: "\"SELECT id, email, changed_at FROM contacts\"", Doc: "postgres: in place of a table, a query that gives the rows"},
		{Name: "key", Type: config.OneOf, Example: "id", Doc: "postgres: column that no two rows have the same value of, or several as a list", Shapes: []config.Spec{
			{Type: config.Text, Check: notEmpty},
			{Type: config.List, Check: notEmpty, Of: &config.Spec{Type: config.Text, Check: notEmpty}},
		}},
		{Name: "updated_at", Type: config.Text, Check: notEmpty, Example: "changed_at", Doc: "postgres: column that says when a row last changed: only rows that changed since are read, and rows without a value. Unless said every row is read each time"},
		{Name: "overlap", Type: config.Duration, Default: "10m", Doc: "postgres: so much of what updated_at says was read is read again, because transactions do not end in the order in which they began"},
		{Name: "project", Type: config.Text, Check: notEmpty, Example: "corner-shop-data", Doc: "ga4: the Google Cloud project of the dataset. Credentials come from the environment, as for gcloud"},
		{Name: "dataset", Type: config.Text, Check: datasetName, Example: "analytics_123456789", Doc: "ga4: the dataset that Google Analytics exports its tables events_YYYYMMDD into; a user who may read it will do"},
		{Name: "days", Type: config.Int, Min: 1, Max: 60, Default: "4", Doc: "ga4: so many of the newest days are looked at again, and read again where their table changed: Google restates a day for three days. A day whose table comes late is read whenever it is there"},
		{Name: "from", Type: config.Text, Check: plainDay, Example: `"2025-01-01"`, Doc: "ga4: the first day that is read; all there are unless said"},
		{Name: "delivery", Type: config.Enum, Values: []string{"full", "parts", "changes"}, Doc: "full: the newest file is the whole truth; parts: each file is the truth of its part; changes: files add up. Unless said: parts where the path has a day or a * in it and the record is an order, event or interaction, else full; of postgres changes with updated_at, else full; of ga4 parts"},
		{Name: "record", Type: config.Enum, Values: customer.Kinds(), Required: true, Example: "order", Doc: "what a row tells of"},
		{Name: "ids", Type: config.Text, Check: plainName, Example: "shared", Doc: "namespace of the contact ids: shared, or a name of your choice; needed where several sources have contacts"},
		{Name: "fields", Type: config.Map, Required: true, Names: fieldDocs(), Of: fieldSpec(), Example: "{id: receipt_id, at: ts}", Doc: "where each field of the record comes from: a column, several (the first with a value), or a rule"},
		{Name: "types", Type: config.Map, Of: &config.Spec{Type: config.Enum, Values: []string{"text", "int", "decimal", "bool", "date", "time"}}, Example: "{quantity: int}", Doc: "types of columns in where and expr; text unless said"},
		{Name: "where", Type: config.Text, Example: `store != "test"`, Doc: "CEL over the row's columns; rows for which it is not true are left out and counted. A comparison with a missing value is false, that with != too: store != \"test\" leaves out a row without a store, store == null || store != \"test\" keeps it, and so does !(store == \"test\")"},
		{Name: "delimiter", Type: config.Enum, Values: []string{",", ";", "tab", "|"}, Doc: "CSV: what stands between fields; a comma unless said"},
		{Name: "encoding", Type: config.Enum, Values: []string{"utf-8", "windows-1251", "windows-1252"}, Doc: "CSV: UTF-8 unless said; windows-1252 holds Latin-1"},
		{Name: "compression", Type: config.Enum, Values: []string{"none", "gzip", "zstd"}, Doc: "by the file's first bytes unless said"},
		{Name: "zone", Type: config.Text, Check: knownZone, Example: "UTC", Doc: "zone of times that name none; timezone of the project unless said"},
		{Name: "currency", Type: config.Text, Check: knownCurrency, Example: "EUR", Doc: "currency of rows that name none; currency of the project unless said. An amount in another one is rounded in its own, as the receipt was, and the rate is applied to that"},
		{Name: "rates", Type: config.Text, Check: notEmpty, Example: "rates.csv", Doc: "CSV file with the columns date, currency and rate: one unit of that currency in the project's on that day"},
		{Name: "attributes", Type: config.Bool, Default: "true", Doc: "keep columns that no field names as attributes"},
		{Name: "orders_from", Type: config.Text, Example: "purchase", Doc: "events: events of this name are orders too, where no other source has the order"},
		{Name: "wait", Type: config.Duration, Example: "2d", Doc: "how long, from the end of its day on, habitue schedule waits with a night for this source's file of that day, or for its database to be read after it; after that the night runs without it, and deliveries says so. Unless said no night waits"},
		{Name: "keep_inputs", Type: config.Duration, Example: "90d", Doc: "how long replaced versions of its files are kept; keep_inputs of the project unless said"},
	}}
}

func fieldSpec() *config.Spec {
	columns := &config.Spec{Type: config.Text, Check: notEmpty}
	texts := config.Spec{Type: config.Text}
	return &config.Spec{Type: config.OneOf, Shapes: []config.Spec{
		{Type: config.Text, Check: notEmpty},
		{Type: config.List, Of: columns, Check: notEmpty},
		{Type: config.Group, Check: oneOrigin, Keys: []config.Spec{
			{Name: "column", Type: config.Text, Check: notEmpty, Doc: "the column, or a path into nested data"},
			{Name: "columns", Type: config.List, Of: columns, Check: notEmpty, Doc: "the first of these that has a value"},
			{Name: "value", Type: config.Text, Doc: "the same for every row"},
			{Name: "multiply", Type: config.List, Of: columns, Check: notEmpty, Example: "[quantity, price]", Doc: "the exact product of these columns"},
			{Name: "sum", Type: config.List, Of: columns, Check: notEmpty, Doc: "the exact sum of these columns"},
			{Name: "expr", Type: config.Text, Check: notEmpty, Doc: "CEL over the row's columns"},
			{Name: "map", Type: config.Map, Of: &texts, Example: `{"true": return, "false": sale}`, Doc: "what to put for each value, \"\" for none; as a value \"\" is a missing one, \"*\" any other"},
			{Name: "prefix_map", Type: config.Map, Of: &texts, Example: `{C: cancelled, "": sale}`, Doc: "what to put by the longest prefix; \"\" is any other"},
			{Name: "unit", Type: config.Enum, Values: []string{"major", "minor", "s", "ms", "us"}, Doc: "money: major (roubles) or minor (kopecks); times as numbers: s, ms or us since 1970"},
			{Name: "format", Type: config.Text, Example: `"%d.%m.%Y %H:%M"`, Doc: "how a time or a day is written; ISO 8601 unless said. A year of two digits (%y) is 1969 to 2068, that of a birth_date the last by the day of the run"},
			{Name: "zone", Type: config.Text, Check: knownZone, Doc: "zone of times that name none; zone of the source unless said"},
			{Name: "decimal", Type: config.Enum, Values: []string{".", ","}, Doc: "decimal separator; a point unless said. Where it is said, thousands may be apart: 1,234.56 with a point, 1.234,56 with a comma. Money may have its currency beside it (€ 5, 5 USD) and be below zero in brackets; a row whose amount has a mark of another currency than its own is refused"},
			{Name: "split", Type: config.Text, Check: notEmpty, Example: `"|"`, Doc: "what stands between the texts of a list"},
		}},
	}}
}

// fieldDocs are the fields of every kind of record, for editors.
func fieldDocs() map[string]string {
	docs := map[string]string{}
	for _, name := range customer.Kinds() {
		kind, _ := customer.ParseKind(name)
		for _, f := range kind.Fields() {
			if f.Prefix {
				continue // external. and consent. stand for names that only the writer knows
			}
			doc := name + ": " + f.Doc
			if docs[f.Name] != "" {
				doc = docs[f.Name] + "; " + doc
			}
			docs[f.Name] = doc
		}
	}
	return docs
}

func tableDocs() map[string]string {
	docs := map[string]string{}
	for _, t := range customer.Tables() {
		docs[t.Name] = t.Doc
	}
	return docs
}

// Schema is the JSON schema of a project file.
func Schema() ([]byte, error) { return Spec().Schema("Habitué project") }

// Page is the reference page of a project file.
func Page() string {
	var kinds strings.Builder
	for _, name := range customer.Kinds() {
		kind, _ := customer.ParseKind(name)
		fmt.Fprintf(&kinds, "\n## Fields of %s\n\n| field | meaning |\n|---|---|\n", name)
		for _, f := range kind.Fields() {
			fieldName, doc := f.Name, f.Doc
			if f.Prefix {
				fieldName += "<name>"
			}
			if f.Values != nil {
				doc += ": " + strings.Join(f.Values, ", ")
			}
			fmt.Fprintf(&kinds, "| `%s` | %s |\n", fieldName, doc)
		}
	}
	intro := "Every key that `habitue.yaml` may hold. Made from the code; `habitue check` says what is wrong with a file, `habitue schema` prints the schema for editors.\n" +
		"A text may hold `${env:NAME}`; a secret also `${file:path}`; commands that only read what runs have made (`query`, `runs`, `report`, `customer`, `segment`) look up no secret. `$${` is a plain `${`. Sizes are written `512MiB`, lengths of time `14d`, `36h` or `90m`. Paths are relative to the project file."
	return Spec().Page("The project file", intro) + kinds.String()
}
