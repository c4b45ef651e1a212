package postgres

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTableNamesAreTakenAsTheyAre(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"contacts":                  `"contacts" AS q`,
		"public.Contacts":           `"public"."Contacts" AS q`,
		"CRM Data.Contacts 2":       `"CRM Data"."Contacts 2" AS q`,
		`"a.b".c`:                   `"a.b"."c" AS q`,
		`"say ""hi""".x`:            `"say ""hi"""."x" AS q`,
		`t"; DROP TABLE contacts;`:  `"t; DROP TABLE contacts;" AS q`,
		`t""; DROP TABLE contacts;`: `"t; DROP TABLE contacts;" AS q`,
	} {
		if got := (Source{Table: text}).from(); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
	if got, want := (Source{Query: "SELECT 1 -- one\n ; "}).from(), "(SELECT 1 -- one\n) AS q"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestAnObjectHasWhatIsNotNull(t *testing.T) {
	t.Parallel()
	p := pages{Reader: &Reader{}}
	for _, c := range []struct {
		name string
		as   shape
	}{{`na"me`, asText}, {"n", asIs}, {"f", asFloat}, {"g", asFloat}, {"at", asMoment}, {"local", asMoment}, {"when", asMoment}, {"j", asNested}, {"gone", asText}} {
		p.columns = append(p.columns, column{name: c.name, as: c.as})
	}
	var values [][]byte
	for _, v := range []string{"a\nb", "-1", "1e-05", "Infinity", "2026-03-01 10:00:00.5+00", "2026-03-01 10:00:00", "-infinity", `{"a": [1,` + "\n" + ` 2]}`} {
		values = append(values, []byte(v))
	}
	got, err := p.object(nil, append(values, nil))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"na\"me":"a\nb","n":-1,"f":0.00001,"g":"Infinity","at":"2026-03-01T10:00:00.5Z","local":"2026-03-01T10:00:00","when":"-infinity","j":{"a":[1,2]}}`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
}
