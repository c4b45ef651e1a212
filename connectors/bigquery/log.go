package bigquery

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"cloud.google.com/go/bigquery"
	"google.golang.org/api/iterator"
)

// runsTable is the log of what was published. Its newest committed row is what
// every view goes by.
const runsTable = "_runs"

// entry is a row of the log: a publish begins, and is committed.
type entry struct {
	Seq      int64     `bigquery:"seq" json:"seq"` // of the publish
	State    string    `bigquery:"state" json:"state"`
	RunID    string    `bigquery:"run_id" json:"run_id"`
	RunDate  string    `bigquery:"-" json:"run_date"` // written, and not read
	Slot     time.Time `bigquery:"slot" json:"slot"`
	LoggedAt time.Time `bigquery:"logged_at" json:"logged_at"`
	Detail   string    `bigquery:"detail" json:"detail"` // served, as JSON

	served served
}

const (
	begun     = "begun"
	committed = "committed"
)

// served is what is to be read where a publish is committed, and may be there
// where it only began.
type served struct {
	Tables     []string                     `json:"tables"`
	Views      []string                     `json:"views"`
	Partitions map[string]map[string]string `json:"partitions"` // table -> month or day -> content
	Made       map[string]int64             `json:"made"`       // table -> when its rows_ was made, in milliseconds since 1970: another one has not these partitions
}

var runsSchema = bigquery.Schema{
	{Name: "seq", Type: bigquery.IntegerFieldType, Required: true, Description: "number of the publish"},
	{Name: "state", Type: bigquery.StringFieldType, Required: true, Description: "begun or committed; views follow the committed row with the greatest seq"},
	{Name: "run_id", Type: bigquery.StringFieldType, Required: true, Description: "the run: run_date.n"},
	{Name: "run_date", Type: bigquery.DateFieldType, Required: true, Description: "the as-of date of the run"},
	{Name: "slot", Type: bigquery.TimestampFieldType, Required: true, Description: "partition of the run in the tables rows_*: run_date, and an hour that is not that of the run before"},
	{Name: "logged_at", Type: bigquery.TimestampFieldType, Required: true, Description: "when the row was written"},
	{Name: "detail", Type: bigquery.StringFieldType, Required: true, Description: "the tables of the run, and the partitions of those of which only what changed is loaded, as JSON"},
}

// log is what is known of earlier publishes.
type log struct {
	last      entry   // of all
	committed entry   // the newest that is served
	since     []entry // that began after it and did not end
}

// readLog reads the log, and makes its table where it is not there. Rows of a
// table are listed for nothing, in no certain order.
func (w *warehouse) readLog(ctx context.Context) (l log, err error) {
	md, err := w.own(ctx, runsTable, bigquery.TableMetadata{Schema: runsSchema, Description: "What habitue published into this dataset, and when."})
	if err != nil {
		return l, fmt.Errorf("table %s: %w", runsTable, err)
	}
	w.logBorn = md.CreationTime
	var all []entry
	err = w.ask(ctx, func(ctx context.Context) error {
		all = nil
		for rows := w.ds.Table(runsTable).Read(ctx); ; {
			var e entry
			err := rows.Next(&e)
			if errors.Is(err, iterator.Done) {
				return nil
			}
			if err == nil {
				err = json.Unmarshal([]byte(e.Detail), &e.served)
			}
			if err != nil {
				return err
			}
			all = append(all, e)
		}
	})
	if err != nil {
		return l, fmt.Errorf("read the table %s: %w", runsTable, err)
	}
	slices.SortFunc(all, func(a, b entry) int {
		if a.Seq != b.Seq {
			return int(a.Seq - b.Seq)
		}
		return len(a.State) - len(b.State) // begun, committed
	})
	for _, e := range all {
		l.last = e
		if e.State == begun {
			l.since = append(l.since, e)
			continue
		}
		l.committed, l.since = e, nil
	}
	return l, nil
}

// write adds a row to the log: by a load job under an id of its own, so that
// it is there once however often it is tried. What was written to a log that
// was taken away does not count for the next.
func (w *warehouse) write(ctx context.Context, e entry) error {
	text, err := json.Marshal(e.served)
	if err != nil {
		return err
	}
	e.Detail, e.LoggedAt = string(text), w.Now().UTC().Truncate(time.Microsecond)
	row, err := json.Marshal(e)
	if err != nil {
		return err
	}
	_, _, err = w.do(ctx, w.jobID("log", e.RunID, e.Seq, e.State, w.logBorn.UnixMilli()), int64(len(row)), func(ctx context.Context, id bigquery.JobIDConfig) (*bigquery.Job, error) {
		from := bigquery.NewReaderSource(bytes.NewReader(append(row, '\n')))
		from.SourceFormat = bigquery.JSON
		load := w.ds.Table(runsTable).LoaderFrom(from)
		load.JobIDConfig, load.Labels, load.MediaOptions = id, w.labels, w.inPieces(int64(len(row)))
		load.WriteDisposition, load.CreateDisposition = bigquery.WriteAppend, bigquery.CreateNever
		return load.Run(ctx)
	})
	if err != nil {
		return fmt.Errorf("write that run %s is %s: %w", e.RunID, e.State, err)
	}
	return nil
}
