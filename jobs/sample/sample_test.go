package sample

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDelimiters(t *testing.T) {
	t.Parallel()
	for head, want := range map[string]string{
		"a,b\n1,2\n":                          "",
		"a;b\n1,5;2,5\n3,5;4,5\n":             ";",
		"a\tb\n1\t2\n":                        "\t",
		"a|b|c\nx, y|2|3\n":                   "|",
		"a;\"b,c,d\"\n1;\"x,y,z\"\n":          ";",
		"text\nhello, world\n":                "",
		"a,b;c\n1,2;3\n4,5;6\n":               "",
		"id;name, first;name, last\n1;a;b\n":  ";",
		"\"multi\nline\",b,c\n1,2,3\n4,5,6\n": "",
	} {
		if got := delimiterOf(head); got != want {
			t.Errorf("%q: %q, want %q", head, got, want)
		}
	}
}

func TestNestedValuesHaveThePathsOfAProjectFile(t *testing.T) {
	t.Parallel()
	var got []string
	flatten([]byte(`{"a":{"b":1.50,"c":null},"items":[{"sku":"x"},{"sku":"y"}],"tags":["p","q"],"on":true,"d.e":"f",
		"params":[{"key":"page","value":{"string_value":"/"}},{"key":"n","value":{"int_value":"7"}},{"key":"1","value":{"int_value":"8"}},{"key":"s","value":"plain"}]}`),
		func(path, value string) { got = append(got, path+"="+value) }, func(list string) { got = append(got, "several "+list) })
	want := []string{"a.b=1.50", `["d.e"]=f`, "items[0].sku=x", "several items", "on=true", "params[page]=/", "params[n]=7", "params[s]=plain"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestASpreadHasEveryFileOnce(t *testing.T) {
	t.Parallel()
	for n := range 20 {
		order := spread(n)
		slices.Sort(order)
		for i, v := range order {
			if i != v || len(order) != n {
				t.Fatalf("%d: %v", n, order)
			}
		}
	}
	if diff := cmp.Diff([]int{0, 4, 2, 6, 1, 3, 5, 7}, spread(8)); diff != "" {
		t.Error(diff)
	}
}
