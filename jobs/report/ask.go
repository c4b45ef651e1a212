package report

import (
	"context"
	"embed"
	"fmt"
	"maps"
	"slices"
	"strings"
)

//go:embed sql/*.sql
var questions embed.FS

// asker asks the questions of the folder sql. The first error stays.
type asker struct {
	ctx    context.Context
	tables Tables
	served func(table, column string) bool
	err    error
}

// ask gives the rows of a question, or why it cannot be asked.
func ask[T any](a *asker, name string) (rows []T, why string) {
	if a.err != nil {
		return nil, ""
	}
	sql, err := questions.ReadFile("sql/" + name + ".sql")
	if err != nil {
		a.err = err
		return nil, ""
	}
	if why := a.lacks(string(sql)); why != "" {
		return nil, why
	}
	a.err = a.tables.Into(a.ctx, name+".sql", string(sql), &rows)
	return rows, ""
}

// lacks is a sentence on the first table or column that a question needs and
// that is not there.
func (a *asker) lacks(sql string) string {
	all := needs(sql)
	for _, table := range slices.Sorted(maps.Keys(all)) {
		var lacking []string
		for _, column := range all[table] {
			if !a.served(table, column) {
				lacking = append(lacking, column)
			}
		}
		switch {
		case len(lacking) == len(all[table]):
			return fmt.Sprintf("The run has no table %s: the project file does not name it under publish.", table)
		case len(lacking) > 0:
			return fmt.Sprintf("The table %s has no %s: the project file does not name it under publish.", table, strings.Join(lacking, ", "))
		}
	}
	return ""
}

// needs are the columns of tables that SQL says it needs, in lines of
// comment: -- needs table: column, column.
func needs(sql string) map[string][]string {
	all := map[string][]string{}
	for line := range strings.Lines(sql) {
		if said, ok := strings.CutPrefix(line, "-- needs "); ok {
			table, columns, _ := strings.Cut(strings.TrimSpace(said), ": ")
			all[table] = strings.Split(columns, ", ")
		}
	}
	return all
}

// Needs are the tables that the page is made of, with their columns.
func Needs() (map[string][]string, error) {
	entries, err := questions.ReadDir("sql")
	if err != nil {
		return nil, err
	}
	all := map[string][]string{}
	for _, e := range entries {
		sql, err := questions.ReadFile("sql/" + e.Name())
		if err != nil {
			return nil, err
		}
		for table, columns := range needs(string(sql)) {
			for _, c := range columns {
				if !slices.Contains(all[table], c) {
					all[table] = append(all[table], c)
				}
			}
		}
	}
	return all, nil
}
