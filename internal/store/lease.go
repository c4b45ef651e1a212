package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"
)

// Held is the error of a path that somebody else holds.
type Held struct{ Owner string }

func (h Held) Error() string { return "it is held by " + h.Owner }

// silence is for how many beats a holder may be silent before it counts as dead,
// and looks is how often who finds a lease looks at it in the time of one.
const (
	silence = 6
	looks   = 10
)

// Lease makes this process the only one that holds a path of a bucket, until
// release is called or held is done because somebody took it. Nothing in a bucket
// ends with the process that made it: so who holds the path writes it anew at
// every beat, and who finds it looks on for some beats. If it changes meanwhile
// its owner lives, and the error is Held; else it is taken over.
//
// No clock is compared with another's. A holder who was stopped for longer than
// that, or cut off, finds out at its next beat; what it writes in between must
// fail by itself where it matters, as WriteOver does.
func Lease(ctx context.Context, path, owner string, beat time.Duration) (held context.Context, release func() error, err error) {
	l := &lease{path: path, owner: owner}
	if err := l.take(ctx, beat); err != nil {
		return nil, nil, err
	}
	held, lose := context.WithCancelCause(ctx)
	over, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := l.keep(over, beat); err != nil {
			lose(err)
		}
	}()
	return held, func() error {
		stop()
		<-ended
		lost := context.Cause(held)
		lose(nil)
		if lost != nil && ctx.Err() == nil { // it is another's
			return nil
		}
		return l.drop()
	}, nil
}

type lease struct {
	path, owner string
	text        []byte // as written last, or tried
	version     string
	beats       int
}

// write writes the path over a version, and learns the new one. An answer that
// was lost may hide that it was written, so what counts is what is there.
func (l *lease) write(over string) error {
	l.beats++
	before := l.text
	l.text = fmt.Appendf(nil, "%s, beat %d\n", l.owner, l.beats)
	err := WriteOver(l.path, l.text, over)
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	now, version, unread := ReadVersion(l.path)
	switch {
	case unread != nil && err == nil:
		return unread
	case unread == nil && (bytes.Equal(now, l.text) || bytes.Equal(now, before)):
		l.text, l.version = now, version
		return nil
	case err != nil:
		return err
	}
	return Held{owner(now)}
}

func owner(text []byte) string {
	name, _, _ := bytes.Cut(text, []byte(", beat "))
	return string(name)
}

// take takes the path, or what a dead owner left of it.
func (l *lease) take(ctx context.Context, beat time.Duration) error {
	seen := ""
	for quiet := 0; ; quiet++ {
		err := l.write("")
		if !errors.Is(err, fs.ErrExist) {
			return err
		}
		text, version, err := ReadVersion(l.path)
		switch {
		case errors.Is(err, fs.ErrNotExist), errors.Is(err, errChanged): // given back, or written anew, this moment
			continue
		case err != nil:
			return err
		case seen != "" && version != seen:
			return Held{owner(text)}
		case quiet >= silence*looks:
			if err := l.write(version); errors.Is(err, fs.ErrExist) {
				return Held{owner(text)} // or who took it over just now
			} else {
				return err
			}
		}
		seen = version
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(beat / looks):
		}
	}
}

// keep writes the path anew until over is done, and tells when it is lost.
func (l *lease) keep(over context.Context, beat time.Duration) error {
	ticks := time.NewTicker(beat)
	defer ticks.Stop()
	for failed := 0; ; {
		select {
		case <-over.Done():
			return nil
		case <-ticks.C:
		}
		err := l.write(l.version)
		var held Held
		switch {
		case err == nil:
			failed = 0
		case errors.As(err, &held), errors.Is(err, fs.ErrExist), errors.Is(err, fs.ErrNotExist):
			return fmt.Errorf("%s was taken by somebody else: this process was stopped, or cut off, for too long: %w", Name(l.path), err)
		default:
			if failed++; failed >= silence/2 {
				return fmt.Errorf("%s could not be kept: %w", Name(l.path), err)
			}
		}
	}
}

// drop gives the path back.
func (l *lease) drop() error {
	now, err := ReadFile(l.path)
	if err == nil && bytes.Equal(now, l.text) {
		err = Remove(l.path)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
