package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// What a connection begins with. A role's own limit of time is for its queries, so
// a publish does without; who reads keeps to it, and sets only what its transaction
// needs: a pooler may give what comes before or after to another session. A
// publisher whose machine lost power is noticed within two minutes, not the two
// hours of most systems: until then its lock keeps the next one waiting.
const (
	served = "SET timezone TO 'UTC'; SET statement_timeout TO 0; SET tcp_keepalives_idle TO 60; SET tcp_keepalives_interval TO 10; SET tcp_keepalives_count TO 6"
	read   = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL client_encoding TO 'UTF8'; SET LOCAL timezone TO 'UTC'; SET LOCAL datestyle TO 'ISO, YMD'; " +
		"SET LOCAL intervalstyle TO 'iso_8601'; SET LOCAL extra_float_digits TO 1; SET LOCAL lock_timeout TO '60s'; SET LOCAL cursor_tuple_fraction TO 1"
)

func connect(ctx context.Context, url, first string) (*pgx.Conn, error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("the url of PostgreSQL: %w", err) // it tells no password
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = 30 * time.Second
	}
	config.RuntimeParams["application_name"] = "habitue"
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("connect to PostgreSQL: %w", err)
	}
	if _, err := conn.Exec(ctx, first, pgx.QueryExecModeSimpleProtocol); err != nil {
		return nil, errors.Join(fmt.Errorf("connect to PostgreSQL: %w", err), conn.Close(context.WithoutCancel(ctx)))
	}
	return conn, nil
}
