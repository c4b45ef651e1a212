package night

import (
	"fmt"
	"slices"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/progress"
	"github.com/habitue-data/habitue/jobs/project"
	"github.com/habitue-data/habitue/transforms/delivery"
)

// Of files that add up only the newest can be held against those before: what is
// in force grows whatever comes. It is held against its own weekday of four weeks:
// a shop that is closed on Sundays, or sells little then, is as it should be. The
// least of them is left out, for it may be a holiday, or broken itself.
const (
	weeks    = 4
	fewWeeks = 3
)

// newest is what came for the newest day of a source whose files have days in
// their names, beside what is usual for such a day.
type newest struct {
	day   int32
	path  string // of one of its files
	rows  int64  // without those that were refused or left out
	hull  bool   // there is nothing in its files, and a header line was in those before
	fresh bool   // it came with this night
	usual int64  // at least
}

// newestOf is false where there is nothing to hold against each other.
func (n *Night) newestOf(source int) (d newest, ok bool) {
	if n.Project.Sources[source].Delivery == project.Full {
		return d, false
	}
	type came struct {
		rows   int64
		headed bool
	}
	days := map[int32]came{}
	known := n.readBefore()
	d.day = noDay
	for _, v := range n.plan.versions {
		if v.source != source || v.file < 0 || v.Verdict != delivery.InForce || v.named == noDay || v.named > n.day {
			continue
		}
		t := &n.result.Tallies[v.file]
		c := days[v.named]
		c.rows += t.Read.Rows - t.Filtered.Rows - t.Rejected.Rows
		c.headed = c.headed || v.info.Header != nil
		days[v.named] = c
		if v.named > d.day {
			d.day, d.path, d.fresh = v.named, v.Path, false
		}
		d.fresh = d.fresh || v.named == d.day && !known[v.Path+v.SHA256]
	}
	d.rows, d.hull = days[d.day].rows, !days[d.day].headed
	var before []int64
	for week := int32(1); week <= weeks; week++ {
		if c, came := days[d.day-7*week]; came {
			before = append(before, c.rows)
			d.hull = d.hull && c.headed
		}
	}
	if len(before) < fewWeeks {
		return d, false
	}
	slices.Sort(before)
	d.usual = before[1]
	return d, d.usual >= someRows
}

// missing is how many rows there are fewer than usual, where what came is less
// than the share of it that a project wants.
func (d *newest) missing(percent int64) int64 {
	if over(d.rows, d.usual, percent) || d.rows*100 == d.usual*percent {
		return 0
	}
	return d.usual - d.rows
}

// fault tells why a night is stopped; "" where it is not. Few rows, or a header
// line alone, may be a holiday. A file that has not even that was not written.
func (d *newest) fault(source string) string {
	if !d.fresh || !d.hull || d.rows > 0 {
		return ""
	}
	return fmt.Sprintf("%s: %s has nothing in it, not even the line of headers, and %s rows or more are usual on its weekday; deliver it again, or if there is truly nothing the header line alone",
		source, d.path, progress.Thousands(d.usual))
}

// detail is what the check of it says.
func (d *newest) detail() string {
	return fmt.Sprintf("rows that the newest files, of %s, have fewer than is usual on their weekday, %s or more; look whether the export is whole", customer.DayText(d.day), progress.Thousands(d.usual))
}
