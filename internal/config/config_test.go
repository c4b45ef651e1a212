package config

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// kitchen is a spec with every type.
func kitchen() *Spec {
	return &Spec{Type: Group, Keys: []Spec{
		{Name: "name", Type: Text, Required: true, Doc: "what it is called", Example: "soup"},
		{Name: "portions", Type: Int, Min: 1, Max: 100, Default: "4"},
		{Name: "hot", Type: Bool, Default: "true"},
		{Name: "pot", Type: Size, Default: "2GiB"},
		{Name: "rest", Type: Duration},
		{Name: "since", Type: Date},
		{Name: "taste", Type: Enum, Values: []string{"sweet", "salty", "bitter"}},
		{Name: "course", Type: Enum, Values: []string{"Soup", "main_dish"}, AnyCase: true, Also: map[string]string{"main dish": "main_dish"}},
		{Name: "key", Type: Text, Secret: true},
		{Name: "steps", Type: List, Of: &Spec{Type: Text}},
		{Name: "spices", Type: Map, Of: &Spec{Type: Int}, Names: map[string]string{"salt": "grams of salt"}},
		{Name: "served", Type: OneOf, Default: "never", Shapes: []Spec{
			{Type: Enum, Values: []string{"never", "always"}},
			{Type: List, Of: &Spec{Type: Date}},
			{Type: Group, Keys: []Spec{{Name: "by", Type: Text}, {Name: "tip", Type: Int, Default: "7"}}},
		}},
		{Name: "oven", Type: Group, Keys: []Spec{{Name: "heat", Type: Int, Default: "180"}}, Check: func(v *Value, say func(*Value, string, string)) {
			if v.Get("heat").Int() > 300 {
				say(v.At("heat"), "too hot", "stay below 300")
			}
		}},
	}}
}

func world(env map[string]string) World {
	return World{
		Env: func(name string) (string, bool) { v, ok := env[name]; return v, ok },
		File: func(path string) ([]byte, error) {
			if path == "key.txt" {
				return []byte("from the file\n"), nil
			}
			return nil, errors.New("gone")
		},
	}
}

func TestValuesOfEveryType(t *testing.T) {
	t.Parallel()
	text := `
name: "${env:WHO}'s $${soup}"
portions: 12
hot: false
pot: 512MiB
rest: 14d
since: 2025-12-31
taste: salty
key: ${file:key.txt}
steps: [cut, 0012]
spices: &s {salt: 3, "": 4}
served: {by: Ann}
`
	v, faults := Parse("k.yaml", []byte(text), kitchen(), world(map[string]string{"WHO": "Ann"}))
	if faults != nil {
		t.Fatal(faults)
	}
	type result struct {
		Name, Taste, Key, By, Secret string
		Portions, Pot, Since, Tip    int64
		Hot                          bool
		Rest                         time.Duration
		Steps                        []string
		Spices                       map[string]string
		Heat                         int64
	}
	got := result{
		v.Get("name").Text(), v.Get("taste").Text(), v.Get("key").Text(), v.Get("served").Get("by").Text(), v.Get("key").Secret().Reveal(),
		v.Get("portions").Int(), v.Get("pot").Int(), v.Get("since").Int(), v.Get("served").Get("tip").Int(),
		v.Get("hot").Bool(), v.Get("rest").Duration(), v.Get("steps").Texts(), v.Get("spices").TextMap(), v.Get("oven").Get("heat").Int(),
	}
	want := result{
		"Ann's ${soup}", "salty", "***", "Ann", "from the file", 12, 512 << 20, 20453, 7, false, 14 * 24 * time.Hour,
		[]string{"cut", "0012"}, map[string]string{"salt": "3", "": "4"}, 180,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAWordHasOneSpellingOnceRead(t *testing.T) {
	t.Parallel()
	for spelt, want := range map[string]string{"Soup": "Soup", "soup": "Soup", "main_dish": "main_dish", "Main dish": "main_dish"} {
		v, faults := Parse("k.yaml", []byte("name: x\ncourse: "+spelt), kitchen(), World{})
		if faults != nil || v.Get("course").Text() != want {
			t.Errorf("%s is read as %q, want %s: %v", spelt, v.Get("course").Text(), want, faults)
		}
	}
	if _, faults := Parse("k.yaml", []byte("name: x\ncourse: mane dish"), kitchen(), World{}); faults == nil {
		t.Error("a word that is not there is read")
	}
}

func TestAtIsTheNearestPlaceInTheFile(t *testing.T) {
	t.Parallel()
	v, _ := Parse("k.yaml", []byte("name: x\nserved:\n  by: Ann\n"), kitchen(), World{})
	for _, c := range []struct {
		keys      []string
		line, col int
	}{{[]string{"served", "by"}, 3, 7}, {[]string{"served", "tip"}, 3, 3}, {[]string{"oven", "heat"}, 1, 1}} {
		if at := v.At(c.keys...); at.Line != c.line || at.Col != c.col {
			t.Errorf("At(%v) is %d:%d, want %d:%d", c.keys, at.Line, at.Col, c.line, c.col)
		}
	}
}

func TestEveryFaultIsToldWithItsPlace(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, want string }{
		"several at once": {
			"nme: x\nportions: many\ntaste: sallty\noven: {heat: 999, fan: 1}",
			`k.yaml:1:1: unknown key "nme"; did you mean name?
k.yaml:2:11: portions: "many" is not a whole number; write digits, as 4
k.yaml:3:8: taste: "sallty" is not known here; did you mean salty? it can be sweet, salty or bitter
k.yaml:4:19: unknown key "fan" under oven; the keys are heat`,
		},
		"a missing key":      {"hot: true", "k.yaml:1:1: the key name is missing, what it is called; write name: soup"},
		"a check":            {"name: x\noven: {heat: 999}", "k.yaml:2:14: too hot; stay below 300"},
		"a key twice":        {"name: x\nhot: true\nname: y", "k.yaml:3:1: the key name stands here a second time, the first is on line 1; keep one of the two"},
		"out of bounds":      {"name: x\nportions: 101", "k.yaml:2:11: portions: the value is out of bounds; write one from 1 to 100"},
		"size without unit":  {"name: x\npot: 512", `k.yaml:2:6: pot: "512" is not a size; write a whole number and its unit, as 512MiB or 2GiB`},
		"duration of words":  {"name: x\nrest: two days", `k.yaml:2:7: rest: "two days" is not a length of time; write a whole number and its unit, as 14d, 36h or 90m`},
		"no such day":        {"name: x\nsince: 2025-02-29", `k.yaml:2:8: since: "2025-02-29" is not a day; write year-month-day, as 2025-12-31`},
		"yes is not true":    {"name: x\nhot: yes", `k.yaml:2:6: hot: "yes" is neither true nor false; write true or false`},
		"no value":           {"name:", "k.yaml:1:6: name has no value; write a text, or take the key out"},
		"list for a text":    {"name: [x]", "k.yaml:1:7: name holds a list; write a text"},
		"keys for a list":    {"name: x\nsteps: {a: b}", "k.yaml:2:8: steps holds keys; write a list: [a, b], or lines that start with a dash"},
		"text for a shape":   {"name: x\nserved: soon", `k.yaml:2:9: served: "soon" is not known here; write never or always, or a list: [a, b], or lines that start with a dash, or keys with values: {by, tip}`},
		"a list at the root": {"- a", "k.yaml:1:1: the file holds a list; write keys with values: {name, portions, hot, pot, rest, since, taste, course, key, steps, spices, served, oven}"},
		"missing variable":   {"name: ${env:NOBODY}", "k.yaml:1:7: name: the environment variable NOBODY is not set; set it before the program starts"},
		"missing secret":     {"name: x\nkey: ${file:no.txt}", "k.yaml:2:6: key: the file no.txt of a secret cannot be read; put the secret there, readable for this user"},
		"file for a text":    {"name: ${file:key.txt}", "k.yaml:1:7: name: ${file:...} stands outside a secret; only secrets are read from files; write the text here, or use ${env:NAME}"},
		"odd reference":      {"name: ${evn:X}", "k.yaml:1:7: name: the reference ${evn:X} is of no known kind; did you mean ${env:X}?"},
		"open reference":     {"name: ${env:X", "k.yaml:1:7: name: a reference ${ is never closed; put } after the name, or write $${ for a plain ${"},
		"alias into itself":  {"name: x\nsteps: &a [*a]", "k.yaml:2:12: an alias leads into itself, a value would have no end; write the value itself"},
		"merge key":          {"<<: {name: x}\nname: y", "k.yaml:1:1: the merge key << stands here, what a file says would depend on another place of it; write the keys out"},
		"key of a list":      {"name: x\n? [a]\n: b", "k.yaml:2:3: a key is not a plain word; write key: value; quote a text that starts with a bracket"},
		"empty file":         {"# nothing\n", "k.yaml:1:1: the file is empty; write the keys that it needs"},
		"two documents":      {"name: x\n---\nname: y", "k.yaml:2:1: a second document starts here, a file holds one; take the line --- out"},
	} {
		t.Run(name, func(t *testing.T) {
			_, faults := Parse("k.yaml", []byte(c.text), kitchen(), world(nil))
			if diff := cmp.Diff(c.want, faults.Error()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestBrokenYAMLIsToldInPlainWords(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, want string }{
		"tab":               {"name: x\noven:\n\theat: 1\n", "k.yaml:3:1: a tab stands where the line is indented; indent with spaces: YAML takes no tabs"},
		"tab after spaces":  {"name: x\noven:\n  heat: 1\n  \tfan: 2\n", "k.yaml:4:3: a tab stands where the line is indented; indent with spaces: YAML takes no tabs"},
		"bad indent":        {"name: x\n hot: true\n", "k.yaml:2:5: a colon stands where a value goes on; put the key on a line of its own, in one column with the keys beside it; quote a text that holds a colon and a space"},
		"open bracket":      {"name: x\nsteps: [a, b\nhot: true\n", "k.yaml:2:8: the list that opens here with [ goes on wrongly; separate its elements by commas and close it with ]"},
		"open quote":        {"name: \"x\nhot: true\n", "k.yaml:1:7: a quote or a bracket that opens here is never closed; close it"},
		"list out of line":  {"steps:\n  - a\n - b\n", "k.yaml:3:2: the line is indented otherwise than those it belongs to, or a bracket is closed twice; put keys of one group in one column"},
		"no such anchor":    {"name: *x\n", "k.yaml:1:7: an alias names an anchor that is not there; write the value itself, or quote a text that starts with *"},
		"at sign":           {"name: @x\n", "k.yaml:1:7: the character may not start a value; put the value in quotes"},
		"backslash":         {`name: "C:\q"`, `k.yaml:1:10: a backslash stands before a letter that means nothing; write \\ for a backslash, or use single quotes`},
		"UTF-16":            {"\xff\xfen\x00", "k.yaml:1:1: the file is UTF-16; save it as UTF-8"},
		"Windows-1251":      {"name: x # \xcc\xe8\xf0", "k.yaml:1:11: the byte 0xCC is not UTF-8; save the file as UTF-8"},
		"control character": {"name: x\nkey: \x00", "k.yaml:2:6: the control character U+0000 stands here; take it out"},
	} {
		t.Run(name, func(t *testing.T) {
			v, faults := Parse("k.yaml", []byte(c.text), kitchen(), World{})
			if diff := cmp.Diff(c.want, faults.Error()); diff != "" || v != nil {
				t.Error(v, diff)
			}
		})
	}
}

func TestAliasesCannotMakeAFileHuge(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("name: x\nsteps: &a0 [x, x, x, x, x, x, x, x, x, x]\n")
	s := kitchen()
	deep := &Spec{Type: Text}
	for i := range 8 {
		deep = &Spec{Type: List, Of: deep}
		if i > 0 {
			b.WriteString("l" + string(rune('0'+i)) + ": &a" + string(rune('0'+i)) + " [" + strings.Repeat("*a"+string(rune('0'+i-1))+", ", 10) + "]\n")
			s.Keys = append(s.Keys, Spec{Name: "l" + string(rune('0'+i)), Type: List, Of: deep.Of})
		}
	}
	_, faults := Parse("k.yaml", []byte(b.String()), s, World{})
	if len(faults) != 1 || !strings.Contains(faults[0].What, "grows beyond") {
		t.Errorf("faults: %v", faults)
	}
}
