package customer

// KeyType is a kind of identifier. Its letter stands before the value
// wherever a key is written: e:ann@example.com.
type KeyType byte

const (
	ContactKey  KeyType = 'c' // id of a contact in its source
	EmailKey    KeyType = 'e'
	CardKey     KeyType = 'l'
	PhoneKey    KeyType = 'p'
	LoginKey    KeyType = 'u'
	CookieKey   KeyType = 'w'
	ExternalKey KeyType = 'x' // value is name/id
)

// KeyTypes are all there are, the strongest first unless a project says
// otherwise.
func KeyTypes() []KeyType {
	return []KeyType{ContactKey, LoginKey, ExternalKey, CardKey, PhoneKey, EmailKey, CookieKey}
}

// Priority orders the types of keys: the key of the smallest number is the
// strongest of a record, and the record goes to its customer.
type Priority struct{ places [26]uint8 }

// NewPriority is the order that begins with these; the others follow as
// KeyTypes has them.
func NewPriority(first []KeyType) *Priority {
	p := &Priority{}
	next := uint8(0)
	for _, k := range append(append([]KeyType(nil), first...), KeyTypes()...) {
		if at := &p.places[k-'a']; *at == 0 {
			next++
			*at = next
		}
	}
	return p
}

// Of is the place of a type, 1 for the strongest.
func (p *Priority) Of(t KeyType) int { return int(p.places[t-'a']) }

// Known tells whether a key of this type makes a customer known: all do but
// cookies.
func (t KeyType) Known() bool { return t != CookieKey }

// Name is how the tables call the type.
func (t KeyType) Name() string {
	switch t {
	case ContactKey:
		return "contact_id"
	case EmailKey:
		return "email"
	case CardKey:
		return "loyalty_card"
	case PhoneKey:
		return "phone"
	case LoginKey:
		return "login"
	case CookieKey:
		return "client_id"
	}
	return "external"
}

// KeyTypeOf is the type of key that a field of that name holds.
func KeyTypeOf(field string) (KeyType, bool) {
	switch field {
	case "email":
		return EmailKey, true
	case "phone":
		return PhoneKey, true
	case "loyalty_card":
		return CardKey, true
	case "login":
		return LoginKey, true
	case "client_id":
		return CookieKey, true
	case "contact_id":
		return ContactKey, true
	}
	if len(field) > len("external.") && field[:len("external.")] == "external." {
		return ExternalKey, true
	}
	return 0, false
}
