// Package progress tells a person, or a log, how far a run is: one stream of
// events, written by a Sink. It holds no result: what a run did is counted
// where it is done, and a run with no Sink gives the same bytes.
//
// The clock is an argument. Steps may be advanced from many goroutines; an
// Advanced event is sent at most every Interval, so that Add is cheap enough
// for a hot loop to call once a block. A callback per row was rejected.
package progress

import (
	"sync"
	"sync/atomic"
	"time"
)

// Interval is the least time between two Advanced events of one step.
const Interval = 100 * time.Millisecond

// Kind says what happened to a step.
type Kind uint8

const (
	Started Kind = iota
	Advanced
	Done
	Failed
)

// Event is one thing that happened to a step.
type Event struct {
	Kind        Kind
	Step        string
	Rows, Bytes int64         // so far
	Of          int64         // bytes in all, 0 where not known
	Elapsed     time.Duration // since the step started
	Err         error         // Failed
}

// Sink writes events. Its method is never called by two goroutines at once.
type Sink interface{ Tell(Event) }

// Progress is one run's stream of events. The nil Progress tells nobody.
type Progress struct {
	now func() time.Time
	mu  sync.Mutex // guards sink
	out Sink
}

// New is a stream into a sink.
func New(out Sink, now func() time.Time) *Progress { return &Progress{now: now, out: out} }

func (p *Progress) tell(e Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.out.Tell(e)
}

// Step is a step under way. The nil Step, of a nil Progress, does nothing.
type Step struct {
	p           *Progress
	name        string
	of          int64
	start       time.Time
	rows, bytes atomic.Int64
	last        atomic.Int64 // microseconds after start of the last event
}

// Start begins a step that is to read so many bytes, 0 where nobody knows.
func (p *Progress) Start(name string, bytes int64) *Step {
	if p == nil {
		return nil
	}
	s := &Step{p: p, name: name, of: bytes, start: p.now()}
	p.tell(s.event(Started, 0))
	return s
}

// Add counts rows and bytes done.
func (s *Step) Add(rows, bytes int64) {
	if s == nil {
		return
	}
	s.rows.Add(rows)
	s.bytes.Add(bytes)
	elapsed := s.p.now().Sub(s.start)
	last := s.last.Load()
	if elapsed.Microseconds()-last < Interval.Microseconds() || !s.last.CompareAndSwap(last, elapsed.Microseconds()) {
		return
	}
	s.p.tell(s.event(Advanced, elapsed))
}

// End closes the step: done, or failed where err is not nil.
func (s *Step) End(err error) {
	if s == nil {
		return
	}
	e := s.event(Done, s.p.now().Sub(s.start))
	if err != nil {
		e.Kind, e.Err = Failed, err
	}
	s.p.tell(e)
}

func (s *Step) event(k Kind, elapsed time.Duration) Event {
	return Event{Kind: k, Step: s.name, Rows: s.rows.Load(), Bytes: s.bytes.Load(), Of: s.of, Elapsed: elapsed}
}
