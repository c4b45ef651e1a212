package project

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestFilesAreFoundByDateThenName(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "a[b]*") // a folder may be named like a glob
	for _, path := range []string{
		"in/2025-01-02.csv", "in/2025-01-01.csv", "in/2025-01-01.csv.bak", "in/2025-02-29.csv", "in/.2025-01-03.csv", "in/x.csv",
		"deep/2025/01/05-07.csv", "deep/2025/01/05-23.csv", "deep/2025/02/01-24.csv",
		"two/2025-01-01/2025-01-01.csv", "two/2025-01-01/2025-01-02.csv", "plain/50%.csv", "выгрузка/2025-01-01.csv", "выгрузка/Чеки.csv", "выгрузка/Чай.csv", "日本/é1.csv", "globs/b1.csv", "globs/a2.csv", "globs/c.csv", "globs/dir.csv/x",
	} {
		at := filepath.Join(dir, path)
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(at, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("loop.csv", filepath.Join(dir, "globs", "loop.csv")); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		patterns []string
		want     []string
		faults   string
	}{
		"days":              {[]string{"in/%Y-%m-%d.csv"}, []string{"in/2025-01-01.csv 2025-01-01 0", "in/2025-01-02.csv 2025-01-02 0"}, "in/2025-02-29.csv: the name says a day that is not: 2025-02-29; rename the file, or leave it out by the path in p.yaml"},
		"a glob":            {[]string{"globs/[ab]?.csv"}, []string{"globs/a2.csv 0001-01-01 0", "globs/b1.csv 0001-01-01 0"}, ""},
		"folders and links": {[]string{"globs/*.csv"}, []string{"globs/a2.csv 0001-01-01 0", "globs/b1.csv 0001-01-01 0", "globs/c.csv 0001-01-01 0", "globs/loop.csv 0001-01-01 0"}, ""},
		"hours in folders":  {[]string{"deep/%Y/%m/%d-%H.csv"}, []string{"deep/2025/01/05-07.csv 2025-01-05 7", "deep/2025/01/05-23.csv 2025-01-05 23"}, "deep/2025/02/01-24.csv: the name says a day that is not: hour 24; rename the file, or leave it out by the path in p.yaml"},
		"a day twice":       {[]string{"two/%Y-%m-%d/%Y-%m-%d.csv"}, []string{"two/2025-01-01/2025-01-01.csv 2025-01-01 0"}, "two/2025-01-01/2025-01-02.csv: the name says a day that is not: %d is both 01 and 02; rename the file, or leave it out by the path in p.yaml"},
		"several patterns":  {[]string{"in/2025-01-0?.csv", "in/*-01.csv", "globs/c.csv"}, []string{"globs/c.csv 0001-01-01 0", "in/2025-01-01.csv 0001-01-01 0", "in/2025-01-02.csv 0001-01-01 0"}, ""},
		"a plain path":      {[]string{"in/x.csv"}, []string{"in/x.csv 0001-01-01 0"}, ""},
		"a percent sign":    {[]string{"plain/50%%.csv"}, []string{"plain/50%.csv 0001-01-01 0"}, ""},
		"other letters":     {[]string{"выгрузка/Чеки.csv", "日本/é?.csv"}, []string{"выгрузка/Чеки.csv 0001-01-01 0", "日本/é1.csv 0001-01-01 0"}, ""},
		"globs of letters":  {[]string{"выгрузк?/Ч[а-п]*.csv"}, []string{"выгрузка/Чай.csv 0001-01-01 0", "выгрузка/Чеки.csv 0001-01-01 0"}, ""},
		"days and letters":  {[]string{"выгрузка/%Y-%m-%d.csv"}, []string{"выгрузка/2025-01-01.csv 2025-01-01 0"}, ""},
		"no such folder":    {[]string{"gone/*.csv", "gone/x.csv"}, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var patterns []Pattern
			for _, text := range c.patterns {
				patterns = append(patterns, Pattern{Text: text})
			}
			files, faults := (&Project{File: "p.yaml", Dir: dir}).list(patterns)
			var got []string
			for _, f := range files {
				got = append(got, fmt.Sprint(f.Path, " ", f.Date.Format(time.DateOnly), " ", f.Hour))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(c.faults, faults.Error()); diff != "" {
				t.Error(diff)
			}
		})
	}
}
