package activation

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
)

// histories are customers with the rows that the lines name:
// c customer email, a address channel purpose state since explicit suppressed [written],
// m customer day kind.
func histories(t *testing.T, text string) *customer.Histories {
	t.Helper()
	h := &customer.Histories{}
	texts := func(names ...string) (all []columns.Column) {
		for _, n := range names {
			all = append(all, columns.Column{Name: n})
		}
		return all
	}
	people, consents, messages := &h.Tables[customer.OfCustomers], &h.Tables[customer.OfConsents], &h.Tables[customer.OfInteractions]
	people.Cols = texts("email", "first_name")
	consents.Cols = append(texts("address_type", "address", "written_as", "channel", "purpose", "state", "suppressed"), columns.Column{Name: "since_at", Type: columns.Time}, columns.Column{Name: "explicit", Type: columns.Bool})
	messages.Cols = append(texts("kind", "channel"), columns.Column{Name: "interaction_date", Type: columns.Date})
	value := func(c *columns.Column, v string) {
		switch {
		case v == "-":
			c.AddMissing()
		case c.Type == columns.Text:
			c.AddText(v)
		default:
			var n int64
			fmt.Sscan(v, &n)
			c.Ints = append(c.Ints, n)
		}
	}
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		f := strings.Fields(line)
		switch f[0] {
		case "c":
			for _, r := range []*customer.HistoryRows{people, consents, messages} {
				r.Starts = append(r.Starts, int32(r.N))
			}
			var id customer.ID
			copy(id[:], f[1])
			h.IDs = append(h.IDs, id)
			value(people.Col("email"), f[2])
			value(people.Col("first_name"), f[1])
			people.N++
		case "a":
			for n, name := range []string{"address", "channel", "purpose", "state", "since_at", "explicit", "suppressed"} {
				value(consents.Col(name), f[1+n])
			}
			value(consents.Col("address_type"), "email")
			if len(f) < 9 {
				f = append(f, f[1])
			}
			value(consents.Col("written_as"), f[8])
			consents.N++
		case "m":
			value(messages.Col("interaction_date"), f[1])
			value(messages.Col("kind"), f[2])
			value(messages.Col("channel"), "email")
			messages.N++
		}
	}
	for _, r := range []*customer.HistoryRows{people, consents, messages} {
		r.Starts = append(r.Starts, int32(r.N))
	}
	return h
}

func TestEveryoneLeavesForOneReason(t *testing.T) {
	h := histories(t, `
c nobody -
c silent s@x.com
c said-no n@x.com
a n@x.com email marketing unsubscribed 1 1 -
c bounced b@x.com
a b@x.com email marketing subscribed 1 1 bounce
c blocked b2@x.com
a b2@x.com email marketing subscribed 1 1 -
a b2@x.com - marketing no_data - 0 manual
c tired t@x.com
a t@x.com email marketing subscribed 1 1 -
a s@x.com email marketing subscribed 1 0 -
a u@x.com email marketing subscribed 1 1 bounce
m 100 campaign_sent
m 94 sent
m 93 sent
c fine f@x.com
a f@x.com email marketing subscribed 1 1 -
m 93 sent
c two -
a old@x.com email marketing subscribed 1 1 -
a new@x.com email marketing subscribed 5 1 -
a newest@x.com email marketing subscribed 9 0 -
c topical o@x.com
a o@x.com email marketing subscribed 1 1 -
a o@x.com email marketing/news unsubscribed 2 1 -
c aliased -
a annsmith@gmail.com email marketing subscribed 1 1 - ann.smith+shop@gmail.com
c one-good g@x.com
a bad@x.com email marketing subscribed 9 1 bounce
a g@x.com email marketing subscribed 1 1 -
`)
	all := []Destination{
		{Name: "news", Channel: "email", Purpose: "marketing/news", Address: "email", Column: "email", Exclusive: true, Cap: Cap{2, 7}, Columns: []Column{{"mail", FromAddress}, {"name", "first_name"}}},
		{Name: "offers", Channel: "email", Purpose: "marketing", Address: "email", Column: "email", Exclusive: true, Columns: []Column{{"mail", FromAddress}}},
		{Name: "audience", Channel: "email", Purpose: "marketing", Address: "email", Column: "email", Form: Forms["meta"]},
	}
	d := NewDecider(all, h, 100)
	want := map[string]string{
		"nobody": "no_address no_address no_address", "silent": "no_consent no_consent no_consent", "said-no": "no_consent no_consent no_consent",
		"bounced": "suppressed suppressed suppressed", "blocked": "suppressed suppressed suppressed", "tired": "capped:-s@x.com,-t@x.com in_file:t@x.com lower_priority",
		"fine": "in_file:f@x.com lower_priority lower_priority", "two": "in_file:new@x.com lower_priority lower_priority",
		"aliased": "in_file:ann.smith+shop@gmail.com lower_priority lower_priority",
		"topical": "no_consent in_file:o@x.com lower_priority", "one-good": "in_file:g@x.com lower_priority lower_priority",
	}
	for i, id := range h.IDs {
		name := strings.TrimRight(string(id[:]), "\x00")
		var got []string
		err := d.Customer(i, func(int) bool { return true }, func(one Decision) error {
			text := one.Outcome.String()
			if one.Outcome == InFile {
				text += ":" + one.Written
			}
			if one.Withheld != nil {
				text += ":-" + strings.Join(one.Withheld, ",-")
			}
			got = append(got, text)
			return nil
		})
		if err != nil || strings.Join(got, " ") != want[name] {
			t.Errorf("%s: got %q, want %q", name, strings.Join(got, " "), want[name])
		}
	}
	var fields []string
	d.Fields(6, Decision{Destination: 0, Written: "f@x.com"}, func(b []byte) { fields = append(fields, string(b)) })
	if !slices.Equal(fields, []string{"f@x.com", "fine"}) {
		t.Errorf("fields %q", fields)
	}
}

// TestNoFieldIsAFormula: a name that begins as one has an apostrophe in front, a
// phone, a number and an address that is one have not; and nothing of a file
// whose takers match bytes.
func TestNoFieldIsAFormula(t *testing.T) {
	t.Parallel()
	for from, want := range map[string]string{
		"Ann": "Ann", "": "", "=1+1": "'=1+1", "@SUM(A1)": "'@SUM(A1)", "+cmd|' /C calc'!A0": "'+cmd|' /C calc'!A0", "-2+3": "'-2+3", "\t=1": "'\t'=1", "\r=1": "'\r'=1",
		"+79995551111": "+79995551111", "+1 (617) 555-01": "+1 (617) 555-01", "-12.50": "-12.50", "-": "-", "'=1": "'=1", "a=1": "a=1", "=5": "'=5",
		"Ann;=cmd|' /C calc'!A0": "Ann;'=cmd|' /C calc'!A0", "Ann\t@SUM(A1)": "Ann\t'@SUM(A1)", "a,=1,+1-b": "a,'=1,'+1-b", "Ann\n-2+cmd": "Ann\n'-2+cmd",
		"Ann;\"\"=1": "Ann;\"\"'=1", "Ann; 2": "Ann; 2", "1;-2": "1;-2", ",b;": ",b;", "a;-2;cmd": "a;'-2;cmd", "\"=1": "\"=1", "a\n\nb;c": "a\n\nb;c", "Anne-Marie, Dr.": "Anne-Marie, Dr.",
	} {
		if got := string(inert([]byte(from), plainNumber)); got != want {
			t.Errorf("the text %q is %q, want %q", from, got, want)
		}
	}
	for from, want := range map[string]string{
		"ann@x.de": "ann@x.de", "+tag@x.de": "+tag@x.de", "-a=b@x.de": "-a=b@x.de", "+79995551111": "+79995551111",
		"=cmd|'/c calc'!a0@x.de": "'=cmd|'/c calc'!a0@x.de", "=hyperlink(\"http://x\")@x.de": "'=hyperlink(\"http://x\")@x.de",
		"a;=cmd|'/c calc'!a0@x.de": "a;'=cmd|'/c calc'!a0@x.de",
	} {
		if got := string(inert([]byte(from), plainAddress)); got != want {
			t.Errorf("the address %q is %q, want %q", from, got, want)
		}
	}
	h := histories(t, "c =A1 x@x.de")
	fieldsOf := func(form, address string) (all []string) {
		d := NewDecider([]Destination{{Columns: []Column{{"mail", FromAddress}, {"name", "first_name"}}, Form: Forms[form]}}, h, 0)
		d.Fields(0, Decision{Written: address}, func(b []byte) { all = append(all, string(b)) })
		return all
	}
	if got := fieldsOf("plain", "=a(b)@x.de"); !slices.Equal(got, []string{"'=a(b)@x.de", "'=A1"}) {
		t.Errorf("plain: %q", got)
	}
	if got := fieldsOf("google", "=a(b)@x.de"); !slices.Equal(got, []string{Forms["google"].Of("email", "=a(b)@x.de"), "=A1"}) {
		t.Errorf("google: %q", got)
	}
}

func TestHoldOutIsTheSameOnesAndAboutAsMany(t *testing.T) {
	d := Destination{HoldOut: 100, Salt: "a"}
	other := Destination{HoldOut: 100, Salt: "b"}
	held, both := 0, 0
	for i := range 20000 {
		id := customer.ID{byte(i), byte(i >> 8), byte(i >> 16)}
		if again := (Destination{HoldOut: 100, Salt: "a"}); again.heldOut(id) != d.heldOut(id) {
			t.Fatal("a hold-out changed its mind")
		}
		if d.heldOut(id) {
			held++
			if other.heldOut(id) {
				both++
			}
		}
	}
	if held < 1850 || held > 2150 || both > 280 {
		t.Errorf("%d of 20000 held out, %d of them also under another salt; want 10%% and 10%% of that", held, both)
	}
}

// TestForms holds the published examples of what destinations take.
func TestForms(t *testing.T) {
	hash := func(text string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(text))) }
	for _, c := range []struct{ form, kind, address, want string }{
		{"plain", "email", "ann@x.com", "ann@x.com"},
		{"plain", "phone", "79161234567", "+79161234567"},
		{"digits", "phone", "+79161234567", "79161234567"},
		{"meta", "email", "", ""},
		{"plain", "email", "ann.smith+shop@gmail.com", "ann.smith+shop@gmail.com"},
		{"meta", "email", "john_smith@gmail.com", "62a14e44f765419d10fea99367361a727c12365e2520f32218d505ed9aa0f62f"},
		{"meta", "email", "ann.smith+shop@gmail.com", hash("ann.smith+shop@gmail.com")},
		{"yandex", "email", "name@yandex.ru", "41b86f44151924a940be6fa30d93f2471683ca74ac361d3b827a9b72c80a7623"},
		{"yandex", "email", "bob+news@yandex.com", hash("bob+news@yandex.com")},
		{"google", "email", "cloudy.sanfrancisco+shopping@gmail.com", hash("cloudysanfrancisco@gmail.com")},
		{"google", "email", "a.b+c@googlemail.com", hash("ab@googlemail.com")},
		{"google", "email", "user.name+nyc@example.com", hash("user.name+nyc@example.com")},
		{"meta", "phone", "16505551212", "e323ec626319ca94ee8bff2e4c87cf613be6ea19919ed1364124e16807ab3176"},
		{"yandex", "phone", "70123456789", "8f0dd3d30a1ea4b739c6217c02604aee1556025da990212759efd877206a1948"},
	} {
		got := Forms[c.form].Of(c.kind, c.address)
		if got != c.want {
			t.Errorf("%s of %s = %q, want %q", c.form, c.address, got, c.want)
		}
	}
	if Forms["google"].Of("phone", "18005550101") == Forms["meta"].Of("phone", "18005550101") {
		t.Error("Google hashes phones with their +, Meta without")
	}
	if got := Forms["meta"].Of("email", "test@example.com"); got != "973dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813b" {
		t.Errorf("SHA-256 of test@example.com = %s", got)
	}
}
