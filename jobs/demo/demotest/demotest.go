// Package demotest lays out the sample shop for tests.
package demotest

import (
	"os"
	"path/filepath"
	"testing"
)

// Shop copies the shop in folder from to dir, as it stands before the nights
// that have folders of their own.
func Shop(t testing.TB, from, dir string) {
	t.Helper()
	if err := os.CopyFS(dir, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(dir, "out")); err != nil { // of somebody who ran it where it stands
		t.Fatal(err)
	}
}

// Nights are the nights that have folders of their own, in order.
func Nights(t testing.TB, dir string) (nights []string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(dir, "deliveries"))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		nights = append(nights, e.Name())
	}
	return nights
}

// Deliver puts what comes in these nights in place, over what is there.
func Deliver(t testing.TB, dir string, nights ...string) {
	t.Helper()
	for _, night := range nights {
		from := filepath.Join(dir, "deliveries", night)
		err := filepath.WalkDir(from, func(path string, e os.DirEntry, err error) error {
			if err != nil {
				return err
			}
			rel, err := filepath.Rel(from, path)
			if err != nil {
				return err
			}
			to := filepath.Join(dir, rel)
			if e.IsDir() {
				return os.MkdirAll(to, 0o755)
			}
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			return os.WriteFile(to, data, 0o644)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
