package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// What a session is set to. A role's own limit of time is for its queries, so
// a publish does without; who reads keeps to it.
const (
	served = "SET timezone TO 'UTC'; SET statement_timeout TO 0"
	read   = "SET timezone TO 'UTC'; SET datestyle TO 'ISO, YMD'; SET intervalstyle TO 'iso_8601'; SET extra_float_digits TO 1; SET lock_timeout TO '60s'; SET client_encoding TO 'UTF8'"
)

func connect(ctx context.Context, url, settings string) (*pgx.Conn, error) {
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
	if _, err := conn.Exec(ctx, settings, pgx.QueryExecModeSimpleProtocol); err != nil {
		return nil, errors.Join(fmt.Errorf("connect to PostgreSQL: %w", err), conn.Close(context.WithoutCancel(ctx)))
	}
	return conn, nil
}
