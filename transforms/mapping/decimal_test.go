package mapping

import (
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// decimals draws numbers of every size and scale.
func decimals() *rapid.Generator[decimal] {
	return rapid.Custom(func(t *rapid.T) decimal {
		most := pow10[rapid.IntRange(0, maxDigits).Draw(t, "digits")] - 1
		return decimal{rapid.Int64Range(-most, most).Draw(t, "units"), uint8(rapid.IntRange(0, maxDigits).Draw(t, "scale"))}
	})
}

// rounded is r in units of 10^-scale by big.Rat, half away from zero; bad
// where it has more than 18 digits.
func rounded(r *big.Rat, scale uint8) int64 {
	r = new(big.Rat).Mul(r, new(big.Rat).SetInt64(pow10[scale]))
	text := new(big.Rat).Abs(r).FloatString(0) // rounds half away from zero
	n, _ := new(big.Int).SetString(text, 10)
	if n.Cmp(big.NewInt(limit)) >= 0 {
		return bad
	}
	return n.Int64() * int64(r.Sign())
}

func TestRoundingAgreesWithRationals(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, scale := decimals().Draw(t, "number"), uint8(rapid.IntRange(0, 6).Draw(t, "to"))
		want := rounded(numberOf(d).Rat, scale)
		if got := d.round(scale); got != want {
			t.Fatalf("%v rounded to %d digits is %d, want %d", d, scale, got, want)
		}
		if got := exactOf(d).round(scale); got != want {
			t.Fatalf("%v in 128 bits rounded to %d digits is %d, want %d", d, scale, got, want)
		}
		if got := roundRat(numberOf(d).Rat, scale); got != want {
			t.Fatalf("%v as a rational rounded to %d digits is %d, want %d", d, scale, got, want)
		}
	})
}

func TestProductsAndSumsAgreeWithRationals(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		numbers, scale := rapid.SliceOfN(decimals(), 1, 5).Draw(t, "numbers"), uint8(rapid.IntRange(0, 4).Draw(t, "to"))
		product, sum := exactOf(numbers[0]), exactOf(numbers[0])
		wantProduct, wantSum := numberOf(numbers[0]).Rat, numberOf(numbers[0]).Rat
		okProduct, okSum := true, true
		for _, d := range numbers[1:] {
			var ok bool
			product, ok = product.times(d)
			okProduct = okProduct && ok
			sum, ok = sum.plus(exactOf(d))
			okSum = okSum && ok
			wantProduct = new(big.Rat).Mul(wantProduct, numberOf(d).Rat)
			wantSum = new(big.Rat).Add(wantSum, numberOf(d).Rat)
		}
		if want := rounded(wantProduct, scale); okProduct && product.round(scale) != want {
			t.Fatalf("product of %v is %d, want %d", numbers, product.round(scale), want)
		}
		if want := rounded(wantSum, scale); !okSum || sum.round(scale) != want {
			t.Fatalf("sum of %v is %d, %v, want %d", numbers, sum.round(scale), okSum, want)
		}
		if len(numbers) == 2 && !okProduct {
			t.Fatal("a product of two did not fit")
		}
	})
}

func TestComparisonAgreesWithRationals(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := decimals().Draw(t, "a"), decimals().Draw(t, "b")
		if rapid.Bool().Draw(t, "near") {
			b = decimal{a.units / 10, a.scale - min(a.scale, 1)}
		}
		if got, want := compareDecimals(a, b), numberOf(a).Cmp(numberOf(b).Rat); got != want {
			t.Fatalf("%v against %v: %d, want %d", a, b, got, want)
		}
	})
}

func TestNumbersThatAreNone(t *testing.T) {
	for _, s := range []string{"", "+", "-", ".", "--1", "1-", "1e5", "0x1", "1_000", "1,5", "12 34", "1 2345", " 1 23 456", "NaN", "inf", "1.2.3", "٣", "1\x00", "1,234.5", "(1", "1)", "()", "(-1)", "((1))", "-(1)", "$1"} {
		if d, ok := parseDecimal([]byte(s), unsaid); ok {
			t.Errorf("%q is read as %v", s, d)
		}
	}
}

// FuzzMoney compares every text that is read as a number with big.Rat, and
// holds that no plain number of up to 18 digits is refused.
func FuzzMoney(f *testing.F) {
	for _, s := range []string{"1", "-1.5", "1 234.50", "1.234,56", "1e308", "999999999999999999", "0.000000000000000001", "00000000000000000000001.10", "+.5"} {
		f.Add(s, uint8(unsaid), uint8(2))
		f.Add(s, uint8(withComma), uint8(0))
	}
	f.Add("(1,234.50)", uint8(withPoint), uint8(2))
	f.Fuzz(func(t *testing.T, s string, how uint8, scale uint8) {
		scale %= 5
		n := notation(how % 3)
		d, ok := parseDecimal([]byte(s), n)
		plain := s
		switch n {
		case withPoint:
			plain = strings.NewReplacer(",", "", "'", "").Replace(s)
		case withComma:
			plain = strings.NewReplacer(".", "", "'", "", ",", ".").Replace(s)
		}
		plain = strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "").Replace(plain)
		plain = strings.TrimSpace(plain)
		if inner, ok := bracketed([]byte(plain)); ok && strings.Trim(string(inner[:1]), "+-(") != "" {
			plain = "-" + string(inner)
		}
		want, isNumber := new(big.Rat), strings.Trim(plain, "+-0123456789.") == "" // no exponents, hexadecimals, fractions
		if isNumber {
			want, isNumber = want.SetString(plain)
		}
		if ok && !isNumber {
			t.Fatalf("%q is read as %v", s, d)
		}
		if !ok {
			if digits := strings.Trim(s, "-"); isNumber && len(digits) <= maxDigits && strings.Trim(s, "-0123456789") == "" {
				t.Fatalf("%q is refused", s)
			}
			return
		}
		if numberOf(d).Cmp(want) != 0 {
			t.Fatalf("%q is read as %v, big.Rat says %v", s, d, want)
		}
		if got := d.round(scale); got != rounded(want, scale) {
			t.Fatalf("%q rounded to %d digits is %d, want %d", s, scale, got, rounded(want, scale))
		}
	})
}
