// Package jobs is what a person or a timer starts: the commands. Each is a
// small struct in its own file with a method Run(ctx, *App) error, or just
// Run(*App) error, whose error decides the exit code.
//
// It promises that a wrong command line, project file or input ends in a
// named exit code and a message that says what to do, never in a stack
// trace. A framework of hooks before and after commands was rejected: a
// command that needs the project loads it.
package jobs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/habitue-data/habitue/internal/atomicfile"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/internal/progress"
)

// Main runs the command line and returns the exit code. An interrupt
// cancels the command; a second one ends the process at once.
func Main(args []string, in io.Reader, out, errs io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // from here on a signal does what it always does
	return Execute(ctx, args, &App{In: in, Out: out, Err: errs, Env: os.LookupEnv, Now: time.Now})
}

// exited is how kong's wish to end the process (after --help) gets out.
type exited struct{ code int }

// Execute runs the command line in this world.
func Execute(ctx context.Context, args []string, app *App) (code int) {
	defer func() {
		if r := recover(); r != nil {
			e, ok := r.(exited)
			if !ok {
				panic(r)
			}
			code = e.code
		}
	}()
	err := execute(ctx, args, app, func(code int) { panic(exited{code}) })
	if err == nil {
		return int(fault.OK)
	}
	if ctx.Err() != nil && fault.CodeOf(err) != fault.Cancelled && (fault.CodeOf(err) == fault.Internal || errors.Is(err, context.Canceled)) {
		fmt.Fprintln(app.Err, "habitue: stopped; the old tables stand")
		return int(fault.Cancelled)
	}
	err = atomicfile.Explain(err)
	if faults := fault.Of(err); faults != nil { // a line starts with its place, so that an editor can go there
		fmt.Fprintln(app.Err, app.told(faults))
	} else {
		fmt.Fprintf(app.Err, "habitue: %s\n", app.told(err))
	}
	return int(fault.CodeOf(err))
}

func execute(ctx context.Context, args []string, app *App, exit func(int)) error {
	var c commands
	k, err := parser(&c, app, exit)
	if err != nil {
		return fmt.Errorf("build the command line: %w", err)
	}
	parsed, err := k.Parse(args)
	if err != nil {
		return fault.With(fmt.Errorf("%w; see habitue --help", err), fault.Usage)
	}
	app.Config, app.JSON = c.Config, c.JSON
	app.Progress = progress.New(app.sink(c.Progress), app.Now)
	parsed.BindTo(ctx, (*context.Context)(nil))
	return parsed.Run(app)
}
