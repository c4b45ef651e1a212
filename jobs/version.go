package jobs

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// Version is the program's version as the build knows it: the module's
// version, else the revision it was built from, else devel.
func Version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "devel"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return "devel-" + s.Value[:12]
		}
	}
	return "devel"
}

// VersionCommand is `habitue version`.
type VersionCommand struct{}

// Run prints the version.
func (c *VersionCommand) Run(app *App) error {
	if app.JSON {
		return app.PrintJSON(map[string]string{"version": Version(), "go": runtime.Version(), "system": runtime.GOOS + "/" + runtime.GOARCH})
	}
	_, err := fmt.Fprintf(app.Out, "habitue %s %s %s/%s\n", Version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}
