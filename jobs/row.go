package jobs

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// row is a row of a table in the order of its columns, without what is
// missing.
type row []cell

type cell struct {
	name  string
	value any
}

func first(all []row) row {
	if len(all) == 0 {
		return nil
	}
	return all[0]
}

// newestFirst puts two timelines into one.
func newestFirst(a, b []row, most int) (all []row) {
	for len(all) < most && len(a)+len(b) > 0 {
		if len(b) == 0 || len(a) > 0 && a[0].text("at") >= b[0].text("at") {
			all, a = append(all, a[0]), a[1:]
		} else {
			all, b = append(all, b[0]), b[1:]
		}
	}
	return all
}

// UnmarshalJSON keeps the order of the columns.
func (r *row) UnmarshalJSON(text []byte) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if _, err := d.Token(); err != nil {
		return err
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return err
		}
		var value any
		if err := d.Decode(&value); err != nil {
			return err
		}
		if value != nil {
			*r = append(*r, cell{fmt.Sprint(name), value})
		}
	}
	return nil
}

// MarshalJSON writes the columns in their order.
func (r row) MarshalJSON() ([]byte, error) {
	b := []byte{'{'}
	for i, c := range r {
		if i > 0 {
			b = append(b, ',')
		}
		name, _ := json.Marshal(c.name) // a text cannot fail
		value, err := json.Marshal(c.value)
		if err != nil {
			return nil, err
		}
		b = append(append(append(b, name...), ':'), value...)
	}
	return append(b, '}'), nil
}

func (r row) value(name string) any {
	for _, c := range r {
		if c.name == name {
			return c.value
		}
	}
	return nil
}

func (r row) text(name string) string {
	if v := r.value(name); v != nil {
		return fmt.Sprint(v)
	}
	return ""
}
