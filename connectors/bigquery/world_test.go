package bigquery

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/habitue-data/habitue/connectors/bigquery/contract"
	"github.com/habitue-data/habitue/connectors/lake"
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/internal/serving"
)

// day is a run: how many rows its tables have.
type day struct {
	run       string
	customers int
	moves     int
	orders    map[string]int // by month
	more      []string       // columns of orders beside those of columnsOf
	before    string         // the run whose moves stay in the table
}

// world is a lake from which runs are published.
type world struct {
	t     testing.TB
	l     lake.Lake
	moves map[string]lake.File
}

func newWorld(t testing.TB) world {
	return world{t, lake.Lake{Dir: t.TempDir()}, map[string]lake.File{}}
}

var columnsOf = map[string][]string{
	"customers":     {"customer_id", "kind", "net_revenue", "order_count", "last_order_date", "last_order_at"},
	"rfm_groups":    {"rfm_group", "codes"},
	"segment_moves": {"segment", "customer_id", "move", "move_date"},
	"orders":        {"source", "record_id", "customer_id", "order_at", "order_date", "amount", "counted"},
}

// snapshot writes the tables of a run.
func (w world) snapshot(d day) Snapshot {
	w.t.Helper()
	date, _, _ := cutRun(d.run)
	at, err := time.Parse(time.DateOnly, date)
	if err != nil {
		w.t.Fatal(err)
	}
	s := Snapshot{RunID: d.run, RunDate: date, Views: []serving.View{{Name: "v_customers", SQL: "SELECT * FROM customers WHERE kind = 'known'", Doc: "known ones"}}}
	entries := map[string]lake.Table{}
	for _, name := range []string{"customers", "rfm_groups", "segment_moves", "orders"} {
		whole, _ := customer.TableNamed(name)
		table := whole.Only(columnsOf[name])
		if name == "orders" {
			table = whole.Only(append(d.more, columnsOf[name]...))
		}
		var files []lake.File
		if name == "orders" {
			for month, n := range d.orders {
				k := rows(table, n, int32(mustDay(w.t, month+"-05")))
				f, err := w.l.WriteFact(table, 2, month, func(yield func(*columns.Chunk) error) error { return yield(k) }, nil)
				if err != nil {
					w.t.Fatal(err)
				}
				files = append(files, f)
			}
		} else {
			n := map[string]int{"customers": d.customers, "rfm_groups": 2, "segment_moves": d.moves}[name]
			writer, err := w.l.NewWriter(lake.PartPath(name, d.run, 0), table, 2, int32(at.Unix()/86400))
			if err != nil {
				w.t.Fatal(err)
			}
			if err := writer.Write(rows(table, n, int32(at.Unix()/86400))); err != nil {
				w.t.Fatal(err)
			}
			f, err := writer.Close()
			if err != nil {
				w.t.Fatal(err)
			}
			files = append(files, f)
			if name == "segment_moves" {
				w.moves[d.run] = f
				if earlier, there := w.moves[d.before]; there {
					files = append(files, earlier)
				}
			}
		}
		if entries[name], err = lake.NewTable(table, 2, files); err != nil {
			w.t.Fatal(err)
		}
		s.Tables = append(s.Tables, w.tableOf(whole, entries[name]))
	}
	s.Sum = func(ctx context.Context, name string, f File, cols []string) ([]int64, error) {
		for _, in := range entries[name].Files {
			if w.l.Path(in.Path) == f.Path {
				return w.l.Sum(ctx, entries[name], in, cols)
			}
		}
		panic("not a file of the run: " + f.Path)
	}
	return s
}

// only is a run with just these tables: some tests publish it hundreds of times.
func only(s Snapshot, names ...string) Snapshot {
	s.Tables = slices.DeleteFunc(slices.Clone(s.Tables), func(t Table) bool { return !slices.Contains(names, t.Name) })
	if !slices.Contains(names, "customers") {
		s.Views = []serving.View{{Name: "v_orders", SQL: "SELECT * FROM orders WHERE counted", Doc: "counted ones"}}
	}
	return s
}

func (w world) tableOf(doc customer.Table, e lake.Table) Table {
	t := Table{Table: serving.Table{Name: doc.Name, Doc: doc.Doc, Columns: []serving.Column{{Name: runDate, Type: "DATE", Doc: "the as-of date of the run"}}}}
	if doc.Layout == customer.ByMonth {
		t.By = "order_date"
	}
	if doc.History {
		t.By = runDate
	}
	for _, c := range e.Columns {
		described, _ := customer.Table{Columns: lake.Served(doc)}.Column(c.Name)
		column := serving.Column{Name: c.Name, Type: c.Type, Doc: described.Doc}
		t.InFile = append(t.InFile, column)
		if c.Name != runDate {
			t.Columns = append(t.Columns, column)
		}
	}
	for _, f := range e.Files {
		t.Parts = append(t.Parts, File{w.l.Path(f.Path), strings.ReplaceAll(f.Month, "-", "") + dayOf(f.Path, doc.History), f.SHA256, f.Rows, f.Bytes})
	}
	return t
}

func dayOf(path string, history bool) string {
	_, run, _ := strings.Cut(path, "/run=")
	if !history {
		return ""
	}
	return strings.ReplaceAll(run[:10], "-", "")
}

func mustDay(t testing.TB, date string) int64 {
	at, err := time.Parse(time.DateOnly, date)
	if err != nil {
		t.Fatal(err)
	}
	return at.Unix() / 86400
}

// rows are n rows that tell the day; every fifth value is missing.
func rows(table customer.Table, n int, day int32) *columns.Chunk {
	k := &columns.Chunk{N: n}
	for j, c := range table.Columns {
		col := columns.Column{Name: c.Name, Type: c.Type.Held()}
		always := slices.Contains(table.Always, c.Name)
		for i := range n {
			switch {
			case (i+j)%5 == 4 && !always:
				col.AddMissing()
			case col.Type == columns.Text || col.Type == columns.List:
				col.AddText(c.Name + strconv.Itoa(i))
			case col.Type == columns.Date:
				col.Ints = append(col.Ints, int64(day))
			case col.Type == columns.Time:
				col.Ints = append(col.Ints, int64(day)*86_400_000_000+int64(i))
			case col.Type == columns.Bool:
				col.Ints = append(col.Ints, int64(i%2))
			default:
				col.Ints = append(col.Ints, int64(day)*int64(i+1))
			}
		}
		k.Cols = append(k.Cols, col)
	}
	return k
}

// to is where tests publish.
func to(s *contract.Server) Options {
	return Options{Project: "p", Dataset: "shop", Location: "EU", Owner: "Corner Shop", Labels: map[string]string{"team": "crm"}, MaxBytesBilled: 1 << 30, Endpoint: s.URL,
		Now:     func() time.Time { return time.Date(2026, 1, 1, 4, 0, 0, 0, time.UTC) },
		patient: hasty}
}

// hasty waits for nothing between tries.
var hasty = patient{pause: func(ctx context.Context, try int) error { return ctx.Err() }, patience: 3 * time.Second}

func cutRun(run string) (date, n string, ok bool) { return run[:10], run[11:], true }

var (
	monday  = day{run: "2025-12-29.1", customers: 7, moves: 3, orders: map[string]int{"2025-11": 4, "2025-12": 5}}
	tuesday = day{run: "2025-12-30.1", before: monday.run, customers: 9, moves: 2, orders: map[string]int{"2025-11": 4, "2025-12": 8}}
)
