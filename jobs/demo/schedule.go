package demo

import (
	"fmt"
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
	return "deliveries/files/" + strings.TrimPrefix(path, "exports/")
}

// schedule is deliveries/schedule.csv. To replay: begin with the files of
// exports/ that no row names and do the rows of action start; then night by
// night do the rows of the night in order. delete removes path, every other
// action writes it: from the file named by from, or where there is none, from
// where path lies in this folder.
func (s *shop) schedule() []byte {
	b := []byte("night,action,path,from\n")
	last := s.calendar.days()
	row := func(day int, action, path, from string) {
		b = fmt.Appendf(b, "%s,%s,%s,%s\n", s.calendar.name(day), action, path, from)
	}
	oldest := crmPath(s.calendar.name(s.dumps[0]))
	row(last-Nights-1, "start", oldest, firstVersion(oldest))
	row(last-Nights-1, "start", productsPath, firstVersion(productsPath))
	for night := last - Nights; night < last; night++ {
		name := s.calendar.name(night)
		if s.isDumpDay(night) {
			row(night, "put", crmPath(name), "")
		}
		switch night {
		case last - lateTillDay:
		case last - resentDay:
			row(night, "put", tillPath(name), firstVersion(tillPath(name)))
		default:
			row(night, "put", tillPath(name), "")
		}
		if night != last-lateWebDay {
			row(night, "put", webPath(name), "")
		}
		switch night {
		case last - lateTillDay + lateBy:
			row(night, "late", tillPath(s.calendar.name(night-lateBy)), "")
		case last - resentDay + lateBy:
			row(night, "resend", tillPath(s.calendar.name(night-lateBy)), "")
		case last - lateWebDay + 1:
			row(night, "late", webPath(s.calendar.name(night-1)), "")
		case last - deletedNight:
			row(night, "delete", oldest, "")
		}
		if night == last-priceDay {
			row(night, "put", productsPath, "")
		}
	}
	return b
}
