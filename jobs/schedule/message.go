package schedule

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os/exec"
	"slices"
	"time"

	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/jobs/project"
)

// Message is what is told of a night. It has no field that a value of a row
// could get into.
type Message struct {
	Project  string    `json:"project"`
	Occasion string    `json:"occasion"`
	RunDate  string    `json:"run_date,omitempty"` // "" where no night could begin
	RunID    string    `json:"run_id,omitempty"`
	ExitCode int       `json:"exit_code"`
	Exit     string    `json:"exit"`
	Meaning  string    `json:"meaning"` // of the exit code
	Tries    int       `json:"tries,omitempty"`
	Since    time.Time `json:"since,omitzero"`
	WaitsFor []string  `json:"waits_for,omitempty"`
	Without  []string  `json:"without,omitempty"`
	Seconds  float64   `json:"seconds,omitempty"`
	Sources  []Rows    `json:"sources,omitempty"`
}

// Rows is what became of the rows of a source.
type Rows struct {
	Source   string `json:"source"`
	Read     int64  `json:"read"`
	Kept     int64  `json:"kept"`
	Rejected int64  `json:"rejected"`
}

// Tell is the message on a night that ended so.
func Tell(project string, n *Night, code fault.Code, rows []Rows) Message {
	m := Message{Project: project, Occasion: occasion(code), ExitCode: int(code), Exit: fault.Codes[code].Name, Meaning: fault.Codes[code].Doc, Sources: rows}
	if n != nil {
		m.RunDate, m.RunID, m.Tries, m.Since, m.WaitsFor, m.Without, m.Seconds = n.Date, n.RunID, n.Count(), n.Since(), n.last().WaitsFor, n.Without, n.Seconds
	}
	return m
}

// occasion is what an exit code is an occasion of.
func occasion(code fault.Code) string {
	switch code {
	case fault.OK:
		return "success"
	case fault.Gate, fault.Input, fault.Waiting: // for a person, or for a source
		return "gate"
	}
	return "failure"
}

// patience is how long who is told may take.
const patience = 30 * time.Second

// Send tells whoever wants to know of the occasion. One who cannot be told does
// not keep the others from it.
func (m Message) Send(ctx context.Context, dir string, to []project.Notify) error {
	text, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("write the message: %w", err)
	}
	var wrong []error
	for _, n := range to {
		if !slices.Contains(n.On, m.Occasion) {
			continue
		}
		if n.Command != nil {
			wrong = append(wrong, command(ctx, dir, n.Command, text))
		} else {
			wrong = append(wrong, post(ctx, n.URL.Reveal(), text))
		}
	}
	return errors.Join(wrong...)
}

func command(ctx context.Context, dir string, args []string, text []byte) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	c := exec.CommandContext(ctx, args[0], args[1:]...)
	c.Dir, c.Stdin, c.WaitDelay = dir, bytes.NewReader(text), time.Second
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("notify by %s: %w: %.200s", args[0], err, out)
	}
	return nil
}

// post sends the message. The address may have a token in it, so no error shows
// more of it than the host.
func post(ctx context.Context, to string, text []byte) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	at, err := url.Parse(to)
	if err != nil {
		return errors.New("notify: the url cannot be read")
	}
	q, err := http.NewRequestWithContext(ctx, http.MethodPost, to, bytes.NewReader(text))
	if err != nil {
		return fmt.Errorf("notify %s: the url cannot be asked", at.Host)
	}
	q.Header.Set("Content-Type", "application/json")
	a, err := http.DefaultClient.Do(q)
	if err != nil {
		var u *url.Error
		if errors.As(err, &u) {
			err = u.Err
		}
		return fmt.Errorf("notify %s: %w", at.Host, err)
	}
	defer a.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(a.Body, 1<<16))
	if a.StatusCode >= 300 {
		return fmt.Errorf("notify %s: it answered %s", at.Host, a.Status)
	}
	return nil
}
