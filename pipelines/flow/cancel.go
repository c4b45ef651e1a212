package flow

import (
	"context"
	"errors"
	"fmt"
	"time"

	jobpb "github.com/apache/beam/sdks/v2/go/pkg/beam/model/jobmanagement_v1"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/util/grpcx"
	"github.com/habitue-data/habitue/internal/fault"
)

// patience is how long a job that was told to stop may take.
const patience = 2 * time.Minute

// cancelJob stops the jobs of a name on a job server and waits until they
// have. Beam's own client lets go of a job when its caller is stopped, and the
// job goes on: it would write over the files of the run that comes next.
func cancelJob(endpoint, name string) error {
	ctx, done := context.WithTimeout(context.Background(), patience)
	defer done()
	if err := cancelAll(ctx, endpoint, name); err != nil {
		return unstopped{fault.With(fmt.Errorf("the run was stopped, its job %s at %s could not be and may go on writing: stop it there before the next run: %w", name, endpoint, err), fault.Cancelled)}
	}
	return nil
}

// unstopped is the error of a job that goes on.
type unstopped struct{ error }

func (u unstopped) Unwrap() error { return u.error }

func cancelAll(ctx context.Context, endpoint, name string) (err error) {
	conn, err := grpcx.Dial(ctx, endpoint, patience)
	if err != nil {
		return fmt.Errorf("reach the job server: %w", err)
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	client := jobpb.NewJobServiceClient(conn)
	all, err := client.GetJobs(ctx, &jobpb.GetJobsRequest{})
	if err != nil {
		return fmt.Errorf("ask for its jobs: %w", err)
	}
	for _, job := range all.GetJobInfo() {
		if !goesBy(job, name) || ended(job.GetState()) {
			continue
		}
		if _, err := client.Cancel(ctx, &jobpb.CancelJobRequest{JobId: job.GetJobId()}); err != nil {
			return fmt.Errorf("cancel it: %w", err)
		}
		for {
			now, err := client.GetState(ctx, &jobpb.GetJobStateRequest{JobId: job.GetJobId()})
			if err != nil {
				return fmt.Errorf("ask whether it stopped: %w", err)
			}
			if ended(now.GetState()) {
				break
			}
			select {
			case <-ctx.Done():
				return fmt.Errorf("wait until it stopped: %w", ctx.Err())
			case <-time.After(200 * time.Millisecond):
			}
		}
	}
	return nil
}

// goesBy tells whether a job was given that name. Flink's server makes a name of
// its own of it, and keeps the one that was given among the options.
func goesBy(job *jobpb.JobInfo, name string) bool {
	return job.GetJobName() == name || job.GetPipelineOptions().GetFields()["beam:option:app_name:v1"].GetStringValue() == name
}

func ended(s jobpb.JobState_Enum) bool {
	switch s {
	case jobpb.JobState_STOPPED, jobpb.JobState_DONE, jobpb.JobState_FAILED, jobpb.JobState_CANCELLED, jobpb.JobState_DRAINED, jobpb.JobState_UPDATED:
		return true
	}
	return false
}
