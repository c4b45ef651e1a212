// Package lake keeps the tables of every run as immutable Parquet files
// under one folder, of this machine or of a bucket, and one manifest per run
// that names them.
//
// It promises: a run is there exactly when its manifest is, and the manifest
// is written last; no file is ever changed once it has its name, unless it
// is damaged: then it is written anew; a reader that goes by a manifest sees
// one run whole. A table's content hash does not depend on the order of rows,
// nor on how they were cut into files.
//
// It does not promise anything to two writers at once: whoever runs, sweeps
// or prunes holds the project's lock. What is read back is only what this
// package wrote.
//
// Rejected: a folder "current" or a symbolic link that readers follow. A
// query resolves it once per table and so now and then joins two runs.
package lake

import (
	"fmt"
	slash "path"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/store"
)

// Lake is a folder of tables and manifests. Its zero value but for Dir is
// ready to use; the folder is made by the first write.
type Lake struct {
	Dir   string // as internal/store has paths
	Codec Codec
}

// Codec is how the pages of new files are compressed.
type Codec uint8

const (
	Snappy Codec = iota // fast
	Zstd                // smaller by about a fifth, at two to three times the time
)

// RunDate is the column that every table has in front: the lake writes it
// into by-run tables, whoever serves a by-month table adds it.
const RunDate = "run_date"

// Path is where a file of the lake lies.
func (l Lake) Path(rel string) string { return store.Join(l.Dir, rel) }

// PartPath is the path, relative to the lake, of one file of a Derived
// table. Every part of a run needs its own number.
func PartPath(table, runID string, part int) string {
	return slash.Join(table, "run="+runID, fmt.Sprintf("part-%05d.parquet", part))
}

// factPath is the path of a month of a by-month table: named after its bytes, so
// that whoever writes it, however late, writes what it has.
func factPath(table, month, sha256 string) string {
	return slash.Join(table, "month="+month, sha256+".parquet")
}

// InFile are the columns of a table as its files have them: the table's own,
// behind run_date where the table is made anew by each run.
func InFile(t customer.Table) []customer.Column {
	if t.Layout == customer.ByMonth {
		return t.Columns
	}
	return Served(t)
}

// Served are the columns of a table as a database serves them: run_date
// stands in front of every table.
func Served(t customer.Table) []customer.Column {
	runDate := customer.Column{Name: RunDate, Type: customer.DateColumn, Doc: "the as-of date of the run"}
	return append([]customer.Column{runDate}, t.Columns...)
}
