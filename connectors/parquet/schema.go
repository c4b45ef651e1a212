package parquet

import (
	"fmt"
	"strings"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"

	"github.com/habitue-data/habitue/internal/columns"
)

// form is how a value is stored.
type form uint8

const (
	bytesForm form = iota
	uuidForm
	boolForm
	int32Form
	uint32Form
	int64Form
	uint64Form
	millisForm
	nanosForm
	int96Form
	decimalForm // big-endian bytes
	floatForm
	doubleForm
)

// leaf is a column that can be asked for.
type leaf struct {
	name  string // dotted path, without the wrappers of lists
	col   *parquet.Column
	typ   columns.Type
	scale uint8
	form  form
	size  int    // bytes of a value of fixed size
	list  bool   // several values a row
	bad   string // why it cannot be given, "" where it can
}

// leaves are the columns of a file in order.
func leaves(root *parquet.Column) []leaf {
	var all []leaf
	for _, c := range root.Columns() {
		all = appendLeaves(all, c, "", false)
	}
	return all
}

func appendLeaves(all []leaf, c *parquet.Column, prefix string, repeated bool) []leaf {
	name := prefix + c.Name()
	if e := listElement(c); e != nil {
		l := newLeaf(name, e)
		l.list = true
		if repeated || l.typ != columns.Text {
			l.bad = "a list of " + typeName(e)
		}
		return append(all, l)
	}
	repeated = repeated || c.Repeated()
	if !c.Leaf() {
		for _, sub := range c.Columns() {
			all = appendLeaves(all, sub, name+".", repeated)
		}
		return all
	}
	l := newLeaf(name, c)
	if repeated {
		l.bad = typeName(c) + " in a list of groups"
	}
	return append(all, l)
}

// listElement is the only leaf of a list of single values, nil where c is no
// such list: the three levels that the format asks for, the two of older
// writers, or a repeated leaf.
func listElement(c *parquet.Column) *parquet.Column {
	if c.Leaf() {
		if c.Repeated() {
			return c
		}
		return nil
	}
	if t := logical(c); t == nil || c.Repeated() {
		return nil
	} else if _, ok := t.(*format.ListType); !ok {
		return nil
	}
	for depth := 0; depth < 2 && len(c.Columns()) == 1; depth++ {
		if c = c.Columns()[0]; c.Leaf() {
			return c
		}
	}
	return nil
}

func logical(c *parquet.Column) format.LogicalTypeValue {
	if t := c.Type().LogicalType(); t != nil {
		return t.Value
	}
	return nil
}

// typeName is a column's type as the format's documents call it.
func typeName(c *parquet.Column) string {
	if t := logical(c); t != nil {
		return t.String()
	}
	return strings.ToUpper(c.Type().String())
}

// newLeaf finds how the values of a leaf are given.
func newLeaf(name string, c *parquet.Column) leaf {
	l := leaf{name: name, col: c}
	kind := c.Type().Kind()
	if kind == parquet.FixedLenByteArray {
		l.size = c.Type().Length()
	}
	set := func(on parquet.Kind, typ columns.Type, f form) {
		if l.typ, l.form = typ, f; kind != on {
			l.bad = typeName(c)
		}
	}
	switch t := logical(c).(type) {
	case nil:
		l.plain(kind)
	case *format.StringType, *format.EnumType, *format.JsonType:
		set(parquet.ByteArray, columns.Text, bytesForm)
	case *format.UUIDType:
		set(parquet.FixedLenByteArray, columns.Text, uuidForm)
	case *format.IntType:
		l.plain(kind)
		if !t.IsSigned && l.form == int32Form {
			l.form = uint32Form
		} else if !t.IsSigned && l.form == int64Form {
			l.form = uint64Form
		}
	case *format.DateType:
		set(parquet.Int32, columns.Date, int32Form)
	case *format.TimestampType:
		set(parquet.Int64, columns.Time, int64Form)
		if !t.IsAdjustedToUTC {
			l.typ = columns.Clock
		}
		switch t.Unit.Value.(type) {
		case *format.MilliSeconds:
			l.form = millisForm
		case *format.NanoSeconds:
			l.form = nanosForm
		}
	case *format.DecimalType:
		l.plain(kind)
		if l.form == bytesForm {
			l.form, l.bad = decimalForm, ""
		}
		l.typ, l.scale = columns.Money, uint8(t.Scale)
		if t.Scale < 0 || t.Scale > 18 {
			l.bad = fmt.Sprintf("%s, whose scale is not 0 to 18", t)
		}
	default:
		l.bad = typeName(c)
	}
	if l.form == uuidForm && l.size != 16 {
		l.bad = typeName(c)
	}
	return l
}

// plain sets what a physical type alone says. Old writers give texts no
// logical type.
func (l *leaf) plain(kind parquet.Kind) {
	switch kind {
	case parquet.Boolean:
		l.typ, l.form = columns.Bool, boolForm
	case parquet.Int32:
		l.typ, l.form = columns.Int, int32Form
	case parquet.Int64:
		l.typ, l.form = columns.Int, int64Form
	case parquet.Int96:
		l.typ, l.form = columns.Time, int96Form
	case parquet.Float:
		l.typ, l.form = columns.Float, floatForm
	case parquet.Double:
		l.typ, l.form = columns.Float, doubleForm
	case parquet.ByteArray:
		l.typ, l.form = columns.Text, bytesForm
	default:
		l.typ, l.bad = columns.Text, typeName(l.col)
	}
}
