// Package activate makes the files of destinations from the table of
// candidates of a run, compares them with what was last sent, and delivers
// them.
//
// A file is a function of the run: made again from its manifest it has the
// same bytes. So it need not be kept, and a delivery that was cut short is
// done again without harm.
package activate

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/habitue-data/habitue/connectors/lake"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/transforms/activation"
)

// File is the file of a destination.
type File struct {
	Destination activation.Destination
	Rows        []Row // by address
	Outcomes    [activation.Outcomes]int64
	Repeated    int64 // customers whose address another has who is in a file, or gets nothing

	withheld map[string]bool // addresses of who is capped or held out
	used     []string        // those of its rows, and of who is held out: if it is exclusive, no file after it has them
}

// Row is a row of a file.
type Row struct {
	Key    string // the address, as keys are
	Fields []string
}

// candidates are the columns of export_rows that files are made of.
var candidates = []string{"destination", "customer_id", "outcome", "address", "fields", "withheld"}

// Files are the files of a run, by destination, from its table of candidates.
func Files(ctx context.Context, l lake.Lake, rows lake.Table, all []activation.Destination) ([]*File, error) {
	files := make([]*File, len(all))
	place, outcomes := map[string]int{}, map[string]activation.Outcome{}
	for o := range activation.Outcomes {
		outcomes[o.String()] = o
	}
	for i, d := range all {
		files[i] = &File{Destination: d, withheld: map[string]bool{}}
		place[d.Name] = i
	}
	want := candidates
	if !slices.ContainsFunc(rows.Columns, func(c lake.Column) bool { return c.Name == "withheld" }) { // a run of an older version
		want = want[:len(want)-1]
	}
	for _, part := range rows.Files {
		err := l.ReadFile(ctx, rows, part, want, func(k *columns.Chunk) error {
			for i := range k.N {
				text := func(c int) string { b, _ := k.Cols[c].Bytes(i); return string(b) }
				at, there := place[text(0)]
				if !there {
					continue // the project has no such destination any more
				}
				outcome, known := outcomes[text(2)]
				if !known {
					return fmt.Errorf("a row of export_rows has the outcome %q, which is none", text(2))
				}
				f := files[at]
				f.Outcomes[outcome]++
				if outcome == activation.InFile {
					f.Rows = append(f.Rows, Row{text(3), list(text(4))})
				} else if len(want) == len(candidates) && !k.Cols[5].Missing(i) {
					f.withhold(outcome, list(text(5)))
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	taken := map[string]map[string]bool{} // addresses that no file after it has, by channel
	for _, f := range files {
		d := &f.Destination
		f.settle(taken[d.Channel])
		if !d.Exclusive {
			continue
		}
		if taken[d.Channel] == nil {
			taken[d.Channel] = map[string]bool{}
		}
		for _, address := range f.used {
			taken[d.Channel][address] = true
		}
	}
	return files, nil
}

func list(text string) []string { return strings.Split(text, string(rune(columns.ListSep))) }

// withhold keeps addresses out of the file, and those of who is held out of
// those after it too: a message goes to an address, whoever it is meant for.
func (f *File) withhold(outcome activation.Outcome, addresses []string) {
	for _, a := range addresses {
		f.withheld[a] = true
	}
	if outcome == activation.HeldOut {
		f.used = append(f.used, addresses...)
	}
}

// settle puts the rows in order of address and keeps one of each that no file
// before has and that nobody has who gets nothing: rows come in order of
// customer, so it is always the same one.
func (f *File) settle(taken map[string]bool) {
	all := len(f.Rows)
	f.Rows = slices.DeleteFunc(f.Rows, func(r Row) bool { return taken[r.Key] || f.withheld[r.Key] })
	for _, r := range f.Rows {
		f.used = append(f.used, r.Key)
	}
	slices.SortStableFunc(f.Rows, f.order)
	f.Rows = slices.CompactFunc(f.Rows, func(a, b Row) bool { return f.order(a, b) == 0 })
	f.Repeated = int64(all - len(f.Rows))
}

// order is that of rows in the file: two that are equal are one to whoever takes
// it.
func (f *File) order(a, b Row) int {
	form := f.Destination.Form
	return strings.Compare(form.Mailbox(a.Key), form.Mailbox(b.Key))
}

// Shape tells files apart whose rows cannot be compared: of other columns, or
// with addresses in another form.
func (f *File) Shape() string {
	d := &f.Destination
	return Sum(fmt.Appendf(nil, "%q %q {%t %t}", d.Columns, d.Channel, d.Form.Plus, d.Form.Hash))[:16]
}

// Header is the first line of the file.
func (f *File) Header() []string {
	names := make([]string, len(f.Destination.Columns))
	for i, c := range f.Destination.Columns {
		names[i] = c.Name
	}
	return names
}

// from is where each of its columns comes from.
func (f *File) from() []string {
	from := make([]string, len(f.Destination.Columns))
	for i, c := range f.Destination.Columns {
		from[i] = c.From
	}
	return from
}

// CSV is the file's bytes.
func (f *File) CSV() []byte {
	rows := make([][]string, 0, len(f.Rows)+1)
	rows = append(rows, f.Header())
	for _, r := range f.Rows {
		rows = append(rows, r.Fields)
	}
	return table(rows)
}

func table(rows [][]string) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	for _, r := range rows { // a buffer takes everything, and a comma is a delimiter
		_ = w.Write(r)
	}
	w.Flush()
	return b.Bytes()
}

// Sum is the hash of a file's bytes, as the tables have it.
func Sum(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// Step is a step of the waterfall of a file.
type Step struct {
	Name      string
	Customers int64
}

// SameAddress is the step of the waterfall in which customers leave whose
// address another customer's row already has, in this file or in one before, or
// whose address another has who is capped or held out.
const SameAddress = "same_address"

// Waterfall goes from the members of the segments to the rows of the file. The
// steps in between add up to the difference.
func (f *File) Waterfall() []Step {
	steps := []Step{{Name: "in_segment"}}
	for o := activation.NoAddress; o < activation.InFile; o++ {
		steps = append(steps, Step{o.String(), f.Outcomes[o]})
	}
	for _, n := range f.Outcomes {
		steps[0].Customers += n
	}
	return append(steps, Step{SameAddress, f.Repeated}, Step{activation.InFile.String(), int64(len(f.Rows))})
}

// Path is where the file of a run lies, and the one of changes beside it,
// below the folder of its destination.
func Path(folder, destination, runDate string) (whole, changes string) {
	base := strings.TrimRight(folder, "/") + "/" + destination + "/" + runDate
	return base + ".csv", base + ".changes.csv"
}
