package report

import (
	"fmt"
	"slices"
	"time"
)

// weeks are bars of net revenue, the oldest first.
type weeks struct {
	Bars        []weekBar
	Ticks       []tick
	Zero        pct
	Most, Least figure
	Loss        bool // a week is below zero
}

type weekBar struct {
	figure
	First, Last string // days
	Orders      figure
	X, Y, W, H  pct
	Kind        string
}

// tick is a word below the bars.
type tick struct {
	X    pct
	Text string
	End  bool // it ends there: there is no room to begin
}

// weekCount is how many bars there are, the last four of them the headline's.
const weekCount = 52

func (p *page) weeks(net, orders []int64) *weeks {
	day, err := time.Parse(time.DateOnly, p.RunDate)
	if err != nil {
		p.err = fmt.Errorf("read the date of the run: %w", err)
		return nil
	}
	most, least := slices.Max(net), slices.Min(net)
	w := &weeks{Most: p.large("weeks.most", most), Least: p.large("weeks.least", least), Loss: least < 0}
	up := around(net)
	w.Zero = 100 - up.at(0)
	const step = 100. / weekCount
	month := time.Month(0)
	for i := weekCount - 1; i >= 0; i-- {
		last := day.AddDate(0, 0, -7*i)
		first := last.AddDate(0, 0, -6)
		b := weekBar{First: first.Format(time.DateOnly), Last: last.Format(time.DateOnly), Kind: "plain", X: pct(step * (float64(weekCount-1-i) + 0.06)), W: step * 0.88}
		switch {
		case net[i] < 0 && i < 4:
			b.Kind = "loss"
		case net[i] < 0:
			b.Kind = "loss old"
		case i < 4:
			b.Kind = "mark"
		}
		b.Y, b.H = up.bar(0, float64(net[i]))
		b.Y = 100 - b.Y - b.H // down the page is less
		b.figure = p.money("weeks."+b.First+".net", net[i])
		b.Orders = count("weeks."+b.First+".orders", orders[i])
		w.Bars = append(w.Bars, b)
		if first.Month() != month && int(first.Month())%3 == 1 {
			w.Ticks = append(w.Ticks, newTick(b, first))
		}
		month = first.Month()
	}
	return w
}

// newTick names the month in which a week begins, and a January by its year.
func newTick(b weekBar, first time.Time) tick {
	t := tick{X: b.X, Text: first.Format("Jan")}
	if first.Month() == time.January {
		t.Text = first.Format("2006")
	}
	if t.End = t.X > 90; t.End {
		t.X += b.W
	}
	return t
}
