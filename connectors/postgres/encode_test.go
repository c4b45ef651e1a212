package postgres

import (
	"encoding/binary"
	"math"
	"math/big"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/jackc/pgx/v5/pgtype"
)

// field is the value of a field as the client library reads it.
func field[T any](t *testing.T, oid uint32, c columns.Column) (v T) {
	t.Helper()
	b := appendField(nil, &c, 0)
	if n := binary.BigEndian.Uint32(b); int(n) != len(b)-4 {
		t.Fatalf("the length is %d of %d bytes", n, len(b)-4)
	}
	if err := pgtype.NewMap().Scan(oid, pgtype.BinaryFormatCode, b[4:], &v); err != nil {
		t.Fatal(err)
	}
	return v
}

var ten = big.NewInt(10)

func TestMoneyIsANumericOfItsScale(t *testing.T) {
	t.Parallel()
	for _, scale := range []uint8{0, 1, 2, 3, 4, 5, 8, 18} {
		for _, minor := range []int64{0, 1, -1, 5, 99, 100, 9999, 10000, -10001, 123456789, 100000000, 1e12, 999999999999999999, -999999999999999999, math.MaxInt64, math.MinInt64 + 1} {
			got := field[pgtype.Numeric](t, pgtype.NumericOID, columns.Column{Type: columns.Money, Scale: scale, Ints: []int64{minor}})
			value, err := got.Value()
			if err != nil {
				t.Fatal(err)
			}
			text, _ := value.(string)
			if want := string(columns.AppendMoney(nil, minor, scale)); !sameNumber(text, want) {
				t.Errorf("%d of scale %d is %s, want %s", minor, scale, text, want)
			}
		}
	}
}

// sameNumber compares decimals of which one may leave out zeros at the end.
func sameNumber(a, b string) bool {
	x, y := pgtype.Numeric{}, pgtype.Numeric{}
	if x.Scan(a) != nil || y.Scan(b) != nil {
		return false
	}
	for x.Exp > y.Exp {
		x.Int, x.Exp = x.Int.Mul(x.Int, ten), x.Exp-1
	}
	for y.Exp > x.Exp {
		y.Int, y.Exp = y.Int.Mul(y.Int, ten), y.Exp-1
	}
	return x.Int.Cmp(y.Int) == 0
}

func TestFieldsAreReadBackAsTheyWere(t *testing.T) {
	t.Parallel()
	text := func(typ columns.Type, s string) (c columns.Column) {
		c.Type = typ
		c.AddText(s)
		return c
	}
	for s, want := range map[string]string{"Анна": "Анна", "": "", "a\x00b": "a\uFFFDb", "\xff!": "\uFFFD!"} {
		if got := field[string](t, pgtype.TextOID, text(columns.Text, s)); got != want {
			t.Errorf("%q became %q", s, got)
		}
	}
	for s, want := range map[string][]string{"": {}, "a": {"a"}, "a\x1f\x1fb": {"a", "", "b"}} {
		if diff := cmp.Diff(want, field[[]string](t, pgtype.TextArrayOID, text(columns.List, s))); diff != "" {
			t.Errorf("%q: %s", s, diff)
		}
	}
	at := time.Date(1969, 7, 20, 20, 17, 40, 123_000, time.UTC)
	if got := field[time.Time](t, pgtype.TimestamptzOID, columns.Column{Type: columns.Time, Ints: []int64{at.UnixMicro()}}); !got.Equal(at) {
		t.Errorf("%s became %s", at, got)
	}
	day := at.Truncate(24 * time.Hour)
	if got := field[time.Time](t, pgtype.DateOID, columns.Column{Type: columns.Date, Ints: []int64{day.Unix() / 86400}}); !got.Equal(day) {
		t.Errorf("%s became %s", day, got)
	}
	if got := field[float64](t, pgtype.Float8OID, columns.Column{Type: columns.Float, Floats: []float64{0.1}}); got != 0.1 {
		t.Errorf("0.1 became %v", got)
	}
	if got := field[bool](t, pgtype.BoolOID, columns.Column{Type: columns.Bool, Ints: []int64{1}}); !got {
		t.Error("true became false")
	}
	missing := appendField(nil, &columns.Column{Type: columns.Money, Scale: 2, Ints: []int64{columns.MissingInt}}, 0)
	if diff := cmp.Diff([]byte{0xff, 0xff, 0xff, 0xff}, missing); diff != "" {
		t.Error(diff)
	}
}

func TestSumsGoBeyondAnInt64(t *testing.T) {
	t.Parallel()
	var s sum
	for range 3 {
		s.add([]int64{math.MaxInt64, columns.MissingInt, -7})
	}
	if got, want := s.String(), "27670116110564327400"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	s = sum{}
	s.add([]int64{-5, 2})
	if got := s.String(); got != "-3" {
		t.Error(got)
	}
}
