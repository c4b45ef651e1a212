package jobs

import (
	"fmt"
	"time"

	"github.com/habitue-data/habitue/internal/config"
)

// Date is a day on the command line. The zero Date was not given.
type Date struct{ time.Time }

// UnmarshalText reads 2025-12-31.
func (d *Date) UnmarshalText(text []byte) error {
	t, err := time.Parse(time.DateOnly, string(text))
	if err != nil {
		return fmt.Errorf("%q is not a day; write it as 2025-12-31", text)
	}
	d.Time = t
	return nil
}

// Size is a number of bytes on the command line. The zero Size was not given.
type Size int64

// UnmarshalText reads 512MiB.
func (s *Size) UnmarshalText(text []byte) error {
	n, err := config.ParseSize(string(text))
	*s = Size(n)
	return err
}
