package postgres

import (
	"bytes"
	"context"
	"slices"
	"strconv"
	"strings"
)

// pages reads the rows that fulfil a condition, in an order in which no two are
// equal: each page begins behind the last row of the one before. Of a query a page
// is what a cursor gives: to find where a page begins the server would work the
// query out anew for each, of ten million rows two hundred times.
type pages struct {
	*Reader
	order []column
	where string // "" for all
	again string // the condition of Row.Again
	args  [][]byte
	dated bool // the order begins with updated_at

	last [][]byte // where the last row stands in the order
	row  []byte
	nest bytes.Buffer
}

// arg adds a value to the arguments and gives its place.
func (p *pages) arg(value string) string {
	p.args = append(p.args, []byte(value))
	return "$" + strconv.Itoa(len(p.args))
}

func (p *pages) read(ctx context.Context, yield func(Row) error) error {
	var names, marks []string
	for i, c := range p.order {
		names = append(names, c.sql)
		marks = append(marks, "$"+strconv.Itoa(len(p.args)+i+1)+"::"+c.kind)
	}
	order := strings.Join(names, ", ")
	var conditions []string
	if p.where != "" {
		conditions = append(conditions, p.where)
	}
	where := func(conditions []string) string {
		if conditions == nil {
			return ""
		}
		return " WHERE " + strings.Join(conditions, " AND ")
	}
	if p.source.Query != "" {
		return p.fetch(ctx, p.selects()+where(conditions)+" ORDER BY "+order, yield)
	}
	behind := " ORDER BY " + order + " LIMIT " + strconv.Itoa(p.source.Page)
	for {
		all := conditions
		if p.last != nil {
			all = append(slices.Clone(conditions), "("+order+") > ("+strings.Join(marks, ", ")+")")
		}
		n, err := p.page(ctx, p.selects()+where(all)+behind, slices.Concat(p.args, p.last), yield)
		if err != nil || n < p.source.Page {
			return err
		}
	}
}

// fetch gives the rows of a cursor. Each page is a statement, of which the first
// works the query out.
func (p *pages) fetch(ctx context.Context, sql string, yield func(Row) error) error {
	if err := p.conn.PgConn().ExecParams(ctx, "DECLARE pages NO SCROLL CURSOR FOR "+sql, p.args, nil, nil, nil).Read().Err; err != nil {
		return err
	}
	for {
		n, err := p.page(ctx, "FETCH "+strconv.Itoa(p.source.Page)+" FROM pages", nil, yield)
		if err != nil {
			return err
		}
		if n < p.source.Page {
			return p.conn.PgConn().ExecParams(ctx, "CLOSE pages", nil, nil, nil, nil).Read().Err
		}
	}
}

// selects is what is read of a row: whether it comes again, where it stands, what
// it holds.
func (p *pages) selects() string {
	selected := []string{p.again}
	for _, c := range p.order {
		selected = append(selected, c.sql+"::text")
	}
	for _, c := range p.columns {
		selected = append(selected, c.selected())
	}
	return "SELECT " + strings.Join(selected, ", ") + " FROM " + p.from
}

// page gives the rows of one statement, and tells how many there were.
func (p *pages) page(ctx context.Context, sql string, args [][]byte, yield func(Row) error) (n int, err error) {
	result := p.conn.PgConn().ExecParams(ctx, sql, args, nil, nil, nil)
	for err == nil && result.NextRow() {
		n++
		values := result.Values()
		if err = p.stand(values[1 : 1+len(p.order)]); err != nil {
			break
		}
		if p.row, err = p.object(p.row[:0], values[1+len(p.order):]); err == nil {
			row := Row{JSON: p.row, Again: string(values[0]) == "t"}
			if p.dated {
				row.Updated = p.last[0]
			}
			err = yield(row)
		}
	}
	if err != nil { // the rest of the page is on its way: the connection is of no more use
		_ = p.conn.Close(ctx)
		return n, err
	}
	_, err = result.Close()
	return n, err
}

// stand notes where a row stands, which must be behind the one before.
func (p *pages) stand(place [][]byte) error {
	if p.last == nil {
		p.last = make([][]byte, len(place))
	} else if len(place) > 0 && slices.EqualFunc(p.last, place, bytes.Equal) {
		return p.source.notUnique()
	}
	for i, v := range place {
		if v == nil {
			return p.source.notUnique()
		}
		p.last[i] = append(p.last[i][:0], v...)
	}
	return nil
}
