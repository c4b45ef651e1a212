package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/internal/progress"
	"github.com/habitue-data/habitue/jobs/project"
	"github.com/lmittmann/tint"
)

// App is what a command may touch of the world outside: nothing below it
// reads the environment, a clock, or the working folder by itself.
type App struct {
	In       io.Reader
	Out, Err io.Writer
	Env      func(name string) (string, bool)
	Now      func() time.Time
	Wait     func(ctx context.Context, until time.Time) error // until Now shows a time; nil waits for it
	Dir      string                                           // the working folder; "" is the process's

	Config   string             // the project file, as the command line named it
	JSON     bool               // one machine-readable summary on Out
	root     string             // the project's folder, once it is loaded
	Progress *progress.Progress // told on Err
}

// Path is a path of the command line, as the process can open it.
func (a *App) Path(path string) string {
	if filepath.IsAbs(path) || a.Dir == "" {
		return path
	}
	return filepath.Join(a.Dir, path)
}

// Project loads the project file. Warnings are told on Err; anything worse
// is the error, with every fault of the file and the exit code Config.
func (a *App) Project() (*project.Project, error) { return a.project(project.Load) }

// ProjectToRead is Project for a command that only reads what runs have made:
// it needs no secret of a source or a warehouse.
func (a *App) ProjectToRead() (*project.Project, error) { return a.project(project.LoadToRead) }

func (a *App) project(load func(string, func(string) (string, bool)) (*project.Project, fault.List)) (*project.Project, error) {
	p, faults := load(a.Path(a.Config), a.Env)
	if err := faults.Err(fault.Config); err != nil {
		return nil, err
	}
	for _, f := range faults {
		fmt.Fprintln(a.Err, f)
	}
	a.root = p.Dir
	return p, nil
}

// told is an error as messages have it: what the project has is named as the
// project names it, not by where this machine keeps it.
func (a *App) told(err error) string {
	text := err.Error()
	text = bucketOptions.ReplaceAllString(text, "$1")
	for _, dir := range []string{a.root, a.Dir} {
		if filepath.IsAbs(dir) && dir != "/" {
			text = strings.ReplaceAll(text, filepath.Clean(dir)+"/", "")
		}
	}
	return text
}

// bucketOptions are those that store.With puts into a path.
var bucketOptions = regexp.MustCompile(`((?:gs|s3)://[^/?\s]+)\?[^/\s]*`)

// PrintJSON writes a summary on Out, for a machine.
func (a *App) PrintJSON(v any) error {
	e := json.NewEncoder(a.Out)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return fmt.Errorf("write the summary: %w", err)
	}
	return nil
}

// sink is how progress is told.
func (a *App) sink(how string) progress.Sink {
	if how == "auto" {
		how = "terminal"
	}
	live := progress.IsTerminal(a.Err)
	switch how {
	case "log":
		return progress.Log(slog.New(tint.NewTextHandler(a.Err, &tint.Options{NoColor: !live, TimeFormat: time.TimeOnly})))
	case "json":
		return progress.Log(slog.New(slog.NewJSONHandler(a.Err, nil)))
	case "none":
		return progress.None{}
	}
	return progress.Terminal(a.Err, live)
}
