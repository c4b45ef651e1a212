package postgres

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/internal/rowfile"
	"github.com/habitue-data/habitue/internal/serving"
)

// column is a column of what is read.
type column struct {
	name string
	sql  string // the name, quoted, with where it is from
	oid  uint32 // of its type; that of a domain is the type below
	kind string // the type as SQL writes it
	as   shape
}

// shape is how a value of a type is written in JSON.
type shape uint8

const (
	asText   shape = iota
	asIs           // numbers and truth, which JSON writes alike
	asFloat        // as it is, but for NaN and the infinities
	asMoment       // ISO 8601, with a Z where the zone is known
	asNested       // JSON of the server's own
	asHex          // bytes
)

// The types of PostgreSQL that are not written as texts. NUMERIC is one: as a
// number of JSON many a reader would make it a float.
const (
	dateOID        = 1082
	timestampOID   = 1114
	timestamptzOID = 1184
)

var shapes = map[uint32]shape{
	16: asIs, 20: asIs, 21: asIs, 23: asIs, 26: asIs, // bool, int8, int2, int4, oid
	700: asFloat, 701: asFloat, // float4, float8
	17:  asHex,                    // bytea
	114: asNested, 3802: asNested, // json, jsonb
	timestampOID: asMoment, timestamptzOID: asMoment,
}

// selected is the column as a SELECT names it, so that its text is what JSON
// wants.
func (c column) selected() string {
	switch {
	case c.oid == 16:
		return c.sql + "::text" // true, not t
	case c.as == asHex:
		return "encode(" + c.sql + ", 'hex')"
	case c.as == asNested && c.oid != 114 && c.oid != 3802:
		return "to_json(" + c.sql + ")"
	case c.as == asText:
		return c.sql + "::text"
	}
	return c.sql
}

// object makes an object of a row's values; a NULL is left out.
func (p *pages) object(dst []byte, values [][]byte) ([]byte, error) {
	dst = append(dst, '{')
	for i, v := range values {
		if v == nil {
			continue
		}
		c := &p.columns[i]
		if len(dst) > 1 {
			dst = append(dst, ',')
		}
		dst = append(rowfile.AppendJSONString(dst, []byte(c.name)), ':')
		switch {
		case c.as == asFloat && bytes.ContainsRune(v, 'e'):
			dst = plain(dst, v)
		case c.as == asIs, c.as == asFloat && !bytes.ContainsAny(v, "Ny"): // NaN, Infinity
			dst = append(dst, v...)
		case c.as == asNested:
			p.nest.Reset()
			if err := json.Compact(&p.nest, v); err != nil {
				return nil, fmt.Errorf("read the JSON of column %s: %w", c.name, err)
			}
			dst = append(dst, p.nest.Bytes()...)
		case c.as == asMoment:
			dst = rowfile.AppendJSONString(dst, moment(v))
		default:
			dst = rowfile.AppendJSONString(dst, v)
		}
	}
	return append(dst, '}'), nil
}

// plain is a float with an exponent as one without: the server writes 1e-05, which
// is no amount to a mapping. One that is very long stays as it is.
func plain(dst, v []byte) []byte {
	x, err := strconv.ParseFloat(string(v), 64)
	if err != nil || math.Abs(x) >= 1e21 {
		return append(dst, v...)
	}
	return strconv.AppendFloat(dst, x, 'f', -1, 64)
}

// moment is a time of PostgreSQL's in ISO 8601. What is none, such as infinity, is
// left as it is: whoever reads the file refuses it by name.
func moment(v []byte) []byte {
	const day = len("2006-01-02")
	if len(v) <= day || v[day] != ' ' {
		return v
	}
	v[day] = 'T'
	if utc, found := bytes.CutSuffix(v, []byte("+00")); found {
		v = append(utc, 'Z')
	}
	return v
}

// describe finds the columns, and among them the key and updated_at.
func (r *Reader) describe(ctx context.Context) error {
	said, err := r.conn.PgConn().Prepare(ctx, "", "SELECT * FROM "+r.from, nil)
	if err != nil {
		return err
	}
	var names []string
	for _, f := range said.Fields {
		if slices.Contains(names, f.Name) {
			return Wrong{r.source.what(), "two columns are named " + f.Name, "give one of them another name with AS"}
		}
		names = append(names, f.Name)
		r.columns = append(r.columns, column{name: f.Name, sql: "q." + serving.Name(f.Name), oid: f.DataTypeOID})
	}
	if err := r.types(ctx); err != nil {
		return err
	}
	named := func(option, name string) (column, error) {
		i := slices.Index(names, name)
		if i < 0 {
			todo := "it has " + strings.Join(names, ", ")
			if near := fault.Nearest(name, names); near != "" {
				todo = "did you mean " + near + "?"
			}
			return column{}, Wrong{option, r.source.called() + " has no column " + name, todo}
		}
		return r.columns[i], nil
	}
	for _, name := range r.source.Key {
		c, err := named("key", name)
		if err != nil {
			return err
		}
		r.key = append(r.key, c)
	}
	if r.source.UpdatedAt == "" {
		return nil
	}
	c, err := named("updated_at", r.source.UpdatedAt)
	if err == nil && !slices.Contains([]uint32{dateOID, timestampOID, timestamptzOID}, c.oid) {
		err = Wrong{"updated_at", fmt.Sprintf("the column %s is of type %s, which is no time", c.name, c.kind), "name a timestamp or a date, or take updated_at out: then every row is read each time"}
	}
	r.updated = &c
	return err
}

// types asks the server what it calls the types, and which of them are made of
// others.
func (r *Reader) types(ctx context.Context) error {
	var oids []string
	for _, c := range r.columns {
		oids = append(oids, fmt.Sprint(c.oid))
	}
	if oids == nil {
		return Wrong{r.source.what(), r.source.called() + " has no columns", "name one that has"}
	}
	sql := "SELECT oid, format_type(oid, -1), typcategory = 'A' OR typtype = 'c' FROM pg_type WHERE oid IN (" + strings.Join(oids, ", ") + ")"
	result := r.conn.PgConn().ExecParams(ctx, sql, nil, nil, nil, nil).Read()
	if result.Err != nil {
		return result.Err
	}
	for _, row := range result.Rows {
		for i := range r.columns {
			c := &r.columns[i]
			if fmt.Sprint(c.oid) != string(row[0]) {
				continue
			}
			c.kind, c.as = string(row[1]), shapes[c.oid]
			if string(row[2]) == "t" {
				c.as = asNested
			}
		}
	}
	return nil
}
