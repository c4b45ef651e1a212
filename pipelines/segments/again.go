package segments

import (
	"math"
	"slices"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
)

// A row has the day of the file that it came in. A file that is sent again for the
// sake of one row, and a dump of every night, make all of theirs new. What the run
// before counted says of whom they are not: where it had more than those that are
// old by their file, some that look new were there.

// knownAgain gives such rows of a customer the days on which they happened, as if
// they had come then. Which of several were there no run keeps: where one more came
// among them all are taken for known, and grown tells of it; so are those of who
// parted from another tonight. Interactions stay as they are: no profile counts them.
func (r *reasons) knownAgain() {
	past, day := *r.h, r.Segments.Before.Day
	r.past = &past
	before := func(name string) []int64 { return r.people.Col(name).Ints }
	orders, returns, events := before("order_count"), before("return_count"), before("event_count")
	more := map[int]bool{}
	r.grown = func(i int) bool { return more[i] }
	again := func(rows *dated, had func(i int) int64, has func(i int, known int32) int64, tables ...customer.HistoryTable) {
		if rows == nil {
			return
		}
		var whose []int
		for i := range r.h.IDs {
			switch {
			case !rows.looksNew(i, day):
			case r.newcomer(i) && r.turned[r.h.IDs[i]]:
				whose = append(whose, i)
			case !r.newcomer(i) && has(i, day) < had(i):
				whose = append(whose, i)
				more[i] = more[i] || has(i, math.MaxInt32) > had(i)
			}
		}
		for _, t := range tables {
			if len(whose) > 0 && past.Tables[t].Col("first_delivered") != nil {
				past.Tables[t].Chunk = redated(&past.Tables[t], dayColumns[t], whose, int64(day))
			}
		}
		rows.delivered = past.Tables[tables[0]].Col("first_delivered").Ints
	}
	again(r.count.orders, func(i int) int64 { return orders[i] + returns[i] }, func(i int, known int32) int64 {
		sum, _ := r.count.of(i, day, known)
		return sum.Orders + sum.Returns
	}, customer.OfOrders, customer.OfLines)
	again(r.count.events, func(i int) int64 { return events[i] }, func(i int, known int32) int64 {
		_, seen := r.count.of(i, day, known)
		return seen.Events
	}, customer.OfEvents)
}

// looksNew tells whether a customer has rows of that day or an earlier one in
// files that came after it.
func (d *dated) looksNew(i int, day int32) bool {
	for row, to := d.Of(i); row < to; row++ {
		if d.day[row] <= int64(day) && d.delivered[row] > int64(day) {
			return true
		}
	}
	return false
}

// redated are the rows with those of some customers dated anew.
func redated(rows *customer.HistoryRows, dated string, whose []int, day int64) columns.Chunk {
	k := rows.Chunk
	k.Cols = slices.Clone(k.Cols)
	on, delivered := k.Col(dated).Ints, k.Col("first_delivered")
	delivered.Ints = slices.Clone(delivered.Ints)
	for _, i := range whose {
		for row, to := rows.Of(i); row < to; row++ {
			if on[row] <= day && delivered.Ints[row] > day {
				delivered.Ints[row] = on[row]
			}
		}
	}
	return k
}
