package demo

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// said is a row of a source of interactions, by the columns that it has.
type said map[string]string

func (s said) keys(blocked map[string]bool) (keys []string) {
	for _, k := range [][2]string{{"e", s["email"] + s["requester_email"]}, {"p", s["requester_phone"]}, {"l", s["card"]}} {
		if key := normal(k[0], k[1], blocked); key != "" {
			keys = append(keys, key)
		}
	}
	return keys
}

// talkSource is what the reader made of a source: the rows in force, and
// what became of the others.
type talkSource struct {
	rows   []said
	counts rowCounts
}

// readTalks reads the four sources of interactions. The greatest updated_at
// of an id holds, an equal row is a repeat.
func readTalks(t *testing.T, dir string) map[string]talkSource {
	all := map[string]talkSource{}
	for name, id := range map[string]string{"mail": "event_id", "helpdesk": "ticket_id", "feedback": "response_id", "loyalty": "operation_id"} {
		c := rowCounts{}
		newest := map[string]said{}
		for _, path := range list(t, filepath.Join(dir, "exports", name, "*")) {
			c.Files++
			for _, row := range readSaid(t, path) {
				c.Read++
				if _, err := strconv.Atoi(row["score"]); row["score"] != "" && err != nil {
					c.Rejects++
					if c.Reasons == nil {
						c.Reasons = map[string]int{}
					}
					c.Reasons["bad_number"]++
					continue
				}
				old, there := newest[row[id]]
				switch {
				case there && fmt.Sprint(old) == fmt.Sprint(row):
					c.Repeats++
					continue
				case there:
					c.Superseded++
				}
				if !there || old["updated_at"] < row["updated_at"] {
					newest[row[id]] = row
				}
			}
		}
		s := talkSource{counts: c}
		for _, row := range newest {
			s.rows = append(s.rows, row)
		}
		s.counts.Kept = len(s.rows)
		all[name] = s
	}
	return all
}

func readSaid(t *testing.T, path string) (rows []said) {
	if strings.HasSuffix(path, ".csv.gz") {
		for _, row := range table(t, path, ',') {
			rows = append(rows, row)
		}
		return rows
	}
	for _, text := range strings.SplitAfter(string(content(t, path)), "\n") {
		if text == "" {
			continue
		}
		var e struct {
			Event     string
			ID        string `json:"event_id"`
			Email     string
			Timestamp int64
			Campaign  struct{ ID, Arm string }
			Type      string
		}
		if err := json.Unmarshal([]byte(text), &e); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		rows = append(rows, said{"event": e.Event, "event_id": e.ID, "email": e.Email, "timestamp": fmt.Sprint(e.Timestamp), "campaign": e.Campaign.ID, "arm": e.Campaign.Arm, "type": e.Type})
	}
	return rows
}

func TestTruthAgreesWithWhatWasSaid(t *testing.T) {
	t.Parallel()
	dir := wholeShop(t)
	want := readExpected(t, dir)
	for name, source := range readTalks(t, dir) {
		if diff := cmp.Diff(want.Sources[name], source.counts); diff != "" {
			t.Errorf("rows of %s (-truth +found):\n%s", name, diff)
		}
	}
}

// TestWhatIsSaidHasEveryStory counts what filters over interactions need,
// and holds that who buys often opens more letters.
func TestWhatIsSaidHasEveryStory(t *testing.T) {
	t.Parallel()
	dir := wholeShop(t)
	rates := map[string]float64{}
	owner := map[string]string{}
	for _, row := range table(t, filepath.Join(dir, "truth/keys.csv"), ',') {
		owner[row["key"]] = row["person"]
	}
	for _, row := range table(t, filepath.Join(dir, "truth/people.csv"), ',') {
		rates[row["person"]] = number(t, row["rate_per_day"])
	}
	dumps, _ := readDumps(t, dir)
	consent := map[string]said{} // of an address, as the CRM has it
	for _, row := range dumps[len(dumps)-1] {
		consent[normal("e", row["email"], nil)] = row
	}
	found := map[string]int{}
	var rate, letters [2]float64 // of letters that were opened, and of all
	talks := readTalks(t, dir)
	for _, row := range talks["mail"].rows {
		found[row["event"]+row["type"]]++
		found["arm "+row["arm"]]++
		key := "e:" + row["email"]
		switch row["event"] {
		case "open":
			rate[0], letters[0] = rate[0]+rates[owner[key]], letters[0]+1
		case "delivered":
			rate[1], letters[1] = rate[1]+rates[owner[key]], letters[1]+1
		case "unsubscribe", "spamreport":
			at, _ := strconv.ParseInt(row["timestamp"], 10, 64)
			if c := consent[key]; c["consent_email"] == "да" && c["consent_at"] < time.Unix(at, 0).In(time.FixedZone("MSK", 3*3600)).Format(time.DateTime) {
				found["unsubscribed, and the CRM says yes"]++
			}
		}
	}
	if all, opened := rate[1]/letters[1], rate[0]/letters[0]; opened < 1.15*all {
		t.Errorf("who opens buys %.4f times a day, who is written to %.4f: opening tells nothing", opened, all)
	}
	for _, row := range talks["helpdesk"].rows {
		found["case "+row["status"]]++
		found["topic "+row["topic"]]++
	}
	for _, row := range talks["feedback"].rows {
		score, _ := strconv.Atoi(row["score"])
		found[row["kind"]]++
		if row["kind"] == "nps" && score <= 6 {
			found["detractor"]++
		}
	}
	for _, row := range talks["loyalty"].rows {
		found[row["operation"]+" "+row["platform"]]++
	}
	for name, least := range map[string]int{
		"processed": 2000, "delivered": 2000, "open": 400, "click": 80, "bouncehard": 5, "bouncesoft": 10, "unsubscribe": 5, "spamreport": 1, "arm a": 1000, "arm b": 1000,
		"unsubscribed, and the CRM says yes": 3, "case open": 3, "case solved": 30, "topic delivery": 10, "nps": 20, "detractor": 3, "review": 20,
		"earn ": 1000, "spend ": 50, "wallet_add apple": 10, "wallet_add google": 10, "wallet_remove apple": 2,
	} {
		if found[name] < least {
			t.Errorf("%s: %d, want at least %d", name, found[name], least)
		}
	}
}
