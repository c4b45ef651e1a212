package bigquery

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"cloud.google.com/go/bigquery"
)

// longestJob is when a job is given up: the service ends load and query jobs
// after six hours itself.
const longestJob = 6*time.Hour + 10*time.Minute

// do sends a job and waits for it. The id says what the job does, to what and
// in which attempt, so a job that is there under it is the same one, sent by a
// try whose answer got lost or by a process that was killed: it is waited for.
// An id whose job failed is used up: the next try has the next one. bytes is
// what is sent along.
func (w *warehouse) do(ctx context.Context, id string, bytes int64, send func(ctx context.Context, id bigquery.JobIDConfig) (*bigquery.Job, error)) (*bigquery.Job, *bigquery.JobStatus, error) {
	failed := 0
	for try := 0; ; {
		as := bigquery.JobIDConfig{JobID: id, Location: w.Location}
		if failed > 0 {
			as.JobID = fmt.Sprintf("%s-r%d", id, failed)
		}
		job, status, met, err := w.once(ctx, as, bytes, send)
		if err == nil && status.Err() == nil {
			return job, status, nil
		}
		if err == nil {
			failed++
			err = &jobError{as.JobID, status}
			if met && failed < 100 { // of an earlier attempt, and what was wrong may have been put right
				continue
			}
			if !slices.Contains(passing, reasonOf(err)) {
				return nil, nil, explain(err)
			}
		} else if ctx.Err() != nil || !transient(err) {
			return nil, nil, explain(err)
		}
		if try++; try == tries {
			return nil, nil, explain(err)
		}
		if err := w.pause(ctx, try-1); err != nil {
			return nil, nil, err
		}
	}
}

// once sends a job or meets it, and waits until it is done.
func (w *warehouse) once(ctx context.Context, as bigquery.JobIDConfig, bytes int64, send func(ctx context.Context, id bigquery.JobIDConfig) (*bigquery.Job, error)) (job *bigquery.Job, status *bigquery.JobStatus, met bool, err error) {
	err = w.inTime(ctx, bytes, func(ctx context.Context) (err error) {
		job, err = send(ctx, as)
		if is(err, 409) {
			met = true
			job, err = w.client.JobFromIDLocation(ctx, as.JobID, w.Location)
		}
		return err
	})
	if err != nil {
		return nil, nil, met, err
	}
	if last := job.LastStatus(); last != nil && last.Done() {
		return job, last, met, nil
	}
	inTime, cancel := context.WithTimeout(ctx, longestJob)
	defer cancel()
	status, err = job.Wait(inTime)
	return job, status, met, err
}

// jobError is a job that failed, with all that the service says of it.
type jobError struct {
	id     string
	status *bigquery.JobStatus
}

func (e *jobError) Error() string {
	said := []string{told(e.status.Err())}
	for _, more := range e.status.Errors {
		if text := told(more); !slices.Contains(said, text) && len(said) < 5 {
			said = append(said, text)
		}
	}
	return "job " + e.id + " failed: " + strings.Join(said, "; ")
}

func (e *jobError) Unwrap() error { return e.status.Err() }

// told is an error of a job in words: the client's own prints a Go struct.
func told(err error) string {
	var e *bigquery.Error
	if !errors.As(err, &e) {
		return err.Error()
	}
	text := e.Reason + ": " + e.Message
	if e.Location != "" {
		text += " (" + e.Location + ")"
	}
	return text
}

// jobID joins what a job is about to an id: letters, digits, - and _. All
// datasets of a Google Cloud project share its ids.
func (w *warehouse) jobID(what string, parts ...any) string {
	return "habitue_" + strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '_', r == '-':
			return r
		}
		return '-'
	}, strings.TrimSuffix(fmt.Sprintln(append([]any{what, w.Dataset}, parts...)...), "\n"))
}
