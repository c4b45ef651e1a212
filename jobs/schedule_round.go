package jobs

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/habitue-data/habitue/connectors/lake"
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/jobs/night"
	"github.com/habitue-data/habitue/jobs/schedule"
)

// bookOf is where the book of a lake's nights lies, beside the manifests.
func bookOf(l lake.Lake) string { return l.Path("_manifests/_nights.json") }

// round is one look at what is due: the nights in order, up to the first that
// cannot run, since later ones rest on it; then what they made is served.
type round struct {
	*scheduler
	runner   *night.Runner
	book     *schedule.Book
	made     *night.Night     // the last one that it made
	unread   map[string]error // by database: why it could not be read in this round, nil where it was
	messages []schedule.Message
}

// round does a round and tells of it. The project file is read anew: whoever puts
// it right need not start anything again.
func (s *scheduler) round(ctx context.Context) error {
	r := &round{scheduler: s, messages: []schedule.Message{}}
	p, err := s.app.Project()
	if err == nil && !p.Schedule.Set() && !s.command.Once {
		err = fault.With(p.Fault("nothing says any more when nights are to run", "write schedule again; until then they run as before", "schedule"), fault.Config)
	}
	if err == nil {
		s.project = p
		err = r.locked(ctx)
	}
	code := fault.CodeOf(err)
	if code != fault.OK && len(r.messages) == 0 && ctx.Err() == nil && code != s.board.Get().Exit { // no night got as far
		r.messages = append(r.messages, schedule.Tell(s.project.Name, nil, code, nil))
	}
	if looked := s.look(code); looked != nil {
		err = worst(err, looked)
	}
	for _, m := range r.messages {
		if ctx.Err() != nil && m.ExitCode == int(fault.Cancelled) {
			continue // whoever stopped it knows
		}
		if err := m.Send(context.WithoutCancel(ctx), s.project.Dir, s.project.Schedule.Notify); err != nil {
			fmt.Fprintf(s.app.Err, "habitue: %s\n", s.app.told(err))
		}
	}
	if s.app.JSON {
		err = errors.Join(err, s.app.PrintJSON(r.messages))
	}
	return err
}

// locked is a round under the project's lock.
func (r *round) locked(ctx context.Context) (err error) {
	var unlock func() error
	err = r.again(ctx, func() error {
		held, u, err := lock(ctx, r.app, r.project)
		if err == nil {
			ctx, unlock = held, u
		}
		return err
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	if r.runner, err = begin(ctx, r.app, r.project, r.command.Runner, int64(r.command.Memory)); err != nil {
		return err
	}
	r.runner.Known = "then"
	if r.book, err = schedule.Open(bookOf(r.runner.Lake)); err != nil {
		return err
	}
	r.book.Recover()
	stopped := r.nights(ctx)
	return worst(stopped, r.serve(ctx, stopped))
}

// nights runs what is due.
func (r *round) nights(ctx context.Context) error {
	line, err := r.runner.Lake.LineRuns()
	if err != nil {
		return err
	}
	r.book.Made(line)
	last, begun := int32(0), true
	switch pending := r.book.Pending(); {
	case len(line) > 0:
		date, _, _ := strings.Cut(line[len(line)-1], ".")
		last, err = customer.ParseDay(date)
	case len(pending) > 0: // the very first night is waited for like any other
		last, err = customer.ParseDay(pending[0].Date)
		last--
	default:
		begun = false
	}
	if err != nil {
		return err
	}
	clock := schedule.Clock{Cron: r.project.Schedule.Cron, Zone: r.project.Zone, Now: r.app.Now(), All: r.command.Once}
	due := clock.Due(last, begun)
	if len(due) > 0 {
		r.pull(ctx)
	}
	for _, day := range due {
		night := r.book.Night(customer.DayText(day))
		waits, without, err := r.missing(clock, day)
		switch {
		case err != nil:
			err = r.stop(ctx, night, err)
		case waits != nil:
			err = r.wait(night, waits)
		default:
			err = r.again(ctx, func() error { return r.try(ctx, night, day, without) })
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// missing are the sources whose file of a day has not come: while one of them may
// be waited for, waits; after that, those that the night is run without. err is
// why a database could not be read that is not waited for.
func (r *round) missing(clock schedule.Clock, day int32) (waits, without []string, err error) {
	var failed []error
	for i := range r.project.Sources {
		s := &r.project.Sources[i]
		var broken error
		came := s.Wait == 0
		if s.Pulled != nil {
			came, broken = r.reached(s, day)
			failed = append(failed, broken)
		}
		if s.Wait > 0 && (s.Pulled == nil || came && s.Pulled.Daily()) {
			files, faults := r.project.Files(s)
			came = len(faults) > 0 // the night tells them
			for _, f := range files {
				came = came || f.Date.Equal(customer.DayTime(day))
			}
		}
		switch {
		case came || broken != nil:
		case clock.Waited(day, s.Wait):
			without = append(without, s.Name)
		default:
			waits = append(waits, s.Name)
		}
	}
	return waits, without, worst(failed...)
}

// wasStopped is that somebody stopped a night.
func wasStopped(night *schedule.Night) error {
	return fault.With(fmt.Errorf("the night of %s was stopped; the old tables stand", night.Date), fault.Cancelled)
}

// stop notes that a night could not begin.
func (r *round) stop(ctx context.Context, night *schedule.Night, err error) error {
	night.Begin(r.app.Now())
	if ctx.Err() != nil {
		err = wasStopped(night)
	}
	return r.ended(night, err, nil)
}

// wait notes that a night waits.
func (r *round) wait(night *schedule.Night, waits []string) error {
	night.Begin(r.app.Now())
	return r.ended(night, fault.With(fmt.Errorf("the night of %s waits for %s", night.Date, strings.Join(waits, ", ")), fault.Waiting), waits)
}

// try runs a night once.
func (r *round) try(ctx context.Context, due *schedule.Night, day int32, without []string) error {
	started := r.app.Now()
	due.Begin(started)
	if err := r.book.Save(); err != nil {
		return err
	}
	r.runner.Attempt = night.Attempt{Number: due.Count(), First: due.Since(), Without: without}
	limit := r.project.Schedule.Deadline
	within, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	last, err := r.runner.Make(within, []int32{day}, true)
	switch {
	case err != nil && ctx.Err() != nil:
		err = wasStopped(due)
	case err != nil && within.Err() != nil:
		err = fault.With(fmt.Errorf("the night of %s was stopped, as it was not done within %s; deadline: says how long it may take", due.Date, limit), fault.Cancelled)
	case err == nil:
		r.made = last
		due.RunID, due.Without, due.Seconds = last.Manifest.RunID, last.Manifest.Without, r.app.Now().Sub(started).Seconds()
	}
	return r.ended(due, err, nil)
}

// ended notes how a try ended, and has it told where that is news.
func (r *round) ended(night *schedule.Night, err error, waits []string) error {
	code, why := fault.CodeOf(err), ""
	if err != nil {
		why = r.app.told(err)
	}
	news := night.End(r.app.Now(), code, why, waits)
	if err != nil && news {
		r.messages = append(r.messages, schedule.Tell(r.project.Name, night, code, nil))
	}
	return errors.Join(err, r.book.Save())
}

// serve serves the newest night where it is not served: also one whose process
// was killed in between. It runs where nights were stopped too, for those before.
func (r *round) serve(ctx context.Context, stopped error) error {
	if ctx.Err() != nil {
		return nil // the next round does it
	}
	id, err := r.runner.Lake.LineEnd()
	if err != nil || id == "" {
		return err
	}
	m, err := r.runner.Lake.Load(id)
	if err != nil {
		return err
	}
	var due []*schedule.Night
	for _, n := range r.book.Nights {
		if n.RunID != "" && n.Served.IsZero() && n.Date <= m.RunDate {
			due = append(due, n)
		}
	}
	if len(due) == 0 {
		return nil
	}
	if err := r.publish(ctx, m, due[len(due)-1]); err != nil {
		return err
	}
	for _, n := range due {
		n.Served = r.app.Now()
		fmt.Fprintf(r.app.Err, "the night of %s is run %s, %.1f s%s\n", n.Date, n.RunID, n.Seconds, behind(n.String()))
		rows, err := rowsOf(r.runner.Lake, n.RunID)
		if err != nil {
			return err
		}
		r.messages = append(r.messages, schedule.Tell(r.project.Name, n, fault.OK, rows))
	}
	return r.book.Save()
}

// publish serves a run. That it could not is noted on the page of its night.
func (r *round) publish(ctx context.Context, m lake.Manifest, page *schedule.Night) error {
	limit := r.project.Schedule.Deadline
	within, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	return r.again(within, func() error {
		began := r.app.Now()
		err := finish(within, r.app, r.runner, m, &night.Summary{})
		if err == nil && r.made != nil {
			err = r.made.PruneKept()
		}
		if err == nil {
			return nil
		}
		if within.Err() != nil && ctx.Err() == nil {
			err = fault.With(fmt.Errorf("run %s is committed in the lake, and was not served within %s; deadline: says how long it may take", m.RunID, limit), fault.Publish)
		}
		page.Begin(began)
		return r.ended(page, err, nil)
	})
}

func behind(text string) string {
	if text == "" {
		return ""
	}
	return ": " + text
}
