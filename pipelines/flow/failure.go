package flow

import (
	"encoding/json"
	"errors"
	"strings"

	"github.com/habitue-data/habitue/internal/atomicfile"
	"github.com/habitue-data/habitue/internal/fault"
)

// failure is what a stage's error is to a person. A runner hands errors on
// as text, with its plan around it, so a failure travels inside the text and
// is taken out of it again at the other end. A file in the scratch folder
// was rejected: where the disk is full there is none.
type failure struct {
	Code   fault.Code
	Faults fault.List `json:",omitempty"`
	Text   string     `json:",omitempty"` // where there are no faults
}

// What stands around a failure: JSON never has these bytes as they are.
const (
	failureStart = "\x02failure"
	failureEnd   = "\x03"
)

// crossing makes an error ready to cross a runner.
func crossing(stage string, err error) error {
	err = atomicfile.Explain(err)
	f := failure{Code: fault.CodeOf(err), Faults: fault.Of(err)}
	if f.Faults == nil {
		f.Text = stage + ": " + err.Error()
	}
	text, _ := json.Marshal(f) // texts and numbers
	return errors.New(failureStart + string(text) + failureEnd)
}

// crossed is the error that a runner's error tells of: the stage's own where
// one is inside.
func crossed(err error) error {
	_, text, ok := strings.Cut(err.Error(), failureStart)
	if !ok {
		return err
	}
	text, _, _ = strings.Cut(text, failureEnd)
	var f failure
	if json.Unmarshal([]byte(text), &f) != nil {
		return err
	}
	var out error = f.Faults
	if f.Faults == nil {
		out = errors.New(f.Text)
	}
	if f.Code == fault.Internal {
		return out
	}
	return fault.With(out, f.Code)
}
