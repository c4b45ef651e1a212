package draft

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestKindsByTheirWords(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{
		"Sale": "sale", "Refund": "return", "Возврат от покупателя": "return", "wc-refunded": "return", "wc-cancelled": "cancelled", "cancelled_by_customer": "cancelled", "Order Cancelled": "cancelled",
		"Unpaid": "cancelled", "payment failed": "cancelled", "Не оплачен": "cancelled", "awaiting payment": "cancelled", "Продажа": "sale", "r": "return",
		"partially_refunded": "", "Возврат частичный": "", "refund requested": "", "not cancelled": "", "Exchange": "", "wc-on-hold": "", "x y": "", "-": "",
	} {
		if got := kindOf(value); got != want {
			t.Errorf("%s: %q, want %q", value, got, want)
		}
	}
}

// TestStatesOfOrders: an order that came back whole, was cancelled or never
// paid is none, and its money is neither added nor taken off.
func TestStatesOfOrders(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, column, values, want string }{
		{"WooCommerce's", "status", "wc-completed|wc-processing|wc-pending|wc-refunded|wc-cancelled|wc-failed|wc-on-hold",
			`{column: status, map: {wc-cancelled: cancelled, wc-failed: cancelled, wc-pending: cancelled, wc-refunded: cancelled, "*": sale, "": sale}} guess`},
		{"of payment", "payment_status", "paid|unpaid|expired|pending", `{column: payment_status, map: {expired: cancelled, pending: cancelled, unpaid: cancelled, "*": sale, "": sale}} guess`},
		{"of delivery", "status", "shipped|pending|canceled", `{column: status, map: {canceled: cancelled, "*": sale, "": sale}} guess`},
		{"a type that is not known", "Type", "Sale|Refund|Exchange", `{column: Type, map: {Sale: sale, Refund: return, "*": sale, "": sale}} guess`},
		{"types of which none is no sale", "Type", "Sale|Gift", `none`},
		{"operations of 1C", "Вид операции", "Продажа|Возврат от покупателя", `{column: Вид операции, map: {Продажа: sale, Возврат от покупателя: return}} likely`},
		{"the time of a cancellation", "cancelled_at", "2025-01-02||", `{column: cancelled_at, map: {"*": cancelled, "": sale}} likely`},
		{"a status and the time of a cancellation", "financial_status,cancelled_at", "paid,2025-01-02|refunded,|paid,",
			`{expr: 'row["cancelled_at"] != null ? "cancelled" : row["financial_status"]', map: {cancelled: cancelled, refunded: cancelled, "*": sale, "": sale}} guess`},
	} {
		text := "order_id,date,email,total," + c.column + "\n"
		for i, v := range strings.Split(c.values, "|") {
			text += fmt.Sprintf("%d,2025-01-01,a@x.com,5,%s\n", i, v)
		}
		d := Draft("x", []*Sample{sampleOf(t, "orders", text)})
		got := "none"
		if f := d.Sources[0].Field("kind"); f != nil {
			got = f.spec() + " " + f.Surety.String()
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

// TestARefundOfItsOwnRow is a return: its amount says so.
func TestARefundOfItsOwnRow(t *testing.T) {
	t.Parallel()
	d := Draft("x", []*Sample{sampleOf(t, "orders", "order_id,date,email,total,status\n1,2025-01-01,a@x.com,5,paid\n2,2025-01-02,a@x.com,-5,refunded\n")})
	if got, want := d.Sources[0].Field("kind").spec(), `{column: status, map: {refunded: return, "*": sale, "": sale}}`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
