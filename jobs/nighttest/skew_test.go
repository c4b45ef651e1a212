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
shards: SHARDS
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

// joined is a file of contacts by which every two that were nobody else's are
// one customer.
func joined(people int) string {
	var crm strings.Builder
	crm.WriteString("id,email,phone,at\n")
	for i := range people {
		if i%3 > 0 {
			fmt.Fprintf(&crm, "J%d,p%d@x.de,%d,2025-02-01T10:00:00\n", i, i, 4940000000000+i/3)
		}
	}
	return crm.String()
}

// loadsOfTwoNights runs the world, joins customers and runs it once more: what
// went to the stages on the second night.
func loadsOfTwoNights(t *testing.T, shards, inMemory string) map[string]flow.Load {
	t.Helper()
	const people = 2400
	files := skewed(people)
	files["segments/back.yaml"] = "segment: back\nwhen: {all: [{orders_count: {ge: 2, in_last: 365d}}, {visited_page: {count: {ge: 0}}}, {bought_category: {any: [food]}}]}\n"
	files["habitue.yaml"] = strings.NewReplacer("SHARDS", shards, "IN_MEMORY", inMemory).Replace(skewProject)
	p := newPlace(t, files)
	p.run(t, "--as-of", "2025-12-30")
	p.write(t, "crm8.csv", []byte(joined(people)))
	return loads(t, p)
}

// loads runs the last night of a place and tells what went to its stages.
func loads(t *testing.T, p *place) map[string]flow.Load {
	t.Helper()
	out, _ := p.habitue(t, fault.OK, "--json", "--progress", "none", "run", "--as-of", "2025-12-31")
	var s struct {
		Loads map[string]flow.Load `json:"loads"`
	}
	if err := json.Unmarshal([]byte(out), &s); err != nil {
		t.Fatal(err)
	}
	return s.Loads
}

// TestNoKeyGathersATable counts what goes to each key of each stage, on a
// world as uneven as they come and on a night with a ledger and merges: once
// with 16 shards and once with 64, because what is sent to every shard looks
// even with any number of them, and only grows with it. What gathers by
// design is named, and small.
func TestNoKeyGathersATable(t *testing.T) {
	// How many times the mean of 16 keys the greatest may be, where a key has
	// what is one customer's or one key's: a customer here has a third of all
	// contacts, a cookie half of all events. The keys of link, month and
	// records are files, and months of files, as large as they are.
	uneven := map[string]float64{"fold": 4.5, "guard": 4.5, "name": 4.5, "segment": 5.5, "intern": 3, "forward": 2.5, "whose": 2.5,
		"link": 5.5, "month": 3, "records": 2}
	const even = 1.6
	for _, c := range []struct {
		inMemory string
		gathers  map[string]float64 // share of all that is shuffled that may go to one key
	}{
		// The union-find in one worker is the one exception that grows with the
		// keys; fit has a sample, which ends to grow at 200,000 customers; the
		// others hold names of files, counts and cuts.
		{"200000000", map[string]float64{"components": .1, "fit": .02, "collect": .02, "total": .01, "next": .001, "cube": .001, "enlist": .001}},
		{"0", map[string]float64{"fit": .02, "collect": .02, "total": .01, "next": .001, "cube": .001, "enlist": .001}},
	} {
		few, many := loadsOfTwoNights(t, "16", c.inMemory), loadsOfTwoNights(t, "64", c.inMemory)
		all := int64(0)
		for _, l := range many {
			all += l.Bytes
		}
		for _, stage := range []string{"ledger", "fold", "reclaim", "award", "register", "before"} {
			if many[stage].Bytes == 0 {
				t.Fatalf("%s had nothing to do: the second night knows nothing of the first", stage)
			}
		}
		if len(many) < 25 || len(few) != len(many) || all < 10<<20 {
			t.Fatalf("%d stages, %d with more shards, shuffled %d bytes: nothing was measured", len(few), len(many), all)
		}
		for stage, l := range many {
			if l.MostElement > 1<<20 {
				t.Errorf("in_memory %s: an element of %s has %d bytes", c.inMemory, stage, l.MostElement)
			}
			if most, gathers := c.gathers[stage]; gathers {
				if share := float64(l.MostBytes) / float64(all); share > most {
					t.Errorf("in_memory %s: %s has %.4f of all bytes on one key", c.inMemory, stage, share)
				}
				continue
			}
			// Heads of batches are all that may grow with the shards.
			f := few[stage]
			if float64(l.Bytes) > 1.25*float64(f.Bytes)+32<<10 {
				t.Errorf("in_memory %s: %s has %d bytes on %d keys, %d bytes on %d: something is sent to every shard", c.inMemory, stage, f.Bytes, f.Keys, l.Bytes, l.Keys)
			}
			if l.MostBytes > f.MostBytes+1<<10 {
				t.Errorf("in_memory %s: a key of %s has %d bytes with 16 shards, %d with 64", c.inMemory, stage, f.MostBytes, l.MostBytes)
			}
			limit := uneven[stage]
			if limit == 0 {
				limit = even
			}
			if mean := float64(f.Bytes) / float64(f.Keys); float64(f.MostBytes) > limit*mean+1<<10 {
				t.Errorf("in_memory %s: a key of %s has %.1f times the mean of %.0f bytes", c.inMemory, stage, float64(f.MostBytes)/mean, mean)
			}
		}
	}
}

// TestCountsAreAddedUpOnTheWay holds that where all counts come together nobody
// hears of every shard: of the cohorts and of what became of the rows of a file
// each shard has as much as all together.
func TestCountsAreAddedUpOnTheWay(t *testing.T) {
	files := skewed(200)
	files["habitue.yaml"] = strings.NewReplacer("SHARDS", "256", "components: {in_memory: IN_MEMORY}\n", "", "tables: all", "tables: {cohort_overall: all}").Replace(skewProject)
	all := loads(t, newPlace(t, files))
	total, cube := all["total"], all["cube"]
	if total.Keys != 4 || total.Bytes < 256*100 {
		t.Errorf("256 shards are added up at %d keys, %d bytes", total.Keys, total.Bytes)
	}
	if cube.MostElements != total.Keys || 8*cube.Bytes > total.Bytes {
		t.Errorf("%d of %d bytes that were counted go on to cube, in %d batches", cube.Bytes, total.Bytes, cube.MostElements)
	}
}
