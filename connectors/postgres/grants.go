package postgres

import (
	"context"
	"fmt"
	"slices"

	"github.com/habitue-data/habitue/internal/serving"
	"github.com/jackc/pgx/v5"
)

// grant is a privilege of somebody other than the owner.
type grant struct {
	kind      string // default, schema, object or column
	object    string // of object and column
	column    string
	privilege string
	to        string // as SQL has it: a quoted role, or PUBLIC
	further   bool   // with grant option
}

// grantsOf are the privileges on a schema, on what is in it, and those that
// new tables of this role get there. The schema becomes this role's: where it
// was a group's, what the group may do is a privilege.
func grantsOf(ctx context.Context, conn *pgx.Conn, name string) ([]grant, error) {
	rows, err := conn.Query(ctx, `
		WITH s AS (SELECT * FROM pg_namespace WHERE nspname = $1), me AS (SELECT oid FROM pg_roles WHERE rolname = current_user),
		acls AS (
			SELECT 1 AS place, 'default' AS kind, '' AS object, '' AS col, defaclacl AS acl, defaclrole AS owner FROM pg_default_acl JOIN s ON defaclnamespace = s.oid
				WHERE defaclobjtype = 'r' AND defaclrole = (SELECT oid FROM me)
			UNION ALL SELECT 2, 'schema', '', '', coalesce(nspacl, acldefault('n', nspowner)), (SELECT oid FROM me) FROM s
			UNION ALL SELECT 3, 'object', relname, '', relacl, relowner FROM pg_class JOIN s ON relnamespace = s.oid
			UNION ALL SELECT 4, 'column', relname, attname, attacl, relowner FROM pg_attribute JOIN pg_class c ON c.oid = attrelid JOIN s ON relnamespace = s.oid)
		SELECT kind, object, col, privilege_type, CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END, is_grantable
		FROM acls, aclexplode(acl) WHERE grantee <> owner ORDER BY place, object, col, privilege_type, 5`, name)
	if err != nil {
		return nil, fmt.Errorf("read the privileges on the schema %s: %w", name, err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (g grant, err error) {
		return g, row.Scan(&g.kind, &g.object, &g.column, &g.privilege, &g.to, &g.further)
	})
}

// defaults are the statements that give a new schema the default privileges
// of this one, before anything is made in it.
func (s schema) defaults(in string) (statements []string) {
	for _, g := range s.grants {
		if g.kind == "default" {
			statements = append(statements, "ALTER DEFAULT PRIVILEGES IN SCHEMA "+serving.Name(in)+" GRANT "+g.privilege+" ON TABLES TO "+g.to+g.option())
		}
	}
	return statements
}

func (g grant) option() string {
	if g.further {
		return " WITH GRANT OPTION"
	}
	return ""
}

// carry gives what was made in a new schema the privileges that the old one
// has: those of the schema, and where a table or view was there before exactly
// its own, so that what was taken from a role by hand does not come back.
func (s schema) carry(ctx context.Context, tx pgx.Tx, in string, made schema) error {
	var statements, given []string
	for _, g := range s.grants {
		if g.kind == "default" && !slices.Contains(given, g.to) {
			given = append(given, g.to)
		}
	}
	for _, o := range s.objects {
		for _, to := range given {
			if made.has(o.name) {
				statements = append(statements, "REVOKE ALL ON "+qualified(in, o.name)+" FROM "+to)
			}
		}
	}
	columns, err := columnsOf(ctx, tx, in)
	if err != nil {
		return err
	}
	for _, g := range s.grants {
		switch {
		case g.kind == "schema":
			statements = append(statements, "GRANT "+g.privilege+" ON SCHEMA "+serving.Name(in)+" TO "+g.to+g.option())
		case g.kind == "object" && made.has(g.object):
			statements = append(statements, "GRANT "+g.privilege+" ON "+qualified(in, g.object)+" TO "+g.to+g.option())
		case g.kind == "column" && slices.Contains(columns, [2]string{g.object, g.column}):
			statements = append(statements, "GRANT "+g.privilege+" ("+serving.Name(g.column)+") ON "+qualified(in, g.object)+" TO "+g.to+g.option())
		}
	}
	return run(ctx, tx, statements...)
}

func qualified(schema, name string) string { return serving.Name(schema) + "." + serving.Name(name) }

func columnsOf(ctx context.Context, tx pgx.Tx, schema string) ([][2]string, error) {
	rows, err := tx.Query(ctx, "SELECT relname, attname FROM pg_attribute JOIN pg_class c ON c.oid = attrelid JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname = $1 AND attnum > 0", schema)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (c [2]string, err error) { return c, row.Scan(&c[0], &c[1]) })
}
