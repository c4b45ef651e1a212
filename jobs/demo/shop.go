package demo

import (
	"cmp"
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"strings"
)

// project is what stands beside the exports and is not made: the project file
// and, under last-night/, what somebody changes before the last night.
//
//go:embed project
var project embed.FS

// shop is the state of the play.
type shop struct {
	seed     uint64
	out      *folder
	season   string
	calendar calendar
	goods    *catalogue
	stores   []store
	people   []person
	versions []uint8 // of each contact, the newest that a dump had, plus one
	due      [][]int32
	dueVisit [][]int32
	later    []pending
	receipts []*receipt // of the day at hand
	dumps    []int
	arrivals []arrival
	deliver  bool
	talks    talks
	truth    *truth
	rng      *rand.Rand
	stream   stream

	tillOrders, webOrders int
}

func newShop(o Options, out *folder) *shop {
	until := civil(o.Until)
	s := &shop{
		seed: o.Seed, out: out, deliver: o.Deliver, season: cmp.Or(o.Season, Seasons[0]),
		goods:    newCatalogue(o.Seed, o.Days),
		stores:   stores(o.Customers),
		people:   make([]person, o.Customers),
		versions: make([]uint8, o.Customers*maxCopies),
		due:      make([][]int32, o.Days),
		dueVisit: make([][]int32, o.Days),
		later:    make([]pending, o.Days),
		truth:    newTruth(o.Customers, out),
		talks:    newTalks(o.Days),
	}
	s.calendar = newCalendar(until.AddDate(0, 0, 1-o.Days), o.Days, season(s.season, o.Days))
	s.rng = rand.New(&s.stream)
	s.settleIn()
	return s
}

// roll points the dice at a person's own stream.
func (s *shop) roll(p *person) *rand.Rand {
	s.stream.state = &p.chance
	return s.rng
}

// settleIn draws the people. They join evenly on the shop's clock, in order
// of their number; a buyer joins with the first purchase.
func (s *shop) settleIn() {
	var before *person
	for i := range s.people {
		p := &s.people[i]
		p.chance = seeded(s.seed, forPerson, uint64(i))
		r := s.roll(p)
		p.draw(r, i, before)
		before = p
		p.due = (float64(i) + r.Float64()) / float64(len(s.people)) * s.calendar.end()
		if !p.is(isProspect) {
			day, _ := s.calendar.moment(p.due, &tillHours)
			s.due[day] = append(s.due[day], int32(i))
		}
		if p.surf == 0 {
			continue
		}
		p.dueVisit = p.due + r.ExpFloat64()/p.surf - 5 // some look around before they buy
		if p.dueVisit > 0 && p.dueVisit < s.calendar.end() {
			day, _ := s.calendar.moment(p.dueVisit, &webHours)
			s.dueVisit[day] = append(s.dueVisit[day], int32(i))
		}
	}
}

// play makes every day in turn, then what stands beside them.
func (s *shop) play(ctx context.Context) error {
	for day := range s.calendar.days() {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("making %s: %w", s.calendar.name(day), context.Cause(ctx))
		}
		s.receipts = s.receipts[:0]
		for _, i := range s.due[day] {
			s.buy(int(i), day)
		}
		s.due[day] = nil
		s.tillDay(day)
		s.surfDay(day)
		s.talkDay(day)
		if s.isDumpDay(day) {
			s.dump(day)
		}
	}
	stores, err := storesCSV(s.stores)
	if err != nil {
		return fmt.Errorf("encoding the list of stores: %w", err)
	}
	last := s.calendar.days() - 1
	s.out.put(storesPath, stores)
	s.out.put(productsPath, s.goods.csv(s.calendar, last))
	s.out.put(firstVersion(productsPath), s.goods.csv(s.calendar, s.calendar.days()-priceDay-1))
	s.out.put("replay/schedule.csv", s.schedule())
	s.out.put("blocked.csv", []byte(blockedCSV))
	s.out.put("suppressed.csv", s.suppressed())
	files, err := fs.Sub(project, "project")
	if err == nil {
		err = s.putProject(files)
	}
	if err != nil {
		return fmt.Errorf("writing the project's files: %w", err)
	}
	if err := s.tell(); err != nil {
		return err
	}
	s.tellFuture()
	return nil
}

// putProject writes the files of project. What is changed before the last
// night is the newer of two versions: it lies where the other files of that
// night lie, or takes the older one's place.
func (s *shop) putProject(files fs.FS) error {
	last, late := s.calendar.days()-1, "last-night/"
	return fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		if changed, ok := strings.CutPrefix(name, late); ok {
			name = s.lies(last, changed)
		} else if _, err := fs.Stat(files, late+name); err == nil && !s.deliver {
			return nil // the newer version stands here
		}
		s.out.put(name, content)
		return nil
	})
}

// expected is truth/expected.json.
type expected struct {
	AsOf      string               `json:"as_of"`
	First     string               `json:"first_date"`
	Customers peopleCounts         `json:"customers"`
	Orders    orderCounts          `json:"orders"`
	Sources   map[string]rowCounts `json:"sources"`
}

// tell writes the truth.
func (s *shop) tell() error {
	t := s.truth
	t.ordersW.close()
	s.tellPeople()
	s.tellKeys()
	t.settle()
	var model []byte
	for _, row := range modelRows(s.season) {
		model = fmt.Appendf(model, "%s,%s\n", row[0], row[1])
	}
	s.out.put("truth/model.csv", model)
	t.till.Files, t.web.Files = s.calendar.days(), s.calendar.days()
	whole := func(rows int) rowCounts { return rowCounts{Files: 1, Read: rows, Kept: rows} }
	sources := map[string]rowCounts{
		"crm": t.crm, "tills": t.till, "web": t.web,
		"products": whole(len(s.goods.products)), "stores": whole(len(s.stores) + 2),
	}
	for name, c := range t.talks {
		sources[name] = *c
	}
	b, err := json.MarshalIndent(expected{
		AsOf: s.calendar.name(s.calendar.days() - 1), First: s.calendar.name(0),
		Customers: t.people, Orders: t.orders, Sources: sources,
	}, "", "  ")
	if err != nil {
		return fmt.Errorf("writing truth/expected.json: %w", err)
	}
	s.out.put("truth/expected.json", append(b, '\n'))
	return nil
}

func (s *shop) tellPeople() {
	w := s.out.create("truth/people.csv")
	w.b = append(w.b, "person,first_purchase_at,left_at,rate_per_day,leave_chance,purchases,prospect,first_name,last_name,birth_date,city,phone_of\n"...)
	for i := range s.people {
		p := &s.people[i]
		w.b = fmt.Appendf(w.b, "%d,", i)
		for _, second := range []int64{p.first, p.left} {
			if second >= 0 {
				w.b = s.calendar.appendTime(w.b, second)
			}
			w.b = append(w.b, ',')
		}
		w.b = fmt.Appendf(w.b, "%.9f,%.9f,%d,%t,%s,%s,%s,%s,%d\n", p.rate, p.leave, p.purchases, p.is(isProspect),
			p.givenName().cyrillic, p.lastName().cyrillic, birthDate(p), cities[p.city].cyrillic, p.phoneOf)
		w.flush()
	}
	w.close()
}

// tellKeys lists the keys that a record in force named; cookies are there
// already, as they were met.
func (s *shop) tellKeys() {
	t := s.truth
	for i := range s.people {
		for slot := range slots {
			node := nodeOf(i, slot)
			if slot == slotPhone {
				node = nodeOf(int(s.people[i].phoneOf), slot)
			}
			if t.parent[node] >= 0 {
				t.keysW.b = fmt.Appendf(t.keysW.b, "%d,%s\n", i, s.keyOf(node))
				t.keysW.flush()
			}
		}
	}
	t.keysW.close()
}

func (s *shop) summary() Summary {
	t, last, talks := s.truth, s.calendar.days()-1, 0
	for _, c := range t.talks {
		talks += c.Read
	}
	return Summary{
		Customers: len(s.people), Days: s.calendar.days(), First: s.calendar.name(0), Last: s.calendar.name(last),
		Receipts: t.orders.InForce, ReceiptRows: t.till.Read, Events: t.web.Read, Talks: talks, ContactRows: t.crm.Read,
		Files: s.out.files, Bytes: s.out.bytes,
	}
}
