package activate

import "slices"

// Changes are the differences of a file from what a destination was last sent.
type Changes struct {
	Since                              string // run date of what was last sent; "" for nothing
	Added, Changed, Removed, Unchanged int64

	header []string
	rows   [][]string
}

// Compare goes through both, which are in order of address.
func Compare(f *File, last *Sent) *Changes {
	c := &Changes{header: append([]string{"change"}, f.Header()...)}
	var old []Row
	if last != nil {
		c.Since, old = last.RunDate, last.Rows
	}
	tell := func(what string, count *int64, r Row) {
		*count++
		c.rows = append(c.rows, append([]string{what}, r.Fields...))
	}
	i, j := 0, 0
	for i < len(f.Rows) || j < len(old) {
		switch {
		case j == len(old) || i < len(f.Rows) && f.Rows[i].Key < old[j].Key:
			tell("added", &c.Added, f.Rows[i])
			i++
		case i == len(f.Rows) || old[j].Key < f.Rows[i].Key:
			tell("removed", &c.Removed, old[j])
			j++
		default:
			if slices.Equal(f.Rows[i].Fields, old[j].Fields) {
				c.Unchanged++
			} else {
				tell("changed", &c.Changed, f.Rows[i])
			}
			i++
			j++
		}
	}
	return c
}

// CSV is the bytes of the file of changes.
func (c *Changes) CSV() []byte { return table(append([][]string{c.header}, c.rows...)) }
