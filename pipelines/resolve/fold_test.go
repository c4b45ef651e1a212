package resolve

import (
	"encoding/binary"
	"testing"
	"time"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/transforms/identity"
)

// TestACustomerOfManyIsNoSquare is one phone that everybody who was somebody
// else is given on one day: what each key costs must not grow with how many
// there are.
func TestACustomerOfManyIsNoSquare(t *testing.T) {
	const many = 200_000
	began := time.Now()
	inTime := func(i int) {
		if i%1000 == 0 && time.Since(began) > 20*time.Second {
			t.Fatalf("%d of %d took %v", i, many, time.Since(began))
		}
	}
	c := component{birth: identity.Birth{At: customer.NoTime}}
	var given []identity.Given
	for i := range 2 * many { // each has two keys, one of them known later as well
		k := keyRecord{kind: customer.EmailKey, records: 1, birth: identity.Birth{At: int64(i)}, late: i >= many}
		binary.BigEndian.PutUint32(k.earlier[:], uint32(i%many)+1)
		c.add(&k)
		c.add(&k)
		given = append(given, identity.Given{ID: k.earlier, Born: int64(i % many), Award: identity.Found})
		inTime(i)
	}
	if len(c.earlier) != 2*many {
		t.Fatalf("%d parts, want %d", len(c.earlier), 2*many)
	}
	for i := range c.earlier {
		e := &c.earlier[i]
		if binary.BigEndian.Uint32(e.id[:]) != uint32(i%many)+1 || e.late != (i >= many) || e.facts != 2 || e.firstAt != int64(i) {
			t.Fatalf("part %d is %+v", i, e)
		}
	}
	kept, merged, _, ok := identity.Settle(given)
	if !ok || kept != given[0].ID || len(merged) != many-1 {
		t.Errorf("%d merged into %v", len(merged), kept)
	}
	inTime(0)
}
