package duckdb

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
)

// Session is tables that several questions are asked of, one after the other.
type Session struct{ db *session }

// Open makes the tables known under their names.
func Open(ctx context.Context, o QueryOptions) (*Session, error) {
	db, err := open(ctx, "", o.Resources)
	if err != nil {
		return nil, err
	}
	if err := db.serve(ctx, o); err != nil {
		return nil, errors.Join(err, db.close())
	}
	return &Session{db}, nil
}

// Close ends it.
func (s *Session) Close() error { return s.db.close() }

// Into asks and puts the rows into what rows points to, as JSON has them: a
// slice of structs, or of what else reads an object. Faults of the SQL go by
// the name.
func (s *Session) Into(ctx context.Context, name, sql string, rows any) error {
	var out bytes.Buffer
	if err := s.db.query(ctx, name, sql, "json", &out); err != nil {
		return err
	}
	if err := json.Unmarshal(out.Bytes(), rows); err != nil {
		return fmt.Errorf("%s: read what the tables say: %w", name, err)
	}
	return nil
}
