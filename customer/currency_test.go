package customer

import (
	"strings"
	"testing"
)

func TestCurrencyScale(t *testing.T) {
	for code, want := range map[string]int{"RUB": 2, "EUR": 2, "JPY": 0, "KWD": 3, "XOF": 0,
		"XXX": -1, "rub": -1, "": -1, "RU": -1, "D A": -1, "USDEUR": -1} {
		got := -1
		if scale, ok := CurrencyScale(code); ok {
			got = int(scale)
		}
		if got != want {
			t.Errorf("CurrencyScale(%q) = %d, want %d", code, got, want)
		}
	}
}

func TestEveryCurrencyIsListedOnceAndInCapitals(t *testing.T) {
	seen := map[string]bool{}
	for _, code := range strings.Fields(wholeCurrencies + " " + thousandCurrencies + " " + centCurrencies) {
		if len(code) != 3 || code != strings.ToUpper(code) || seen[code] {
			t.Errorf("%q is listed twice or is no code", code)
		}
		seen[code] = true
	}
	if len(seen) < 150 {
		t.Errorf("only %d currencies", len(seen))
	}
}
