package project

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/habitue-data/habitue/transforms/identity"
)

// decided is a project with these files of decisions.
func decided(t *testing.T, files map[string]string) (project string) {
	t.Helper()
	dir := t.TempDir()
	text, err := os.ReadFile("testdata/small.good.yaml")
	if err != nil {
		t.Fatal(err)
	}
	files["habitue.yaml"] = string(text)
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "habitue.yaml")
}

func TestDecisionsAreRead(t *testing.T) {
	t.Parallel()
	files := map[string]string{
		"decisions/never_join.csv":       "by,key_b,key_a,note\nann, e:Ann@Shop.ru ,contact_id:17,two sisters\n",
		"decisions/always_join-2025.csv": "key_a,key_b\nx:vk/5,external.vk:9\nlogin:u1,l:0042\n",
		"decisions/readme.md":            "why we decide",
	}
	p := load(t, decided(t, files))
	want := identity.Decisions{Always: []identity.Pair{{A: "x:vk/5", B: "x:vk/9"}, {A: "l:42", B: "u:u1"}}, Never: []identity.Pair{{A: "c:17", B: "e:ann@shop.ru"}}}
	if diff := cmp.Diff(want, p.Identity.Decisions); diff != "" {
		t.Error(diff)
	}
	files["decisions/never_join.csv"] = "key_a,key_b\n"
	if other := load(t, decided(t, files)); other.ConfigSHA256 == p.ConfigSHA256 {
		t.Error("another decision left the hash of the configuration as it was")
	}
}

func TestDecisionsThatAreNone(t *testing.T) {
	t.Parallel()
	_, faults := Load(decided(t, map[string]string{
		"decisions/always_join.csv":  "key_a,key_b\nc:1,c:2\n",
		"decisions/never_join.csv":   "key_a,key_b\nc:2,c:1\nc:3,c:3\nann@shop.ru,c:1\nc:1,e:nobody\nfax:1,c:1\nc:1\n",
		"decisions/nevr_join.csv":    "key_a,key_b\n",
		"decisions/never_join-b.csv": "key_a,note\n",
	}), env)
	var got []string
	for _, f := range faults {
		got = append(got, f.Error())
	}
	const unsaid = " does not say what key it is; write email:anna@shop.ru, phone:+79161234567, contact_id:17, or with its letter, as customer_keys has it: e:anna@shop.ru"
	want := []string{
		"decisions/never_join-b.csv:1:1: the column key_b is not there; write the header key_a,key_b",
		"decisions/never_join.csv:2:1: c:1 and c:2 are decided to be one customer and to be two; take one of the rows out",
		"decisions/never_join.csv:3:5: both keys are c:3; name two, or take the row out",
		`decisions/never_join.csv:4:1: "ann@shop.ru"` + unsaid,
		`decisions/never_join.csv:5:5: "nobody" is no email that could be a key; write it as customer_keys has it`,
		`decisions/never_join.csv:6:1: "fax:1"` + unsaid,
		"decisions/never_join.csv:7:1: the row cannot be read: wrong number of fields; write key_a,key_b with a comma between fields",
		`decisions/nevr_join.csv: "nevr_join" says of no decision what it is; did you mean never_join?`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestAContactIsNamedWithItsNamespace has contacts of two namespaces, and then
// one source more whose ids have none.
func TestAContactIsNamedWithItsNamespace(t *testing.T) {
	t.Parallel()
	files := map[string]string{"decisions/never_join.csv": "key_a,key_b\nc:1,c:old/7\ne:a@shop.ru,contact_id:crm/1\n"}
	path := decided(t, files)
	source := func(name, ids string) string {
		return "  - {name: " + name + ", ids: " + ids + ", kind: csv, path: " + name + ".csv, record: contact, fields: {id: id, email: email}}\n"
	}
	small := files["habitue.yaml"]
	spaced := strings.Replace(strings.Replace(small, "sources:\n", "sources:\n"+source("old", "old"), 1), "  - name: crm\n", "  - name: crm\n    ids: crm\n", 1)
	for text, want := range map[string]string{
		spaced: "decisions/never_join.csv:2:1: contact_id:1 does not say whose id it is; write contact_id:crm/1 or contact_id:old/1",
		strings.Replace(spaced, "sources:\n", "sources:\n"+source("more", "shared"), 1): "",
	} {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		_, faults := Load(path, env)
		got := ""
		for _, f := range faults {
			got += f.Error()
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
}
