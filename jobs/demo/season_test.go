package demo

import (
	"math"
	"path/filepath"
	"testing"
	"testing/fstest"
	"time"
)

// TestASeasonOnlyInTheHoldOut holds that a shop is suddenly busy in its last
// 90 days, or never, as it is told.
func TestASeasonOnlyInTheHoldOut(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]float64{"none": 1, "hold-out": holdOutFactor} {
		dir := filepath.Join(t.TempDir(), "shop")
		made(t, Options{Customers: 3000, Days: 400, Seed: 5, Out: dir, Until: lastDay, Season: name})
		if got := readModel(t, dir)["hold_out_last_90_days"]; got != want {
			t.Errorf("%s: the model says %v", name, got)
		}
		// Who joins does so evenly on the shop's clock.
		joined := [2]float64{}
		for _, row := range table(t, filepath.Join(dir, "truth/people.csv"), ',') {
			at, err := time.Parse(time.DateTime, row["first_purchase_at"])
			switch days := int(lastDay.Sub(at).Hours()+24) / 24; {
			case err != nil: // who never bought
			case days < holdOut:
				joined[1]++
			case days < 2*holdOut:
				joined[0]++
			}
		}
		within(t, name+": how much busier the last 90 days are", joined[1]/joined[0], want, want*math.Sqrt(1/joined[0]+1/joined[1]))
	}
}

// TestTheFuture holds truth/future.csv against the model: of who had not left,
// as many buy within 90 days as should, but for the few who show no key.
func TestTheFuture(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "shop")
	made(t, Options{Customers: 6000, Days: 400, Seed: 6, Out: dir, Until: lastDay})
	model := readModel(t, dir)
	exposure := 0.0
	for d := 1; d <= 90; d++ {
		exposure += busy(model, lastDay.AddDate(0, 0, d))
	}
	buyers := map[string]bool{}
	for _, row := range table(t, filepath.Join(dir, "truth/future.csv"), ',') {
		if d := row["order_date"]; d <= "2025-12-31" || d > "2026-03-31" {
			t.Errorf("a purchase of %s is none of the 90 days after history", d)
		}
		buyers[row["person"]] = true
	}
	expected, variance := 0.0, 0.0
	for _, row := range table(t, filepath.Join(dir, "truth/people.csv"), ',') {
		if row["first_purchase_at"] == "" || row["left_at"] != "" {
			if buyers[row["person"]] {
				t.Errorf("person %s buys after leaving, or without ever joining", row["person"])
			}
			continue
		}
		buys := 1 - math.Exp(-number(t, row["rate_per_day"])*exposure)
		expected, variance = expected+buys, variance+buys*(1-buys)
	}
	got := float64(len(buyers))
	if low, high := .93*expected-4*math.Sqrt(variance), expected+4*math.Sqrt(variance); got < low || got > high {
		t.Errorf("%v people buy after history, the model says %.0f", got, expected)
	}
}

// TestWhatIsChangedBeforeTheLastNight holds that the newer version of a file
// of the project lies where that night's files lie.
func TestWhatIsChangedBeforeTheLastNight(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{"segments/a.yaml": {Data: []byte("old")}, "last-night/segments/a.yaml": {Data: []byte("new")}, "segments/b.yaml": {Data: []byte("b")}}
	for deliver, want := range map[bool]map[string]string{
		true:  {"segments/a.yaml": "old", "deliveries/2025-12-31/segments/a.yaml": "new", "segments/b.yaml": "b"},
		false: {"segments/a.yaml": "new", "segments/b.yaml": "b"},
	} {
		dir := t.TempDir()
		out, err := newFolder(dir)
		if err != nil {
			t.Fatal(err)
		}
		s := newShop(Options{Customers: MinCustomers, Days: MinDays, Until: lastDay, Deliver: deliver}, out)
		if err := s.putProject(files); err != nil {
			t.Fatal(err)
		}
		s.truth.ordersW.close()
		s.truth.keysW.close()
		if err := out.close(); err != nil {
			t.Fatal(err)
		}
		got := tree(t, dir)
		for path, text := range want {
			if string(got[path]) != text {
				t.Errorf("deliver %t: %s is %q, want %q", deliver, path, got[path], text)
			}
		}
		if len(got) != len(want)+2 { // and the truth's two
			t.Errorf("deliver %t: %d files", deliver, len(got))
		}
	}
}
