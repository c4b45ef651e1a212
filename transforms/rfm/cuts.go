package rfm

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"github.com/habitue-data/habitue/customer"
)

// Three are the three measures, in the order of a code such as 543.
const Three = 3

// Names are how the tables call the three measures.
var Names = [Three]string{"recency_days", "frequency", "monetary"}

// Worth is the three values of a scored customer, turned so that more is
// always better: minus recency in days, frequency, money in minor units.
type Worth [Three]int64

// WorthOf is what a customer is worth on the as-of day; ok is false where
// there is no counted order to score.
func WorthOf(s Sum, asOf int32) (w Worth, ok bool) {
	if s.Orders == 0 {
		return w, false
	}
	return Worth{int64(s.LastDay) - int64(asOf), s.Orders, s.Net}, true
}

// Scores is how many scores there are.
const Scores = 5

// Cuts are the values that the scores begin behind: a worth strictly above
// Cut[k] has a score of at least k+2.
//
// rank = 1 + number strictly worse, score = min(5, 1 + floor(5 (rank-1)/n)):
// a worth has score >= k+1 exactly when at least c = ceil(k n/5) are strictly
// worse, that is when it is strictly better than the c-th worst. So four
// order statistics say all, and no ranking is made.
type Cuts struct {
	N     int64 // customers scored
	Cut   [Three][Scores - 1]int64
	Above [Three][Scores - 1]int64 // customers strictly above the cut
}

// Score is the score of a worth in one measure, 1 to 5.
func (c *Cuts) Score(measure int, worth int64) int64 {
	score := int64(1)
	for _, cut := range c.Cut[measure] {
		if worth > cut {
			score++
		}
	}
	return score
}

// In is the number of customers with exactly this score.
func (c *Cuts) In(measure int, score int64) int64 {
	above := func(s int64) int64 { // with a score over s
		switch {
		case s < 1:
			return c.N
		case s >= Scores:
			return 0
		}
		return c.Above[measure][s-1]
	}
	return above(score-1) - above(score)
}

// digit is how many bits of a value one round settles.
const (
	digit = 16
	rung  = 1 << digit
)

// Cutter finds the cuts of many customers in four rounds of a radix
// selection: each round counts the next 16 bits of those values that still
// may be a cut. No customer's value ever travels, only counts.
type Cutter struct{ Worths []Worth }

// Count is the number of rounds.
func (Cutter) Count() int { return 64 / digit }

// search is where one cut is after some rounds.
type search struct {
	Prefix uint64 // the bits found, in the low end
	Rank   int64  // how many of those with this prefix lie before it, counted from 1
	Below  int64  // values whose prefix is smaller
}

// seed is what a round starts from.
type seed struct {
	Round    uint64
	N        int64
	Searches [Three][Scores - 1]search
}

func (s *seed) append(dst []byte) []byte {
	dst = binary.AppendUvarint(dst, s.Round)
	dst = binary.AppendVarint(dst, s.N)
	for m := range s.Searches {
		for _, q := range s.Searches[m] {
			dst = binary.AppendUvarint(dst, q.Prefix)
			dst = binary.AppendVarint(dst, q.Rank)
			dst = binary.AppendVarint(dst, q.Below)
		}
	}
	return dst
}

var errSeed = errors.New("rfm: an encoded seed of the cuts is cut short")

func parseSeed(b []byte) (s seed, err error) {
	if b == nil {
		return s, nil
	}
	next := func() uint64 {
		v, n := binary.Uvarint(b)
		if n <= 0 {
			err = errSeed
			return 0
		}
		b = b[n:]
		return v
	}
	signed := func() int64 { v := next(); return int64(v>>1) ^ -int64(v&1) }
	s.Round, s.N = next(), signed()
	for m := range s.Searches {
		for k := range s.Searches[m] {
			s.Searches[m][k] = search{next(), signed(), signed()}
		}
	}
	return s, err
}

// ordered maps a value to bits that compare as it does.
func ordered(v int64) uint64 { return uint64(v) ^ 1<<63 }

// counts is the fold of one round: per measure and prefix that is still
// searched, how many values have each next digit. Of its own customers it
// keeps the digits as they come, since a shard has few beside the 65,536
// there are; only the whole counts all.
type counts struct {
	cutter Cutter
	seed   seed
	active [Three][]active
	rungs  [Three]map[uint64]*[rung]int64
}

// Fold starts a round.
func (c Cutter) Fold(b []byte) (customer.Fold, error) {
	s, err := parseSeed(b)
	if err != nil {
		return nil, err
	}
	f := &counts{cutter: c, seed: s}
	for m := range f.active {
		f.rungs[m] = map[uint64]*[rung]int64{}
		for _, q := range s.Searches[m] { // before the first round all prefixes are 0
			if f.of(m, q.Prefix) == nil {
				f.active[m] = append(f.active[m], active{prefix: q.Prefix})
			}
		}
	}
	return f, nil
}

// active is a prefix that is searched, and the next digits of the values
// that have it.
type active struct {
	prefix uint64
	digits []uint16
}

// of is the active prefix, nil where it is none: there are four at most.
func (f *counts) of(m int, prefix uint64) *active {
	for i := range f.active[m] {
		if f.active[m][i].prefix == prefix {
			return &f.active[m][i]
		}
	}
	return nil
}

// Add counts customer i.
func (f *counts) Add(i int) {
	shift := 64 - digit*(f.seed.Round+1)
	for m, v := range f.cutter.Worths[i] {
		x := ordered(v)
		// A shift of 64 gives 0: before the first round every value has the empty prefix.
		if a := f.of(m, x>>(shift+digit)); a != nil {
			a.digits = append(a.digits, uint16(x>>shift))
		}
	}
}

// Append appends the digits that occur, and how often.
func (f *counts) Append(dst []byte) []byte {
	for m := range f.active {
		dst = binary.AppendUvarint(dst, uint64(len(f.active[m])))
		for _, a := range f.active[m] {
			d := a.digits
			slices.Sort(d)
			dst = binary.AppendUvarint(dst, a.prefix)
			dst = binary.AppendUvarint(dst, uint64(len(slices.Compact(slices.Clone(d)))))
			for at := 0; at < len(d); {
				same := at + 1
				for same < len(d) && d[same] == d[at] {
					same++
				}
				dst = binary.AppendUvarint(dst, uint64(d[at]))
				dst = binary.AppendUvarint(dst, uint64(same-at))
				at = same
			}
		}
	}
	return dst
}

// Merge adds the counts of another part.
func (f *counts) Merge(b []byte) error {
	bad := false
	next := func() uint64 {
		v, n := binary.Uvarint(b)
		if n <= 0 {
			bad = true
			return 0
		}
		b = b[n:]
		return v
	}
	for m := range f.rungs {
		for n := next(); n > 0 && !bad; n-- {
			prefix := next()
			if f.of(m, prefix) == nil {
				return fmt.Errorf("rfm: counts of prefix %x do not belong to this round", prefix)
			}
			r := f.rungs[m][prefix]
			if r == nil {
				r = new([rung]int64)
				f.rungs[m][prefix] = r
			}
			for used := next(); used > 0 && !bad; used-- {
				d, times := next(), next()
				if d >= rung {
					return fmt.Errorf("rfm: %d is no digit of a round", d)
				}
				r[d] += int64(times)
			}
		}
	}
	if bad {
		return errors.New("rfm: encoded counts are cut short")
	}
	return nil
}

// Next settles 16 more bits of every cut.
func (c Cutter) Next(_ []byte, whole customer.Fold) ([]byte, error) {
	f, ok := whole.(*counts)
	if !ok {
		return nil, fmt.Errorf("rfm: Next was given a %T", whole)
	}
	s := f.seed
	if s.Round == 0 {
		if r := f.rungs[0][0]; r != nil {
			for _, n := range r {
				s.N += n
			}
		}
		for m := range s.Searches {
			for k := range s.Searches[m] { // the ceil(k n/5)-th worst
				s.Searches[m][k].Rank = (int64(k+1)*s.N + Scores - 1) / Scores
			}
		}
	}
	if s.N > 0 {
		for m := range s.Searches {
			for k := range s.Searches[m] {
				q := &s.Searches[m][k]
				r := f.rungs[m][q.Prefix]
				d := 0
				for q.Rank > r[d] {
					q.Rank -= r[d]
					q.Below += r[d]
					d++
				}
				q.Prefix = q.Prefix<<digit | uint64(d)
				if s.Round == uint64(c.Count()-1) {
					q.Below += r[d] // now: values at or below the cut
				}
			}
		}
	}
	s.Round++
	return s.append(nil), nil
}

// CutsOf reads the cuts from what the last round came to.
func CutsOf(b []byte) (*Cuts, error) {
	s, err := parseSeed(b)
	if err != nil {
		return nil, err
	}
	if s.Round != uint64(Cutter{}.Count()) {
		return nil, fmt.Errorf("rfm: cuts after %d of %d rounds", s.Round, Cutter{}.Count())
	}
	c := &Cuts{N: s.N}
	for m := range s.Searches {
		for k, q := range s.Searches[m] {
			c.Cut[m][k] = int64(q.Prefix ^ 1<<63)
			c.Above[m][k] = s.N - q.Below
		}
	}
	return c, nil
}

var _ customer.Rounds = Cutter{}
