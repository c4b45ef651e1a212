package identity

import (
	"testing"

	"github.com/habitue-data/habitue/customer"
)

func TestAProjectWithoutPhonesNeedsNoCountry(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"e164", "digits"} {
		n, err := NewNormaliser(Rules{Phone: mode}, "")
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := n.Append([]byte("x"), customer.PhoneKey, []byte("+79161234567")); ok || string(got) != "x" {
			t.Errorf("%s: %q, %v", mode, got, ok)
		}
		if got, ok := n.Append(nil, customer.EmailKey, []byte("A@x.org")); !ok || string(got) != "a@x.org" {
			t.Errorf("%s: %q, %v", mode, got, ok)
		}
	}
}
