package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/habitue-data/habitue/internal/serving"
	"github.com/jackc/pgx/v5"
)

// schema is a schema of ours as it stands; the zero one is not there.
type schema struct {
	name    string
	objects []object
	grants  []grant
}

// object is a table or a view.
type object struct {
	name string
	view bool
}

func (s schema) has(name string) bool {
	return slices.ContainsFunc(s.objects, func(o object) bool { return o.name == name })
}

// NotServed is why a schema may not be replaced.
type NotServed string

// Error is the reason.
func (n NotServed) Error() string { return string(n) }

// marked begins the comment on a schema of ours; the names of what was made
// in it follow, one a line. What else is in it is somebody's own.
const marked = "Made by habitue, which takes away or replaces what is named here.\n"

// mark is the statement that says what was made in a schema.
func (s schema) mark(name string) string {
	names := make([]string, len(s.objects))
	for i, o := range s.objects {
		names[i] = o.name
	}
	return "COMMENT ON SCHEMA " + serving.Name(name) + " IS " + serving.Text(marked+strings.Join(names, "\n"))
}

// Replaceable tells whether a run may be served at a place: there is nothing,
// an empty schema, or what an earlier publish made. NotServed is why not.
func Replaceable(ctx context.Context, at Place) (err error) {
	conn, err := connect(ctx, at.URL, served)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close(context.WithoutCancel(ctx))) }()
	for _, name := range []string{at.Schema, at.Schema + "_facts"} {
		s, err := look(ctx, conn, name)
		if err != nil {
			return err
		}
		if err := s.free(ctx, conn, at.Schema); err != nil {
			return err
		}
	}
	var may bool
	if err := conn.QueryRow(ctx, "SELECT has_database_privilege(current_database(), 'CREATE')").Scan(&may); err != nil {
		return err
	}
	if !may {
		return NotServed(fmt.Sprintf("%s may not make schemas in the database %s", conn.Config().User, conn.Config().Database))
	}
	return nil
}

// look reads what a schema has, and refuses one that has anything that no
// publish made.
func look(ctx context.Context, conn *pgx.Conn, name string) (s schema, err error) {
	var comment string
	var mine bool
	err = conn.QueryRow(ctx, "SELECT coalesce(obj_description(oid, 'pg_namespace'), ''), pg_has_role(nspowner, 'USAGE') FROM pg_namespace WHERE nspname = $1", name).Scan(&comment, &mine)
	if errors.Is(err, pgx.ErrNoRows) {
		return schema{}, nil
	}
	if err != nil {
		return schema{}, err
	}
	if !mine {
		return schema{}, NotServed(fmt.Sprintf("the schema %s belongs to another role: ALTER SCHEMA %s OWNER TO %s", name, serving.Name(name), serving.Name(conn.Config().User)))
	}
	s.name = name
	list, ours := strings.CutPrefix(comment, marked)
	made := strings.Split(list, "\n")
	rows, err := conn.Query(ctx, "SELECT relname, relkind = 'v' FROM pg_class WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1) AND relkind NOT IN ('i', 'I', 't') ORDER BY 1", name)
	if err != nil {
		return schema{}, err
	}
	if s.objects, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (o object, err error) { return o, row.Scan(&o.name, &o.view) }); err != nil {
		return schema{}, err
	}
	for _, o := range s.objects {
		if !slices.Contains(made, o.name) {
			if !ours && comment != "" {
				return schema{}, NotServed(fmt.Sprintf("the schema %s has %s, and its comment does not say that a publish made it: name another schema; if that comment was written over ours, drop these tables and the next publish makes them anew", name, serving.Name(o.name)))
			}
			return schema{}, NotServed(fmt.Sprintf("the schema %s has %s, which no publish made: move it to another schema", name, serving.Name(o.name)))
		}
	}
	var function string
	err = conn.QueryRow(ctx, "SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1) ORDER BY 1 LIMIT 1", name).Scan(&function)
	if err == nil {
		return schema{}, NotServed(fmt.Sprintf("the schema %s has the function %s, which no publish made: move it to another schema", name, function))
	}
	if !errors.Is(err, pgx.ErrNoRows) {
		return schema{}, err
	}
	s.grants, err = grantsOf(ctx, conn, name)
	return s, err
}

// free tells what hangs on the tables and views of a schema, other than what
// is in the served one.
func (s schema) free(ctx context.Context, conn *pgx.Conn, served string) error {
	var what, on string
	err := conn.QueryRow(ctx, `SELECT format('view %s.%s', vn.nspname, v.relname), format('%s.%s', tn.nspname, t.relname)
		FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid JOIN pg_class v ON v.oid = r.ev_class JOIN pg_namespace vn ON vn.oid = v.relnamespace
		JOIN pg_class t ON t.oid = d.refobjid JOIN pg_namespace tn ON tn.oid = t.relnamespace
		WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass AND tn.nspname = $1 AND v.oid <> t.oid
		AND vn.nspname NOT IN ($1, $2)
		UNION ALL SELECT format('function %s', f.oid::regprocedure), format('%s.%s', tn.nspname, t.relname)
		FROM pg_depend d JOIN pg_proc f ON f.oid = d.objid JOIN pg_class t ON t.oid = d.refobjid JOIN pg_namespace tn ON tn.oid = t.relnamespace
		WHERE d.classid = 'pg_proc'::regclass AND d.refclassid = 'pg_class'::regclass AND tn.nspname = $1
		ORDER BY 1, 2 LIMIT 1`, s.name, served).Scan(&what, &on)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	return NotServed(fmt.Sprintf("the %s is made from %s, which every publish replaces: keep its definition and drop it", what, on))
}
