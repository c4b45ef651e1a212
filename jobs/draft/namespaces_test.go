package draft

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestWhoseIDs: two systems that count their people have the same numbers, and
// only what else they say of them tells whether these are the same people.
func TestWhoseIDs(t *testing.T) {
	t.Parallel()
	list := func(header, row string) string {
		text := header + "\n"
		for i := range 30 {
			text += strings.ReplaceAll(row, "#", fmt.Sprint(i)) + "\n"
		}
		return text
	}
	const crm, crmRow = "customer_id,email,first_name,last_name", "#,a#@x.com,Ann,Lee#"
	for _, c := range []struct {
		name  string
		files []string // name, header, row
		want  []string
		first string // what to look at says of ids
	}{
		{"two systems of other people",
			[]string{"crm", crm, crmRow, "subscribers", "id,email,name", "#,b#@y.com,Bob May#", "orders", "order_id,order_date,customer_id,total", "#,2025-01-01,#,5"},
			[]string{"crm crm", "subscribers subscribers", "orders crm"}, "ids of orders: crm: 100% of its ids are in crm, and about as many in another."},
		{"orders that say of whom",
			[]string{"crm", crm, crmRow, "subscribers", "id,email,name", "#,b#@y.com,Bob May#", "orders", "order_id,order_date,customer_id,email,total", "#,2025-01-01,#,b#@y.com,5"},
			[]string{"crm crm", "subscribers subscribers", "orders subscribers"}, ""},
		{"two lists of the same people",
			[]string{"crm", crm, crmRow, "app_users", "id,name,email", "#,ann  LEE#,other#@x.com", "orders", "order_id,order_date,customer_id,total", "#,2025-01-01,#,5"},
			[]string{"crm shared", "app_users shared", "orders shared"}, ""},
		{"nothing to compare",
			[]string{"crm", "customer_id,email", "#,a#@x.com", "demographics_of_customers", "id,gender,birth_date", "#,F,1980-01-01"},
			[]string{"crm shared", "demographics_of_customers shared"}, "ids of crm: shared: its ids are also in demographics_of_customers, and nothing tells whether they are the same people's."},
		{"two pairs of systems",
			[]string{"crm", crm, crmRow, "crm_phones_of_customers", "customer_id,email,phone", "#,a#@x.com,+79160000#", "web_users", "id,email,city", "#,w#@y.com,York", "web_members", "id,email,gender", "#,w#@y.com,F"},
			[]string{"crm shared", "crm_phones_of_customers shared", "web_users web_users", "web_members web_users"}, ""},
		{"one list, and orders of other people",
			[]string{"crm", crm, crmRow, "orders", "order_id,order_date,customer_id,email,total", "#,2025-01-01,#,b#@y.com,5"},
			[]string{"crm ", "orders orders"}, ""},
		{"one list, and its orders",
			[]string{"crm", crm, crmRow, "orders", "order_id,order_date,customer_id,email,total", "#,2025-01-01,#,A#@x.com,5"},
			[]string{"crm ", "orders "}, ""},
	} {
		var samples []*Sample
		for i := 0; i < len(c.files); i += 3 {
			samples = append(samples, sampleOf(t, c.files[i], list(c.files[i+1], c.files[i+2])))
		}
		d := Draft("x", samples)
		var got []string
		for _, s := range d.Sources {
			got = append(got, s.Name+" "+s.IDs)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
		said := ""
		for _, f := range d.First {
			if strings.HasPrefix(f, "ids ") && said == "" {
				said = f
			}
		}
		if said != c.first {
			t.Errorf("%s: %q, want %q", c.name, said, c.first)
		}
	}
}
