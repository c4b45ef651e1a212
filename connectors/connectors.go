// Package connectors lists how data comes in. Each folder knows its own
// system and the words of the program, and none knows another; a new one is
// a folder and a line here. The list is explicit: formats that register
// themselves on import were rejected, since then nobody can read what there
// is.
package connectors

import (
	"github.com/habitue-data/habitue/connectors/csv"
	"github.com/habitue-data/habitue/connectors/jsonl"
	"github.com/habitue-data/habitue/connectors/parquet"
	"github.com/habitue-data/habitue/internal/rowfile"
)

// Formats are the file formats by the name that a Block and a project file
// give them.
func Formats() map[string]rowfile.Format {
	return map[string]rowfile.Format{
		csv.Name:     csv.New(),
		jsonl.Name:   jsonl.New(),
		parquet.Name: parquet.New(),
	}
}
