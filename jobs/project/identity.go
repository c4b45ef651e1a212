package project

import (
	"slices"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/config"
	"github.com/habitue-data/habitue/transforms/identity"
	"github.com/habitue-data/habitue/transforms/profile"
)

// Identity is which values are keys, and which of them are one customer.
type Identity struct {
	Email     string // basic or provider
	Phone     string // e164 or digits
	Card      string // digits or unpadded
	Blocked   []Blocked
	Priority  []customer.KeyType // the strongest first
	Guards    identity.Guards
	Decisions identity.Decisions
	Golden    map[string]string // rule of a field of the golden profile
}

// Rules are the named normalisers.
func (i *Identity) Rules() identity.Rules {
	return identity.Rules{Email: i.Email, Phone: i.Phone, Card: i.Card}
}

// keyKinds are how a project file calls the types of keys, the strongest
// first.
func keyKinds() (names []string) {
	for _, k := range customer.KeyTypes() {
		names = append(names, k.Name())
	}
	return names
}

// keyKind is the type of that name; the spec has seen to it that there is one.
func keyKind(name string) customer.KeyType {
	return customer.KeyTypes()[slices.Index(keyKinds(), name)]
}

func keyKindDocs() map[string]string {
	docs := map[string]string{}
	for _, name := range keyKinds() {
		docs[name] = "keys of the type " + name
	}
	return docs
}

// ofKeyKinds looks at the names of a map by type of key.
func ofKeyKinds(v *config.Value, say say) {
	for _, e := range v.Entries() {
		if !slices.Contains(keyKinds(), e.Name) {
			say(&config.Value{Line: e.Line, Col: e.Col}, quoted(e.Name)+" is no type of key", guess(e.Name, keyKinds(), "the types are "))
		}
	}
}

func identitySpec() config.Spec {
	kinds := &config.Spec{Type: config.Enum, Values: keyKinds()}
	counts := &config.Spec{Type: config.Int, Min: 1, Max: 1_000_000}
	return config.Spec{Name: "identity", Type: config.Group, Doc: "How keys are normalised before they are compared, and what keeps apart what they join; and which of several values of a person holds. Nothing is kept apart unless said here, or in decisions/ beside the project file: " +
		"rows of never_join.csv and always_join.csv there (columns key_a and key_b, as email:anna@shop.ru or e:anna@shop.ru; others, such as by, at and note, are yours) go before records and guards.", Keys: []config.Spec{
		{Name: "email", Type: config.Enum, Values: []string{"basic", "provider"}, Default: "basic", Doc: "basic: trimmed, lower case; provider: also what the mail provider ignores (dots, plus tags)"},
		{Name: "phone", Type: config.Enum, Values: []string{"e164", "digits"}, Default: "e164", Doc: "e164: valid numbers only, by the numbering plans; digits: by the number of digits"},
		{Name: "card", Type: config.Enum, Values: []string{"digits", "unpadded"}, Default: "unpadded", Doc: "digits: the digits; unpadded: without leading zeros"},
		{Name: "blocked", Type: config.Text, Example: "blocked.csv", Doc: "CSV file with the columns kind and value: keys that join nobody"},
		{Name: "priority", Type: config.List, Of: kinds, Example: "[contact_id, email, phone]", Doc: "types of keys, the strongest first; the others follow in the order contact_id, login, external, loyalty_card, phone, email, client_id. A record belongs to the customer of its strongest key, and where guards part keys the weakest links go first"},
		{Name: "limits", Type: config.Map, Names: keyKindDocs(), Of: counts, Check: ofKeyKinds, Example: "{loyalty_card: 1, email: 5}", Doc: "the most keys of a type that one customer may have"},
		{Name: "shared", Type: config.Map, Names: keyKindDocs(), Of: counts, Check: ofKeyKinds, Example: "{phone: 4}", Doc: "the most customers, told apart by their other keys, who may use one value of a type; a value of more joins nobody"},
		{Name: "shared_within", Type: config.Duration, Example: "90d", Doc: "shared: only customers who began to use the value within so long a time count together; all time unless said"},
		{Name: "veto", Type: config.List, Of: kinds, Example: "[phone]", Doc: "types of keys of which one alone joins no two contacts whose names and birth dates both differ"},
		{Name: "golden", Type: config.Map, Names: goldenDocs(), Of: &config.Spec{Type: config.Enum, Values: profile.RuleNames}, Check: ofGoldenFields, Example: "{city: most_frequent, email: source_order}",
			Doc: "which of several values of a field stands in customers. latest, unless said: what contacts say before what orders and events say, then the newest; most_frequent: what the most records say, in whatever letters; source_order: the source that stands first in this file; longest: the most letters. What a rule leaves open is decided as by latest. What can be no e-mail, phone or card never holds over what can"},
	}}
}

func goldenDocs() map[string]string {
	docs := map[string]string{}
	for _, f := range profile.Fields {
		docs[f] = "the field " + f
	}
	return docs
}

func ofGoldenFields(v *config.Value, say say) {
	for _, e := range v.Entries() {
		if profile.FieldIndex(e.Name) < 0 {
			say(&config.Value{Line: e.Line, Col: e.Col}, quoted(e.Name)+" is no field of the golden profile", guess(e.Name, profile.Fields, "the fields are "))
		}
	}
}

func (l *loader) identity(v *config.Value) {
	i := &l.p.Identity
	*i = Identity{Email: v.Get("email").Text(), Phone: v.Get("phone").Text(), Card: v.Get("card").Text()}
	if at := v.Get("blocked"); at.IsSet() {
		i.Blocked = l.blocked(at)
	}
	types := func(at *config.Value) (all []customer.KeyType) {
		for _, name := range at.Texts() {
			if slices.Contains(keyKinds(), name) { // else the spec's check has told it
				all = append(all, keyKind(name))
			}
		}
		return all
	}
	counts := func(at *config.Value) map[customer.KeyType]int {
		var all map[customer.KeyType]int
		for _, e := range at.Entries() {
			if slices.Contains(keyKinds(), e.Name) {
				if all == nil {
					all = map[customer.KeyType]int{}
				}
				all[keyKind(e.Name)] = int(e.Value.Int())
			}
		}
		return all
	}
	i.Golden = v.Get("golden").TextMap()
	i.Priority = types(v.Get("priority"))
	i.Guards = identity.Guards{Limits: counts(v.Get("limits")), Shared: counts(v.Get("shared")), Window: v.Get("shared_within").Duration().Microseconds(), Veto: types(v.Get("veto"))}
	if v.Has("shared_within") && len(i.Guards.Shared) == 0 {
		l.say(v.Get("shared_within"), "shared_within is set and shared is not", "take it out, or say shared: {phone: 4}")
	}
}

// vetoHangs wants contacts that say what a veto looks at.
func (l *loader) vetoHangs(v *config.Value) {
	if len(l.p.Identity.Guards.Veto) == 0 || slices.ContainsFunc(l.p.Sources, func(s Source) bool {
		return s.Kind == customer.Contact && s.Maps("birth_date") && (s.Maps("full_name") || s.Maps("first_name") || s.Maps("last_name"))
	}) {
		return
	}
	l.say(v, "a veto looks at names and birth dates, and no contacts have both", "map birth_date and a name of a source of contacts, or take veto out")
}
