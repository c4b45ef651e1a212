package nighttest

import (
	"fmt"
	"net"
	"os"
	"strings"
	"testing"

	"github.com/habitue-data/habitue/internal/fault"
)

const gatesProject = `project: gates
timezone: UTC
currency: EUR
country: DE
id_salt: pepper
sources:
  - {name: desk, kind: csv, path: desk.csv, delivery: full, record: order, fields: {id: id, at: at, email: email, amount: amount}, where: 'email != "filtered@x.de"'}
warehouse: {kind: duckdb, path: out/w.duckdb}
gates: {rejects: 10, volume: 50}
publish: {tables: all}
`

// desk is an export of so many good rows, then bad ones, then filtered ones.
func desk(good, bad, filtered int) []byte {
	var b strings.Builder
	b.WriteString("id,at,email,amount\n")
	for i := range good + bad + filtered {
		email, amount := fmt.Sprintf("p%d@x.de", i), "10"
		if i >= good && i < good+bad {
			amount = "1e2"
		} else if i >= good {
			email = "filtered@x.de"
		}
		fmt.Fprintf(&b, "R%d,2025-01-01T10:00:00,%s,%s\n", i, email, amount)
	}
	return []byte(b.String())
}

func TestGates(t *testing.T) {
	p := newPlace(t, map[string]string{"habitue.yaml": gatesProject, "desk.csv": string(desk(2000, 0, 0))})
	p.run(t, "--as-of", "2025-01-02")
	serves := func(day string, orders int) {
		t.Helper()
		if got, want := p.query(t, "SELECT max(run_date), count(*) FROM orders"), fmt.Sprintf("%s,%d\n", day, orders); got != want {
			t.Errorf("the warehouse serves %s, want %s", got, want)
		}
	}
	shut := func(day string, says ...string) {
		t.Helper()
		_, errs := p.habitue(t, fault.Gate, "--progress", "none", "run", "--as-of", day)
		for _, want := range append(says, "nothing was published", "--no-gates") {
			if !strings.Contains(errs, want) {
				t.Errorf("%q is not in %s", want, errs)
			}
		}
		serves("2025-01-02", 2000)
		if left, err := os.ReadDir(p.path("out/lake/_scratch")); len(left) > 0 || err != nil {
			t.Errorf("the night left %v in the scratch folder, %v", left, err)
		}
	}
	p.write(t, "desk.csv", desk(1790, 210, 0)) // 10.5% refused
	shut("2025-01-03", "desk: 210 of 2,000 rows were refused, 10.50%", "210 times bad_amount amount, such as desk.csv:1792: ")
	p.write(t, "desk.csv", desk(999, 0, 3000)) // half is gone; what is filtered was never counted
	shut("2025-01-03", "desk: 999 rows are in force, 49.95% of the 2,000 of run 2025-01-02.1", "look whether the export is whole")

	p.run(t, "--as-of", "2025-01-03", "--no-gates")
	serves("2025-01-03", 999)
	p.write(t, "desk.csv", desk(1000, 111, 0)) // 9.99% refused, and more than before
	p.run(t, "--as-of", "2025-01-04")
	serves("2025-01-04", 1000)
	p.write(t, "desk.csv", desk(500, 0, 0)) // just half
	p.run(t, "--as-of", "2025-01-05")
	p.write(t, "desk.csv", desk(60, 40, 0)) // too few to say anything of shares but that most are well
	p.run(t, "--as-of", "2025-01-06")
	serves("2025-01-06", 60)
}

// TestASourceOfWhichNothingIsLeftStopsTheNight is of one too small for shares.
func TestASourceOfWhichNothingIsLeftStopsTheNight(t *testing.T) {
	p := newPlace(t, map[string]string{"habitue.yaml": gatesProject, "desk.csv": string(desk(20, 0, 0))})
	p.run(t, "--as-of", "2025-01-02")
	p.write(t, "desk.csv", desk(0, 0, 5))
	_, errs := p.habitue(t, fault.Gate, "--progress", "none", "run", "--as-of", "2025-01-03")
	if want := "desk: none of its rows is in force, and 20 of run 2025-01-02.1 were"; !strings.Contains(errs, want) {
		t.Errorf("%q is not in %s", want, errs)
	}
	p.run(t, "--as-of", "2025-01-03", "--no-gates")
}

// TestABrokenDeliveryStopsTheNightHoweverLongTheHistory has thirty good days,
// one whose file is refused whole, and one on which all files are gone.
func TestABrokenDeliveryStopsTheNightHoweverLongTheHistory(t *testing.T) {
	p := newPlace(t, map[string]string{"habitue.yaml": strings.Replace(gatesProject, "path: desk.csv, delivery: full", "path: desk/%Y-%m-%d.csv, delivery: parts", 1)})
	row := func(day string, i int, amount string) string {
		return fmt.Sprintf("%s-%d,%sT10:00:00,p%d@x.de,%s\n", day, i, day, i, amount)
	}
	file := func(day, amount string) {
		text := "id,at,email,amount\n"
		for i := range 100 {
			text += row(day, i, amount)
		}
		p.write(t, "desk/"+day+".csv", []byte(text))
	}
	for d := 1; d <= 30; d++ {
		file(fmt.Sprintf("2025-01-%02d", d), "10")
	}
	p.run(t, "--as-of", "2025-01-30", "--known", "then")
	file("2025-01-31", "1e2")
	_, errs := p.habitue(t, fault.Gate, "--progress", "none", "run", "--as-of", "2025-01-31", "--known", "then")
	if want := "desk: of what came with this night 100 of 100 rows were refused, such as in desk/2025-01-31.csv"; !strings.Contains(errs, want) {
		t.Errorf("%q is not in %s", want, errs)
	}
	file("2025-01-31", "10")
	p.run(t, "--as-of", "2025-01-31", "--known", "then")
	for d := 1; d <= 31; d++ {
		p.remove(t, fmt.Sprintf("desk/2025-01-%02d.csv", d))
	}
	_, errs = p.habitue(t, fault.Gate, "--progress", "none", "run", "--as-of", "2025-02-01", "--known", "then")
	if want := "desk: none of its 31 files is there any more"; !strings.Contains(errs, want) {
		t.Errorf("%q is not in %s", want, errs)
	}
}

// TestWhatComesFirstIsAskedToo: there is no run before, and all is refused.
func TestWhatComesFirstIsAskedToo(t *testing.T) {
	p := newPlace(t, map[string]string{"habitue.yaml": gatesProject, "desk.csv": string(desk(0, 999, 0))})
	_, errs := p.habitue(t, fault.Gate, "--progress", "none", "run", "--as-of", "2025-01-02")
	if want := "desk: of what came with this night 999 of 999 rows were refused, such as in desk.csv"; !strings.Contains(errs, want) {
		t.Errorf("%q is not in %s", want, errs)
	}
	p.write(t, "desk.csv", desk(10, 9, 0)) // too few to say anything
	p.run(t, "--as-of", "2025-01-02")
}

// TestTheDaysFileIsAskedToo has days of 1,000 rows, Sundays of 40, and then one of
// which half is refused, one on which hardly anything came, one without a byte and
// one with the header alone.
func TestTheDaysFileIsAskedToo(t *testing.T) {
	p := newPlace(t, map[string]string{"habitue.yaml": strings.Replace(gatesProject, "path: desk.csv, delivery: full", "path: desk/%Y-%m-%d.csv, delivery: parts", 1)})
	file := func(day string, good, bad int) {
		text := "id,at,email,amount\n"
		for i := range good + bad {
			amount := "10"
			if i >= good {
				amount = "1e2"
			}
			text += fmt.Sprintf("%s-%d,%sT10:00:00,p%d@x.de,%s\n", day, i, day, i, amount)
		}
		p.write(t, "desk/"+day+".csv", []byte(text))
	}
	night := func(day string, little int) {
		t.Helper()
		p.run(t, "--as-of", day, "--known", "then")
		if got, want := p.query(t, "SELECT found FROM data_checks WHERE \"check\" = 'little_came'"), fmt.Sprintf("%d\n", little); got != want {
			t.Errorf("on %s %s rows are missing, want %s", day, got, want)
		}
	}
	for d := 1; d <= 28; d++ {
		rows := 1000
		if d%7 == 5 {
			rows = 40
		}
		file(fmt.Sprintf("2025-01-%02d", d), rows, 0)
	}
	night("2025-01-28", 0)
	file("2025-01-29", 500, 0) // just half
	night("2025-01-29", 0)
	file("2025-01-30", 500, 500)
	_, errs := p.habitue(t, fault.Gate, "--progress", "none", "run", "--as-of", "2025-01-30", "--known", "then")
	if want := "desk: of what came with this night 500 of 1,000 rows were refused, such as in desk/2025-01-30.csv"; !strings.Contains(errs, want) {
		t.Errorf("%q is not in %s", want, errs)
	}
	file("2025-01-30", 9, 0)
	night("2025-01-30", 991)
	p.write(t, "desk/2025-01-31.csv", nil)
	_, errs = p.habitue(t, fault.Gate, "--progress", "none", "run", "--as-of", "2025-01-31", "--known", "then")
	if want := "desk: desk/2025-01-31.csv has nothing in it, not even the line of headers, and 1,000 rows or more are usual on its weekday"; !strings.Contains(errs, want) {
		t.Errorf("%q is not in %s", want, errs)
	}
	file("2025-01-31", 0, 0) // a holiday
	night("2025-01-31", 1000)
	file("2025-02-02", 20, 0) // a Sunday
	night("2025-02-02", 0)
	file("2025-02-06", 499, 0) // the Thursday before was broken, and is not what is usual
	night("2025-02-06", 501)
}

// TestTheIDOfANightThatAClusterDidNotEndIsNotGivenAgain, also where its job failed:
// a worker that was cut off may still write under it.
func TestTheIDOfANightThatAClusterDidNotEndIsNotGivenAgain(t *testing.T) {
	t.Parallel()
	nobody, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := nobody.Close(); err != nil {
		t.Fatal(err)
	}
	p := newPlace(t, map[string]string{"habitue.yaml": gatesProject + "runner: {name: flink, options: {endpoint: \"" + nobody.Addr().String() + "\"}}\n", "desk.csv": string(desk(20, 0, 0))})
	p.habitue(t, fault.Config, "--progress", "none", "run", "--as-of", "2025-01-02")
	p.edit(t, "runner: {name: flink", "# runner: {name: flink")
	if s := p.run(t, "--as-of", "2025-01-02"); s.RunID != "2025-01-02.2" {
		t.Errorf("the next night is %s", s.RunID)
	}
}
