package config

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/habitue-data/habitue/internal/fault"
)

// problem is what is wrong with a scalar and what to do.
type problem struct{ what, todo string }

// Error is both in one line.
func (p problem) Error() string { return p.what + "; " + p.todo }

// read takes a scalar's text apart by the spec's type.
func (s *Spec) read(text string) (number int64, err error) {
	switch s.Type {
	case Text:
		return 0, nil
	case Enum:
		_, err := s.Word(text)
		return 0, err
	case Bool:
		switch text {
		case "true":
			return 1, nil
		case "false":
			return 0, nil
		}
		return 0, problem{fmt.Sprintf("%q is neither true nor false", text), "write true or false"}
	case Int:
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return 0, problem{fmt.Sprintf("%q is not a whole number", text), "write digits, as " + s.sample("10")}
		}
		return n, s.bounded(n, strconv.FormatInt(s.Min, 10), strconv.FormatInt(s.Max, 10))
	case Size:
		n, err := ParseSize(text)
		if err != nil {
			return 0, err
		}
		return n, s.bounded(n, sizeText(s.Min), sizeText(s.Max))
	case Duration:
		d, err := ParseDuration(text)
		return int64(d), err
	case Date:
		day, err := time.Parse(time.DateOnly, text)
		if err != nil {
			return 0, problem{fmt.Sprintf("%q is not a day", text), "write year-month-day, as 2025-12-31"}
		}
		return day.Unix() / 86400, nil
	}
	return 0, problem{"a single value stands here", "write " + s.says()}
}

// sample is a value to write, for a message.
func (s *Spec) sample(or string) string { return cmp.Or(s.Example, s.Default, or) }

// Word is the value of an Enum that a text stands for.
func (s *Spec) Word(text string) (string, error) {
	spelt := func(as string) bool { return as == text || s.AnyCase && strings.EqualFold(as, text) }
	if at := slices.IndexFunc(s.Values, spelt); at >= 0 {
		return s.Values[at], nil
	}
	for as, value := range s.Also {
		if spelt(as) {
			return value, nil
		}
	}
	todo := "write " + orList(s.Values)
	if near := fault.Nearest(text, append(slices.Clone(s.Values), slices.Sorted(maps.Keys(s.Also))...)); near != "" {
		todo = "did you mean " + near + "? it can be " + orList(s.Values)
	}
	return text, problem{fmt.Sprintf("%q is not known here", text), todo}
}

func (s *Spec) bounded(n int64, low, high string) error {
	if s.Max == 0 || s.Min <= n && n <= s.Max {
		return nil
	}
	return problem{"the value is out of bounds", "write one from " + low + " to " + high}
}

// unit is a suffix of a size or a duration and what it stands for.
type unit struct {
	suffix string
	times  int64
}

var sizeUnits = []unit{ // longer suffixes first
	{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"TiB", 1 << 40},
	{"kB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"TB", 1e12}, {"B", 1},
}

// ParseSize reads a number of bytes with its unit: 512MiB, 2GiB, 4GB.
func ParseSize(text string) (int64, error) {
	if n, ok := withUnit(text, sizeUnits); ok {
		return n, nil
	}
	return 0, problem{fmt.Sprintf("%q is not a size", text), "write a whole number and its unit, as 512MiB or 2GiB"}
}

// sizeText is what ParseSize reads, in the largest unit that divides n.
func sizeText(n int64) string {
	for i := 3; i >= 0; i-- {
		if u := sizeUnits[i]; n != 0 && n%u.times == 0 {
			return strconv.FormatInt(n/u.times, 10) + u.suffix
		}
	}
	return strconv.FormatInt(n, 10) + "B"
}

var timeUnits = []unit{
	{"w", int64(7 * 24 * time.Hour)}, {"d", int64(24 * time.Hour)}, {"h", int64(time.Hour)},
	{"ms", int64(time.Millisecond)}, {"m", int64(time.Minute)}, {"s", int64(time.Second)},
}

// ParseDuration reads a length of time: 14d, 2w, 36h, 90m, 30s. A day is 24
// hours.
func ParseDuration(text string) (time.Duration, error) {
	if n, ok := withUnit(text, timeUnits); ok {
		return time.Duration(n), nil
	}
	return 0, problem{fmt.Sprintf("%q is not a length of time", text), "write a whole number and its unit, as 14d, 36h or 90m"}
}

func withUnit(text string, units []unit) (int64, bool) {
	for _, u := range units {
		digits, found := strings.CutSuffix(text, u.suffix)
		if !found {
			continue
		}
		n, err := strconv.ParseInt(strings.TrimRight(digits, " "), 10, 64)
		if err != nil || n < 0 || n > math.MaxInt64/u.times || digits[0] == '+' {
			return 0, false
		}
		return n * u.times, true
	}
	return 0, false
}

// says is what the spec accepts, in words.
func (s *Spec) says() string {
	switch s.Type {
	case Int:
		return "a whole number"
	case Bool:
		return "true or false"
	case Size:
		return "a size as 512MiB"
	case Duration:
		return "a length of time as 14d"
	case Date:
		return "a day as 2025-12-31"
	case Enum:
		return orList(s.Values)
	case List:
		return "a list: [a, b], or lines that start with a dash"
	case Map:
		return "names with values: {name: value}"
	case Group:
		if s.Hint != "" {
			return "keys with values, " + s.Hint
		}
		return "keys with values: {" + strings.Join(s.names(), ", ") + "}"
	case OneOf:
		var shapes []string
		for i := range s.Shapes {
			shapes = append(shapes, s.Shapes[i].says())
		}
		return strings.Join(shapes, ", or ")
	}
	return "a text"
}

// orList is a, b or c; what is no word stands in quotes.
func orList(words []string) string {
	shown := slices.Clone(words)
	for i, w := range shown {
		if !strings.ContainsAny(w, "abcdefghijklmnopqrstuvwxyz") {
			shown[i] = strconv.Quote(w)
		}
	}
	if len(shown) < 2 {
		return strings.Join(shown, "")
	}
	return strings.Join(shown[:len(shown)-1], ", ") + " or " + shown[len(shown)-1]
}
