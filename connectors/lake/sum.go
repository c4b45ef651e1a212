package lake

import (
	"context"

	"github.com/habitue-data/habitue/internal/columns"
)

// Sum adds up columns of numbers of one file, in units of their last digit,
// without what is missing.
func (l Lake) Sum(ctx context.Context, t Table, f File, want []string) ([]int64, error) {
	sums := make([]int64, len(want))
	err := l.ReadFile(ctx, t, f, want, func(k *columns.Chunk) error {
		for i := range k.Cols {
			for row, n := range k.Cols[i].Ints[:k.N] {
				if !k.Cols[i].Missing(row) {
					sums[i] += n
				}
			}
		}
		return nil
	})
	return sums, err
}
