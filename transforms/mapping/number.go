package mapping

import (
	"fmt"
	"math/big"
	"math/bits"
	"reflect"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// numberType is the one type of numbers in expr and where: rationals, so
// that + - * / and comparisons are exact. Scaled whole numbers would be
// faster and could not divide.
var numberType = types.NewOpaqueType("number")

// numberBits is how long a number may grow: beyond it the row cannot be
// evaluated.
const numberBits = 1024

// number is a CEL value.
type number struct{ *big.Rat }

func numberOf(d decimal) number {
	scale := big.NewInt(10)
	return number{new(big.Rat).SetFrac(big.NewInt(d.units), scale.Exp(scale, big.NewInt(int64(d.scale)), nil))}
}

// bounded is r as a value, or an error where it has grown too long.
func bounded(r *big.Rat) ref.Val {
	if r.Num().BitLen() > numberBits || r.Denom().BitLen() > numberBits {
		return types.NewErr("the number has too many digits")
	}
	return number{r}
}

func (n number) with(other ref.Val, op func(z, x, y *big.Rat) *big.Rat) ref.Val {
	o, ok := other.(number)
	if !ok {
		return types.MaybeNoSuchOverloadErr(other)
	}
	return bounded(op(new(big.Rat), n.Rat, o.Rat))
}

// Add is the exact sum.
func (n number) Add(o ref.Val) ref.Val { return n.with(o, (*big.Rat).Add) }

// Subtract is the exact difference.
func (n number) Subtract(o ref.Val) ref.Val { return n.with(o, (*big.Rat).Sub) }

// Multiply is the exact product.
func (n number) Multiply(o ref.Val) ref.Val { return n.with(o, (*big.Rat).Mul) }

// Divide is the exact quotient.
func (n number) Divide(o ref.Val) ref.Val {
	if d, ok := o.(number); ok && d.Sign() == 0 {
		return types.NewErr("division by zero")
	}
	return n.with(o, (*big.Rat).Quo)
}

// Modulo is the remainder of whole numbers, with the sign of n.
func (n number) Modulo(o ref.Val) ref.Val {
	d, ok := o.(number)
	if !ok || !n.IsInt() || !d.IsInt() || d.Sign() == 0 {
		return types.NewErr("%% takes whole numbers, the second not zero")
	}
	return number{new(big.Rat).SetInt(new(big.Int).Rem(n.Num(), d.Num()))}
}

// Negate is -n.
func (n number) Negate() ref.Val { return number{new(big.Rat).Neg(n.Rat)} }

// Compare is -1, 0 or 1.
func (n number) Compare(other ref.Val) ref.Val {
	o, ok := other.(number)
	if !ok {
		return types.MaybeNoSuchOverloadErr(other)
	}
	return types.Int(n.Cmp(o.Rat))
}

// Equal tells whether both are the same number.
func (n number) Equal(other ref.Val) ref.Val {
	o, ok := other.(number)
	return types.Bool(ok && n.Cmp(o.Rat) == 0)
}

// ConvertToNative gives the rational.
func (n number) ConvertToNative(t reflect.Type) (any, error) {
	if t == reflect.TypeFor[*big.Rat]() {
		return n.Rat, nil
	}
	return nil, fmt.Errorf("a number is no %v", t)
}

// ConvertToType gives text (without needless digits) or a whole number (cut
// off).
func (n number) ConvertToType(t ref.Type) ref.Val {
	switch t {
	case types.StringType:
		if digits, exact := n.FloatPrec(); exact {
			return types.String(n.FloatString(digits))
		}
		return types.String(n.FloatString(maxDigits))
	case types.IntType:
		if q := new(big.Int).Quo(n.Num(), n.Denom()); q.IsInt64() {
			return types.Int(q.Int64())
		}
		return types.NewErr("the number is too large")
	}
	return types.NewErr("a number is no %s", t.TypeName())
}

// Type is numberType.
func (n number) Type() ref.Type { return numberType }

// Value is the rational.
func (n number) Value() any { return n.Rat }

// compareDecimals is -1, 0 or 1, exactly, without an allocation.
func compareDecimals(a, b decimal) int {
	if a.scale == b.scale || a.units^b.units < 0 || a.units == 0 || b.units == 0 {
		return compareInts(a.units, b.units)
	}
	ua, ub := exactOf(a).lo, exactOf(b).lo
	sign := 1
	if a.units < 0 {
		sign = -1
	}
	var ahi, bhi uint64
	if a.scale < b.scale {
		ahi, ua = bits.Mul64(ua, uint64(pow10[b.scale-a.scale]))
	} else {
		bhi, ub = bits.Mul64(ub, uint64(pow10[a.scale-b.scale]))
	}
	switch {
	case ahi == bhi && ua == ub:
		return 0
	case ahi < bhi || ahi == bhi && ua < ub:
		return -sign
	}
	return sign
}

func compareInts(a, b int64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
