package churn

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mathext"
	"gonum.org/v1/gonum/optimize"
)

// mbgNames are the parameters of MBG/NBD, in the order of a point of the
// search, which goes over their logarithms.
var mbgNames = [4]string{"r", "alpha", "a", "b"}

func mbgAt(point []float64) MBG {
	return MBG{math.Exp(point[0]), math.Exp(point[1]), math.Exp(point[2]), math.Exp(point[3])}
}

// mbgSearch is a log-likelihood with the tables that it uses again and again.
type mbgSearch struct {
	*counts
	gamma, psi, beta, psiB, psiAB, logBX []float64 // by x
	logT                                 []float64 // by time
}

func newMBGSearch(c *counts) *mbgSearch {
	s := &mbgSearch{counts: c, logT: make([]float64, len(c.times))}
	for _, t := range []*[]float64{&s.gamma, &s.psi, &s.beta, &s.psiB, &s.psiAB, &s.logBX} {
		*t = make([]float64, len(c.xs))
	}
	return s
}

func lgamma(x float64) float64   { v, _ := math.Lgamma(x); return v }
func lbeta(a, b float64) float64 { return lgamma(a) + lgamma(b) - lgamma(a+b) }

// logLikelihood is that of a point, and its gradient where grad is not nil.
// Of a customer it is
//
//	lnG(r+x) - lnG(r) + r ln(alpha) + lnB(a,b+x+1) - lnB(a,b)
//	- (r+x) ln(alpha+T) + ln(1 + a/(b+x) ((alpha+T)/(alpha+t_x))^(r+x))
func (s *mbgSearch) logLikelihood(point, grad []float64) float64 {
	m := mbgAt(point)
	for i, x := range s.xs {
		s.gamma[i] = lgamma(m.R+x) - lgamma(m.R)
		s.beta[i] = lbeta(m.A, m.B+x+1) - lbeta(m.A, m.B)
		s.logBX[i] = math.Log(m.A / (m.B + x))
		if grad != nil {
			s.psi[i] = mathext.Digamma(m.R+x) - mathext.Digamma(m.R)
			s.psiAB[i] = mathext.Digamma(m.A+m.B) - mathext.Digamma(m.A+m.B+x+1)
			s.psiB[i] = mathext.Digamma(m.B+x+1) - mathext.Digamma(m.B)
		}
	}
	for i, t := range s.times {
		s.logT[i] = math.Log(m.Alpha + t)
	}
	logAlpha := math.Log(m.Alpha)
	var sum float64
	var g [4]float64
	for _, q := range s.rows {
		x := s.xs[q.x]
		power := m.R + x
		apart := s.logT[q.t] - s.logT[q.tx]
		odds := s.logBX[q.x] + power*apart
		// The chance of having left, and ln(1+e^odds): one exponential for both,
		// and no Log1p, whose last digits a sum of thousands does not have.
		gone, log1 := 1., odds
		if odds < 30 {
			e := math.Exp(odds)
			gone, log1 = e/(1+e), math.Log(1+e)
		}
		sum += q.n * (s.gamma[q.x] + s.beta[q.x] + m.R*logAlpha - power*s.logT[q.t] + log1)
		if grad == nil {
			continue
		}
		t, tx := 1/(m.Alpha+s.times[q.t]), 1/(m.Alpha+s.times[q.tx])
		g[0] += q.n * (s.psi[q.x] + logAlpha - s.logT[q.t] + gone*apart)
		g[1] += q.n * (m.R/m.Alpha - power*t + gone*power*(t-tx))
		g[2] += q.n * (s.psiAB[q.x] + gone/m.A)
		g[3] += q.n * (s.psiB[q.x] + s.psiAB[q.x] - gone/(m.B+x))
	}
	if grad != nil {
		for i, v := range [4]float64{m.R, m.Alpha, m.A, m.B} { // of the logarithms
			grad[i] = g[i] * v
		}
	}
	return sum
}

// Where a parameter has gone so far the model has become another one: nobody
// leaves, or all are alike.
const (
	leastParameter = 1e-4
	mostParameter  = 1e3
	flatEnough     = 1e-5 // of the gradient, per customer
)

// FitMBG finds the parameters under which what is seen is most likely. near
// is where to begin; the zero MBG for no idea.
func FitMBG(all []Buying, near MBG) (m MBG, logLikelihood float64, err error) {
	if len(all) == 0 {
		return m, 0, errors.New("nobody bought")
	}
	s := newMBGSearch(newCounts(all))
	problem := optimize.Problem{
		Func: func(p []float64) float64 { return -s.logLikelihood(p, nil) / s.n },
		Grad: func(grad, p []float64) {
			s.logLikelihood(p, grad)
			for i := range grad {
				grad[i] /= -s.n
			}
		},
	}
	longest := max(1, s.times[len(s.times)-1])
	if near == (MBG{}) {
		near = MBG{1, longest / 10, 1, 1}
	}
	point := []float64{math.Log(near.R), math.Log(near.Alpha), math.Log(near.A), math.Log(near.B)}
	settings := &optimize.Settings{GradientThreshold: flatEnough / 10, MajorIterations: 500, FuncEvaluations: 5000,
		Converger: &optimize.FunctionConverge{Absolute: 1e-12, Iterations: 50}}
	// The line search of BFGS may give up on the flat top: what counts is
	// whether the gradient is gone. Where it is not, Nelder-Mead goes on.
	grad := make([]float64, len(point))
	for _, method := range []optimize.Method{&optimize.BFGS{}, &optimize.NelderMead{}, &optimize.BFGS{}} {
		if found, _ := optimize.Minimize(problem, point, settings, method); found != nil {
			point = found.X
		}
		if problem.Grad(grad, point); steepest(grad) < flatEnough {
			break
		}
	}
	m = mbgAt(point)
	for i, v := range [4]float64{m.R, m.Alpha / longest, m.A, m.B} {
		if !(v > leastParameter && v < mostParameter) {
			return m, 0, fmt.Errorf("no convergence: %s runs away to %.3g", mbgNames[i], math.Exp(point[i]))
		}
	}
	if worst := steepest(grad); !(worst < flatEnough) {
		return m, 0, fmt.Errorf("no convergence: the gradient is %.2g per customer, not under %.0g", worst, flatEnough)
	}
	return m, s.logLikelihood(point, nil), nil
}

func steepest(grad []float64) (worst float64) {
	for _, g := range grad {
		worst = max(worst, math.Abs(g)) // a NaN stays one
	}
	return worst
}
