package progress

import (
	"bytes"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// clock is a time that moves only when told.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

type kept []Event

func (k *kept) Tell(e Event) { *k = append(*k, e) }

func TestAdvancedIsToldAtMostOnceAnInterval(t *testing.T) {
	t.Parallel()
	var got kept
	var c clock
	s := New(&got, c.now).Start("extract", 100)
	for range 25 { // 10 ms each: two intervals pass
		c.move(10 * time.Millisecond)
		s.Add(2, 4)
	}
	s.End(nil)
	want := kept{
		{Kind: Started, Step: "extract", Of: 100},
		{Kind: Advanced, Step: "extract", Rows: 20, Bytes: 40, Of: 100, Elapsed: 100 * time.Millisecond},
		{Kind: Advanced, Step: "extract", Rows: 40, Bytes: 80, Of: 100, Elapsed: 200 * time.Millisecond},
		{Kind: Done, Step: "extract", Rows: 50, Bytes: 100, Of: 100, Elapsed: 250 * time.Millisecond},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestNothingIsLostWhenManyAdd(t *testing.T) {
	t.Parallel()
	var got kept
	var c clock
	s := New(&got, c.now).Start("settle", 0)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 1000 {
				c.move(time.Millisecond)
				s.Add(1, 3)
			}
		})
	}
	all.Wait()
	s.End(nil)
	if last := got[len(got)-1]; last.Rows != 8000 || last.Bytes != 24000 {
		t.Errorf("%+v", last)
	}
}

func TestNilProgressIsSilent(t *testing.T) {
	t.Parallel()
	var p *Progress
	s := p.Start("x", 0)
	s.Add(1, 1)
	s.End(nil)
}

var story = []Event{
	{Kind: Started, Step: "extract", Of: 4096},
	{Kind: Advanced, Step: "extract", Rows: 1234, Bytes: 1024, Of: 4096, Elapsed: time.Second},
	{Kind: Done, Step: "extract", Rows: 1234567, Bytes: 4096, Of: 4096, Elapsed: 2 * time.Second},
	{Kind: Failed, Step: "settle", Elapsed: time.Second, Err: errors.New("disk")},
}

func TestSinks(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		sink func(*bytes.Buffer) Sink
		want string
	}{
		"plain lines": {
			func(b *bytes.Buffer) Sink { return Terminal(b, false) },
			"extract       1,234,567 rows    4.0 KiB    2.0 s\nsettle        1.0 s  failed\n",
		},
		"live terminal": {
			func(b *bytes.Buffer) Sink { return Terminal(b, true) },
			"\r\x1b[Kextract       0.0 s\r\x1b[Kextract           1,234 rows    1.0 KiB  25%    1.0 s" +
				"\r\x1b[Kextract       1,234,567 rows    4.0 KiB    2.0 s\n\r\x1b[Ksettle        1.0 s  failed\n",
		},
		"json log": {
			func(b *bytes.Buffer) Sink {
				noTime := func(_ []string, a slog.Attr) slog.Attr {
					if a.Key == slog.TimeKey {
						return slog.Attr{}
					}
					return a
				}
				return Log(slog.New(slog.NewJSONHandler(b, &slog.HandlerOptions{ReplaceAttr: noTime})))
			},
			`{"level":"INFO","msg":"started","step":"extract","of_bytes":4096}` + "\n" +
				`{"level":"INFO","msg":"done","step":"extract","rows":1234567,"bytes":4096,"seconds":2}` + "\n" +
				`{"level":"ERROR","msg":"failed","step":"settle","rows":0,"bytes":0,"seconds":1,"error":"disk"}` + "\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			sink := c.sink(&b)
			for _, e := range story {
				sink.Tell(e)
			}
			if diff := cmp.Diff(c.want, b.String()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestNumbersForPeople(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1,000", -1234567: "-1,234,567"} {
		if got := Thousands(n); got != want {
			t.Errorf("Thousands(%d) = %q, want %q", n, got, want)
		}
	}
	for n, want := range map[int64]string{0: "0 B", 1023: "1023 B", 1536: "1.5 KiB", 3 << 30: "3.0 GiB"} {
		if got := Bytes(n); got != want {
			t.Errorf("Bytes(%d) = %q, want %q", n, got, want)
		}
	}
}
