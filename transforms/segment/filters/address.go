package filters

import (
	"bytes"
	"encoding/hex"
	"slices"
)

// pathOf is the path of a page's address.
func pathOf(page []byte) ([]byte, bool) {
	if _, rest, full := bytes.Cut(page, []byte("://")); full {
		at := bytes.IndexAny(rest, "/?#")
		if at < 0 || rest[at] != '/' {
			return []byte("/"), true
		}
		page = rest[at:]
	}
	if at := bytes.IndexAny(page, "?#"); at >= 0 {
		page = page[:at]
	}
	return page, true
}

// terms are the names under which pages of results have what was searched
// for.
var terms = []string{"q", "query", "search", "s", "text", "search_term"}

// termOf is what a page of results was asked for.
func termOf(page []byte) ([]byte, bool) {
	_, query, _ := bytes.Cut(page, []byte("?"))
	query, _, _ = bytes.Cut(query, []byte("#"))
	for pair := range bytes.SplitSeq(query, []byte("&")) {
		if name, value, _ := bytes.Cut(pair, []byte("=")); len(value) > 0 && slices.Contains(terms, string(name)) {
			return plain(value), true
		}
	}
	return nil, false
}

// plain takes back how a query writes spaces and letters. What is not
// written so stays as it is.
func plain(text []byte) []byte {
	out := make([]byte, 0, len(text))
	for ; len(text) > 0; text = text[1:] {
		c := text[0]
		if c == '+' {
			c = ' '
		}
		var b [1]byte
		if c == '%' && len(text) > 2 {
			if _, err := hex.Decode(b[:], text[1:3]); err == nil {
				c, text = b[0], text[2:]
			}
		}
		out = append(out, c)
	}
	return out
}
