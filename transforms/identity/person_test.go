package identity

import "testing"

func TestNamesAreComparedByTheirWords(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		parts []string
		want  string
		ok    bool
	}{
		{[]string{"Anna", "Petrova"}, "anna petrova", true},
		{[]string{"PETROVA  anna"}, "anna petrova", true},
		{[]string{"Müller-Lüdenscheidt, Hans"}, "hans lüdenscheidt müller", true},
		{[]string{"Mu\u0308ller"}, "müller", true},
		{[]string{"Алёна", "ЛЕБЕДЕВА"}, "алёна лебедева", true},
		{[]string{"", " - "}, "", false},
		{[]string{"\xff", "Ann"}, "ann", true},
	} {
		var parts [][]byte
		for _, p := range c.parts {
			parts = append(parts, []byte(p))
		}
		if got, ok := AppendName(nil, parts...); string(got) != c.want || ok != c.ok {
			t.Errorf("%q: %q, %v; want %q", c.parts, got, ok, c.want)
		}
	}
}
