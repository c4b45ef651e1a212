package nighttest

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/pipelines/flow"
)

const skewProject = `project: skew
timezone: UTC
currency: EUR
country: DE
id_salt: pepper
shards: 16
components: {in_memory: IN_MEMORY}
sources:
  - {name: crm, kind: csv, path: "crm*.csv", delivery: parts, record: contact, fields: {id: id, email: email, phone: phone, created_at: at}}
  - {name: tills, kind: csv, path: "tills*.csv", delivery: parts, record: order, fields: {id: id, at: at, email: email, phone: phone, store: store, amount: amount}}
  - {name: web, kind: csv, path: "web*.csv", delivery: parts, record: event, fields: {id: id, at: at, client_id: cookie, email: email, name: name}}
identity: {phone: digits}
publish: {tables: all}
`

// skewed is a world in which one cookie has half of all events, one phone is
// shared by thousands, and one store has half of all receipts.
func skewed(people int) map[string]string {
	files := map[string]string{}
	var crm [8]strings.Builder
	for f := range crm {
		crm[f].WriteString("id,email,phone,at\n")
	}
	for i := range people {
		phone := 4930000000000 + i
		if i%3 == 0 {
			phone = 4930123456789
		}
		fmt.Fprintf(&crm[i%8], "C%d,p%d@x.de,%d,2025-01-%02dT10:00:00\n", i, i, phone, i%28+1)
	}
	for f := range 8 {
		files[fmt.Sprintf("crm%d.csv", f)] = crm[f].String()
		var tills, web strings.Builder
		tills.WriteString("id,at,email,phone,store,amount\n")
		web.WriteString("id,at,cookie,email,name\n")
		for i := range people {
			store, cookie, email := i%2*(i%40), i, ""
			if i%2 == 0 {
				cookie = 0
			} else if i%5 == 0 {
				email = fmt.Sprintf("p%d@x.de", i)
			}
			fmt.Fprintf(&tills, "R%d-%d,2025-%02d-%02dT10:00:00,p%d@x.de,,%d,%d\n", f, i, i%12+1, i%28+1, i, store, i%90+1)
			fmt.Fprintf(&web, "E%d-%d,2025-%02d-%02dT10:00:00,w%d,%s,page_view\n", f, i, i%12+1, i%28+1, cookie, email)
		}
		files[fmt.Sprintf("tills%d.csv", f)], files[fmt.Sprintf("web%d.csv", f)] = tills.String(), web.String()
	}
	return files
}

// TestNoKeyGathersATable counts what goes to each key of each stage, on a
// world as uneven as they come. What gathers by design is named, and small.
func TestNoKeyGathersATable(t *testing.T) {
	for _, c := range []struct {
		inMemory string
		gathers  map[string]float64 // share of all that is shuffled that may go to one key
	}{
		// The union-find in one worker is the one exception that grows with the
		// keys; fit has a sample, which ends to grow at 200,000 customers; the
		// others hold names of files, counts and cuts.
		{"200000000", map[string]float64{"components": .1, "fit": .02, "collect": .02, "next": .001, "cube": .001, "enlist": .001}},
		{"0", map[string]float64{"fit": .02, "collect": .02, "next": .001, "cube": .001, "enlist": .001}},
	} {
		files := skewed(6000)
		files["segments/back.yaml"] = "segment: back\nwhen: {all: [{orders_count: {ge: 2, in_last: 365d}}, {visited_page: {count: {ge: 0}}}, {bought_category: {any: [food]}}]}\n"
		files["habitue.yaml"] = strings.Replace(skewProject, "IN_MEMORY", c.inMemory, 1)
		p := newPlace(t, files)
		out, _ := p.habitue(t, fault.OK, "--json", "--progress", "none", "run", "--as-of", "2025-12-31")
		var s struct {
			Loads map[string]flow.Load `json:"loads"`
		}
		if err := json.Unmarshal([]byte(out), &s); err != nil {
			t.Fatal(err)
		}
		all := int64(0)
		for _, l := range s.Loads {
			all += l.Bytes
		}
		if len(s.Loads) < 15 || all < 10<<20 {
			t.Fatalf("%d stages shuffled %d bytes: nothing was measured", len(s.Loads), all)
		}
		for stage, l := range s.Loads {
			if l.MostElement > 1<<20 {
				t.Errorf("in_memory %s: an element of %s has %d bytes", c.inMemory, stage, l.MostElement)
			}
			if most, gathers := c.gathers[stage]; gathers {
				if share := float64(l.MostBytes) / float64(all); share > most {
					t.Errorf("in_memory %s: %s has %.3f of all bytes on one key", c.inMemory, stage, share)
				}
			} else if l.Bytes > 64<<10 && l.MostBytes > l.Bytes/3 {
				t.Errorf("in_memory %s: %s has %d of its %d bytes on one of its %d keys", c.inMemory, stage, l.MostBytes, l.Bytes, l.Keys)
			}
		}
	}
}
