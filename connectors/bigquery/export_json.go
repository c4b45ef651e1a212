package bigquery

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/habitue-data/habitue/internal/rowfile"
	"google.golang.org/api/bigquery/v2"
)

// cells reads rows as the service lists them, from JSON that is known to be
// sound: a record is {"f": [...]} of its members in the schema's order, a
// member {"v": ...}, and every value but a record or a list is a text. Decoding
// into Go's own values took seven times as long and five times the memory.
type cells struct {
	in []byte
	at int
}

// errCells is that it is not so.
var errCells = errors.New("the service lists rows in another form than is known")

// space goes to the next byte that says something, and is it; 0 at the end.
func (c *cells) space() byte {
	for ; c.at < len(c.in); c.at++ {
		if b := c.in[c.at]; b != ' ' && b != '\n' && b != '\t' && b != '\r' {
			return b
		}
	}
	return 0
}

// take goes past that text, if it comes next.
func (c *cells) take(text string) bool {
	if c.space(); !bytes.HasPrefix(c.in[c.at:], []byte(text)) {
		return false
	}
	c.at += len(text)
	return true
}

// all tells whether these come next, one after the other.
func (c *cells) all(texts ...string) error {
	for _, text := range texts {
		if !c.take(text) {
			return errCells
		}
	}
	return nil
}

// text goes past a text, and is it with its quotes.
func (c *cells) text() ([]byte, error) {
	if c.space() != '"' {
		return nil, errCells
	}
	start := c.at
	for c.at++; c.in[c.at] != '"'; c.at++ {
		if c.in[c.at] == '\\' {
			c.at++
		}
	}
	c.at++
	return c.in[start:c.at], nil
}

// list does for every element of a list.
func (c *cells) list(each func(i int) error) (n int, err error) {
	if !c.take("[") {
		return 0, errCells
	}
	for ; !c.take("]"); n++ {
		if n > 0 && !c.take(",") {
			return n, errCells
		}
		if err := each(n); err != nil {
			return n, err
		}
	}
	return n, nil
}

// record appends a record as an object, without members that are missing or
// hold nothing. Without any it is {}.
func (c *cells) record(b []byte, schema []*bigquery.TableFieldSchema) ([]byte, error) {
	if err := c.all("{", `"f"`, ":"); err != nil {
		return b, err
	}
	b = append(b, '{')
	start := len(b)
	n, err := c.list(func(i int) (err error) {
		if i >= len(schema) {
			return fmt.Errorf("%w: more than %d columns", errCells, len(schema))
		}
		if err := c.all("{", `"v"`, ":"); err != nil {
			return err
		}
		before := len(b)
		if before > start {
			b = append(b, ',')
		}
		b = append(rowfile.AppendJSONString(b, []byte(schema[i].Name)), ':')
		value := len(b)
		if b, err = c.field(b, schema[i]); err != nil {
			return fmt.Errorf("%s: %w", schema[i].Name, err)
		}
		if string(b[value:]) == "null" || string(b[value:]) == "[]" || string(b[value:]) == "{}" {
			b = b[:before]
		}
		return c.all("}")
	})
	if err == nil && n != len(schema) {
		err = fmt.Errorf("%w: %d columns, not %d", errCells, n, len(schema))
	}
	if err != nil {
		return b, err
	}
	return append(b, '}'), c.all("}")
}

// field appends the value of a field, or the list of its values: each has its
// place there, so that the first item is the first.
func (c *cells) field(b []byte, f *bigquery.TableFieldSchema) ([]byte, error) {
	if f.Mode != "REPEATED" {
		return c.value(b, f)
	}
	if c.take("null") {
		return append(b, "null"...), nil
	}
	b = append(b, '[')
	_, err := c.list(func(i int) (err error) {
		if err := c.all("{", `"v"`, ":"); err != nil {
			return err
		}
		if i > 0 {
			b = append(b, ',')
		}
		if b, err = c.value(b, f); err != nil {
			return err
		}
		return c.all("}")
	})
	return append(b, ']'), err
}

// value appends one value. Whole and decimal numbers keep their digits.
func (c *cells) value(b []byte, f *bigquery.TableFieldSchema) ([]byte, error) {
	if c.take("null") {
		return append(b, "null"...), nil
	}
	if f.Type == "RECORD" || f.Type == "STRUCT" {
		return c.record(b, f.Fields)
	}
	quoted, err := c.text()
	if err != nil {
		return b, err
	}
	if bytes.IndexByte(quoted, '\\') >= 0 { // one text has one form
		var text string
		if err := json.Unmarshal(quoted, &text); err != nil {
			return b, err
		}
		quoted = rowfile.AppendJSONString(nil, []byte(text))
	}
	plain := quoted[1 : len(quoted)-1]
	switch f.Type {
	case "INTEGER", "INT64":
		n, err := strconv.ParseInt(string(plain), 10, 64)
		return strconv.AppendInt(b, n, 10), err
	case "FLOAT", "FLOAT64": // the service writes ten millions as 1.0E7, which is no amount to a mapping
		x, err := strconv.ParseFloat(string(plain), 64)
		switch size := math.Abs(x); {
		case math.IsNaN(x) || math.IsInf(x, 0): // which JSON has not
			return append(b, quoted...), err
		case size < 1e21:
			return strconv.AppendFloat(b, x, 'f', -1, 64), err
		}
		return strconv.AppendFloat(b, x, 'e', -1, 64), err
	case "NUMERIC", "BIGNUMERIC":
		if !json.Valid(plain) {
			return b, fmt.Errorf("%s is no number", quoted)
		}
		return append(b, plain...), nil
	case "BOOLEAN", "BOOL":
		yes, err := strconv.ParseBool(string(plain))
		return strconv.AppendBool(b, yes), err
	case "TIMESTAMP":
		us, err := strconv.ParseInt(string(plain), 10, 64)
		return time.UnixMicro(us).UTC().AppendFormat(b, `"2006-01-02T15:04:05.999999Z"`), err
	case "JSON":
		var text string
		var line bytes.Buffer
		if err := json.Unmarshal(quoted, &text); err != nil {
			return b, err
		}
		err := json.Compact(&line, []byte(text))
		return append(b, line.Bytes()...), err
	}
	return append(b, quoted...), nil // texts, days, bytes in base 64
}
