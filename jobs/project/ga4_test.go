package project

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/habitue-data/habitue/internal/config"
)

// TestTheExampleOfAnExport loads what docs/sources-ga4.md shows.
func TestTheExampleOfAnExport(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/sources-ga4.md")
	if err != nil {
		t.Fatal(err)
	}
	_, text, _ := strings.Cut(string(page), "```yaml\n")
	text, _, _ = strings.Cut(text, "```")
	path := filepath.Join(t.TempDir(), "habitue.yaml")
	if err := os.WriteFile(path, []byte("project: shop\ntimezone: Europe/Moscow\ncurrency: RUB\n"+text), 0o644); err != nil {
		t.Fatal(err)
	}
	s := load(t, path).Sources[0]
	want := &Pulled{System: GA4, Project: "corner-shop-data", Dataset: "analytics_123456789", Days: 4, From: time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)}
	if diff := cmp.Diff(want, s.Pulled, cmp.AllowUnexported(config.Secret{})); diff != "" {
		t.Error(diff)
	}
	if s.Delivery != Parts || s.Format != "jsonl" || s.Patterns[0].Text != "out/lake/_pulled/web/%Y-%m-%d.jsonl.zst" || s.Wait != 2*day || s.Mapping.Attributes || len(s.Mapping.Fields) != 21 {
		t.Errorf("%s %s %v, wait %v, %d fields", s.Delivery, s.Format, s.Patterns, s.Wait, len(s.Mapping.Fields))
	}
}
