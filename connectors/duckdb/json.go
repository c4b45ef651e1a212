package duckdb

import (
	"bufio"
	"io"
)

// copyJSON copies JSON and puts null in place of NaN, Infinity and -Infinity,
// which DuckDB writes for such numbers and no reader of JSON takes.
func copyJSON(out io.Writer, in io.Reader) (n int64, err error) {
	r, w := bufio.NewReader(in), bufio.NewWriter(out)
	inText := false
	for ; ; n++ {
		b, err := r.ReadByte()
		if err == io.EOF {
			return n, w.Flush()
		}
		if err != nil {
			return n, err
		}
		next, _ := r.Peek(1) // nothing at the end
		switch {
		case b == '"':
			inText = !inText
		case inText && b == '\\' && len(next) > 0:
			w.WriteByte(b) // an error stays until Flush
			b, _ = r.ReadByte()
		case !inText && (b == 'N' || b == 'I' || b == '-' && len(next) > 0 && next[0] == 'I'):
			for ; len(next) > 0 && (next[0]|0x20 >= 'a' && next[0]|0x20 <= 'z'); next, _ = r.Peek(1) {
				_, _ = r.Discard(1) // it was there to be looked at
			}
			w.WriteString("null")
			continue
		}
		w.WriteByte(b)
	}
}
