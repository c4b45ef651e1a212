package bigquery

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/habitue-data/habitue/internal/rowfile"
	"google.golang.org/api/bigquery/v2"
)

// appendRow writes a row as a JSON object: records and lists as they are, a
// missing value, an empty list and a record of nothing else left out. Within a
// list all have their place, so the first item is the first.
func appendRow(b []byte, schema []*bigquery.TableFieldSchema, row *bigquery.TableRow) ([]byte, error) {
	if len(row.F) != len(schema) {
		return b, fmt.Errorf("it has %d columns, not %d", len(row.F), len(schema))
	}
	b, _, err := appendRecord(b, schema, func(i int) any { return row.F[i].V })
	return b, err
}

// appendRecord tells whether there was something to write.
func appendRecord(b []byte, schema []*bigquery.TableFieldSchema, value func(i int) any) (_ []byte, some bool, err error) {
	b = append(b, '{')
	for i, f := range schema {
		v := value(i)
		if list, is := v.([]any); v == nil || is && len(list) == 0 {
			continue
		}
		start := len(b)
		if some {
			b = append(b, ',')
		}
		b = append(rowfile.AppendJSONString(b, []byte(f.Name)), ':')
		var wrote bool
		if b, wrote, err = appendField(b, f, v); err != nil {
			return b, some, fmt.Errorf("%s: %w", f.Name, err)
		}
		if !wrote {
			b = b[:start]
		}
		some = some || wrote
	}
	return append(b, '}'), some, nil
}

func appendField(b []byte, f *bigquery.TableFieldSchema, v any) ([]byte, bool, error) {
	list, is := v.([]any)
	if is != (f.Mode == "REPEATED") {
		return b, false, fmt.Errorf("a value of mode %q is %T", f.Mode, v)
	}
	if !is {
		return appendValue(b, f, v)
	}
	b = append(b, '[')
	for i, cell := range list {
		if i > 0 {
			b = append(b, ',')
		}
		member, _ := cell.(map[string]any)
		var err error
		if b, _, err = appendValue(b, f, member["v"]); err != nil {
			return b, false, fmt.Errorf("[%d]: %w", i, err)
		}
	}
	return append(b, ']'), true, nil
}

// appendValue writes what the service has as a text, or as a record of cells.
// Whole and decimal numbers keep their digits: no float comes between.
func appendValue(b []byte, f *bigquery.TableFieldSchema, v any) ([]byte, bool, error) {
	if f.Type == "RECORD" || f.Type == "STRUCT" {
		record, _ := v.(map[string]any)
		cells, is := record["f"].([]any)
		if !is || len(cells) != len(f.Fields) {
			return b, false, fmt.Errorf("a record of %d members has %d", len(f.Fields), len(cells))
		}
		return appendRecord(b, f.Fields, func(i int) any {
			cell, _ := cells[i].(map[string]any)
			return cell["v"]
		})
	}
	text, is := v.(string)
	if !is {
		return b, false, fmt.Errorf("a value of type %s is %T", f.Type, v)
	}
	switch f.Type {
	case "INTEGER", "INT64":
		if _, err := strconv.ParseInt(text, 10, 64); err != nil {
			return b, false, err
		}
		return append(b, text...), true, nil
	case "FLOAT", "FLOAT64": // the service writes ten millions as 1.0E7, which is no amount to a mapping
		x, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return b, false, err
		}
		if size := math.Abs(x); size < 1e21 && (size >= 1e-6 || size == 0) {
			return strconv.AppendFloat(b, x, 'f', -1, 64), true, nil
		}
		if !math.IsNaN(x) && !math.IsInf(x, 0) { // which JSON has not
			return strconv.AppendFloat(b, x, 'e', -1, 64), true, nil
		}
	case "NUMERIC", "BIGNUMERIC":
		if json.Valid([]byte(text)) {
			return append(b, text...), true, nil
		}
	case "JSON":
		var line bytes.Buffer
		err := json.Compact(&line, []byte(text))
		return append(b, line.Bytes()...), true, err
	case "BOOLEAN", "BOOL":
		yes, err := strconv.ParseBool(text)
		return strconv.AppendBool(b, yes), true, err
	case "TIMESTAMP":
		us, err := strconv.ParseInt(text, 10, 64)
		return time.UnixMicro(us).UTC().AppendFormat(b, `"2006-01-02T15:04:05.999999Z"`), true, err
	}
	return rowfile.AppendJSONString(b, []byte(text)), true, nil // texts, days, bytes in base 64
}
