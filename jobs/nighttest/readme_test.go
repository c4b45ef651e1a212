package nighttest

import (
	"slices"
	"strings"
	"testing"
)

// readme wants the mailing files and the moves that README.md shows of make run
// to be those of the last night.
func readme(t *testing.T, d *database, schema string) {
	t.Helper()
	said := d.rows(t, `SELECT 'activation: ' || path || ' ' || row_count || ' rows (' || added_count || ' added, ' || changed_count || ' changed, ' || removed_count || ' removed)' FROM `+schema+`.exports
UNION ALL SELECT concat_ws(' ', segment, move, reason, count(*), min(clause)) FROM `+schema+`.segment_moves WHERE move_date = DATE '`+lastDay+`' GROUP BY segment, move, reason`)
	files, moves, inMoves := 0, 0, false
	for line := range strings.Lines(readText(t, "../../README.md")) {
		line = strings.Join(strings.Fields(line), " ")
		switch {
		case line == "segment move reason customers clause":
			inMoves = true
			continue
		case line == "```":
			inMoves = false
		}
		switch {
		case strings.HasPrefix(line, "activation: "):
			files++
		case inMoves && !strings.HasPrefix(line, "---"):
			moves++
		default:
			continue
		}
		if !slices.Contains(said, line) {
			t.Errorf("README.md shows %q, and the last night says another: make run prints it", line)
		}
	}
	if files == 0 || moves == 0 {
		t.Errorf("README.md shows %d mailing files and %d moves", files, moves)
	}
}
