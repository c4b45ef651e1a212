package nighttest

import (
	"fmt"
	"strings"
	"testing"
)

const sharedProject = `project: shared
timezone: UTC
currency: EUR
country: DE
id_salt: pepper
SHARDS
sources:
  - {name: crm, kind: csv, path: crm.csv, delivery: full, record: contact, fields: {id: id, email: email, full_name: name, created_at: at}}
  - {name: tills, kind: csv, path: tills.csv, delivery: full, record: order, fields: {id: id, at: at, email: email, phone: phone, loyalty_card: card, amount: amount}}
identity: {phone: digits, IDENTITY}
publish: {tables: all}
`

// sharedWorld has ten customers, a phone of the till that all their orders
// have, and an e-mail of the shop that is on orders of many phones. Nothing
// goes by these alone.
func sharedWorld() map[string]string {
	var crm, tills strings.Builder
	crm.WriteString("id,email,name,at\n")
	tills.WriteString("id,email,phone,card,at,amount\n")
	for i := range 10 {
		fmt.Fprintf(&crm, "c%d,e%d@x.de,N%d,2025-01-01\n", i, i, i)
		fmt.Fprintf(&tills, "r%d,e%d@x.de,493011111,,2025-01-%02d,10\n", i, i, i+1)
		fmt.Fprintf(&tills, "s%d,shop@x.de,49302222%d,,2025-01-%02d,20\n", i, i, i+2)
		fmt.Fprintf(&tills, "t%d,e%d@x.de,49302222%d,,2025-01-%02d,30\n", i, i, i%5, i+3)
		fmt.Fprintf(&tills, "u%d,shop@x.de,493011111,77%d,2025-01-%02d,40\n", i, i%3, i+4)
		fmt.Fprintf(&tills, "v%d,k%d@x.de,493011111,77%d,2025-01-%02d,50\n", i, i%4, i, i+5)
	}
	tills.WriteString("r3,e3@x.de,493011111,,2025-01-04,10\n") // once more
	return map[string]string{"crm.csv": crm.String(), "tills.csv": tills.String(), "blocked.csv": "kind,value\nphone,493011111\nemail,shop@x.de\n"}
}

// TestASharedValueIsAsIfItWereBlocked holds that what too many share takes no
// record from whom it would go to without that value, however keys are dealt
// and joined, and whatever the priority.
func TestASharedValueIsAsIfItWereBlocked(t *testing.T) {
	for _, priority := range []string{"", "priority: [phone, email, contact_id], "} {
		t.Run(priority, func(t *testing.T) {
			d := newDatabase(t)
			files := sharedWorld()
			night := func(schema, identity, shards string) {
				files["habitue.yaml"] = strings.NewReplacer("IDENTITY", priority+identity, "SHARDS", shards).Replace(sharedProject)
				p := newPlace(t, files)
				d.attach(t, schema, p, p.manifest(t, p.run(t, "--as-of", "2025-02-01").RunID))
			}
			night("blocked", "blocked: blocked.csv", "")
			for i, shards := range []string{"shards: 1", "shards: 64", "shards: 4\ncomponents: {in_memory: 0}"} {
				shared := fmt.Sprintf("shared%d", i)
				night(shared, "shared: {phone: 3, email: 3}", shards)
				for _, table := range []string{"orders", "contacts", "customer_ids", "identity_changes", "rfm"} {
					d.same(t, shards+": "+table, "FROM "+shared+"."+table, "FROM blocked."+table)
				}
				d.same(t, shards+": customers", "SELECT * EXCLUDE (phone, email, sources) FROM "+shared+".customers", "SELECT * EXCLUDE (phone, email, sources) FROM blocked.customers")
				d.same(t, shards+": customer_keys", "FROM "+shared+".customer_keys", "FROM blocked.customer_keys")
				d.same(t, shards+": links that hold", "SELECT * FROM "+shared+".identity_links WHERE kept", "FROM blocked.identity_links")
				if d.one(t, "SELECT count(DISTINCT reason) FROM "+shared+".identity_links") != 2 {
					t.Error("not both values are cut off: the comparison says nothing")
				}
			}
		})
	}
}
