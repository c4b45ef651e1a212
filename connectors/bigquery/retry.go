package bigquery

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"slices"
	"strings"
	"syscall"
	"time"

	"cloud.google.com/go/bigquery"
	"github.com/habitue-data/habitue/internal/fault"
	"google.golang.org/api/googleapi"
)

// tries is how often something is tried that may work the next time. With
// backOff they take some two minutes.
const tries = 7

// backOff waits before the next try: 1 s, 2 s, 4 s and so on, up to twice as
// long, so that many who were refused do not come back together.
func backOff(ctx context.Context, try int) error {
	wait := time.Second << min(try, 6)
	t := time.NewTimer(wait + rand.N(wait))
	defer t.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-t.C:
		return nil
	}
}

// tired is an error of a request that was tried for as long as there was
// patience: the client does that itself, but for uploads.
type tired struct{ error }

func (t tired) Unwrap() error { return t.error }

// patient is how the service is waited for.
type patient struct {
	pause    func(ctx context.Context, try int) error // between two tries; nil is backOff
	patience time.Duration                            // with one request; 0 is ten minutes
}

// usual has what is not said otherwise.
func (p patient) usual() patient {
	if p.pause == nil {
		p.pause = backOff
	}
	if p.patience == 0 {
		p.patience = 10 * time.Minute
	}
	return p
}

// inTime does a request that sends so many bytes.
func (p patient) inTime(ctx context.Context, bytes int64, do func(ctx context.Context) error) error {
	limited, cancel := context.WithTimeout(ctx, p.patience+time.Duration(bytes>>10)*10*time.Millisecond)
	defer cancel()
	err := do(limited)
	if err != nil && limited.Err() != nil {
		return tired{err}
	}
	return err
}

// again does a request, again where it passes.
func (p patient) again(ctx context.Context, passes func(err error) bool, do func(ctx context.Context) error) error {
	for try := 0; ; try++ {
		err := p.inTime(ctx, 0, do)
		if err == nil || ctx.Err() != nil || !passes(err) || try == tries-1 {
			return err
		}
		if err := p.pause(ctx, try); err != nil {
			return err
		}
	}
}

// ask does a request, again where that may help.
func (w *warehouse) ask(ctx context.Context, do func(ctx context.Context) error) error {
	return explain(w.again(ctx, transient, do))
}

// is tells whether an error is an answer of that HTTP code.
func is(err error, code int) bool {
	var e *googleapi.Error
	return errors.As(err, &e) && e.Code == code
}

// reasonOf is the service's word for what went wrong, "" where it did not say.
func reasonOf(err error) string {
	var answer *googleapi.Error
	if errors.As(err, &answer) && len(answer.Errors) > 0 {
		return answer.Errors[0].Reason
	}
	var job *bigquery.Error
	if errors.As(err, &job) {
		return job.Reason
	}
	return ""
}

// passing are the reasons of what the next try may not meet.
var passing = []string{"backendError", "internalError", "rateLimitExceeded", "jobRateLimitExceeded", "jobBackendError", "jobInternalError", "tableUnavailable"}

// transient tells whether the same request may work the next time.
func transient(err error) bool {
	if errors.As(err, new(tired)) {
		return false
	}
	var answer *googleapi.Error
	if errors.As(err, &answer) {
		return answer.Code >= 500 || answer.Code == 429 || answer.Code == 408 || slices.Contains(passing, reasonOf(err))
	}
	var network net.Error
	return errors.As(err, &network) && network.Timeout() ||
		errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, syscall.EPIPE) ||
		err != nil && strings.Contains(err.Error(), "server closed idle connection")
}

// logIn is what to do where nobody is logged in.
const logIn = "log in with gcloud auth application-default login, or let GOOGLE_APPLICATION_CREDENTIALS name a key file"

// Passing tells of an error whether the same may work later, though it was tried
// for as long as there was patience: the service is not there, or takes no more
// for a while.
func Passing(err error) bool {
	var network net.Error
	return errors.As(err, new(tired)) || transient(err) || errors.As(err, &network) || reasonOf(err) == "quotaExceeded"
}

// hints are what to do about a reason.
var hints = map[string]string{
	"quotaExceeded":            "a quota of the Google Cloud project is used up, most of them until the next day: publish again then, or ask for more under IAM & Admin, Quotas",
	"rateLimitExceeded":        "the service refused too many requests in a short time: publish again in some minutes",
	"jobRateLimitExceeded":     "the service refused too many jobs in a short time: publish again in some minutes",
	"accessDenied":             "whoever publishes needs the roles bigquery.jobUser on the Google Cloud project and bigquery.dataEditor on the dataset, and of a bucket storage.objectViewer",
	"billingNotEnabled":        "switch billing on for the Google Cloud project",
	"bytesBilledLimitExceeded": "a check would read more than warehouse: max_bytes_billed allows: raise it",
	"responseTooLarge":         "a check would read more than the service gives back",
}

// explain says what to do about an error of the service.
func explain(err error) error {
	hint := hints[reasonOf(err)]
	if hint == "" && is(err, 401) {
		hint = logIn
	}
	if err == nil || hint == "" || fault.CodeOf(err) == fault.Publish {
		return err
	}
	return fault.With(fmt.Errorf("%w: %s", err, hint), fault.Publish)
}
