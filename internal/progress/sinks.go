package progress

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"strconv"
	"strings"
	"time"
)

// None tells nobody.
type None struct{}

// Tell does nothing.
func (None) Tell(Event) {}

// IsTerminal tells whether somebody looks at the writer.
func IsTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// terminal writes one line a step. Where live, the line of a step under way
// is written over; else a step has a line when it ends.
type terminal struct {
	w    io.Writer
	live bool
	open string // the step whose line is not ended yet
}

// Terminal is a sink for a person. live: the writer understands a carriage
// return and the erasing of a line.
func Terminal(w io.Writer, live bool) Sink { return &terminal{w: w, live: live} }

// Tell writes the step's line. What cannot be written is not told: progress
// must never stop a run.
func (t *terminal) Tell(e Event) {
	ended := e.Kind == Done || e.Kind == Failed
	if !t.live {
		if ended {
			_, _ = fmt.Fprintln(t.w, line(e))
		}
		return
	}
	text := "\r\x1b[K" + line(e)
	if t.open != "" && t.open != e.Step {
		text = "\n" + line(e)
	}
	t.open = e.Step
	if ended {
		text += "\n"
		t.open = ""
	}
	_, _ = io.WriteString(t.w, text)
}

func line(e Event) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%-10s", e.Step)
	if e.Rows > 0 {
		fmt.Fprintf(&b, " %12s rows", Thousands(e.Rows))
	}
	if e.Bytes > 0 {
		fmt.Fprintf(&b, " %10s", Bytes(e.Bytes))
	}
	if e.Of > 0 && e.Kind == Advanced {
		fmt.Fprintf(&b, " %3d%%", min(100, int(100*float64(e.Bytes)/float64(e.Of))))
	}
	fmt.Fprintf(&b, " %6.1f s", e.Elapsed.Seconds())
	if e.Kind == Failed {
		fmt.Fprintf(&b, "  failed")
	}
	return strings.TrimRight(b.String(), " ")
}

// logged writes events as records of a log; Advanced ones at level debug.
type logged struct{ log *slog.Logger }

// Log is a sink for a log, of text for a person or of JSON for a machine,
// as the logger's handler has it.
func Log(log *slog.Logger) Sink { return logged{log} }

// Tell logs the event; its error is told as text.
func (l logged) Tell(e Event) {
	fields := []any{slog.String("step", e.Step), slog.Int64("rows", e.Rows), slog.Int64("bytes", e.Bytes), slog.Float64("seconds", e.Elapsed.Round(time.Millisecond).Seconds())}
	switch e.Kind {
	case Started:
		l.log.Info("started", slog.String("step", e.Step), slog.Int64("of_bytes", e.Of))
	case Advanced:
		l.log.Debug("advanced", fields...)
	case Done:
		l.log.Info("done", fields...)
	case Failed:
		l.log.Error("failed", append(fields, slog.String("error", e.Err.Error()))...)
	}
}

// Thousands writes a number with a thin mark every three digits: 1,234,567.
func Thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, s = "-", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return sign + s
}

// Bytes writes a size in the largest unit that leaves a whole digit: 1.5 GiB.
func Bytes(n int64) string {
	units := []string{"B", "KiB", "MiB", "GiB", "TiB"}
	f, u := float64(n), 0
	for f >= 1024 && u < len(units)-1 {
		f, u = f/1024, u+1
	}
	if u == 0 {
		return fmt.Sprintf("%d B", n)
	}
	return fmt.Sprintf("%.1f %s", f, units[u])
}
