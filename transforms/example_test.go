// The example of docs/engine.md: how a transform is written.
package transforms_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/habitue-data/habitue/customer"
)

// Largest keeps the largest counted order of each customer, in minor units.
type Largest struct{ Orders []int64 }

func (m *Largest) Grow(n int) { m.Orders = append(m.Orders, make([]int64, n-len(m.Orders))...) }

func (m *Largest) Add(i int, f *customer.Fact) {
	if f.Sale {
		m.Orders[i] = max(m.Orders[i], f.Amount)
	}
}

func (m *Largest) Append(dst []byte, i int) []byte { return binary.AppendVarint(dst, m.Orders[i]) }

func (m *Largest) Merge(i int, b []byte) (rest []byte, err error) {
	largest, n := binary.Varint(b)
	if n <= 0 {
		return nil, errors.New("largest: an encoded order is cut short")
	}
	m.Orders[i] = max(m.Orders[i], largest)
	return b[n:], nil
}

var _ customer.Measure = (*Largest)(nil)

// A card and an e-mail are measured apart, on machines that never meet; then
// it turns out that they are one customer.
func Example() {
	var card, email, one Largest
	card.Grow(1)
	email.Grow(1)
	one.Grow(1)
	card.Add(0, &customer.Fact{Kind: customer.Order, Sale: true, Amount: 129_90})
	card.Add(0, &customer.Fact{Kind: customer.Order, Return: true, Amount: -129_90})
	email.Add(0, &customer.Fact{Kind: customer.Order, Sale: true, Amount: 540_00})

	travels := email.Append(card.Append(nil, 0), 0)
	rest, err := one.Merge(0, travels)
	if err != nil {
		fmt.Println(err)
		return
	}
	if _, err := one.Merge(0, rest); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(one.Orders[0])
	// Output: 54000
}

// TestThePageQuotesTheExample holds docs/engine.md to the code above.
func TestThePageQuotesTheExample(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("example_test.go")
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("../docs/engine.md")
	if err != nil {
		t.Fatal(err)
	}
	_, code, _ := strings.Cut(string(source), "\n// Largest")
	code, _, _ = strings.Cut(code, "\n// A card")
	if want := "```go\n// Largest" + code + "```\n"; !strings.Contains(string(page), want) {
		t.Errorf("docs/engine.md does not quote the example as it is; put this there:\n%s", want)
	}
}
