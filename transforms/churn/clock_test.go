package churn

import (
	"math"
	"strings"
	"testing"

	"github.com/habitue-data/habitue/customer"
	"pgregory.net/rapid"
)

// months are how busy a shop's months are; their mean is 1.
var months = [12]float64{.75, .9, 1.05, .97, .98, .92, .88, .94, 1.02, 1.01, 1.06, 1.52}

func seasons(day int) float64 { return months[customer.Month(worldStart+int32(day))%12] }

// toChristmas is the same where the last day is New Year's Eve.
func toChristmas(day int) float64 { return months[(customer.Month(worldStart+int32(day))+3)%12] }

// TestTheClockIsFound plays a shop with seasons and wants its months again,
// those to come among them.
func TestTheClockIsFound(t *testing.T) {
	histories := known(world(20_000, 1, seasons))
	var all []past
	for _, days := range histories {
		if p, ok := lookBack(days, worldEnd); ok {
			all = append(all, p)
		}
	}
	_, c, _, err := fitSeason(all, newTraffic(all, histories, worldEnd), worldHorizon)
	if err != nil {
		t.Fatal(err)
	}
	for day := int32(60); day+30 <= worldDays+worldHorizon; day += 30 {
		want := 0.
		for d := range int(day + 30) {
			if d >= int(day) {
				want += seasons(d) / 30
			}
		}
		got := c.between(worldStart+day-1, worldStart+day+29) / 30
		near(t, "the pace of "+customer.DayText(worldStart+day), got, want, .06)
	}
}

// TestASeasonThatAYearTellsOfIsForeseen plays the shop to a horizon after its
// last day, when other months are than in the hold-out.
func TestASeasonThatAYearTellsOfIsForeseen(t *testing.T) {
	all := world(12_000, 2, seasons)
	r := Fit(known(all), worldEnd, usual)
	if r.Model.Name != MBGSeason || r.Model.Level != nil {
		t.Fatalf("%+v, checks %+v", r.Model, r.Checks)
	}
	season := outcome(r, all)
	steady := outcome(Fit(known(all), worldEnd, Options{Horizon: worldHorizon, Models: []string{MBGNBD}, MinBuyers: 200}), all)
	t.Logf("after the last day: gap %.3f with the season, %.3f without", season.gap(), steady.gap())
	if season.gap() > .05 || season.gap() >= steady.gap() {
		t.Errorf("deciles %+v", season.deciles())
	}
}

func TestAYoungShopHasNoSeason(t *testing.T) {
	histories := known(world(2000, 1, steady))
	for i, days := range histories {
		for len(days) > 0 && days[0].Day <= worldEnd-400 {
			days = days[1:]
		}
		histories[i] = days
	}
	r := Fit(histories, worldEnd, usual)
	c, ok := checkOf(r, MBGSeason, "verdict")
	if !ok || c.Detail != errNoYear.Error() || r.Model.Name == MBGSeason || r.Model.Name == "" {
		t.Errorf("verdict %+v, model %+v", c, r.Model)
	}
}

// after is who came after a day: a shop that opened then.
func after(all [][]customer.OrderDay, day int32) (young [][]customer.OrderDay) {
	for _, days := range all {
		if len(days) > 0 && days[0].Day > day {
			young = append(young, days)
		}
	}
	return young
}

// TestMonthsThatNobodyCanTellOf plays shops whose hold-out was the rush before
// Christmas, and a quiet winter comes: too young to test a season, they may not
// take it for the like of what they have seen. A shop without seasons may.
func TestMonthsThatNobodyCanTellOf(t *testing.T) {
	for _, c := range []struct {
		days    int32
		horizon int32
		busy    func(day int) float64
		why     string // "" where there is a prediction
		caveat  string
	}{
		{365, 90, toChristmas, "have not been seen before, and the shop's differ: its horizons ran at 0.", ""},
		{400, 90, toChristmas, "it knows no months: if those of the horizon are as in the years before, a decile is off by 0.", ""},
		{400, 45, toChristmas, "busier or quieter than anything before it tells", ""},
		{365, 90, steady, "", "the best; the months of the horizon have not been seen before"},
		{420, 90, steady, "", "the best"},
	} {
		all := after(world(20_000, 3, c.busy), worldEnd-c.days)
		r := Fit(known(all), worldEnd, Options{Horizon: c.horizon, Models: []string{MBGNBD, MBGSeason}, MinBuyers: 200})
		verdict, _ := checkOf(r, MBGNBD, "verdict")
		t.Logf("%d days, horizon of %d: %s", c.days, c.horizon, verdict.Detail)
		if c.why != "" {
			if r.Model.Name != "" || !strings.Contains(verdict.Detail, c.why) {
				t.Errorf("%d days, horizon of %d: %+v", c.days, c.horizon, r.Model)
			}
			continue
		}
		if r.Model.Name != MBGNBD || !strings.HasPrefix(verdict.Detail, c.caveat) || value(t, r, MBGNBD, "season") > .05 {
			t.Errorf("%d days, horizon of %d: %+v", c.days, c.horizon, r.Model)
		}
		if f := outcome(r, all); f.gap() > .05 {
			t.Errorf("%d days, horizon of %d: after the last day a decile is off by %.3f", c.days, c.horizon, f.gap())
		}
	}
}

// TestASeasonIsNoLevel plays two horizons that lie in one rush: who knows no
// months may not learn from them how busy the quiet one to come is.
func TestASeasonIsNoLevel(t *testing.T) {
	all := world(20_000, 4, toChristmas)
	r := Fit(known(all), worldEnd, Options{Horizon: 45, Models: []string{MBGNBD}, MinBuyers: 200})
	if _, mended := checkOf(r, MBGNBD, "brier_unmended"); mended || r.Model.Name != "" {
		t.Errorf("%+v, checks %+v", r.Model, r.Checks)
	}
}

// TestALevelThatWasOffTwiceIsMended plays a shop that became busier for good
// before both horizons.
func TestALevelThatWasOffTwiceIsMended(t *testing.T) {
	all := world(12_000, 5, func(day int) float64 {
		if day >= 460 {
			return 1.3
		}
		return 1
	})
	r := Fit(known(all), worldEnd, Options{Horizon: worldHorizon, Models: []string{MBGSeason}, MinBuyers: 200})
	if r.Model.Level == nil || value(t, r, MBGSeason, "brier_unmended") <= value(t, r, MBGSeason, "brier") {
		t.Fatalf("%+v, checks %+v", r.Model, r.Checks)
	}
	if f := outcome(r, all); f.gap() > .05 {
		t.Errorf("after the last day a decile is off by %.3f", f.gap())
	}
}

// TestAClockGoesForward holds what its readings promise.
func TestAClockGoesForward(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pace := rapid.SliceOfN(rapid.Float64Range(.05, 5), 1, 60).Draw(t, "pace")
		c := newClock(100, pace)
		if rapid.IntRange(0, 9).Draw(t, "no clock") == 0 {
			c = nil
		}
		from := rapid.Int32Range(80, 180).Draw(t, "from")
		to := from + rapid.Int32Range(0, 80).Draw(t, "days")
		time := c.between(from, to)
		if time < 0 || math.Abs(time+c.between(to, from)) > 1e-9 {
			t.Fatalf("between %d and %d it is %g, and back %g", from, to, time, c.between(to, from))
		}
		if day := c.after(from, time); day > to || c.between(from, day) < time {
			t.Fatalf("%g after %d is %d, not at most %d", time, from, day, to)
		}
	})
}
