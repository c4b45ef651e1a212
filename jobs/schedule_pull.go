package jobs

import (
	"context"
	"fmt"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/jobs/project"
	"github.com/habitue-data/habitue/jobs/pull"
)

// pull reads the databases, each once in a round. One that cannot be read is
// tried again like anything that is out of order for a while; what became of it
// in the end is for the nights to judge, since a source may be waited for.
func (r *round) pull(ctx context.Context) {
	within, cancel := context.WithTimeout(ctx, r.project.Schedule.Deadline)
	defer cancel()
	r.unread = map[string]error{}
	done := map[string]bool{}
	_ = r.again(within, func() error {
		var failed []error
		for _, s := range databases(r.project) {
			if done[s.Name] {
				continue
			}
			_, err := pullOne(within, r.app, r.project, s, false)
			r.unread[s.Name], done[s.Name] = err, err == nil
			failed = append(failed, err)
		}
		return worst(failed...)
	})
}

// reached tells whether a database was read since a day was over. Where it was
// not, err is what kept it from that, unless the source may be waited for.
func (r *round) reached(s *project.Source, day int32) (bool, error) {
	last, err := pull.Reached(r.project, s)
	if err != nil {
		return false, err
	}
	if !last.IsZero() && !last.Before(customer.DayTime(day)) {
		return true, nil
	}
	err = r.unread[s.Name]
	if err != nil && s.Wait > 0 && fault.CodeOf(err) == fault.Unreachable {
		fmt.Fprintf(r.app.Err, "habitue: %s\n", r.app.told(err))
		return false, nil
	}
	return err == nil, err
}
