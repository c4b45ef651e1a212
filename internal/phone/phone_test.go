package phone

import (
	"fmt"
	"testing"
)

func TestDigitsAreThoseOfNumbersThatExist(t *testing.T) {
	p, err := NewParser("RU")
	if err != nil {
		t.Fatal(err)
	}
	for raw, want := range map[string]string{"8 (912) 345-67-89": "79123456789", "+44 20 7031 3000": "442070313000",
		"0031 20 123 4567": "", "hello": "", "": "", "123": ""} {
		for range 2 { // looked up, then remembered
			if got, ok := p.Digits([]byte(raw)); got != want || ok != (want != "") {
				t.Errorf("Digits(%q) = %q, %v, want %q", raw, got, ok, want)
			}
		}
	}
}

func TestMemoryIsBounded(t *testing.T) {
	p, err := NewParser("RU")
	if err != nil {
		t.Fatal(err)
	}
	for i := range remembered + 10 {
		p.Digits(fmt.Appendf(nil, "x%d", i))
	}
	if n := len(p.answers); n > remembered {
		t.Errorf("%d answers are remembered", n)
	}
}

func TestUnknownCountry(t *testing.T) {
	if _, err := NewParser("XX"); err == nil {
		t.Error("XX is taken for a country")
	}
}
