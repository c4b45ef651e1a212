package lake

import (
	"fmt"

	"github.com/habitue-data/habitue/internal/columns"
	"github.com/parquet-go/parquet-go"
)

// rowType is the type in which rows hold a column of a manifest.
func (c Column) rowType() (t columns.Type, scale uint8) {
	switch c.Type {
	case "BIGINT":
		return columns.Int, 0
	case "BOOLEAN":
		return columns.Bool, 0
	case "DATE":
		return columns.Date, 0
	case "TIMESTAMP WITH TIME ZONE":
		return columns.Time, 0
	case "DOUBLE":
		return columns.Float, 0
	case "VARCHAR[]":
		return columns.List, 0
	}
	var digits int
	if n, _ := fmt.Sscanf(c.Type, "DECIMAL(%d,%d)", &digits, &scale); n == 2 {
		return columns.Money, scale
	}
	return columns.Text, 0
}

// kindOf is the physical type that holds such rows.
func kindOf(t columns.Type) parquet.Kind {
	switch t {
	case columns.Text, columns.List:
		return parquet.ByteArray
	case columns.Bool:
		return parquet.Boolean
	case columns.Date:
		return parquet.Int32
	case columns.Float:
		return parquet.Double
	}
	return parquet.Int64
}

// appendPage appends the rows of a page: values where the level says so,
// missing ones elsewhere.
func appendPage(col *columns.Column, page parquet.Page) {
	data, levels := page.Data(), page.DefinitionLevels()
	n := int(page.NumValues())
	switch col.Type {
	case columns.Text:
		appendTexts(col, textsOf(page), n, levels)
	case columns.List:
		appendLists(col, textsOf(page), levels, page.RepetitionLevels())
	case columns.Float:
		for i, next := 0, 0; i < n; i++ {
			if len(levels) > 0 && levels[i] == 0 {
				col.AddMissing()
				continue
			}
			col.Floats = append(col.Floats, data.Double()[next])
			next++
		}
	case columns.Bool:
		bits := data.Boolean()
		appendInts(col, n, levels, func(i int) int64 { return int64(bits[i/8] >> (i % 8) & 1) })
	case columns.Date:
		days := data.Int32()
		appendInts(col, n, levels, func(i int) int64 { return int64(days[i]) })
	default:
		ints := data.Int64()
		if len(levels) == 0 {
			col.Ints = append(col.Ints, ints[:n]...)
			return
		}
		appendInts(col, n, levels, func(i int) int64 { return ints[i] })
	}
}

func appendInts(col *columns.Column, n int, levels []byte, value func(i int) int64) {
	for i, next := 0, 0; i < n; i++ {
		if len(levels) > 0 && levels[i] == 0 {
			col.Ints = append(col.Ints, columns.MissingInt)
			continue
		}
		col.Ints = append(col.Ints, value(next))
		next++
	}
}

// texts are the texts of a page that are present, maybe through a dictionary.
type texts struct {
	data    []byte
	offsets []uint32
	index   []int32 // nil without a dictionary
}

func textsOf(page parquet.Page) (t texts) {
	data := page.Data()
	if dict := page.Dictionary(); dict != nil {
		t.index = data.Int32()
		data = dict.Page().Data()
	}
	t.data, t.offsets = data.ByteArray()
	return t
}

func (t texts) at(i int) []byte {
	if t.index != nil {
		i = int(t.index[i])
	}
	return t.data[t.offsets[i]:t.offsets[i+1]]
}

func appendTexts(col *columns.Column, t texts, n int, levels []byte) {
	for i, next := 0, 0; i < n; i++ {
		if len(levels) > 0 && levels[i] == 0 {
			col.AddMissing()
			continue
		}
		col.AddBytes(t.at(next))
		next++
	}
}

func appendLists(col *columns.Column, t texts, levels, reps []byte) {
	next := 0
	for i, def := range levels {
		switch {
		case def == 0:
			col.AddMissing()
			continue
		case reps[i] == 0: // a new list
			col.AddBytes(nil)
		default:
			col.Data = append(col.Data, columns.ListSep)
		}
		if def == 2 {
			col.Data = append(col.Data, t.at(next)...)
			next++
		}
		col.Spans[len(col.Spans)-1].End = uint32(len(col.Data))
	}
}
