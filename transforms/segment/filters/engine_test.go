package filters

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/transforms/segment"
	"github.com/habitue-data/habitue/transforms/segment/script"
)

// The engine is tested with the catalogue, as it is used.

func read(t *testing.T, texts ...string) (definitions []*segment.Definition) {
	t.Helper()
	for _, text := range texts {
		d, faults := catalogue(t).Read("x.yaml", []byte(text))
		if faults != nil {
			t.Fatal(faults)
		}
		definitions = append(definitions, d)
	}
	return definitions
}

func TestFaultsOfAFileAreToldAtOnce(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, want string }{
		"many": {`segment: Big ones
when:
  all:
    - order_count: {ge: 3}
    - orders_count: {ge: three, in_last: 30 fortnights}
    - last_order_date: {older: 45d}
    - any: []
    - birthday: {month_is: 13}
    - where: 'churn_rsk > "a" &&'
    - orders_placed: {sum: {amount: {between: [5]}}}
`, `x.yaml:1:10: "Big ones" is no name of a segment; use small letters, digits and dashes, as lapsing-regulars
x.yaml:4:7: unknown key "order_count" under when.all; did you mean orders_count?
x.yaml:5:26: "three" is not a number; write it as 3 or 1200.50, money in major units
x.yaml:5:42: "30 fortnights" is not a length of time; write 30d, 2w, 6mo or 1y (also 30 days, 2 weeks, 6 months, 1 year)
x.yaml:6:25: unknown key "older" under when.all.last_order_date; the keys are on, before, after, between, in_last, not_in_last, older_than, in_next, ago_between, this, last, next, exists, missing, or_missing
x.yaml:7:12: nothing stands here; write what is asked, or take the key out
x.yaml:8:28: when.all.birthday.month_is: the value is out of bounds; write one from 1 to 12
x.yaml:9:14: where, character 19: it ends too early; write it like order_count > 3 && city == "Berlin"
x.yaml:10:47: a range has two ends; write it as [3, 10]`},
		"no word is near": {"segment: a\nwhen: {zodiac: leo}", `x.yaml:2:8: unknown key "zodiac" under when; see habitue filters for the catalogue`},
		"parameters": {`segment: a
when:
  all:
    - bought_x_not_y: {x: {category: vacuums}, lag: soon}
    - nth_order_date: {n: 0}
    - order_channel: {mostly: {}, usually: web}
    - category_affinity: {ge: 0.5}
    - viewed_not_bought: {same: brand, bought: {}}
    - abandoned_cart: {hours: 0.5}
`, `x.yaml:4:23: the key y is missing under when.all.bought_x_not_y, what was not bought since; write y: {ids: [filter-9]}
x.yaml:4:53: "soon" is not a length of time; write 30d, 2w, 6mo or 1y (also 30 days, 2 weeks, 6 months, 1 year)
x.yaml:5:27: when.all.nth_order_date.n: the value is out of bounds; write one from 1 to 1000000
x.yaml:6:31: nothing stands here; write what is asked, or take the key out
x.yaml:6:35: unknown key "usually" under when.all.order_channel; the keys are ever, only, last, mostly, in_last, older_than, ago_between, since, until, during, exists, missing, or_missing
x.yaml:7:26: the key category is missing under when.all.category_affinity, the categories; write category: [a, b]
x.yaml:8:33: when.all.viewed_not_bought.same: "brand" is not known here; write product or category
x.yaml:8:48: nothing stands here; write what is asked, or take the key out
x.yaml:9:31: when.all.abandoned_cart.hours: "0.5" is not a whole number; write digits, as 24`},
		"words that there are not": {`segment: a
when:
  all:
    - lifecycle_stage: [at rsk, new]
    - rfm_group: {ne: Champion}
    - trait: {temperature: cold, kind: {in: [unknown]}}
    - where: 'lifecycle_stage in ["lapsed", "asleep"] || "hott" == temperature'
    - email_event: {event: spum}
    - channel_consent: {channel: email, state: nodata}
`, `x.yaml:4:25: when.all.lifecycle_stage: "at rsk" is not known here; did you mean at risk? it can be prospect, new, active, at_risk, lapsed or reactivated
x.yaml:5:23: when.all.rfm_group.ne: "Champion" is not known here; did you mean Champions? it can be Champions, Loyal, Potential Loyalist, New, Promising, Need Attention, About To Sleep, At Risk, Can't Lose, Hibernating, Lost or Prospect
x.yaml:6:28: when.all.trait.temperature: "cold" is not known here; write hot, warm or ice-cold, or a list: [a, b], or lines that start with a dash, or keys with values: {eq, ne, in, not_in, contains, starts, ends, regex, exists, missing, or_missing}
x.yaml:6:46: when.all.trait.kind.in: "unknown" is not known here; did you mean known? it can be known or anonymous
x.yaml:7:14: where, character 31: "asleep" is not known here; write prospect, new, active, at_risk, lapsed or reactivated
x.yaml:7:14: where, character 44: "hott" is not known here; did you mean hot? it can be hot, warm or ice-cold
x.yaml:8:28: when.all.email_event.event: "spum" is not known here; did you mean spam? it can be sent, delivered, opened, clicked, bounced, unsubscribed or complained
x.yaml:9:48: when.all.channel_consent.state: "nodata" is not known here; did you mean no_data? it can be subscribed, unsubscribed, pending or no_data`},
		"from where": {"segment: a\nwhen: {any: [{within_km: {radius: 5}}, {within_km: {lat: 1, radius: 5}}, {within_km: {lat: 1, lon: 2, store: s, radius: 5}}]}",
			`x.yaml:2:26: within_km asks from where; write lat and lon of a point, or store with ids of stores
x.yaml:2:52: within_km asks from where; write lat and lon of a point, or store with ids of stores
x.yaml:2:86: within_km asks from where; write lat and lon of a point, or store with ids of stores`},
		"nobody": {"segment: a\n", `x.yaml:1:1: nothing says who is a member; write when: with conditions, or members: with a file of keys`},
		"both":   {"segment: a\nmembers: vip.csv\nwhen: {age: 3}", `x.yaml:2:10: members stands beside when; keep one: a list of keys, or conditions`},
		"where of a number": {"segment: a\nwhen: {where: order_count + 1}",
			`x.yaml:2:15: where, character 1: it gives whole number, not true or false; compare it with something, as order_count > 3`},
		"where of unlike things": {"segment: a\nwhen: {where: 'city > 3 || citty == \"a\"'}",
			`x.yaml:2:15: where, character 6: > does not take text and whole number; compare like with like; a day is written date("2025-12-31")
x.yaml:2:15: where, character 13: there is no trait or function citty; did you mean city?`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, faults := catalogue(t).Read("x.yaml", []byte(c.text))
			if diff := cmp.Diff(c.want, faults.Error()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestFaultsOfASet(t *testing.T) {
	t.Parallel()
	_, faults := segment.NewSet(read(t,
		"segment: a\nwhen: {in_segment: b}", "segment: b\nwhen: {in_segment: {in: [c]}}", "segment: c\nwhen: {not: {in_segment: a}}",
		"segment: d\nwhen: {in_segment: {in: [d, vips], on: 2025-01-01}}", "segment: vip\nmembers: vip.csv", "segment: a\nmembers: vip.csv"))
	want := `x.yaml:1:10: the segment a is there twice, the first is in x.yaml; give one of them another name
x.yaml:2:26: there is no segment "vips"; did you mean vip?
x.yaml:2:32: segments that ask for each other: a, b, c, a, none of them could be told first; take one of the questions out, or ask for an earlier day with on:`
	got := faults.Error()
	if !strings.Contains(got, "twice") || !strings.Contains(got, "did you mean vip?") || !strings.Contains(got, "a, b, c, a") || len(faults) != 3 {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

func TestAHashTellsVersionsApart(t *testing.T) {
	t.Parallel()
	same := read(t, "segment: a\nwhen: {orders_count: {ge: 3, in_last: 30d}}", "segment: a\ngoal: other words\nwhen:\n  all:\n    - orders_count: {in_last: 30d, ge: 3}\n")
	if same[0].Hash() != same[1].Hash() {
		t.Error("the same conditions have two hashes")
	}
	turned := read(t, "segment: a\nwhen: {all: [{age: 3}, {any: [{r_score: 3}, {not: [{city: a}, {where: order_count > 3}]}]}]}", "segment: a\nwhen: {any: [{not: [{where: order_count > 3}, {city: a}]}, {r_score: 3}], age: 3}")
	if turned[0].Hash() != turned[1].Hash() {
		t.Error("the same conditions in another order have two hashes")
	}
	seen := map[string]string{}
	for _, text := range []string{"when: {orders_count: {ge: 3, in_last: 30d}}", "when: {orders_count: {ge: 3}}", "when: {not: {orders_count: {ge: 3}}}", "when: {orders_count: {ge: 3}}\nbase: all",
		"when: {orders_count: {ge: 3}}\nevery: monday", "members: a.csv", "members: {file: a.csv, key: email}", "when: {where: order_count > 3}", "when: {all: [{age: 3}, {r_score: 3}]}", "when: {any: [{age: 3}, {r_score: 3}]}"} {
		hash := read(t, "segment: a\n"+text)[0].Hash()
		if seen[hash] != "" {
			t.Errorf("%q and %q have one hash", text, seen[hash])
		}
		seen[hash] = text
	}
}

func TestScriptsTellWhatIsWrong(t *testing.T) {
	t.Parallel()
	_, faults := script.Run("x.test", []byte(`zone Europe/Berlin
as_of 2026-03-31
ann
  order 2026-03-30 12:00 amount=20.00
segment {all: [{orders_count: {ge: 2}}, {not: [{last_order_date: {in_last: 7d}}, {country: DE}]}]}
  members ann
`), catalogue(t))
	want := `x.test:5: segment-1: ann is among the others, expected a member; this is what each clause saw:
false  all
  false  orders_count: {ge: 2}  (1)
  false  not
    true  last_order_date: {in_last: 7d}  (2026-03-30)
    unknown  country: DE  (missing)`
	if diff := cmp.Diff(want, faults.Error()); diff != "" {
		t.Error(diff)
	}
	_, faults = script.Run("x.test", []byte("as_of 2026-03-31\nann\n  order yesterday amount=1\n  city\nann\nsegment {ages: 3}\n  members zoe\n"), catalogue(t))
	want = `x.test:3: "yesterday amount=1" is no time; write it as 2026-03-31 23:59
x.test:4: "city" is no column=value of customers`
	if got := faults.Error(); !strings.HasPrefix(got, want) || len(faults) != 5 {
		t.Errorf("%s", got)
	}
}

func TestDaysOfScheduledSegments(t *testing.T) {
	t.Parallel()
	d := read(t, "segment: a\nevery: monday\nwhen: {age: 3}", "segment: b\nevery: month\nwhen: {age: 3}", "segment: c\nwhen: {age: 3}")
	for day, want := range map[int32][3]bool{1: {false, false, true}, 4: {true, false, true}, -3: {true, false, true}, 31: {false, true, true}} {
		if got := [3]bool{d[0].Due(day), d[1].Due(day), d[2].Due(day)}; got != want {
			t.Errorf("on %s due are %v, not %v", customer.DayText(day), got, want)
		}
	}
}
