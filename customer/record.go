package customer

import "strings"

// Kind is what a record tells of.
type Kind uint8

const (
	Contact Kind = iota
	Order
	Event
	Interaction
	Product
	Store
)

var kindNames = []string{"contact", "order", "event", "interaction", "product", "store"}

// String is the name that a project file uses.
func (k Kind) String() string { return kindNames[k] }

// Kinds are the names of all kinds, in order.
func Kinds() []string { return append([]string(nil), kindNames...) }

// ParseKind is the kind of that name.
func ParseKind(name string) (Kind, bool) {
	for i, n := range kindNames {
		if n == name {
			return Kind(i), true
		}
	}
	return 0, false
}

// FieldType says what a field holds and so how a source's text is read.
type FieldType uint8

const (
	TextField     FieldType = iota
	ListField               // several texts
	KeyField                // a text that identifies; several are allowed
	TimeField               // an instant, microseconds UTC
	DateField               // a local day
	MoneyField              // an amount in minor units of the row's currency
	NumberField             // a decimal number
	QuantityField           // a decimal number, exact to the thousandth
	IntField                // a whole number
	BoolField               // true or false
	EnumField               // one of Values
)

// Field is one thing that a record of some kind may say.
type Field struct {
	Name   string
	Type   FieldType
	Doc    string
	Values []string // EnumField: the allowed ones
	Prefix bool     // Name stands for every name that starts with it: consent.email, external.vk
}

// Fields are all that a record of this kind may say, in the order of the
// tables.
func (k Kind) Fields() []Field { return fields[k] }

// Field is the field of that name; a prefix field answers for every name
// under it ("consent." for "consent.email").
func (k Kind) Field(name string) (Field, bool) {
	for _, f := range fields[k] {
		if f.Name == name || f.Prefix && strings.HasPrefix(name, f.Name) && len(name) > len(f.Name) {
			return f, true
		}
	}
	return Field{}, false
}

var fields = [...][]Field{
	Contact: {
		{Name: "id", Type: TextField, Doc: "the contact's id in its source"},
		{Name: "email", Type: KeyField, Doc: "e-mail address"},
		{Name: "phone", Type: KeyField, Doc: "phone number"},
		{Name: "loyalty_card", Type: KeyField, Doc: "number of a loyalty card"},
		{Name: "login", Type: KeyField, Doc: "user id of a web or app account"},
		{Name: "external.", Type: KeyField, Prefix: true, Doc: "id in another system, external.<name>"},
		{Name: "first_name", Type: TextField, Doc: "given name"},
		{Name: "last_name", Type: TextField, Doc: "family name"},
		{Name: "full_name", Type: TextField, Doc: "whole name where it comes in one piece"},
		{Name: "birth_date", Type: DateField, Doc: "day of birth"},
		{Name: "gender", Type: TextField, Doc: "gender as the source has it"},
		{Name: "language", Type: TextField, Doc: "language code"},
		{Name: "country", Type: TextField, Doc: "country"},
		{Name: "region", Type: TextField, Doc: "region"},
		{Name: "city", Type: TextField, Doc: "city"},
		{Name: "postcode", Type: TextField, Doc: "postal code"},
		{Name: "lat", Type: NumberField, Doc: "latitude, degrees"},
		{Name: "lon", Type: NumberField, Doc: "longitude, degrees"},
		{Name: "marital_status", Type: TextField, Doc: "marital status"},
		{Name: "education", Type: TextField, Doc: "education"},
		{Name: "occupation", Type: TextField, Doc: "occupation"},
		{Name: "income_band", Type: TextField, Doc: "band of income"},
		{Name: "household_size", Type: IntField, Doc: "persons in the household"},
		{Name: "interests", Type: ListField, Doc: "stated interests"},
		{Name: "preferred_channel", Type: TextField, Doc: "channel that the person prefers"},
		{Name: "consent.", Type: BoolField, Prefix: true, Doc: "consent for a channel or channel/topic, consent.<channel>"},
		{Name: "consent_at", Type: TimeField, Doc: "when the consents were given or withdrawn"},
		{Name: "consent_source", Type: TextField, Doc: "where the consents were given"},
		{Name: "tags", Type: ListField, Doc: "tags"},
		{Name: "created_at", Type: TimeField, Doc: "when the contact was created"},
		{Name: "updated_at", Type: TimeField, Doc: "when this version was written"},
	},
	Order: {
		{Name: "id", Type: TextField, Doc: "order or receipt number"},
		{Name: "line", Type: TextField, Doc: "line number within the order, where a row is a line"},
		{Name: "at", Type: TimeField, Doc: "when it was placed"},
		{Name: "channel", Type: TextField, Doc: "sales channel"},
		{Name: "store", Type: TextField, Doc: "id of the store"},
		{Name: "contact_id", Type: KeyField, Doc: "id of the contact who bought"},
		{Name: "email", Type: KeyField, Doc: "e-mail given with the order"},
		{Name: "phone", Type: KeyField, Doc: "phone given with the order"},
		{Name: "loyalty_card", Type: KeyField, Doc: "card shown"},
		{Name: "login", Type: KeyField, Doc: "user id of a web or app account"},
		{Name: "client_id", Type: KeyField, Doc: "cookie or device of the order"},
		{Name: "amount", Type: MoneyField, Doc: "amount of the order, or of the line where a row is a line"},
		{Name: "currency", Type: TextField, Doc: "ISO 4217 code; the source's where absent"},
		{Name: "kind", Type: EnumField, Values: []string{"sale", "return", "cancelled"}, Doc: "what the row tells of"},
		{Name: "promo_code", Type: TextField, Doc: "promotion used"},
		{Name: "discount", Type: MoneyField, Doc: "discount given with the order, or with the line where a row is a line"},
		{Name: "payment_method", Type: TextField, Doc: "how it was paid"},
		{Name: "delivery_method", Type: TextField, Doc: "how it was delivered"},
		{Name: "status", Type: TextField, Doc: "status in the source"},
		{Name: "preorder", Type: BoolField, Doc: "ordered before the goods were there"},
		{Name: "updated_at", Type: TimeField, Doc: "when this version was written"},
		{Name: "sku", Type: TextField, Doc: "article of the line"},
		{Name: "name", Type: TextField, Doc: "name of the article"},
		{Name: "category", Type: TextField, Doc: "category of the article"},
		{Name: "brand", Type: TextField, Doc: "brand of the article"},
		{Name: "quantity", Type: QuantityField, Doc: "pieces or weight of the line"},
		{Name: "price", Type: MoneyField, Doc: "price of one piece"},
	},
	Event: {
		{Name: "id", Type: TextField, Doc: "the event's id in its source"},
		{Name: "at", Type: TimeField, Doc: "when it happened"},
		{Name: "client_id", Type: KeyField, Doc: "cookie or device"},
		{Name: "email", Type: KeyField, Doc: "e-mail of the person logged in"},
		{Name: "phone", Type: KeyField, Doc: "phone of the person logged in"},
		{Name: "login", Type: KeyField, Doc: "user id of the person logged in"},
		{Name: "contact_id", Type: KeyField, Doc: "contact id of the person logged in"},
		{Name: "order_id", Type: TextField, Doc: "order of a purchase"},
		{Name: "name", Type: TextField, Doc: "page_view, view_item, add_to_cart, begin_checkout, purchase, search or another"},
		{Name: "page", Type: TextField, Doc: "page"},
		{Name: "sku", Type: TextField, Doc: "article"},
		{Name: "category", Type: TextField, Doc: "category of the article"},
		{Name: "value", Type: MoneyField, Doc: "value of the event"},
		{Name: "currency", Type: TextField, Doc: "ISO 4217 code; the source's where absent"},
		{Name: "session", Type: TextField, Doc: "session id"},
		{Name: "utm_source", Type: TextField, Doc: "campaign source"},
		{Name: "utm_medium", Type: TextField, Doc: "campaign medium"},
		{Name: "utm_campaign", Type: TextField, Doc: "campaign"},
		{Name: "utm_content", Type: TextField, Doc: "campaign content"},
		{Name: "utm_term", Type: TextField, Doc: "campaign term"},
		{Name: "referrer", Type: TextField, Doc: "page it came from"},
		{Name: "device", Type: TextField, Doc: "mobile, desktop or tablet"},
		{Name: "os", Type: TextField, Doc: "operating system"},
		{Name: "browser", Type: TextField, Doc: "browser"},
		{Name: "country", Type: TextField, Doc: "country"},
		{Name: "region", Type: TextField, Doc: "region"},
		{Name: "city", Type: TextField, Doc: "city"},
		{Name: "updated_at", Type: TimeField, Doc: "when this version was written"},
	},
	Interaction: {
		{Name: "id", Type: TextField, Doc: "the interaction's id in its source"},
		{Name: "at", Type: TimeField, Doc: "when it happened"},
		{Name: "contact_id", Type: KeyField, Doc: "contact it was with"},
		{Name: "email", Type: KeyField, Doc: "e-mail it was with"},
		{Name: "phone", Type: KeyField, Doc: "phone it was with"},
		{Name: "loyalty_card", Type: KeyField, Doc: "card it was with"},
		{Name: "login", Type: KeyField, Doc: "user id it was with"},
		{Name: "client_id", Type: KeyField, Doc: "cookie or device it was with"},
		{Name: "kind", Type: TextField, Doc: "support_case, review, survey, nps, loyalty_points, campaign_sent (_delivered, _opened, _clicked, _bounced, _unsubscribed, _complained) or another"},
		{Name: "channel", Type: TextField, Doc: "channel"},
		{Name: "campaign", Type: TextField, Doc: "campaign"},
		{Name: "arm", Type: TextField, Doc: "arm of an experiment"},
		{Name: "topic", Type: TextField, Doc: "what it was about"},
		{Name: "value", Type: QuantityField, Doc: "points, score or rating"},
		{Name: "text", Type: TextField, Doc: "what was said"},
		{Name: "status", Type: TextField, Doc: "status in the source"},
		{Name: "updated_at", Type: TimeField, Doc: "when this version was written"},
	},
	Product: {
		{Name: "sku", Type: TextField, Doc: "article"},
		{Name: "name", Type: TextField, Doc: "name"},
		{Name: "category", Type: TextField, Doc: "category"},
		{Name: "brand", Type: TextField, Doc: "brand"},
		{Name: "price", Type: MoneyField, Doc: "price"},
		{Name: "price_from", Type: TimeField, Doc: "when the price holds from"},
		{Name: "in_stock", Type: BoolField, Doc: "whether it can be bought now"},
		{Name: "refill_days", Type: IntField, Doc: "days until it is used up"},
		{Name: "tags", Type: ListField, Doc: "tags"},
		{Name: "updated_at", Type: TimeField, Doc: "when this version was written"},
	},
	Store: {
		{Name: "id", Type: TextField, Doc: "id of the store"},
		{Name: "name", Type: TextField, Doc: "name"},
		{Name: "city", Type: TextField, Doc: "city"},
		{Name: "region", Type: TextField, Doc: "region"},
		{Name: "lat", Type: NumberField, Doc: "latitude, degrees"},
		{Name: "lon", Type: NumberField, Doc: "longitude, degrees"},
		{Name: "updated_at", Type: TimeField, Doc: "when this version was written"},
	},
}

// IDField is the field that names a record within its source.
func (k Kind) IDField() string {
	if k == Product {
		return "sku"
	}
	return "id"
}

// TimeField is the field that says when a record happened, "" where records
// of the kind do not happen but hold.
func (k Kind) TimeField() string {
	switch k {
	case Order, Event, Interaction:
		return "at"
	case Contact:
		return "created_at"
	}
	return ""
}
