// Package mapping turns the columns of a source into the fields of a record.
//
// It promises that money never passes through a float, that a missing value
// stays missing, that a value which cannot be read refuses its row with one
// reason, the first in the order of the fields, and that what it gives
// depends on the rows and the Spec alone. All that is wrong with a Spec is
// told at once by Compile; Map itself never fails.
//
// It does not decide which times are plausible beyond "not before 1900": the
// date of the delivery is not its business, and that of the run only tells in
// which century somebody was born.
//
// Rows go through it column by column and, where a column is a dictionary,
// value by value. A function per field and row was the obvious design and
// was rejected: the calls cost more than the parsing.
package mapping

import (
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
)

// Spec says how the rows of one source become records. It is plain data, so
// that it can travel to a worker as JSON.
type Spec struct {
	File       string            // project file, for messages
	Source     string            // name of the source, for messages
	Kind       customer.Kind     // what a row tells of
	Fields     []FieldSpec       // in the order in which faults of a row are looked for
	Types      map[string]string // column -> text, int, decimal, bool, date or time, in expr and where
	Where      string            // CEL; rows for which it is not true are filtered
	Zone       string            // of times that name none; "" is UTC
	Currency   string            // of amounts whose row names none
	Scale      uint8             // digits after the point of Currency
	Attributes bool              // keep the columns that nothing names as "attributes"
	AsOf       int32             // day of the run: a year of two digits is the last in which somebody can be born; 0 is not known
}

// FieldSpec says where one field comes from: exactly one of Columns,
// Constant, Multiply, Sum and Expr.
type FieldSpec struct {
	Field     string
	Columns   []string          // the first that is there and has a value
	Constant  *string           // the same for every row
	Map       map[string]string // value by value; "" is a missing value, "*" any other
	PrefixMap map[string]string // by the longest prefix; "" always matches, a missing value too
	Unit      string            // money: "major" (default) or "minor"; time: "s", "ms", "us" since 1970
	Format    string            // time: a pattern such as %d.%m.%Y %H:%M; "" is ISO 8601 and what is unambiguous
	Zone      string            // of times that name none, here; "" is the source's
	Decimal   string            // "" is a point; "." and "," also say what may stand between groups: 1,234.56 or 1.234,56
	Split     string            // stands between the texts of a list
	Multiply  []string          // exact product of these columns, missing where one is
	Sum       []string          // exact sum of those of these columns that have a value
	Expr      string            // CEL over the row
	Line, Col int               // in the project file
}

// Attributes is the name of the column that holds what no field names.
const Attributes = "attributes"

// Mapper maps chunks by a Spec. Many goroutines may share it, each with its
// own Mapped.
type Mapper struct {
	spec     Spec
	want     []string
	fields   []field
	where    *filter
	currency int // place of the field currency, -1 where it is not mapped
	rest     int // place of "*" among the columns, -1 where it is not asked for
}

// field is a FieldSpec made ready.
type field struct {
	FieldSpec
	def      customer.Field
	kind     customer.Kind
	typ      columns.Type
	cols     []int           // places of Columns, Multiply or Sum among the columns
	relabel  *relabel        // Map and PrefixMap, or the allowed values of an enum
	enum     bool            // what relabel does not know is refused
	constant *columns.Column // Constant, as a dictionary of one
	expr     *program        // Expr
	layout   []layout        // Format
	lastYear int             // that two digits can be
	lastDay  int64           // of a birth; 0 where none is known
	zone     *zone           // of times that name none
	unit     int64           // time: microseconds of one unit; 0 where no unit is given
	minor    bool            // money: the source counts minor units
	notation notation        // Decimal
	required string          // reason of a reject where the value is missing, or ""
	quantity bool            // exact thousandths
}

// Want is the columns that Map needs, in the order in which the chunk must
// hold them: what to give to rowfile.Format.Open.
func (m *Mapper) Want() []string { return m.want }
