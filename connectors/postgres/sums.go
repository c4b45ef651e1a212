package postgres

import (
	"context"
	"fmt"
	"math/big"
	"math/bits"
	"strings"

	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/internal/serving"
	"github.com/jackc/pgx/v5"
)

// sum is a sum of numbers that an int64 may not hold, in two's complement.
type sum struct{ hi, lo uint64 }

func (s *sum) add(values []int64) {
	for _, v := range values {
		if v == columns.MissingInt {
			continue
		}
		var carry uint64
		s.lo, carry = bits.Add64(s.lo, uint64(v), 0)
		s.hi += uint64(v>>63) + carry
	}
}

func (s *sum) String() string {
	n := new(big.Int).Lsh(big.NewInt(int64(s.hi)), 64)
	return n.Add(n, new(big.Int).SetUint64(s.lo)).String()
}

// check asks the server for the rows of a table and for the sums of its
// numbers, money in minor units, and holds them against what was sent.
func check(ctx context.Context, tx pgx.Tx, table string, cols []serving.Column, rows int64, sums []sum) error {
	ask := []string{"count(*)::TEXT"}
	want := []string{fmt.Sprint(rows)}
	names := []string{"rows"}
	for i, c := range cols {
		scale, number := scaleOf(c.Type)
		if !number {
			continue
		}
		ask = append(ask, fmt.Sprintf("coalesce(sum(%s) * %d, 0)::NUMERIC(60,0)::TEXT", serving.Name(c.Name), powers[scale]))
		want = append(want, sums[i].String())
		names = append(names, "sum of "+c.Name)
	}
	got := make([]string, len(ask))
	into := make([]any, len(ask))
	for i := range got {
		into[i] = &got[i]
	}
	if err := tx.QueryRow(ctx, "SELECT "+strings.Join(ask, ", ")+" FROM "+table).Scan(into...); err != nil {
		return err
	}
	for i := range got {
		if got[i] != want[i] {
			return fmt.Errorf("%s: PostgreSQL has %s, %s were sent", names[i], got[i], want[i])
		}
	}
	return nil
}

// scaleOf tells of a type whether it is of numbers that add up exactly, and
// with how many digits after the point.
func scaleOf(sqlType string) (scale int, number bool) {
	if sqlType == "BIGINT" {
		return 0, true
	}
	var digits int
	n, _ := fmt.Sscanf(sqlType, "DECIMAL(%d,%d)", &digits, &scale)
	return scale, n == 2
}
