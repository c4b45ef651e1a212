package extract

import "testing"

func TestHashSetFindsWhatMetTwice(t *testing.T) {
	var s hashSet
	s.reset(3)
	for i := uint64(1); i <= 1000; i++ {
		if s.add(i * 7919) {
			t.Fatalf("%d was told to be there", i)
		}
	}
	for i := uint64(1); i <= 1000; i++ {
		if !s.has(i*7919) || !s.add(i*7919) {
			t.Fatalf("%d is not there", i)
		}
	}
	if s.reset(10); s.has(7919) {
		t.Error("reset kept a hash")
	}
}
