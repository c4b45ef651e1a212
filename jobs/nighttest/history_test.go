package nighttest

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/habitue-data/habitue/internal/fault"
)

// TestARerunTakesTheOldDatesPlaceInHistory runs two of three nights again with an
// order that was not there: the moves of these dates are others, those of the
// first stand, and none is there twice.
func TestARerunTakesTheOldDatesPlaceInHistory(t *testing.T) {
	t.Parallel()
	p := newPlace(t, segmentFiles())
	from := strings.Index(segmentProject, "activation:")
	p.write(t, "habitue.yaml", []byte(segmentProject[:from]+"warehouse: {kind: duckdb, path: out/w.duckdb}\npublish: {tables: all, keep_runs: 50}\n"))
	p.play(t)
	moves := func(where string) string {
		return p.query(t, "SELECT move_date, segment, first_name, move FROM segment_moves m JOIN customers USING (customer_id) WHERE "+where+" ORDER BY ALL")
	}
	first, bob := moves("move_date = DATE '2025-01-10'"), "move_date > DATE '2025-01-10' AND first_name = 'Bob'"
	if got, want := moves(bob), "2025-01-11,buyers,Bob,left\n"; got != want {
		t.Fatalf("Bob's moves are %s, want %s", got, want)
	}

	// An old date beside the line: nothing that is served changes.
	p.write(t, "tills/2025-01-09.csv", []byte("id,at,email,amount\n50,2025-01-09 10:00:00,bob@x.de,500\n"))
	p.run(t, "--as-of", "2025-01-11")
	if got, want := moves(bob), "2025-01-11,buyers,Bob,left\n"; got != want {
		t.Errorf("after a run of an old date Bob's moves are %s, want %s", got, want)
	}
	p.habitue(t, fault.Line, "run", "--as-of", "2025-01-11", "--publish") // the 12th rests on it

	p.run(t, "--from", "2025-01-11", "--to", "2025-01-12", "--known", "now")
	if diff := cmp.Diff("2025-01-11,big,Bob,entered\n", moves(bob)); diff != "" {
		t.Errorf("Bob's moves when he has bought: %s", diff)
	}
	if diff := cmp.Diff(first, moves("move_date = DATE '2025-01-10'")); diff != "" {
		t.Errorf("the first date's moves: %s", diff)
	}
	if twice := p.query(t, "SELECT count(*) FROM (SELECT move_date, segment, customer_id FROM segment_moves GROUP BY ALL HAVING count(*) > 1)"); twice != "0\n" {
		t.Errorf("%s moves are there twice", twice)
	}
}
