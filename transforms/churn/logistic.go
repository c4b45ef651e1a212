package churn

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// Logistic is a logistic regression of buying nothing on the logarithms of
// recency, frequency and money.
type Logistic struct{ Intercept, LogR, LogF, LogM float64 }

var logisticNames = [4]string{"intercept", "log_recency", "log_frequency", "log_monetary"}

func (l *Logistic) weights() [4]float64 { return [4]float64{l.Intercept, l.LogR, l.LogF, l.LogM} }

// Risk is the chance that the customer buys nothing within the horizon.
func (l *Logistic) Risk(p *past) float64 {
	sum, t := 0., p.traits()
	for i, w := range l.weights() {
		sum += w * t[i]
	}
	return sigmoid(sum)
}

func sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// logit is kept finite: a risk of 0 or 1 is not more than that of one in a
// million.
func logit(p float64) float64 {
	p = min(max(p, 1e-6), 1-1e-6)
	return math.Log(p) - math.Log1p(-p)
}

// fitLogistic comes to the weights under which the answers are most likely,
// by Newton's steps (iteratively reweighted least squares: McCullagh and
// Nelder, "Generalized Linear Models", 1989, section 2.5). A tiny ridge keeps
// a trait that all share from having any weight.
func fitLogistic[T [2]float64 | [4]float64](traits []T, yes []bool) (weights T, logLikelihood float64, err error) {
	const steps, ridge, still = 100, 1e-6, 1e-9
	k := len(weights)
	for range steps {
		slope, curve := mat.NewVecDense(k, nil), mat.NewSymDense(k, nil)
		logLikelihood = 0
		for i := range traits {
			x, sum := traits[i], 0.
			for j := range k {
				sum += weights[j] * x[j]
			}
			p := sigmoid(sum)
			miss, weight := -p, p*(1-p)
			if yes[i] {
				miss++
				sum = -sum
			}
			logLikelihood -= softplus(sum)
			for a := range k {
				slope.SetVec(a, slope.AtVec(a)+miss*x[a])
				for b := a; b < k; b++ {
					curve.SetSym(a, b, curve.At(a, b)+weight*x[a]*x[b])
				}
			}
		}
		for a := 1; a < k; a++ {
			slope.SetVec(a, slope.AtVec(a)-ridge*weights[a])
			curve.SetSym(a, a, curve.At(a, a)+ridge)
		}
		var c mat.Cholesky
		step := mat.NewVecDense(k, nil)
		if !c.Factorize(curve) || c.SolveVecTo(step, slope) != nil {
			return weights, 0, errors.New("no convergence: the answers are told apart without a doubt")
		}
		far := 0.
		for a := range k {
			weights[a] += step.AtVec(a)
			far = max(far, math.Abs(step.AtVec(a)))
		}
		if far < still {
			return weights, logLikelihood, nil
		}
	}
	return weights, 0, fmt.Errorf("no convergence in %d steps", steps)
}

// softplus is ln(1+e^x).
func softplus(x float64) float64 { return max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))) }

// Level moves and stretches a risk on the scale of its log-odds (Platt,
// "Probabilistic outputs for support vector machines", 1999).
type Level struct{ Intercept, Slope float64 }

// Mend is the risk at the level of the hold-out.
func (l *Level) Mend(risk float64) float64 { return sigmoid(l.Intercept + l.Slope*logit(risk)) }

func fitLevel(risk []float64, churned []bool) (*Level, error) {
	traits := make([][2]float64, len(risk))
	for i, r := range risk {
		traits[i] = [2]float64{1, logit(r)}
	}
	w, _, err := fitLogistic(traits, churned)
	if err != nil {
		return nil, err
	}
	if w[1] <= 0 {
		return nil, errors.New("the level would turn the ranking round")
	}
	return &Level{w[0], w[1]}, nil
}
