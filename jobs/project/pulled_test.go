package project

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/habitue-data/habitue/internal/config"
)

func TestASourceOfADatabase(t *testing.T) {
	t.Parallel()
	p := load(t, "testdata/pulled.good.yaml")
	want := []*Pulled{
		{System: "postgres", URL: config.NewSecret("postgres://reader@db/shop"), Table: "public.contacts", Key: []string{"id"}, UpdatedAt: "changed_at", Overlap: time.Hour},
		{System: "postgres", URL: config.NewSecret("host=db user=reader"), Query: "SELECT * FROM shops WHERE open", Key: []string{"chain", "shop"}, Overlap: 10 * time.Minute},
		{System: "postgres", URL: config.NewSecret("postgres://reader@db/shop"), Table: "visits", Key: []string{"id"}, UpdatedAt: "at", Overlap: 10 * time.Minute},
	}
	for i, delivery := range []Delivery{Changes, Full, Full} {
		s := &p.Sources[i]
		if diff := cmp.Diff(want[i], s.Pulled, cmp.AllowUnexported(config.Secret{})); diff != "" || s.Delivery != delivery || s.Format != "jsonl" {
			t.Errorf("%s: delivery %s, format %s %s", s.Name, s.Delivery, s.Format, diff)
		}
		day := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
		for _, mark := range []string{"", ".0001"} {
			path := p.PulledIn(s) + "/" + PulledName(day, mark)
			if got := s.DateOf(path); !got.Equal(day) {
				t.Errorf("the day of %s is %s", path, got)
			}
		}
	}
	if at := p.FaultOf(&p.Sources[0], "what", "todo", "updated_at"); at.Line != 11 {
		t.Errorf("updated_at is on line %d", at.Line)
	}
}
