package identity

import (
	"bytes"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"
)

// Normalisers bring a key as a source wrote it to the form in which keys are
// compared. Each appends the form to dst and answers false, with dst as it
// was, for a value that can be no key of its kind. Plain ASCII costs no
// allocation. What a source wrote is never changed for show.

// EmailMode is how alike two addresses must be to be one.
type EmailMode uint8

const (
	// EmailBasic: without the spaces around it, in small letters.
	EmailBasic EmailMode = iota
	// EmailProvider: also what the provider delivers to one mailbox.
	EmailProvider
)

// NormaliseEmail is the normal form of an address.
func NormaliseEmail(dst, raw []byte, mode EmailMode) ([]byte, bool) {
	start := len(dst)
	b := bytes.TrimSpace(raw)
	at := bytes.LastIndexByte(b, '@')
	if at < 0 || several(b, at) {
		return dst, false
	}
	dst, ok := appendLower(dst, b)
	if !ok {
		return dst[:start], false
	}
	if mode == EmailProvider {
		return mailbox(dst, start)
	}
	return dst, true
}

// several tells whether a value is no one address, whose last @ is there: two
// of them, a list, or an address with words beside it. What stands in quotes
// before the @ may be anything.
func several(b []byte, at int) bool {
	rest := b
	if at > 1 && b[0] == '"' && b[at-1] == '"' {
		rest = b[at:]
	} else if bytes.IndexByte(b, '@') < at {
		return true
	}
	for i, c := range rest {
		if c >= utf8.RuneSelf {
			return bytes.ContainsFunc(rest[i:], func(r rune) bool { return unicode.IsSpace(r) || r < utf8.RuneSelf && parts(byte(r)) })
		}
		if parts(c) {
			return true
		}
	}
	return false
}

// parts tells whether a character stands between addresses and in none.
func parts(c byte) bool { return c <= ' ' || c == '|' || c == ',' || c == ';' }

// appendLower appends text in small letters, composed (NFC).
func appendLower(dst, b []byte) ([]byte, bool) {
	start := len(dst)
	for _, c := range b {
		if c >= utf8.RuneSelf {
			if !utf8.Valid(b) {
				return dst[:start], false
			}
			return norm.NFC.Append(dst[:start], bytes.Map(unicode.ToLower, b)...), true
		}
		if c-'A' < 26 {
			c |= 0x20
		}
		dst = append(dst, c)
	}
	return dst, true
}

// provider is what a mail provider delivers to one mailbox.
type provider struct {
	domain string // the mailbox's own
	dots   bool   // dots in front of the @ do not count
}

// providers are known by their public help pages; all of them ignore what
// follows a plus.
var providers = map[string]provider{
	"gmail.com": {"gmail.com", true}, "googlemail.com": {"gmail.com", true},
	"outlook.com": {"outlook.com", false}, "hotmail.com": {"hotmail.com", false}, "live.com": {"live.com", false}, "msn.com": {"msn.com", false},
	"yandex.ru": {"yandex.ru", false}, "ya.ru": {"yandex.ru", false}, "yandex.com": {"yandex.ru", false},
	"yandex.by": {"yandex.ru", false}, "yandex.kz": {"yandex.ru", false},
	"icloud.com": {"icloud.com", false}, "me.com": {"me.com", false},
	"fastmail.com": {"fastmail.com", false},
	"proton.me":    {"proton.me", false}, "protonmail.com": {"protonmail.com", false},
}

// mailbox makes the basic form that starts at dst[start] the provider's.
func mailbox(dst []byte, start int) ([]byte, bool) {
	b := dst[start:]
	at := bytes.LastIndexByte(b, '@')
	local, domain := b[:at], b[at+1:]
	if len(local) == 0 || len(domain) == 0 {
		return dst[:start], false
	}
	p, known := providers[string(domain)]
	if !known {
		return asciiDomain(dst, start+at+1), true
	}
	if plus := bytes.IndexByte(local, '+'); plus >= 0 {
		local = local[:plus]
	}
	n := start
	for _, c := range local { // onto itself: it only gets shorter
		if c != '.' || !p.dots {
			dst[n] = c
			n++
		}
	}
	if n == start {
		return dst[:start], false
	}
	dst = append(dst[:n], '@')
	return append(dst, p.domain...), true
}

// asciiDomain writes the domain from dst[from] on in its ASCII form
// (punycode). One that has none stays as it is.
func asciiDomain(dst []byte, from int) []byte {
	for _, c := range dst[from:] {
		if c < utf8.RuneSelf {
			continue
		}
		if ascii, err := idna.Lookup.ToASCII(string(dst[from:])); err == nil {
			return append(dst[:from], ascii...)
		}
		break
	}
	return dst
}

// CardMode is how alike two card numbers must be to be one.
type CardMode uint8

const (
	// CardDigits: the digits.
	CardDigits CardMode = iota
	// CardUnpadded: the digits without the zeros in front.
	CardUnpadded
)

// NormaliseCard is the normal form of the number of a loyalty card.
func NormaliseCard(dst, raw []byte, mode CardMode) ([]byte, bool) {
	start := len(dst)
	for _, c := range raw {
		if c-'0' > 9 || c == '0' && mode == CardUnpadded && len(dst) == start {
			continue
		}
		dst = append(dst, c)
	}
	return dst, len(dst) > start
}

// NormaliseID is the normal form of a login, a cookie, an external id or the
// id of a contact: composed (NFC), without the spaces around it. Capitals
// count.
func NormaliseID(dst, raw []byte) ([]byte, bool) {
	b := bytes.TrimSpace(raw)
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return norm.NFC.Append(dst, b...), true
		}
	}
	return append(dst, b...), len(b) > 0
}

// ParseDigits is the number that 1 to 18 digits make; zeros in front are
// lost, so it is for values of which none differ by those alone.
func ParseDigits(b []byte) (n uint64, ok bool) {
	if len(b) == 0 || len(b) > 18 {
		return 0, false
	}
	for _, c := range b {
		if c-'0' > 9 {
			return 0, false
		}
		n = n*10 + uint64(c-'0')
	}
	return n, true
}
