package bigquery

import (
	"context"
	"fmt"
	"strings"
	"time"

	"cloud.google.com/go/bigquery"
	"github.com/habitue-data/habitue/internal/store"
	"google.golang.org/api/googleapi"
)

// stageLife is how long a stage table lives that nobody took away.
const stageLife = 48 * time.Hour

// stage loads a table's files into a table of its own, which nobody reads.
func (w *warehouse) stage(ctx context.Context, p *planned, t *table) error {
	if len(t.parts) == 0 {
		return nil
	}
	as := bigquery.TableMetadata{Schema: t.schema, Description: "Files of run " + p.RunID + " until they are served.", Clustering: t.base.Clustering, ExpirationTime: w.Now().Add(stageLife)}
	if t.By != "" { // a partition is copied to one of a table that is partitioned alike
		as.TimePartitioning = t.base.TimePartitioning
	}
	md, err := w.own(ctx, p.stage(t), as)
	if err != nil {
		return err
	}
	t.created = md.CreationTime
	for _, part := range t.parts {
		var together []File // one job loads them
		for _, f := range part.files {
			if uri, err := w.inGS(p, t, f); err != nil {
				return err
			} else if uri != "" {
				f.Path = uri
				together = append(together, f)
				continue
			}
			if err := w.load(ctx, p, t, part, []File{f}); err != nil {
				return err
			}
		}
		for len(together) > 0 {
			n := min(len(together), mostURIs)
			if err := w.load(ctx, p, t, part, together[:n]); err != nil {
				return err
			}
			together = together[n:]
		}
	}
	return nil
}

// mostURIs is how many files one job may load.
const mostURIs = 10_000

// inGS is where the service can read a file itself, "" for one that is sent
// with the job.
func (w *warehouse) inGS(p *planned, t *table, f File) (string, error) {
	if strings.HasPrefix(f.Path, "gs://") {
		return store.Name(f.Path), nil
	}
	if w.Staging == "" {
		return "", nil
	}
	to := store.Join(w.staged(p), t.Name+"/"+f.SHA256+".parquet")
	if _, err := store.Stat(to); err == nil { // an object is there whole or not at all
		return store.Name(to), nil
	}
	if err := store.Copy(f.Path, to); err != nil {
		return "", fmt.Errorf("stage %s: %w", f.Path, err)
	}
	return store.Name(to), nil
}

func (w *warehouse) staged(p *planned) string { return store.Join(w.Staging, "habitue-"+p.RunID) }

// load is a load job. It adds to the stage table: what is there under the ids
// of this stage table are parts of the same files.
func (w *warehouse) load(ctx context.Context, p *planned, t *table, part part, files []File) error {
	to := p.stage(t)
	if t.By != "" {
		to += "$" + part.partition
	}
	id := w.jobID("load", p.RunID, t.Name, part.partition, short(contentOf(files)), t.created.UnixMilli())
	var sent int64
	if !strings.HasPrefix(files[0].Path, "gs://") {
		sent = files[0].Bytes
	}
	_, status, err := w.do(ctx, id, sent, func(ctx context.Context, id bigquery.JobIDConfig) (*bigquery.Job, error) {
		from, done, err := source(files)
		if err != nil {
			return nil, err
		}
		defer done()
		load := w.ds.Table(to).LoaderFrom(from)
		load.JobIDConfig, load.Labels = id, w.labels
		load.WriteDisposition, load.CreateDisposition = bigquery.WriteAppend, bigquery.CreateNever
		load.MediaOptions = w.inPieces(sent)
		load.DecimalTargetTypes = []bigquery.DecimalTargetType{bigquery.NumericTargetType}
		return load.Run(ctx)
	})
	if err != nil {
		return fmt.Errorf("load %s: %w", fileNames(files), err)
	}
	var want, got int64
	for _, f := range files {
		want += f.Rows
	}
	if loaded, ok := status.Statistics.Details.(*bigquery.LoadStatistics); ok {
		got = loaded.OutputRows
	}
	if got != want {
		return fmt.Errorf("load %s: job %s loaded %d rows, the manifest says %d", fileNames(files), id, got, want)
	}
	t.loaded += got
	return nil
}

// inPieces says in which pieces something of that size is sent: each is held
// in memory, and is what is sent again when a connection breaks.
func (w *warehouse) inPieces(size int64) []googleapi.MediaOption {
	whole := (size/googleapi.MinUploadChunkSize + 1) * googleapi.MinUploadChunkSize
	return []googleapi.MediaOption{googleapi.ChunkSize(int(min(whole, int64(w.piece))))}
}

// source is what a job loads from; done is called when it was sent.
func source(files []File) (from bigquery.LoadSource, done func() error, err error) {
	how := bigquery.FileConfig{SourceFormat: bigquery.Parquet, ParquetOptions: &bigquery.ParquetOptions{EnableListInference: true}}
	if strings.HasPrefix(files[0].Path, "gs://") {
		uris := make([]string, len(files))
		for i, f := range files {
			uris[i] = f.Path
		}
		gcs := bigquery.NewGCSReference(uris...)
		gcs.FileConfig = how
		return gcs, func() error { return nil }, nil
	}
	file, _, err := store.Open(files[0].Path)
	if err != nil {
		return nil, nil, err
	}
	reader := bigquery.NewReaderSource(file)
	reader.FileConfig = how
	return reader, file.Close, nil
}

func fileNames(files []File) string {
	if len(files) == 1 {
		return store.Name(files[0].Path)
	}
	return fmt.Sprintf("%s and %d more", store.Name(files[0].Path), len(files)-1)
}
