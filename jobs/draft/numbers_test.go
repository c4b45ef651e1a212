package draft

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestAmountsAsTheyAreWritten: a mark before three digits is one of thousands,
// of money, unless something tells; where nothing does, that is a guess.
func TestAmountsAsTheyAreWritten(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ values, want string }{
		{"12.50|1234.00", "total sure USD"},
		{"12,50|1234,00", `{column: total, decimal: ","} sure USD`},
		{"1,234.50|12.00", `{column: total, decimal: "."} sure USD`},
		{"1.234,50|12,00", `{column: total, decimal: ","} sure USD`},
		{"1,234|2,345|987", `{column: total, decimal: "."} sure USD`},
		{"1,234|2,345", `{column: total, decimal: "."} guess USD`},
		{"1.234|2.345", `{column: total, decimal: ","} guess USD`},
		{"1.234.567|2.345", `{column: total, decimal: ","} sure USD`},
		{"0.750|1.234", "total sure USD"},
		{"$1,234.50|$12.00", `{column: total, decimal: "."} sure USD`},
		{"£12.50|-£5.00", "total sure GBP"},
		{"12,50 €|(5,00 €)", `{column: total, decimal: ","} sure EUR`},
		{"150 р.|1 200 р.", "total sure RUB"},
	} {
		text := "order_id;date;email;total\n"
		for i, v := range strings.Split(c.values, "|") {
			text += string(rune('1'+i)) + ";2025-01-01;a@x.com;" + v + "\n"
		}
		d := Draft("x", []*Sample{sampleOf(t, "orders", text)})
		got := "left out"
		if len(d.Sources) > 0 {
			f := d.Sources[0].Field("amount")
			got = f.spec() + " " + f.Surety.String() + " " + d.Currency
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", c.values, diff)
		}
	}
}

// TestThreeDecimalsOfAWeight are grams more often than thousands.
func TestThreeDecimalsOfAWeight(t *testing.T) {
	t.Parallel()
	d := Draft("x", []*Sample{sampleOf(t, "till", "receipt_id;date;sku;qty;amount\n1;2025-01-01;a;1,234;5\n2;2025-01-01;b;2;7\n")})
	if f := d.Sources[0].Field("quantity"); f.spec() != `{column: qty, decimal: ","}` || f.Surety != Guess {
		t.Errorf("%s %s: %s", f.spec(), f.Surety, f.Why)
	}
}

// TestThreeDecimalsOfACurrencyThatHasThem are decimals.
func TestThreeDecimalsOfACurrencyThatHasThem(t *testing.T) {
	t.Parallel()
	d := Draft("x", []*Sample{sampleOf(t, "orders", "order_id,date,email,total,currency\n1,2025-01-01,a@x.com,1.234,KWD\n2,2025-01-01,a@x.com,12.345,KWD\n")})
	if f := d.Sources[0].Field("amount"); f.spec() != "total" {
		t.Errorf("%s: %s", f.spec(), f.Why)
	}
}
