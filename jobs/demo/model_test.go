package demo

import (
	"math"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// buyer is a row of truth/people.csv, with the exposure that the reader
// works out from the calendar of truth/model.csv.
type buyer struct {
	first, end  time.Time
	rate, leave float64
	purchases   int
	left        bool
	exposure    float64 // busy days from the first purchase to the end
}

func number(t *testing.T, s string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func readModel(t *testing.T, dir string) map[string]float64 {
	model := map[string]float64{}
	for _, row := range table(t, filepath.Join(dir, "truth/model.csv"), ',') {
		model[row["parameter"]] = number(t, row["value"])
	}
	return model
}

// busy is how busy a day is by the model.
func busy(model map[string]float64, d time.Time) float64 {
	f := model["month_"+strconv.Itoa(int(d.Month()))] * model["weekday_"+strconv.Itoa(int(d.Weekday()))]
	switch m, day := d.Month(), d.Day(); {
	case m == time.January && day <= 8:
		f *= model["new_year"]
	case m == time.March && day >= 5 && day <= 7:
		f *= model["womens_day"]
	case m == time.December && day >= 15 && day <= 30:
		f *= model["december_peak"]
	}
	return f
}

func readBuyers(t *testing.T, dir string, model map[string]float64, end time.Time) (buyers []buyer) {
	for _, row := range table(t, filepath.Join(dir, "truth/people.csv"), ',') {
		if row["first_purchase_at"] == "" {
			continue
		}
		b := buyer{rate: number(t, row["rate_per_day"]), leave: number(t, row["leave_chance"]), end: end}
		b.purchases = int(number(t, row["purchases"]))
		b.first, _ = time.Parse(time.DateTime, row["first_purchase_at"])
		if row["left_at"] != "" {
			b.left = true
			b.end, _ = time.Parse(time.DateTime, row["left_at"])
		}
		for d := b.first.Truncate(24 * time.Hour); d.Before(b.end.Truncate(24 * time.Hour)); d = d.AddDate(0, 0, 1) {
			b.exposure += busy(model, d)
		}
		buyers = append(buyers, b)
	}
	return buyers
}

// within holds got to be within that many standard errors of want.
func within(t *testing.T, what string, got, want, se float64) {
	t.Helper()
	if math.IsNaN(got) || math.Abs(got-want) > 4*se {
		t.Errorf("%s is %.5g, the model says %.5g, give or take %.2g", what, got, want, se)
	}
}

// TestTheModelIsRecovered reads a shop of 12,000 people and finds the
// parameters again: none of these checks runs the package's own draws.
func TestTheModelIsRecovered(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "shop")
	o := Options{Customers: 12_000, Days: 730, Seed: 11, Out: dir, Until: lastDay}
	made(t, o)
	model := readModel(t, dir)
	buyers := readBuyers(t, dir, model, lastDay.AddDate(0, 0, 1))
	n := float64(len(buyers))

	within(t, "share of prospects", 1-n/12_000, model["prospect_share"], math.Sqrt(.1*.9/12_000))
	var rates, leaves, left, wouldLeave, leaveVar, again, wouldBuy float64
	for _, b := range buyers {
		rates += b.rate
		leaves += b.leave
		wouldLeave += b.leave * float64(b.purchases)
		leaveVar += b.leave * (1 - b.leave) * float64(b.purchases)
		if b.left {
			left++
		}
		again += float64(b.purchases - 1)
		wouldBuy += b.rate * b.exposure
	}
	r, alpha, a, b := model["r"], model["alpha"], model["a"], model["b"]
	within(t, "mean rate", rates/n, r/alpha, math.Sqrt(r)/alpha/math.Sqrt(n))
	within(t, "mean chance of leaving", leaves/n, a/(a+b), math.Sqrt(a*b/(a+b+1))/(a+b)/math.Sqrt(n))
	within(t, "people who left", left, wouldLeave, math.Sqrt(leaveVar))
	within(t, "repeat purchases", again, wouldBuy, math.Sqrt(wouldBuy))
}

// TestSeasonsAreRecovered: people join evenly on the shop's clock, so first
// purchases show the calendar by themselves.
func TestSeasonsAreRecovered(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "shop")
	made(t, Options{Customers: 12_000, Days: 730, Seed: 12, Out: dir, Until: lastDay})
	model := readModel(t, dir)
	buyers := readBuyers(t, dir, model, lastDay.AddDate(0, 0, 1))
	joined := map[string]float64{}
	for _, b := range buyers {
		joined[b.first.Format("month 01")]++
		joined[b.first.Format("Monday")]++
	}
	expected, total := map[string]float64{}, 0.0
	for d := lastDay.AddDate(0, 0, -729); !d.After(lastDay); d = d.AddDate(0, 0, 1) {
		f := busy(model, d)
		expected[d.Format("month 01")] += f
		expected[d.Format("Monday")] += f
		total += f
	}
	if len(joined) != 12+7 {
		t.Fatalf("%d months and weekdays, want 19", len(joined))
	}
	n := float64(len(buyers))
	for period, f := range expected {
		p := f / total
		within(t, "share of "+period, joined[period]/n, p, math.Sqrt(p*(1-p)/n))
	}
	if joined["month 12"] < 1.25*joined["month 11"] {
		t.Errorf("December has %v first purchases, November %v: no peak", joined["month 12"], joined["month 11"])
	}
}

func TestTheShopsClock(t *testing.T) {
	t.Parallel()
	c := newCalendar(time.Date(2024, 12, 1, 0, 0, 0, 0, time.UTC), 60, season(Seasons[0], 60))
	for d := range c.days() {
		middle := (c.clock(d) + c.clock(d+1)) / 2
		got, second := c.moment(middle, &tillHours)
		if got != d || second/daySeconds != int64(d) {
			t.Errorf("the middle of day %d is on day %d, second %d", d, got, second)
		}
		if hour := second % daySeconds / 3600; hour < 15 || hour > 17 {
			t.Errorf("half of day %d's purchases are over at %d o'clock", d, hour)
		}
	}
	if day, second := c.moment(c.end(), &webHours); day != 59 || second != 60*daySeconds-1 {
		t.Errorf("the end of the clock is day %d, second %d", day, second)
	}
}
