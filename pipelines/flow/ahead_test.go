package flow

import (
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"time"
)

func TestAheadKeepsTheOrderAndTheLimit(t *testing.T) {
	for _, atOnce := range []int{1, 3, 50} {
		var under, most atomic.Int64
		var order []int
		err := ahead(20, atOnce, func(i int) ([]byte, error) {
			if n := under.Add(1); n > most.Load() {
				most.Store(n)
			}
			time.Sleep(time.Millisecond * time.Duration(20-i) / 4) // the later the sooner
			under.Add(-1)
			return []byte{byte(i)}, nil
		}, func(i int, data []byte) error {
			order = append(order, i, int(data[0]))
			return nil
		})
		var want []int
		for i := range 20 {
			want = append(want, i, i)
		}
		if err != nil || !slices.Equal(order, want) {
			t.Errorf("%d at once: %v, %v", atOnce, order, err)
		}
		if n := most.Load(); n > int64(atOnce) || atOnce > 1 && n < 2 {
			t.Errorf("%d were under way at once, want up to %d", n, atOnce)
		}
		wrong := errors.New("wrong")
		got := ahead(20, atOnce, func(i int) ([]byte, error) {
			if i == 5 {
				return nil, wrong
			}
			return nil, nil
		}, func(i int, _ []byte) error {
			if i > 4 {
				t.Errorf("%d at once: %d came after the error", atOnce, i)
			}
			return nil
		})
		if !errors.Is(got, wrong) {
			t.Errorf("%d at once: %v", atOnce, got)
		}
	}
}
