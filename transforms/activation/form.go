package activation

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// Form is how a destination wants its addresses.
type Form struct {
	Plus  bool // phones begin with +
	Hash  bool // lower-case hexadecimal SHA-256 of the form
	Gmail bool // of Gmail's e-mails the mailbox: without dots, and what follows a plus
}

// Forms are the forms of destinations by name. Google takes phones in E.164;
// Meta and Yandex take digits; all three take hashes of them and of e-mails in
// lower case without spaces, Google those of its own mailboxes.
var Forms = map[string]Form{
	"plain":  {Plus: true},
	"digits": {},
	"google": {Plus: true, Hash: true, Gmail: true},
	"meta":   {Hash: true},
	"yandex": {Hash: true},
}

// Of is an address in the form, a phone normalised as keys are, an e-mail as
// somebody wrote it, in small letters. Nothing is made of an empty one.
func (f Form) Of(addressType, address string) string {
	if address == "" {
		return ""
	}
	if addressType == "phone" {
		address = strings.TrimPrefix(address, "+")
		if f.Plus {
			address = "+" + address
		}
	}
	if !f.Hash {
		return address
	}
	sum := sha256.Sum256([]byte(f.Mailbox(address)))
	return hex.EncodeToString(sum[:])
}

// Mailbox is what the form tells addresses apart by: the address, or of one of
// Gmail the mailbox that Google makes of it.
func (f Form) Mailbox(address string) string {
	if !f.Gmail {
		return address
	}
	local, domain, _ := strings.Cut(address, "@")
	if domain != "gmail.com" && domain != "googlemail.com" {
		return address
	}
	local, _, _ = strings.Cut(local, "+")
	return strings.ReplaceAll(local, ".", "") + "@" + domain
}

// Written is an address, as Of has it, as it stands in a file of the form. Who
// matches hashes matches bytes, and gets nothing else.
func (f Form) Written(addressType, address string) string {
	formed := f.Of(addressType, address)
	if f.Hash {
		return formed
	}
	return string(inert([]byte(formed), plainAddress))
}

// plain are the bytes of values with which no spreadsheet does anything, though
// they begin as a formula does: phones and numbers, and addresses.
const (
	plainNumber  = "0123456789 .,()-"
	plainAddress = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,_+-=@"
)

// inert is a text of which no spreadsheet makes a formula: somebody opens a file
// before it is sent on, and a name or an address is what anybody wrote into a
// form. It has an apostrophe in front of whatever begins as a formula does, as
// OWASP has it: at the beginning, and behind what some spreadsheet cuts cells
// at, for where that is not the comma the quotes around a field are none.
func inert(text []byte, plain string) []byte {
	var out []byte
	from, begins := 0, true
	for i, c := range text {
		if begins && (oneOf("=+-@", c) || i == 0 && oneOf("\t\r\n", c)) && !harmless(text[i:], plain) {
			out = append(append(out, text[from:i]...), '\'')
			from = i
		}
		begins = oneOf(";,\t\r\n", c) || begins && c == '"' && i > 0
	}
	if out == nil {
		return text
	}
	return append(out, text[from:]...)
}

func oneOf(bytes string, c byte) bool { return strings.IndexByte(bytes, c) >= 0 }

// harmless tells whether a text that begins as a formula does is none all the
// same.
func harmless(text []byte, plain string) bool {
	return (plain == plainAddress || text[0] == '+' || text[0] == '-') && len(bytes.Trim(text[1:], plain)) == 0
}
