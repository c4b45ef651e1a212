package churn

import (
	"iter"
	"math"
	"slices"
)

// forecast is the risks of the hold-out's customers beside what happened.
type forecast struct {
	risk    []float64
	churned []bool
}

// brier is the mean squared distance of risk and outcome.
func (f *forecast) brier() float64 {
	sum := 0.
	for i := range f.risk {
		sum += f.miss(i)
	}
	return sum / float64(len(f.risk))
}

func (f *forecast) miss(i int) float64 {
	d := f.risk[i]
	if f.churned[i] {
		d--
	}
	return d * d
}

// better is by how much f's Brier score is below g's, and the standard error
// of that.
func (f *forecast) better(g *forecast) (by, standardError float64) {
	n := float64(len(f.risk))
	sum, squares := 0., 0.
	for i := range f.risk {
		d := g.miss(i) - f.miss(i)
		sum += d
		squares += d * d
	}
	by = sum / n
	return by, math.Sqrt(max(squares/n-by*by, 0) / n)
}

// base is the share that bought nothing.
func (f *forecast) base() float64 {
	n := 0
	for _, c := range f.churned {
		if c {
			n++
		}
	}
	return float64(n) / float64(len(f.churned))
}

// mean is the mean risk.
func (f *forecast) mean() float64 {
	sum := 0.
	for _, r := range f.risk {
		sum += r
	}
	return sum / float64(len(f.risk))
}

// constant is the Brier score of the base for everyone: no constant has a
// better one.
func (f *forecast) constant() float64 { return f.base() * (1 - f.base()) }

// auc is the chance that of one who bought nothing and one who bought the
// first has the higher risk; ties are half.
func (f *forecast) auc() float64 {
	order := f.byRisk()
	var ranks float64 // of those who bought nothing
	var no, yes float64
	for at := 0; at < len(order); {
		end, here := at, 0.
		for ; end < len(order) && f.risk[order[end]] == f.risk[order[at]]; end++ {
			if f.churned[order[end]] {
				here++
			}
		}
		ranks += here * float64(at+end+1) / 2
		no += here
		yes += float64(end-at) - here
		at = end
	}
	return (ranks - no*(no+1)/2) / (no * yes)
}

// byRisk is the customers by risk, then as they came: by their hash.
func (f *forecast) byRisk() []int {
	order := make([]int, len(f.risk))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case f.risk[a] < f.risk[b]:
			return -1
		case f.risk[a] > f.risk[b]:
			return 1
		}
		return 0
	})
	return order
}

// decile is a tenth of the customers by risk.
type decile struct {
	customers int
	risk      float64 // mean
	churned   float64 // share
}

func (d *decile) off() float64 { return math.Abs(d.risk - d.churned) }

// mayBeOff is mostOff, or what chance does to a share in all but one of four
// hundred.
func (d *decile) mayBeOff() float64 {
	return max(mostOff, 3*math.Sqrt(d.risk*(1-d.risk)/float64(d.customers)))
}

func (f *forecast) deciles() (all []decile) {
	for tenth := range f.parts(10) {
		d := decile{}
		for _, i := range tenth {
			d.customers++
			d.risk += f.risk[i]
			if f.churned[i] {
				d.churned++
			}
		}
		d.risk /= float64(d.customers)
		d.churned /= float64(d.customers)
		all = append(all, d)
	}
	return all
}

// parts are the customers in so many parts, those of least risk first.
func (f *forecast) parts(n int) iter.Seq[[]int] {
	return func(yield func([]int) bool) {
		order := f.byRisk()
		for k := range n {
			if !yield(order[k*len(order)/n : (k+1)*len(order)/n]) {
				return
			}
		}
	}
}

// gap is how far mean risk and outcome lie apart in the worst decile.
func (f *forecast) gap() (worst float64) {
	for _, d := range f.deciles() {
		worst = max(worst, d.off())
	}
	return worst
}
