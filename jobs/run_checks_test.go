package jobs

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/jobs/night"
)

// table reads a table of a run as texts.
func (s *stall) table(run, name string, want ...string) (rows []string) {
	s.t.Helper()
	err := s.lake().ReadTable(s.t.Context(), s.manifest(run), name, want, func(k *columns.Chunk) error {
		for i := range k.N {
			var row []string
			for j := range k.Cols {
				if k.Cols[j].Missing(i) {
					row = append(row, "-")
				} else {
					row = append(row, string(k.Cols[j].AppendValue(nil, i)))
				}
			}
			rows = append(rows, strings.Join(row, " "))
		}
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return rows
}

// dirty puts data in that every check finds.
func (s *stall) dirty() {
	s.put("habitue.yaml", stallYAML+`  - name: lines
    kind: csv
    path: lines.csv
    record: order
    fields: {id: id, line: line, at: at, email: email, amount: amount, kind: {column: type, map: {S: sale, X: cancelled}}}
`)
	s.put("crm.csv", "id,email,updated\n1,ann@x.org,2025-01-01T00:00:00Z\n1,anna@x.org,2025-01-01T00:00:00Z\n2,bob@x.org,2025-02-01T00:00:00Z\n3,eve@x.org,\n3,eva@x.org,\n")
	s.put("lines.csv", "id,line,at,email,amount,type\nA,1,2025-01-01T09:00:00Z,ann@x.org,1.00,S\nA,1,2025-01-01T09:00:00Z,ann@x.org,2.00,S\nA,2,2025-01-01T09:00:00Z,ann@x.org,4.00,S\nB,1,2025-01-01T09:00:00Z,,8.00,S\nB,1,2025-01-01T09:00:00Z,,8.00,S\nC,1,2025-01-01T09:00:00Z,bob@x.org,16.00,X\n")
}

func TestChecksFindWhatIsWrongWithTheData(t *testing.T) {
	t.Parallel()
	s := newStall(t, "")
	s.dirty()
	out, _ := s.do(fault.OK, "run", "--as-of", "2025-01-02")
	want := []string{
		"rejects crm 0 -", "assumed_current crm 1 -", "equal_versions crm 2 -",
		"rejects tills 1 0.00", "orders_without_customer tills 1 7.50", "assumed_current tills 0 -", "equal_versions tills 0 -",
		"rejects web 1 -",
		"rejects lines 0 0.00", "orders_without_customer lines 1 8.00", "assumed_current lines 0 -", "equal_lines lines 1 -",
	}
	if diff := cmp.Diff(want, s.table("2025-01-02.1", "data_checks", "check", "source", "found", "amount")); diff != "" {
		t.Error(diff)
	}
	for _, warning := range []string{"warning: crm: equal_versions 2: ", "warning: lines: orders_without_customer 1 (8.00 EUR): 57.14% of the money", "warning: tills: rejects 1 (0.00 EUR): 16.67% of rows read"} {
		if !strings.Contains(out, warning) {
			t.Errorf("%q is not in\n%s", warning, out)
		}
	}
	if strings.Contains(out, "warning: tills: assumed_current") {
		t.Errorf("a check that found nothing is told\n%s", out)
	}
}

// TestMoneyTies holds that what was read is the sum of what became of it, in
// rows and money, for cancelled orders of one row and of several too.
func TestMoneyTies(t *testing.T) {
	t.Parallel()
	s := newStall(t, "")
	s.dirty()
	out, _ := s.do(fault.OK, "--json", "run", "--as-of", "2025-01-02")
	var sum night.Summary
	if err := json.Unmarshal([]byte(out), &sum); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, one := range sum.Sources {
		line := fmt.Sprintf("%s %t %+v", one.Name, one.Ties, one.Tie)
		if one.Money != nil {
			line += fmt.Sprintf(" %+v", *one.Money)
		}
		got = append(got, line)
	}
	want := []string{
		"crm true {Read:5 Kept:3 Repeats:0 Superseded:2 Filtered:0 Rejects:0 Later:0}",
		"tills true {Read:6 Kept:4 Repeats:0 Superseded:0 Filtered:0 Rejects:1 Later:1} {Read:4750 Kept:4250 Repeats:0 Superseded:0 Filtered:0 Rejects:0 Later:500}",
		"web true {Read:3 Kept:2 Repeats:0 Superseded:0 Filtered:0 Rejects:1 Later:0}",
		"lines true {Read:6 Kept:4 Repeats:1 Superseded:1 Filtered:0 Rejects:0 Later:0} {Read:3900 Kept:3000 Repeats:800 Superseded:100 Filtered:0 Rejects:0 Later:0}",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if orders := s.table("2025-01-02.1", "orders", "source", "record_id", "kind", "counted", "amount"); !strings.Contains(strings.Join(orders, "\n"), "tills 14 cancelled false") {
		t.Errorf("%q", orders)
	}
	if customers := strings.Join(s.table("2025-01-02.1", "customers", "email", "net_revenue", "order_count"), "\n"); strings.Contains(customers, "25.00") {
		t.Errorf("a cancelled order is counted\n%s", customers)
	}
}

func TestProgressTellsThePhases(t *testing.T) {
	t.Parallel()
	s := newStall(t, "")
	out, errs := s.do(fault.OK, "--json", "--progress", "json", "run", "--as-of", "2025-01-02")
	var phases []string
	for _, m := range regexp.MustCompile(`"msg":"done","step":"([^"]+)","rows":(\d+)`).FindAllStringSubmatch(errs, -1) {
		phases = append(phases, m[1]+" "+m[2])
	}
	want := []string{"inputs 2025-01-02 0", "extract 12", "settle 0", "resolve 0", "score 0", "records 0"}
	if diff := cmp.Diff(want, phases); diff != "" {
		t.Errorf("%s\n%s", diff, errs)
	}
	if !json.Valid([]byte(out)) {
		t.Errorf("progress is on stdout:\n%s", out)
	}
}
