package consent

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// TestRecall holds what was once said against what records in force say. The
// record in force is a where it is not said otherwise.
func TestRecall(t *testing.T) {
	once := func(s Statement) Statement { s.Past = true; return s }
	no := once(say("email", Marketing, Unsubscribed, 6, true, "a"))
	inherited := Statement{State: Subscribed, At: 7, Source: "crm", Record: "a", Past: true, Inherited: true}
	for name, c := range map[string]struct {
		said, past []Statement
		want       State
		overtaken  int
	}{
		"a no stays when its record is gone":               {[]Statement{say("email", Marketing, Subscribed, 5, true, "b")}, []Statement{no}, Unsubscribed, 0},
		"a later explicit yes wins over it all the same":   {[]Statement{say("email", Marketing, Subscribed, 7, true, "b")}, []Statement{no}, Subscribed, 0},
		"its own record takes it back, explicit or not":    {[]Statement{say("email", Marketing, Subscribed, 5, false, "a")}, []Statement{no}, Subscribed, 1},
		"its own record says nothing of it any more":       {[]Statement{say("sms", Marketing, Subscribed, 9, true, "a")}, []Statement{no}, Unsubscribed, 0},
		"its own record takes back a topic alone":          {[]Statement{say("email", "marketing/news", Subscribed, 5, true, "a")}, []Statement{no}, Unsubscribed, 0},
		"what is said again is said once":                  {[]Statement{say("email", Marketing, Unsubscribed, 6, true, "a")}, []Statement{no, no}, Unsubscribed, 0},
		"a later explicit yes given of another address":    {[]Statement{say("email", Marketing, Subscribed, 7, true, "a")}, []Statement{once(say("email", Marketing, Unsubscribed, 6, true, "b")), inherited}, Unsubscribed, 0},
		"it is a yes where nobody said no":                 {[]Statement{say("email", Marketing, Subscribed, 7, true, "a")}, []Statement{inherited}, Subscribed, 0},
		"an explicit yes took it back before it went":      {[]Statement{say("email", Marketing, Subscribed, 5, false, "b")}, []Statement{no, once(say("email", Marketing, Subscribed, 7, true, "a"))}, Subscribed, 0},
		"one before it did not":                            {[]Statement{say("email", Marketing, Subscribed, 5, false, "b")}, []Statement{no, once(say("email", Marketing, Subscribed, 5, true, "a"))}, Unsubscribed, 0},
		"a yes that went is no consent":                    {[]Statement{say("email", Marketing, Pending, 5, true, "b")}, []Statement{no, once(say("email", Marketing, Subscribed, 7, true, "a"))}, Pending, 0},
		"one of another address took nothing back":         {[]Statement{say("email", Marketing, Subscribed, 5, false, "b")}, []Statement{no, once(say("email", Marketing, Subscribed, 7, true, "a")), inherited}, Unsubscribed, 0},
		"a yes that is given anew is of the address again": {[]Statement{say("email", Marketing, Subscribed, 8, true, "a")}, []Statement{once(say("email", Marketing, Unsubscribed, 6, true, "b")), inherited}, Subscribed, 0},
	} {
		for range 10 { // in any order
			rand.Shuffle(len(c.past), func(i, j int) { c.past[i], c.past[j] = c.past[j], c.past[i] })
			counts, overtaken := Recall(c.said, c.past)
			held := Resolve(slices.Clone(counts))
			at := slices.IndexFunc(held, func(h Held) bool { return h.Channel == "email" && h.Purpose == Marketing })
			if at < 0 || held[at].State != c.want || len(overtaken) != c.overtaken {
				t.Fatalf("%s: %+v holds, want %v; %d overtaken, want %d", name, held, c.want, len(overtaken), c.overtaken)
			}
			// what is remembered of tonight tells tomorrow the same
			kept := slices.DeleteFunc(slices.Clone(counts), func(s Statement) bool { return !s.Past })
			again, _ := Recall(c.said, slices.Concat(c.past, overtaken, kept))
			if !slices.Equal(held, Resolve(again)) {
				t.Fatalf("%s: %+v holds the night after", name, Resolve(again))
			}
		}
	}
	held := Resolve([]Statement{no, say("email", Marketing, Unsubscribed, 5, true, "a"), say("email", Marketing, Subscribed, 1, true, "b")})
	if held[0].Records != 2 {
		t.Errorf("%d records, want 2", held[0].Records)
	}
}
