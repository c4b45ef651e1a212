package segment

import (
	"regexp"
	"slices"
	"strings"

	"github.com/habitue-data/habitue/internal/alike"
	"github.com/habitue-data/habitue/internal/config"
)

// textKeys are the operators of texts and codes. words are all that the text can
// be, nil where that is open.
func textKeys(words ...string) []config.Spec {
	exact := word(words...)
	value := func(name, doc, example string) config.Spec {
		spec := exact
		spec.Name, spec.Doc, spec.Example = name, doc, example
		return spec
	}
	values := func(name, doc, example string) config.Spec {
		return config.Spec{Name: name, Type: config.List, Of: &exact, Doc: doc, Example: example}
	}
	first, two := "a", "[a, b]"
	if len(words) > 1 {
		first, two = words[0], "["+words[0]+", "+words[1]+"]"
	}
	one := func(name, doc, example string) config.Spec {
		return config.Spec{Name: name, Type: config.Text, Doc: doc, Example: example}
	}
	matches := one("regex", "matched somewhere by the regular expression (RE2), whatever the case", "^a.*z$")
	matches.Check = func(v *config.Value, say func(at *config.Value, what, todo string)) {
		if _, err := regexp.Compile(v.Text()); err != nil {
			say(v, "the regular expression cannot be read: "+strings.TrimPrefix(err.Error(), "error parsing regexp: "), "see RE2; a backslash before a character takes it as it is")
		}
	}
	return []config.Spec{
		value("eq", "equal to; like all texts compared without case and outer spaces", first), value("ne", "not equal to", first),
		values("in", "one of these", two), values("not_in", "none of these", two),
		one("contains", "holds this", "a"), one("starts", "starts with this", "a"), one("ends", "ends with this", "a"), matches,
	}
}

// word is one of some words, spelt with spaces for dashes below and in capitals
// or without; any text where there are none.
func word(words ...string) config.Spec {
	if words == nil {
		return config.Spec{Type: config.Text}
	}
	also := map[string]string{}
	for _, w := range words {
		if spelt := strings.ReplaceAll(w, "_", " "); spelt != w {
			also[spelt] = w
		}
	}
	return config.Spec{Type: config.Enum, Values: words, AnyCase: true, Also: also}
}

// texts judges texts. What a text came to is kept: a column has few
// different ones.
type texts struct {
	absence
	tests []func(folded string) bool
	known map[string]Truth
}

// equal and sameLanguage tell whether a folded text is what was asked for.
func equal(s, want string) bool { return s == want }

// sameLanguage takes a language for each of its kinds: en for en-US and en_GB.
func sameLanguage(s, want string) bool {
	rest, ok := strings.CutPrefix(s, want)
	return ok && (rest == "" || rest[0] == '-' || rest[0] == '_')
}

// mostTexts is how many different ones are kept.
const mostTexts = 4096

func textsOf(ops Operands, is func(s, want string) bool) *texts {
	t := &texts{absence: absenceOf(ops), known: map[string]Truth{}}
	for _, o := range ops {
		if test := textTest(o, is); test != nil {
			t.tests = append(t.tests, test)
		}
	}
	return t
}

func textTest(o config.Entry, is func(s, want string) bool) func(string) bool {
	want := alike.Fold([]byte(o.Value.Text()))
	switch o.Name {
	case "eq":
		return func(s string) bool { return is(s, want) }
	case "ne":
		return func(s string) bool { return !is(s, want) }
	case "in", "not_in":
		set := folded(o.Value)
		return func(s string) bool {
			return slices.ContainsFunc(set, func(one string) bool { return is(s, one) }) == (o.Name == "in")
		}
	case "contains":
		return func(s string) bool { return strings.Contains(s, want) }
	case "starts":
		return func(s string) bool { return strings.HasPrefix(s, want) }
	case "ends":
		return func(s string) bool { return strings.HasSuffix(s, want) }
	case "regex":
		return regexp.MustCompile("(?i)" + o.Value.Text()).MatchString // its check compiled it before
	}
	return nil
}

func folded(v *config.Value) (all []string) {
	for _, text := range v.Texts() {
		all = append(all, alike.Fold([]byte(text)))
	}
	return all
}

// holds judges a text as it came.
func (t *texts) holds(text []byte, there bool) Truth {
	if !there {
		return t.missing
	}
	if found, ok := t.known[string(text)]; ok {
		return found
	}
	s, found := alike.Fold(text), Of(!t.only)
	for _, test := range t.tests {
		if !test(s) {
			found = False
		}
	}
	if len(t.known) < mostTexts {
		t.known[string(text)] = found
	}
	return found
}

// listKeys are the operators of lists.
func listKeys() []config.Spec {
	several := func(name, doc string) config.Spec {
		return config.Spec{Name: name, Type: config.List, Of: &config.Spec{Type: config.Text}, Doc: doc, Example: "[a, b]"}
	}
	return []config.Spec{
		several("contains_any", "at least one of these is in it"), several("contains_all", "all of these are in it"), several("contains_none", "none of these is in it"),
		{Name: "size", Type: config.Group, Keys: numberKeys(), Doc: "how many different ones are in it", Example: "{ge: 2}"},
	}
}

// list judges lists, given as the different folded texts in them.
type list struct {
	absence
	empty          Truth // what exists, missing and or_missing say of an empty one; unknown where they are silent
	any, all, none []string
	size           *band[int64]
}

func listOf(ops Operands) *list {
	absent := absenceOf(ops)
	return &list{absence: absent, empty: absent.missing, any: folded(ops.Get("contains_any")), all: folded(ops.Get("contains_all")), none: folded(ops.Get("contains_none")),
		size: unitsBand(operandsOf(ops.Get("size"), ""), 0, true)}
}

func (l *list) holds(in []string) Truth {
	has := func(s string) bool { return slices.Contains(in, s) }
	switch {
	case in == nil:
		return l.missing
	case len(in) == 0 && l.empty != Unknown: // there is no value, and that is known
		return l.empty
	case l.only, l.any != nil && !slices.ContainsFunc(l.any, has), slices.ContainsFunc(l.none, has),
		slices.ContainsFunc(l.all, func(s string) bool { return !has(s) }), l.size.holds(int64(len(in))) == False:
		return False
	}
	return True
}
