package identity

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/nyaruka/phonenumbers"
	"pgregory.net/rapid"
)

// answer is a normal form, or - where there is none. Every form is made
// behind other bytes, which must stay.
func answer(t *testing.T, normalise func(dst []byte) ([]byte, bool)) string {
	t.Helper()
	dst, ok := normalise([]byte("kept:"))
	rest, found := bytes.CutPrefix(dst, []byte("kept:"))
	if !found || !ok && len(rest) > 0 {
		t.Errorf("the bytes before were not kept, or a refused value left some: %q", dst)
	}
	if !ok {
		return "-"
	}
	return string(rest)
}

func TestNormaliseEmail(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ raw, basic, provider string }{
		{"Ann.Lee@Mail.RU", "ann.lee@mail.ru", "ann.lee@mail.ru"},
		{"  ann@mail.ru\t", "ann@mail.ru", "ann@mail.ru"},
		{"\u00a0ann@mail.ru\u00a0", "ann@mail.ru", "ann@mail.ru"},
		{"A.N.N+shop@GMail.com", "a.n.n+shop@gmail.com", "ann@gmail.com"},
		{"ann@googlemail.com", "ann@googlemail.com", "ann@gmail.com"},
		{"a.nn+x@outlook.com", "a.nn+x@outlook.com", "a.nn@outlook.com"},
		{"ann+x@ya.ru", "ann+x@ya.ru", "ann@yandex.ru"},
		{"ann+x@mail.ru", "ann+x@mail.ru", "ann+x@mail.ru"},
		{"+x@gmail.com", "+x@gmail.com", "-"},
		{"АННА@Почта.РФ", "анна@почта.рф", "анна@xn--80a1acny.xn--p1ai"},
		{"Jose\u0301@x.es", "jos\u00e9@x.es", "jos\u00e9@x.es"},
		{"ann", "-", "-"}, {"", "-", "-"}, {"   ", "-", "-"},
		{"@", "@", "-"}, {"@x", "@x", "-"},
		{"a\xff@x.ru", "-", "-"},
		{"A@x.de|second@x.de", "-", "-"}, {"a@x.de,b@x.de", "-", "-"}, {"a@x.de; b@x.de", "-", "-"}, {"a@x.de/b@x.de", "-", "-"}, {"a@x.de b", "-", "-"},
		{"Ann Lee a@x.de", "-", "-"}, {"ann\u00a0lee@x.de", "-", "-"}, {"é|b@x.de", "-", "-"}, {"a@x.de|", "-", "-"}, {"a\tb@x.de", "-", "-"},
		{`"Ann, Lee@home"@x.de`, `"ann, lee@home"@x.de`, `"ann, lee@home"@x.de`}, {`"a"@x.de|b`, "-", "-"},
	} {
		for mode, want := range []string{c.basic, c.provider} {
			got := answer(t, func(dst []byte) ([]byte, bool) { return NormaliseEmail(dst, []byte(c.raw), EmailMode(mode)) })
			if got != want {
				t.Errorf("NormaliseEmail(%q, %d) = %q, want %q", c.raw, mode, got, want)
			}
		}
	}
}

func TestNormaliseCard(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ raw, digits, unpadded string }{
		{"0000 1001-3953", "000010013953", "10013953"}, {"12", "12", "12"}, {"000", "000", "-"}, {"none", "-", "-"}, {"", "-", "-"}, {"1020", "1020", "1020"},
	} {
		for mode, want := range []string{c.digits, c.unpadded} {
			got := answer(t, func(dst []byte) ([]byte, bool) { return NormaliseCard(dst, []byte(c.raw), CardMode(mode)) })
			if got != want {
				t.Errorf("NormaliseCard(%q, %d) = %q, want %q", c.raw, mode, got, want)
			}
		}
	}
}

func TestNormaliseID(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{" GA1.2 ": "GA1.2", "Ann": "Ann", "": "-", "  ": "-", "Jose\u0301": "Jos\u00e9"} {
		if got := answer(t, func(dst []byte) ([]byte, bool) { return NormaliseID(dst, []byte(raw)) }); got != want {
			t.Errorf("NormaliseID(%q) = %q, want %q", raw, got, want)
		}
	}
}

func TestPhoneDigits(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ country, raw, want string }{
		{"RU", "+7 (912) 345-67-89", "79123456789"}, {"RU", "89123456789", "79123456789"}, {"RU", "9123456789", "79123456789"},
		{"RU", "79123456789", "79123456789"}, {"RU", "123", "-"}, {"RU", "8 912 345-67-89 доб. 12", "-"}, {"RU", "", "-"},
		{"RU", "+7 (000) 000-00-00", "70000000000"}, {"RU", "19123456789", "19123456789"},
		{"DE", "030 1234567", "49301234567"}, {"DE", "+49 30 1234567", "49301234567"}, {"DE", "0049 30 1234567", "49301234567"}, {"DE", "+7 912 345 67 89", "79123456789"},
		{"GB", "07911 123456", "447911123456"}, {"GB", "447911123456", "447911123456"}, {"US", "(650) 253-0000", "16502530000"}, {"US", "1-650-253-0000", "16502530000"},
		{"BY", "8 029 123-45-67", "375291234567"}, {"BY", "+375 29 123 45 67", "375291234567"}, {"PL", "512 345 678", "48512345678"}, {"PL", "12", "-"},
		{"FR", "+123456789012345678", "-"},
	} {
		p, err := NewPhones(PhoneDigits, c.country)
		if err != nil {
			t.Fatal(err)
		}
		if got := answer(t, func(dst []byte) ([]byte, bool) { return p.Normalise(dst, []byte(c.raw)) }); got != c.want {
			t.Errorf("%s %q: %q, want %q", c.country, c.raw, got, c.want)
		}
	}
}

func TestPhoneE164(t *testing.T) {
	t.Parallel()
	p, err := NewPhones(PhoneE164, "RU")
	if err != nil {
		t.Fatal(err)
	}
	for raw, want := range map[string]string{
		"+7 (912) 345-67-89": "79123456789", "89123456789": "79123456789", "8 912 345-67-89 доб. 12": "79123456789",
		"8 (495) 123-45-67": "74951234567", "+49 30 12345678": "493012345678", "0031 20 123 4567": "-", "70000000000": "-", "none": "-", "": "-", "+9123456789": "-",
	} {
		if got := answer(t, func(dst []byte) ([]byte, bool) { return p.Normalise(dst, []byte(raw)) }); got != want {
			t.Errorf("%q: %q, want %q", raw, got, want)
		}
	}
}

// The table of certain mobile numbers must never say another thing than the
// library: every prefix is tried with several ends.
func TestMobileTableAgreesWithTheLibrary(t *testing.T) {
	t.Parallel()
	for country, plan := range plans {
		if plan.mobile == "" {
			continue
		}
		p, err := NewPhones(PhoneE164, country)
		if err != nil {
			t.Fatal(err)
		}
		for _, prefix := range p.mobile {
			for n := range 200 {
				national := prefix + fmt.Sprintf("%0*d", plan.mobileLen-len(prefix), n*4_999_999)[:plan.mobileLen-len(prefix)]
				number, err := phonenumbers.Parse(national, country)
				if err != nil || !phonenumbers.IsValidNumber(number) {
					t.Errorf("%s %s: the library knows no such number", country, national)
					continue
				}
				want := strings.TrimPrefix(phonenumbers.Format(number, phonenumbers.E164), "+")
				if got := answer(t, func(dst []byte) ([]byte, bool) { return p.Normalise(dst, []byte(national)) }); got != want {
					t.Errorf("%s %s: %s, the library says %s", country, national, got, want)
				}
			}
		}
	}
}

func TestUnknownCountriesAreRefused(t *testing.T) {
	for _, mode := range []PhoneMode{PhoneDigits, PhoneE164} {
		if _, err := NewPhones(mode, "XX"); err == nil {
			t.Errorf("mode %d takes country XX", mode)
		}
	}
}

func TestParseDigits(t *testing.T) {
	for raw, want := range map[string]int64{"0": 0, "79123456789": 79123456789, "999999999999999999": 999999999999999999,
		"1000000000000000000": -1, "": -1, "1a": -1, "-1": -1} {
		got := int64(-1)
		if n, ok := ParseDigits([]byte(raw)); ok {
			got = int64(n)
		}
		if got != want {
			t.Errorf("ParseDigits(%q) = %d, want %d", raw, got, want)
		}
	}
}

// What is normal stays as it is.
func TestNormalFormsAreStable(t *testing.T) {
	p, err := NewPhones(PhoneDigits, "RU")
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		raw := []byte(rapid.OneOf(rapid.String(), rapid.StringMatching(`[a-zA-Z.+]{0,9}@(gmail\.com|ya\.ru|[a-z]{1,4}\.РФ)`), rapid.StringMatching(`[+0-9() -]{0,16}`)).Draw(t, "raw"))
		for name, normalise := range map[string]func(b []byte) ([]byte, bool){
			"basic":    func(b []byte) ([]byte, bool) { return NormaliseEmail(nil, b, EmailBasic) },
			"provider": func(b []byte) ([]byte, bool) { return NormaliseEmail(nil, b, EmailProvider) },
			"unpadded": func(b []byte) ([]byte, bool) { return NormaliseCard(nil, b, CardUnpadded) },
			"id":       func(b []byte) ([]byte, bool) { return NormaliseID(nil, b) },
			"phone":    func(b []byte) ([]byte, bool) { return p.Normalise(nil, b) },
		} {
			once, ok := normalise(raw)
			if !ok {
				continue
			}
			if twice, ok := normalise(once); !ok || !bytes.Equal(once, twice) {
				t.Fatalf("%s: %q becomes %q, and that %q", name, raw, once, twice)
			}
		}
	})
}

func TestASCIICostsNoAllocation(t *testing.T) {
	digits, _ := NewPhones(PhoneDigits, "RU")
	e164, _ := NewPhones(PhoneE164, "RU")
	german, _ := NewPhones(PhoneDigits, "DE")
	dst := make([]byte, 0, 64)
	email, pretty, card, berlin := []byte(" A.N+x@Gmail.com "), []byte("+7 (912) 345-67-89"), []byte("00001001 3953"), []byte("030 1234567")
	e164.Normalise(dst, pretty)
	if n := testing.AllocsPerRun(100, func() {
		NormaliseEmail(dst, email, EmailBasic)
		NormaliseEmail(dst, email, EmailProvider)
		NormaliseCard(dst, card, CardUnpadded)
		NormaliseID(dst, card)
		digits.Normalise(dst, pretty)
		e164.Normalise(dst, pretty)
		german.Normalise(dst, berlin)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkNormalise(b *testing.B) {
	phones, _ := NewPhones(PhoneDigits, "RU")
	e164, _ := NewPhones(PhoneE164, "RU")
	for _, c := range []struct {
		name, raw string
		do        func(dst, raw []byte) ([]byte, bool)
	}{
		{"email basic", "natalia.sidorov4651@outlook.com", func(dst, raw []byte) ([]byte, bool) { return NormaliseEmail(dst, raw, EmailBasic) }},
		{"email provider", "natalia.sidorov4651@outlook.com", func(dst, raw []byte) ([]byte, bool) { return NormaliseEmail(dst, raw, EmailProvider) }},
		{"card", "1001 3953", func(dst, raw []byte) ([]byte, bool) { return NormaliseCard(dst, raw, CardUnpadded) }},
		{"phone digits", "+7 (912) 345-67-89", phones.Normalise},
		{"phone e164 mobile", "+7 (912) 345-67-89", e164.Normalise},
		{"phone e164 remembered", "8 (495) 123-45-67", e164.Normalise},
	} {
		b.Run(c.name, func(b *testing.B) {
			dst, raw := make([]byte, 0, 64), []byte(c.raw)
			b.SetBytes(int64(len(raw)))
			b.ReportAllocs()
			for b.Loop() {
				c.do(dst, raw)
			}
		})
	}
}
