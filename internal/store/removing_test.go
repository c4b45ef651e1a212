package store_test

import (
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/habitue-data/habitue/internal/store"
)

// TestRemoveAllBesideAWriter: a folder goes also while files are put into it.
func TestRemoveAllBesideAWriter(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "cache", "run")
	stop := make(chan struct{})
	var writers sync.WaitGroup
	for w := range 4 {
		writers.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				if err := os.MkdirAll(dir, 0o755); err == nil {
					_ = os.WriteFile(filepath.Join(dir, strconv.Itoa(w*200+i%200)), nil, 0o644) // the folder may just have gone
				}
			}
		})
	}
	for range 4 {
		for found, _ := os.ReadDir(dir); len(found) < 20; found, _ = os.ReadDir(dir) {
			time.Sleep(10 * time.Microsecond)
		}
		if err := store.RemoveAll(filepath.Dir(dir)); err != nil {
			t.Error(err)
			break
		}
	}
	close(stop)
	writers.Wait()
}
