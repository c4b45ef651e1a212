// Package duckdb serves the tables of one run: as a DuckDB file that BI
// tools open, and to SQL from the command line.
//
// It promises: a database is built aside from one run, checked, and renamed
// into place, so that a reader sees the old tables or the new ones, never
// some of each, and never waits. A reader that holds the old file keeps
// seeing the old run until it opens again. Nothing is ever downloaded:
// Parquet, JSON and time zones are part of the library that is linked in.
//
// It does not promise that the memory limit is exact: DuckDB's counts what
// its buffers hold, not all that a process takes; Limit leaves room for that.
//
// Rejected: to change the served file in place. DuckDB allows one process to
// write or many to read, so a BI tool that is open would stop the night.
package duckdb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	driver "github.com/duckdb/duckdb-go/v2"
	"github.com/habitue-data/habitue/internal/serving"
)

// Resources is what a database may take of the machine.
type Resources struct {
	Memory  int64  // bytes for the whole process; 0 is DuckDB's own default
	Threads int    // 0: one per core, fewer where memory is small
	TempDir string // where data goes that does not fit; "" is the system's
}

const (
	processBytes = 160 << 20 // what a process takes beside DuckDB's buffers
	threadBytes  = 160 << 20 // under which a thread only makes the others wait
)

// limit is DuckDB's own share of the memory. Resident memory was measured at
// 75 to 145 MiB above it while wide tables are built; a fifth of the rest is
// left for what was not measured.
func (r Resources) limit() int64 { return max((r.Memory-processBytes)/5*4, 64<<20) }

func (r Resources) threads() int {
	n := r.Threads
	if n == 0 {
		n = runtime.GOMAXPROCS(0)
	}
	if r.Memory > 0 {
		n = min(n, int(r.Memory/threadBytes))
	}
	return max(n, 1)
}

// session is one connection to a database of its own: settings and
// temporary tables belong to a connection.
type session struct {
	*sql.Conn
	db    *sql.DB
	spill string
}

// connect opens a database file, or one in memory for "", that has no folder
// for what does not fit.
func connect(ctx context.Context, path string, r Resources) (*session, error) {
	connector, err := driver.NewConnector(path+"?autoinstall_known_extensions=false&autoload_known_extensions=false&allow_community_extensions=false&threads="+fmt.Sprint(r.threads()), nil)
	if err != nil {
		return nil, fmt.Errorf("open DuckDB %s: %w", path, err)
	}
	s := &session{db: sql.OpenDB(connector)}
	if s.Conn, err = s.db.Conn(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open DuckDB %s: %w", path, err), s.db.Close())
	}
	return s, nil
}

// open is connect with the settings of the resources.
func open(ctx context.Context, path string, r Resources) (*session, error) {
	s, err := connect(ctx, path, r)
	if err != nil {
		return nil, err
	}
	if err := s.configure(ctx, r); err != nil {
		return nil, errors.Join(fmt.Errorf("open DuckDB %s: %w", path, err), s.close())
	}
	return s, nil
}

func (s *session) configure(ctx context.Context, r Resources) (err error) {
	if r.TempDir != "" {
		if err := os.MkdirAll(r.TempDir, 0o755); err != nil {
			return err
		}
	}
	if s.spill, err = os.MkdirTemp(r.TempDir, "duckdb-spill-"); err != nil {
		return err
	}
	set := []string{
		"SET temp_directory=" + serving.Text(filepath.ToSlash(s.spill)),
		"SET preserve_insertion_order=false",
		"SET TimeZone='UTC'",
	}
	if r.Memory > 0 {
		set = append(set, fmt.Sprintf("SET memory_limit='%dKiB'", r.limit()>>10))
	}
	return s.run(ctx, strings.Join(set, ";"))
}

// run runs statements that give no rows.
func (s *session) run(ctx context.Context, query string) error {
	_, err := s.ExecContext(ctx, query)
	return err
}

func (s *session) close() error {
	err := errors.Join(s.Conn.Close(), s.db.Close())
	if s.spill != "" {
		err = errors.Join(err, os.RemoveAll(s.spill))
	}
	return err
}
