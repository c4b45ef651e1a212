package flow

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
)

// ErrOtherProgram is the error of a worker that is another build than the one
// that the job was launched for: it might read batches otherwise.
var ErrOtherProgram = errors.New("a worker runs another program than the one that launched the night; install the same one on every machine")

// same holds that this process runs the program of that hash, to the byte. Who
// launched a job for its own process tells none.
func same(sum string) error {
	if sum == "" {
		return nil
	}
	own, err := ownSum()
	if err != nil {
		return fmt.Errorf("hash this program: %w", err)
	}
	if own != sum {
		return ErrOtherProgram
	}
	return nil
}

// ownSum is of what runs, also where its file was replaced since: Linux has that
// under a name of its own.
var ownSum = sync.OnceValues(func() (string, error) {
	if sum, err := sumOf("/proc/self/exe"); err == nil {
		return sum, nil
	}
	path, err := os.Executable()
	if err != nil {
		return "", err
	}
	return sumOf(path)
})

// sumOfWorker is of the program at a path; of this one it is of what runs: its
// file may be another build's by now, whose workers are told so.
func sumOfWorker(path string) (string, error) {
	if self, err := os.Executable(); err == nil && path == self {
		return ownSum()
	}
	return sumOf(path)
}

func sumOf(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
