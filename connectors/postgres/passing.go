package postgres

import (
	"context"
	"errors"
	"io"
	"net"
	"slices"

	"github.com/jackc/pgx/v5/pgconn"
)

// passing are the classes of what the server says that may be over the next
// time: the connection, too little of something, an operator who is at work.
var passing = []string{"08", "53", "57"}

// Passing tells of an error whether the same may work the next time: nobody
// answers, or the server takes nobody now. A wrong password and a database that
// is not there stay wrong until somebody puts them right.
func Passing(err error) bool {
	var said *pgconn.PgError
	if errors.As(err, &said) {
		return len(said.Code) > 2 && slices.Contains(passing, said.Code[:2])
	}
	var network net.Error
	return errors.As(err, &network) || pgconn.Timeout(err) || errors.Is(err, context.DeadlineExceeded) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, pgconn.ErrConnClosed)
}
