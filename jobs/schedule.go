package jobs

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"runtime/debug"
	"slices"
	"time"

	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/jobs/project"
	"github.com/habitue-data/habitue/jobs/schedule"
)

// Run runs the nights that are due, now and whenever the schedule of the project
// fires, until it is stopped. A night that cannot run stops no later round: it
// is tried again in the next.
func (c *ScheduleCommand) Run(ctx context.Context, app *App) (err error) {
	p, err := app.Project()
	if err != nil {
		return err
	}
	if !p.Schedule.Set() && !c.Once {
		return fault.With(p.Fault("nothing says when nights are to run", `write schedule: "15 3 * * *", or run habitue schedule --once whenever they are`, "schedule"), fault.Config)
	}
	s := &scheduler{app: app, command: c, project: p, board: &schedule.Board{}}
	if err := s.again(ctx, func() error { return s.look(fault.OK) }); err != nil {
		return err
	}
	if c.Once {
		return s.round(ctx)
	}
	if p.Schedule.Listen != "" {
		closed, err := s.listen(ctx)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, closed()) }()
	}
	for {
		if err := s.round(ctx); ctx.Err() != nil {
			return err // who is stopped between two nights has nothing to undo
		} else if err != nil {
			fmt.Fprintf(app.Err, "habitue: %s\n", app.told(err))
		}
		debug.FreeOSMemory() // the day is long
		next := s.project.Schedule.Cron.Next(app.Now(), s.project.Zone)
		fmt.Fprintf(app.Err, "the next round is at %s\n", next.Format("2006-01-02 15:04 MST"))
		if app.wait(ctx, next) != nil {
			return nil
		}
	}
}

// scheduler runs rounds.
type scheduler struct {
	app     *App
	command *ScheduleCommand
	project *project.Project // the last one that could be read
	board   *schedule.Board
}

// wait waits until the clock shows a time. It looks at the clock again and
// again: one that is set, or a machine that slept, is noticed within half a
// minute.
func (a *App) wait(ctx context.Context, until time.Time) error {
	if a.Wait != nil {
		return a.Wait(ctx, until)
	}
	for {
		left := until.Sub(a.Now().Round(0))
		if left <= 0 {
			return ctx.Err()
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(min(left, 30*time.Second)):
		}
	}
}

// pauses are how long what can be tried again is left alone between tries.
var pauses = []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute}

// again tries until it works, until another try would change nothing, or often
// enough.
func (s *scheduler) again(ctx context.Context, try func() error) error {
	for _, pause := range pauses {
		err := try()
		if !slices.Contains([]fault.Code{fault.Internal, fault.Locked, fault.NoSpace, fault.Publish, fault.Unreachable}, fault.CodeOf(err)) || ctx.Err() != nil {
			return err
		}
		fmt.Fprintf(s.app.Err, "habitue: %s; it is tried again in %s\n", s.app.told(err), pause)
		if s.app.wait(ctx, s.app.Now().Add(pause)) != nil {
			return err
		}
	}
	return try()
}

// worst is the error that the exit code is of, with the others behind it.
func worst(all ...error) error {
	all = slices.DeleteFunc(all, func(err error) bool { return err == nil })
	if len(all) == 0 {
		return nil
	}
	rank := []fault.Code{fault.Waiting, fault.Locked, fault.Unreachable, fault.Gate, fault.Input, fault.Config, fault.Line, fault.Cancelled, fault.Publish, fault.NoSpace, fault.Mismatch, fault.Internal}
	slices.SortStableFunc(all, func(a, b error) int {
		return slices.Index(rank, fault.CodeOf(b)) - slices.Index(rank, fault.CodeOf(a))
	})
	all[0] = fault.With(all[0], fault.CodeOf(all[0])) // else the next one's code would be taken
	return errors.Join(all...)
}

// listen answers for health and metrics.
func (s *scheduler) listen(ctx context.Context) (closed func() error, err error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", s.project.Schedule.Listen)
	if err != nil {
		return nil, fault.With(s.project.Fault(fmt.Sprintf("nothing can listen there: %v", err), "name a port that is free", "schedule", "listen"), fault.Config)
	}
	server := &http.Server{Handler: s.board.Handler(s.app.Now), ReadHeaderTimeout: 10 * time.Second}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(l) }()
	fmt.Fprintf(s.app.Err, "health and metrics are at http://%s/healthz and /metrics\n", l.Addr())
	return func() error {
		err := server.Close()
		if served := <-ended; !errors.Is(served, http.ErrServerClosed) {
			err = errors.Join(err, served)
		}
		return err
	}, nil
}
