package activation

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// Form is how a destination wants its addresses.
type Form struct {
	Plus bool // phones begin with +
	Hash bool // lower-case hexadecimal SHA-256 of the form
}

// Forms are the forms of destinations by name. Google takes phones in E.164;
// Meta and Yandex take digits; all three take hashes of them and of e-mails in
// lower case without spaces.
var Forms = map[string]Form{
	"plain":  {Plus: true},
	"digits": {},
	"google": {Plus: true, Hash: true},
	"meta":   {Hash: true},
	"yandex": {Hash: true},
}

// Of is an address, normalised as keys are, in the form. Nothing is made of an
// empty one.
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
	sum := sha256.Sum256([]byte(address))
	return hex.EncodeToString(sum[:])
}
