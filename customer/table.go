package customer

import (
	"slices"

	"github.com/habitue-data/habitue/internal/columns"
)

// ColumnType is the type of a column of a table, as BI sees it.
type ColumnType uint8

const (
	TextColumn ColumnType = iota
	IntColumn             // BIGINT
	BoolColumn
	DateColumn
	TimeColumn     // TIMESTAMP WITH TIME ZONE, microseconds
	MoneyColumn    // DECIMAL(18, exponent of the reporting currency)
	FloatColumn    // DOUBLE
	ListColumn     // list of texts
	QuantityColumn // DECIMAL(18, 3): what is counted, weighed or scored
)

// Held is the type in which rows hold a column of this type.
func (t ColumnType) Held() columns.Type {
	switch t {
	case IntColumn:
		return columns.Int
	case BoolColumn:
		return columns.Bool
	case DateColumn:
		return columns.Date
	case TimeColumn:
		return columns.Time
	case MoneyColumn, QuantityColumn:
		return columns.Money
	case FloatColumn:
		return columns.Float
	case ListColumn:
		return columns.List
	}
	return columns.Text
}

// Column is one column of a table.
type Column struct {
	Name string
	Type ColumnType
	Doc  string
}

// Layout says how the rows of a table lie in the lake.
type Layout uint8

const (
	ByRun   Layout = iota // made anew by each run: run=<run id>/
	ByMonth               // by month, carried over while unchanged: month=<YYYY-MM>/
)

// Table is one table of the lake and of every warehouse. run_date is not
// among Columns: the writer of a ByRun table adds it, of a ByMonth one the serving does.
type Table struct {
	Name    string
	Doc     string
	Layout  Layout
	History bool     // rows of earlier runs stay in it, each with its own run_date
	Always  []string // columns that its files have whoever asks: by them rows are dated, put in order and found again
	Columns []Column
}

// NewRows is an empty chunk for rows of the table.
func (t Table) NewRows() *columns.Chunk {
	k := &columns.Chunk{Cols: make([]columns.Column, len(t.Columns))}
	for i, c := range t.Columns {
		k.Cols[i] = columns.Column{Name: c.Name, Type: c.Type.Held()}
	}
	return k
}

// Column is the column of that name.
func (t Table) Column(name string) (Column, bool) {
	for _, c := range t.Columns {
		if c.Name == name {
			return c, true
		}
	}
	return Column{}, false
}

// Only is the table with just the named columns and those that it always
// has, in the table's order.
func (t Table) Only(names []string) Table {
	var kept []Column
	for _, c := range t.Columns {
		if slices.Contains(names, c.Name) || slices.Contains(t.Always, c.Name) {
			kept = append(kept, c)
		}
	}
	t.Columns = kept
	return t
}

// Names are the names of the columns.
func (t Table) Names() (names []string) {
	for _, c := range t.Columns {
		names = append(names, c.Name)
	}
	return names
}
