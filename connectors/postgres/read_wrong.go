package postgres

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// Wrong is what a person can put right in what Source says.
type Wrong struct {
	Option     string // url, table, query, key or updated_at
	What, Todo string
}

// Error is both in one line.
func (w Wrong) Error() string { return w.What + "; " + w.Todo }

// what is the option that names the rows.
func (s Source) what() string {
	if s.Query != "" {
		return "query"
	}
	return "table"
}

// called is what the rows are called in a message.
func (s Source) called() string {
	if s.Query != "" {
		return "the query"
	}
	return "the table " + s.Table
}

func (s Source) notUnique() Wrong {
	return Wrong{"key", fmt.Sprintf("the rows of %s have no unique key in %s: some have the same one, or none", strings.TrimPrefix(s.called(), "the "), strings.Join(s.Key, ", ")),
		"name the columns of a primary key, all of them"}
}

// refusals are the errors of the server that another try does not change, by how
// their codes begin, with the option that they are about; "" is what names the
// rows. 22 are values that an expression cannot do with, 42 is SQL that is wrong.
var refusals = []struct {
	codes        []string
	option, todo string
}{
	{[]string{"28P01", "28000", "3D000"}, "url", "look at the user, the password and the database of the url"},
	{[]string{"42501"}, "", "GRANT SELECT on it to this user, and USAGE on its schema"},
	{[]string{"42P01", "3F000"}, "", "write it as the database does, capitals too, with its schema: public.contacts"},
	{[]string{"22", "21000"}, "", "mend the value, or the expression that cannot do with it"},
	{[]string{"42", "0A000", "25006"}, "", "mend it: it must be one SELECT, and its rows must have an order by key"},
}

// explain makes a Wrong of what a person can put right, and says more of the rest,
// of which another try may do better.
func (s Source) explain(err error) error {
	var wrong Wrong
	var said *pgconn.PgError
	var url *pgconn.ParseConfigError
	switch {
	case err == nil || errors.As(err, &wrong):
		return err
	case errors.As(err, &url):
		return Wrong{"url", "PostgreSQL cannot read the url", "write postgres://user:password@host/database?sslmode=verify-full, special characters of the password as %21 and the like"}
	case !errors.As(err, &said):
		return err
	}
	for _, r := range refusals {
		if slices.ContainsFunc(r.codes, func(code string) bool { return strings.HasPrefix(said.Code, code) }) {
			option := r.option
			if option == "" {
				option = s.what()
			}
			return Wrong{option, "PostgreSQL says: " + oneLine(said.Message), r.todo}
		}
	}
	if said.Code == "57014" {
		err = fmt.Errorf("%w: a page took longer than the server allows this user; an index on (%s) makes pages quick", err, strings.Join(slices.DeleteFunc(append([]string{s.UpdatedAt}, s.Key...), func(c string) bool { return c == "" }), ", "))
	}
	return err
}
