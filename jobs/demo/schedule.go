package demo

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// The stories of the last nights, in days before the end of history (the
// last day is 1).
const (
	lateTillDay  = 22 // the till's file of this day comes three nights late
	priceDay     = 19 // prices change, products.csv is written anew
	resentDay    = 16 // the till's file of this day comes again, corrected, three nights later
	lateWebDay   = 11 // the analytics' file of this day comes a night late
	deletedNight = 6  // the CRM deletes its oldest dump
	lastTillDay  = 3  // the till's file of this day comes a night late
	lateBy       = 3
)

func tillPath(day string) string { return "exports/receipts/" + day + ".csv.gz" }
func webPath(day string) string  { return "exports/web/" + day + ".jsonl.gz" }
func crmPath(day string) string  { return "exports/crm/" + day + ".csv.gz" }

const (
	productsPath = "exports/products.csv"
	storesPath   = "exports/stores.csv"
)

// firstVersion is where a file lies that is not in exports/ at the end of
// the last night.
func firstVersion(path string) string {
	return "replay/files/" + strings.TrimPrefix(path, "exports/")
}

// arrival is a file that comes, or goes, in a night.
type arrival struct {
	night              int
	action, path, from string
}

// comes notes that a file comes in a night, and opens it where it lies.
func (s *shop) comes(night int, action, path string) *file {
	s.arrivals = append(s.arrivals, arrival{night, action, path, ""})
	return s.out.create(s.lies(night, path))
}

// lies is where a file that comes in that night lies in the shop's folder.
func (s *shop) lies(night int, path string) string {
	if s.deliver && night >= s.calendar.days()-Delivered {
		return "deliveries/" + s.calendar.name(night) + "/" + path
	}
	return path
}

// schedule is replay/schedule.csv. To replay: put what lies in deliveries/ in
// place, begin with the files of exports/ that no row names and do the rows
// of action start; then night by night do the rows of the night in order.
// delete removes path, every other action writes it: from the file named by
// from, or where there is none, from where path lies in this folder.
func (s *shop) schedule() []byte {
	last := s.calendar.days()
	oldest := crmPath(s.calendar.name(s.dumps[0]))
	s.arrivals = append(s.arrivals,
		arrival{last - Nights - 1, "start", oldest, firstVersion(oldest)},
		arrival{last - Nights - 1, "start", productsPath, firstVersion(productsPath)},
		arrival{last - deletedNight, "delete", oldest, ""},
		arrival{last - priceDay, "put", productsPath, ""})
	slices.SortStableFunc(s.arrivals, func(a, b arrival) int { return cmp.Compare(a.night, b.night) })
	b := []byte("night,action,path,from\n")
	for _, a := range s.arrivals {
		if a.night >= last-Nights || a.action == "start" {
			b = fmt.Appendf(b, "%s,%s,%s,%s\n", s.calendar.name(a.night), a.action, a.path, a.from)
		}
	}
	return b
}
