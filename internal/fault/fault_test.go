package fault

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestFaultSaysWhereWhatWhyAndWhatToDo(t *testing.T) {
	f := Fault{File: "habitue.yaml", Line: 3, Col: 5, What: "unknown key pth", Why: "a source has no such key", Todo: "did you mean path?"}
	if got, want := f.Error(), "habitue.yaml:3:5: unknown key pth, a source has no such key; did you mean path?"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestInnermostCodeWins(t *testing.T) {
	inner := With(errors.New("disk"), NoSpace)
	if got := CodeOf(With(fmt.Errorf("write: %w", inner), Publish)); got != NoSpace {
		t.Errorf("CodeOf = %d, want %d", got, NoSpace)
	}
	if got := CodeOf(errors.New("plain")); got != Internal {
		t.Errorf("CodeOf(plain) = %d", got)
	}
}

func TestFaultsAreFoundInsideAnyError(t *testing.T) {
	a, b, c := Fault{What: "a"}, Fault{What: "b"}, Fault{What: "c"}
	err := fmt.Errorf("run: %w", errors.Join(With(a, Input), errors.New("plain"), fmt.Errorf("read: %w", List{b, c})))
	if got := Of(err).Error(); got != "a\nb\nc" {
		t.Errorf("found %q", got)
	}
	if got := Of(fmt.Errorf("run: %w", errors.New("plain"))); got != nil {
		t.Errorf("found %v", got)
	}
}

func TestEveryFaultIsTold(t *testing.T) {
	var list List
	for i := range 300 {
		list = append(list, Fault{File: "habitue.yaml", Line: i + 1, What: "wrong"})
	}
	lines := strings.Split(list.Error(), "\n")
	if len(lines) != 300 || lines[299] != "habitue.yaml:300: wrong" {
		t.Errorf("%d lines, the last %q", len(lines), lines[len(lines)-1])
	}
}

func TestWarningsStopNothing(t *testing.T) {
	if err := (List{{What: "odd", Warning: true}}).Err(Config); err != nil {
		t.Errorf("a warning became %v", err)
	}
	if err := (List{{What: "odd", Warning: true}, {What: "wrong"}}).Err(Config); CodeOf(err) != Config {
		t.Errorf("a fault became %v", err)
	}
}

func TestNearest(t *testing.T) {
	names := []string{"path", "fields", "delivery", "record"}
	for word, want := range map[string]string{"pth": "path", "feilds": "fields", "dellivery": "delivery", "xyz": "", "Path": "path"} {
		if got := Nearest(word, names); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", word, got, want)
		}
	}
}

func TestEveryCodeIsDocumentedOnce(t *testing.T) {
	for i, c := range Codes {
		if int(c.Code) != i || c.Name == "" || c.Doc == "" {
			t.Errorf("code %d: %+v", i, c)
		}
	}
}
