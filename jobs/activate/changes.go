package activate

import (
	"slices"

	"github.com/habitue-data/habitue/transforms/activation"
)

// Changes are the differences of a file from what a destination was last sent.
type Changes struct {
	Since                              string // run date of what was last sent; "" for nothing
	Added, Changed, Removed, Unchanged int64

	header []string
	rows   [][]string
}

// Compare goes through both in order of address. Rows of another
// shape are no older versions of these: who is in the file is added anew then,
// and who is not is removed. So is who has the same row under an address that
// is written otherwise.
func Compare(f *File, last *Sent) *Changes {
	c := &Changes{header: append([]string{"change"}, f.Header()...)}
	var old []Row
	same := true
	if last != nil {
		c.Since, old, same = last.RunDate, last.Rows, last.Shape == f.Shape()
	}
	if !same {
		old = f.reshaped(last)
	}
	slices.SortStableFunc(old, f.order)
	tell := func(what string, count *int64, r Row) {
		*count++
		c.rows = append(c.rows, append([]string{what}, r.Fields...))
	}
	address := slices.Index(f.from(), activation.FromAddress)
	there := map[string]bool{} // addresses of the file: whoever is known by another key now is not to be removed by them
	for _, r := range f.Rows {
		if address >= 0 {
			there[r.Fields[address]] = true
		}
	}
	remove := func(r Row) {
		if address < 0 || !there[r.Fields[address]] {
			tell("removed", &c.Removed, r)
		}
	}
	i, j := 0, 0
	for i < len(f.Rows) || j < len(old) {
		first := 0 // whose turn it is: below zero the file's
		switch {
		case j == len(old):
			first = -1
		case i == len(f.Rows):
			first = 1
		default:
			first = f.order(f.Rows[i], old[j])
		}
		switch {
		case first < 0:
			tell("added", &c.Added, f.Rows[i])
			i++
			continue
		case first > 0:
			remove(old[j])
			j++
			continue
		case address >= 0 && f.Rows[i].Fields[address] != old[j].Fields[address]:
			remove(old[j])
			tell("added", &c.Added, f.Rows[i])
		case !same:
			tell("added", &c.Added, f.Rows[i])
		case slices.Equal(f.Rows[i].Fields, old[j].Fields):
			c.Unchanged++
		default:
			tell("changed", &c.Changed, f.Rows[i])
		}
		i++
		j++
	}
	return c
}

// reshaped are the rows that were last sent in the columns of this file: the
// addresses as the destination has them, so that it finds whom to remove, and
// of the rest what was in that file too. What was sent in the open is hashed
// where this file has hashes.
func (f *File) reshaped(last *Sent) []Row {
	d := &f.Destination
	rows := make([]Row, len(last.Rows))
	for i, r := range last.Rows {
		rows[i] = Row{r.Key, make([]string, len(d.Columns))}
		for k, c := range d.Columns {
			at, field := slices.Index(last.From, c.From), &rows[i].Fields[k]
			if at >= 0 && last.Hashed == d.Form.Hash {
				*field = r.Fields[at]
			} else if c.From == activation.FromAddress {
				address := r.Key
				if at >= 0 {
					address = r.Fields[at]
				}
				if *field = address; at < 0 || d.Form.Hash {
					*field = d.Form.Written(d.Address, address)
				}
			}
		}
	}
	return rows
}

// CSV is the bytes of the file of changes.
func (c *Changes) CSV() []byte { return table(append([][]string{c.header}, c.rows...)) }
