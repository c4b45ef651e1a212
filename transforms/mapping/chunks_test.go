package mapping

import (
	"fmt"
	"testing"
)

// TestEachChunkIsReadAnew maps chunks of several lengths into one Mapped, as
// a file of many rows does.
func TestEachChunkIsReadAnew(t *testing.T) {
	for _, where := range []string{`q > 0 && s != "x"`, `q * q > 0 && s.size() == 1 && q > 0 && s != "x"`} { // compiled; interpreted
		m := compiled(t, withWhere(where), "ts|s|q|p|b|d")
		var out Mapped
		for chunk, c := range []struct {
			rows []string
			want []State
		}{
			{[]string{"2025-01-01|a|1", "2025-01-01|x|1"}, []State{Kept, Filtered}},
			{[]string{"2025-01-01|x|1", "2025-01-01|a|1"}, []State{Filtered, Kept}},
			{[]string{"2025-01-01|a|-1", "2025-01-01|b|2", "2025-01-01|c|3"}, []State{Filtered, Kept, Kept}},
			{[]string{"2025-01-01|a|1"}, []State{Kept}},
		} {
			for i := range c.rows {
				c.rows[i] += "|1|true|2025-01-01"
			}
			m.Map(table(m, append([]string{"ts|s|q|p|b|d"}, c.rows...)...), &out)
			if got := fmt.Sprint(out.State); got != fmt.Sprint(c.want) {
				t.Errorf("%s: chunk %d: %s, want %v", where, chunk, got, c.want)
			}
		}
	}
}
