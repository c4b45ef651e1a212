//go:build linux

package postgrestest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/habitue-data/habitue/connectors/postgres"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/internal/serving"
)

var errSpoilt = errors.New("a file of the lake is torn")

// made is a run of two tables and a view: customers, made anew by each run, and
// orders of these months. Month m of version v has rows of its own.
func made(date string, customers int64, months ...string) postgres.Snapshot {
	runDate := serving.Column{Name: "run_date", Type: "DATE", Doc: "the as-of date"}
	s := postgres.Snapshot{Parts: map[string][]postgres.Part{}}
	s.RunID, s.RunDate = date+".1", date
	s.Tables = []serving.Table{
		{Name: "customers", Doc: "A customer's row.", Dated: true, Rows: customers,
			Columns: []serving.Column{runDate, {Name: "customer_id", Type: "VARCHAR", Doc: "the customer"}, {Name: "spent", Type: "DECIMAL(18,2)"}}},
		{Name: "orders", Doc: "An order.", Rows: int64(len(months)) * monthRows,
			Columns: []serving.Column{runDate, {Name: "record_id", Type: "VARCHAR", Doc: "the order"}, {Name: "amount", Type: "DECIMAL(18,2)", Doc: "amount"}}},
	}
	s.Views = []serving.View{{Name: "v_customers", Doc: "All.", SQL: "SELECT * FROM customers"}}
	day, _ := time.Parse(time.DateOnly, date)
	s.Parts["customers"] = []postgres.Part{{SHA256: date, Rows: customers, Read: func(_ context.Context, want []string, yield func(*columns.Chunk) error) error {
		return yield(chunk(int(customers), want, day))
	}}}
	for _, m := range months {
		s.Parts["orders"] = append(s.Parts["orders"], postgres.Part{Month: strings.Split(m, " ")[0], SHA256: m, Rows: monthRows, Read: func(_ context.Context, want []string, yield func(*columns.Chunk) error) error {
			if strings.HasSuffix(m, "spoilt") {
				return errSpoilt
			}
			return yield(chunk(monthRows, want, day))
		}})
	}
	return s
}

const monthRows = 50

func chunk(n int, want []string, day time.Time) *columns.Chunk {
	k := &columns.Chunk{N: n}
	for _, name := range want {
		c := columns.Column{Name: name}
		switch name {
		case "run_date":
			c.Type = columns.Date
		case "spent", "amount":
			c.Type, c.Scale = columns.Money, 2
		}
		for i := range n {
			switch c.Type {
			case columns.Date:
				c.Ints = append(c.Ints, day.Unix()/86400)
			case columns.Money:
				c.Ints = append(c.Ints, int64(i)*1001-7)
			default:
				c.AddText(fmt.Sprint(name, " ", i))
			}
		}
		k.Cols = append(k.Cols, c)
	}
	return k
}

func publish(t testing.TB, url string, s postgres.Snapshot) (postgres.Report, error) {
	t.Helper()
	return postgres.Publish(t.Context(), s, postgres.Place{URL: url, Schema: "mart"}, 20*time.Second)
}

func mustPublish(t testing.TB, url string, s postgres.Snapshot) postgres.Report {
	t.Helper()
	r, err := publish(t, url, s)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
