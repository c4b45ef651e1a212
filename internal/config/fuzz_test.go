package config

import "testing"

// FuzzYAML: any bytes give a value, or faults with a place, and never a
// panic; without a fault the value keeps what the spec demands.
func FuzzYAML(f *testing.F) {
	for _, seed := range []string{
		"name: x", "name: &a [*a]", "name:\n\t- x", "<<: {name: x}", "name: ${env:X}", "- a\n- b", "name: \"", "? [a]\n: b", "a: b: c",
		"name: x\nserved: {by: y}\noven: {heat: 2}\nspices: {salt: 1}\nsteps:\n  - a\n", "name: x\n---\nname: y", "%YAML 1.1\n---\nname: x\n", "\xef\xbb\xbfname: x", "name: |\n  x\n", "name: !!binary x", "name: x\nsteps: [*b, &b c]",
	} {
		f.Add([]byte(seed))
	}
	spec := kitchen()
	f.Fuzz(func(t *testing.T, data []byte) {
		v, faults := Parse("k.yaml", data, spec, world(nil))
		for _, x := range faults {
			if x.File == "" || x.Line < 1 || x.Col < 1 || x.What == "" || x.Todo == "" {
				t.Errorf("a fault without place, cause or advice: %#v", x)
			}
		}
		if faults == nil && (v == nil || !v.Has("name") || v.Get("portions").Int() < 1 || v.Get("oven").Get("heat") == nil) {
			t.Errorf("a value without faults lacks what the spec demands: %+v", v)
		}
	})
}
