package bigquery

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/habitue-data/habitue/connectors/bigquery/contract"
)

// harmless are the changes after which nothing is wrong within one publish:
// words for people; labels of the project's choice; how long a stage table
// lives; another id of a job, which only the next attempt needs to know; and
// a view that is not as it should be at first, which is then put right.
var harmless = []string{
	"copy configuration.labels.team", "copy configuration.labels.team left out", "copy configuration.labels.team misspelt",
	"copy jobReference.jobId",
	"dataset.insert description", "dataset.insert description left out",
	"dataset.insert labels.team", "dataset.insert labels.team left out", "dataset.insert labels.team misspelt",
	"load configuration.labels.team", "load configuration.labels.team left out", "load configuration.labels.team misspelt",
	"load jobReference.jobId",
	"query configuration.labels.team", "query configuration.labels.team left out", "query configuration.labels.team misspelt",
	"query jobReference.jobId",
	"table.insert description",
	"table.insert expirationTime",
	"table.insert labels.team", "table.insert labels.team left out", "table.insert labels.team misspelt",
	"table.insert schema.fields.description",
	"table.insert view.query",
	"table.patch description",
	"table.patch schema.fields.description",
}

// TestEveryChangeOfARequestIsCaught publishes again and again, each time with
// one key misspelt or one value changed wherever it is sent: the server must
// refuse it, or what readers see must be wrong.
func TestEveryChangeOfARequestIsCaught(t *testing.T) {
	t.Parallel()
	w, server := newWorld(t), contract.New(t)
	s := only(w.snapshot(monday), "rfm_groups", "orders")
	publish(t, s, to(server))
	expected := want(t, s)
	places := map[string]bool{}
	for _, c := range server.Calls() {
		eachLeaf(c.Body, "", func(at string) { places[c.Kind+" "+at] = true })
	}
	if len(places) < 60 {
		t.Errorf("only %d keys were sent", len(places))
	}
	var passed []string
	for _, place := range slices.Sorted(maps.Keys(places)) {
		kind, at, _ := strings.Cut(place, " ")
		for what, change := range map[string]func(m map[string]any, key string){
			"":          func(m map[string]any, key string) { m[key] = other(m[key]) },
			" misspelt": func(m map[string]any, key string) { m[key+"s"] = m[key]; delete(m, key) },
			" left out": func(m map[string]any, key string) { delete(m, key) },
		} {
			changed := contract.New(t)
			changed.Limit = to(server).MaxBytesBilled
			changed.Change = func(k string, body any) {
				if k == kind {
					changeAt(body, strings.Split(at, "."), change)
				}
			}
			_, err := Publish(t.Context(), s, to(changed))
			changed.Close()
			faults := changed.Faults()
			if err == nil && len(faults) == 0 && cmp.Equal(expected, seen(changed)) && cmp.Equal(views(server), views(changed)) {
				passed = append(passed, place+what)
			}
		}
	}
	slices.Sort(passed)
	if diff := cmp.Diff(harmless, passed); diff != "" {
		t.Error(diff)
	}
}

// eachLeaf tells every place inside JSON that has a value, without the places
// of a list.
func eachLeaf(v any, at string, do func(at string)) {
	switch v := v.(type) {
	case map[string]any:
		for key, inner := range v {
			eachLeaf(inner, strings.TrimPrefix(at+"."+key, "."), do)
		}
	case []any:
		for _, inner := range v {
			eachLeaf(inner, at, do)
		}
	default:
		if at != "" {
			do(at)
		}
	}
}

// changeAt changes every value at a place.
func changeAt(v any, at []string, change func(m map[string]any, key string)) {
	switch v := v.(type) {
	case []any:
		for _, inner := range v {
			changeAt(inner, at, change)
		}
	case map[string]any:
		if _, there := v[at[0]]; !there {
			return
		}
		if _, inner := v[at[0]].(map[string]any); len(at) == 1 && !inner {
			change(v, at[0])
		} else if len(at) > 1 {
			changeAt(v[at[0]], at[1:], change)
		}
	}
}

// other is another value of the same type.
func other(v any) any {
	switch v := v.(type) {
	case string:
		return v + "1"
	case bool:
		return !v
	case float64:
		return v + 1
	case []any:
		return []any{other(v[0])}
	}
	return v
}

func views(s *contract.Server) map[string]string {
	all := map[string]string{}
	for _, name := range s.Tables("") {
		all[name] = s.View(name)
	}
	return all
}
