package night

import (
	"slices"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/jobs/project"
)

// A waiver is what a night that has waited long enough for a source goes on
// without: the file of that day. It is a row of the ledger of deliveries that
// has no hash, so that the day can be run again as it was, whenever the file
// came after all.

// waiveToday adds the waivers of the night itself to the ledger.
func (pl *planner) waiveToday() {
	for i := range pl.project.Sources {
		s := &pl.project.Sources[i]
		if !slices.Contains(pl.waive, s.Name) {
			continue
		}
		for _, p := range s.Patterns {
			w := arrival{source: s.Name, path: p.On(customer.DayTime(pl.q.Day)), delivered: pl.q.Day, known: pl.q.Day}
			if !slices.Contains(pl.ledger, w) {
				pl.ledger = append(pl.ledger, w)
			}
		}
	}
}

// isWaived tells whether the night of the day in a file's name was run without
// it.
func (pl *planner) isWaived(v *version) bool {
	return slices.ContainsFunc(pl.ledger, func(a arrival) bool {
		return a.sha256 == "" && a.source == pl.project.Sources[v.source].Name && a.delivered == v.named
	})
}

// waivedBy are the waivers up to a day, those of sources that the project no
// longer has left out.
func (pl *planner) waivedBy(day int32) (all []arrival) {
	for _, a := range pl.ledger {
		known := slices.ContainsFunc(pl.project.Sources, func(s project.Source) bool { return s.Name == a.source })
		if a.sha256 == "" && a.delivered <= day && known {
			all = append(all, a)
		}
	}
	return all
}

// waivedOn are the sources that the night of a day was run without.
func (p *plan) waivedOn(day int32) (sources []string) {
	for _, a := range p.waived {
		if a.delivered == day && !slices.Contains(sources, a.source) {
			sources = append(sources, a.source)
		}
	}
	slices.Sort(sources)
	return sources
}

// addTo adds a waiver to the table of deliveries.
func (a arrival) addTo(k *columns.Chunk) {
	text := map[string]string{"source": a.source, "path": a.path}
	whole := map[string]int64{"delivered_date": int64(a.delivered), "known_date": int64(a.known)}
	for i := range k.Cols {
		c := &k.Cols[i]
		switch v, ok := whole[c.Name]; {
		case ok:
			c.Ints = append(c.Ints, v)
		case c.Type == columns.Text:
			c.AddOptional(text[c.Name])
		default:
			c.Ints = append(c.Ints, 0)
		}
	}
	k.N++
}
