package lake

import (
	"fmt"
	"reflect"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"
)

const (
	decimalDigits = 18 // what an int64 holds
	quantityScale = 3
)

// SQLType is the type of a column as a manifest and a database name it.
func SQLType(c customer.Column, scale uint8) string {
	switch c.Type {
	case customer.IntColumn:
		return "BIGINT"
	case customer.BoolColumn:
		return "BOOLEAN"
	case customer.DateColumn:
		return "DATE"
	case customer.TimeColumn:
		return "TIMESTAMP WITH TIME ZONE"
	case customer.MoneyColumn:
		return fmt.Sprintf("DECIMAL(%d,%d)", decimalDigits, scale)
	case customer.FloatColumn:
		return "DOUBLE"
	case customer.ListColumn:
		return "VARCHAR[]"
	case customer.QuantityColumn:
		return fmt.Sprintf("DECIMAL(%d,%d)", decimalDigits, quantityScale)
	}
	return "VARCHAR"
}

// physical is the type of a column's bytes in Parquet.
func physical(t customer.ColumnType) format.Type {
	switch t {
	case customer.BoolColumn:
		return format.Boolean
	case customer.DateColumn:
		return format.Int32
	case customer.FloatColumn:
		return format.Double
	case customer.TextColumn, customer.ListColumn:
		return format.ByteArray
	}
	return format.Int64
}

// path is where the values of a column hang in the schema.
func path(c customer.Column) []string {
	if c.Type == customer.ListColumn {
		return []string{c.Name, "list", "element"}
	}
	return []string{c.Name}
}

// fits tells whether the rows have the table's columns, in its order.
func fits(t customer.Table, k *columns.Chunk) error {
	if len(k.Cols) != len(t.Columns) {
		return fmt.Errorf("rows have %d columns, the table %d", len(k.Cols), len(t.Columns))
	}
	for i, c := range t.Columns {
		got, want := k.Cols[i].Type, c.Type.Held()
		if got != want && !(want == columns.Money && got == columns.Int) {
			return fmt.Errorf("column %s (%d): the rows hold type %d under the name %q, the table wants %d", c.Name, i+1, got, k.Cols[i].Name, want)
		}
		if n := k.Cols[i].Len(); n < k.N {
			return fmt.Errorf("column %s (%d): %d values for %d rows", c.Name, i+1, n, k.N)
		}
	}
	return nil
}

// node is the column in Parquet's terms.
func node(c customer.Column, scale uint8) parquet.Node {
	n := parquet.String()
	switch c.Type {
	case customer.IntColumn:
		n = parquet.Int(64)
	case customer.BoolColumn:
		n = parquet.Leaf(parquet.BooleanType)
	case customer.DateColumn:
		n = parquet.Date()
	case customer.TimeColumn:
		n = parquet.Timestamp(parquet.Microsecond)
	case customer.MoneyColumn:
		n = parquet.Decimal(int(scale), decimalDigits, parquet.Int64Type)
	case customer.QuantityColumn:
		n = parquet.Decimal(quantityScale, decimalDigits, parquet.Int64Type)
	case customer.FloatColumn:
		n = parquet.Leaf(parquet.DoubleType)
	case customer.ListColumn:
		return parquet.Optional(parquet.List(parquet.String()))
	}
	if c.Name == RunDate { // the lake's own, never missing
		return n
	}
	return parquet.Optional(n)
}

// group is a Parquet group whose fields keep the order of the table; the
// library's own sorts them by name.
type group struct {
	parquet.Group
	fields []parquet.Field
}

func (g group) Fields() []parquet.Field { return g.fields }

type field struct {
	parquet.Node
	name string
}

func (f field) Name() string                          { return f.name }
func (f field) Value(row reflect.Value) reflect.Value { return row.FieldByName(f.name) }

// schema is that of a whole file.
func schema(name string, cols []customer.Column, scale uint8) *parquet.Schema {
	g := group{Group: parquet.Group{}}
	for _, c := range cols {
		n := node(c, scale)
		g.Group[c.Name] = n
		g.fields = append(g.fields, field{n, c.Name})
	}
	return parquet.NewSchema(name, g)
}
