package report

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"

	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/internal/progress"
)

// number is a number as the tables have it: exact, "" where it is missing.
type number = json.Number

// figure is a number of the page: its name, what it is, and how a person
// reads it.
type figure struct{ Name, Value, Text string }

func count(name string, n int64) figure {
	return figure{name, strconv.FormatInt(n, 10), progress.Thousands(n)}
}

// Some tells whether it is there and not zero.
func (f figure) Some() bool { return f.Value != "" && f.Value != "0" }

// came is how many more there are, and left how many fewer.
func came(name string, n int64) figure { return signed("+", count(name, n)) }
func left(name string, n int64) figure { return signed("−", count(name, n)) }

func signed(sign string, f figure) figure {
	if f.Some() {
		f.Text = sign + f.Text
	}
	return f
}

// share is a part of one, in percent.
func share(name string, n number) figure {
	if n == "" {
		return figure{name, "", "–"}
	}
	return figure{name, n.String(), percent(float(n))}
}

// portion is a part of a whole that is worked out here, not in SQL. Of a
// whole that is not above zero there are no parts: it has no value.
func portion(name string, part, whole int64) figure {
	if whole <= 0 {
		return figure{name, "", "–"}
	}
	v := float64(part) / float64(whole)
	return figure{name, strconv.FormatFloat(v, 'f', 6, 64), percent(v)}
}

func percent(v float64) string { return strconv.FormatFloat(100*v, 'f', 1, 64) + "%" }

// decimal is a number with so many digits after its point.
func decimal(name string, n number, digits int) figure {
	if n == "" {
		return figure{name, "", "–"}
	}
	return figure{name, n.String(), strconv.FormatFloat(float(n), 'f', digits, 64)}
}

// float is a number to draw or to show, 0 for a missing one.
func float(n number) float64 {
	v, _ := strconv.ParseFloat(n.String(), 64) // DuckDB writes numbers, or nothing
	return v
}

// minor is an amount in minor units.
func (f *Facts) minor(n number) int64 {
	whole, frac, _ := strings.Cut(n.String(), ".")
	v, _ := strconv.ParseInt(whole+(frac + strings.Repeat("0", int(f.Scale)))[:f.Scale], 10, 64)
	return v
}

// money is an amount in whole major units: in a column of sums kopecks are
// noise. Its value has them.
func (f *Facts) money(name string, minor int64) figure {
	return figure{name, f.exact(minor), progress.Thousands(int64(math.Round(f.major(minor))))}
}

// mean is a mean of amounts, which may be finer than the currency.
func mean(name string, n number) figure {
	return figure{name, n.String(), progress.Thousands(int64(math.Round(float(n))))}
}

// cents is an amount to the last digit.
func (f *Facts) cents(name string, minor int64) figure {
	text := f.exact(minor)
	whole, frac, point := strings.Cut(text, ".")
	n, _ := strconv.ParseInt(strings.TrimPrefix(whole, "-"), 10, 64)
	shown := progress.Thousands(n)
	if strings.HasPrefix(whole, "-") {
		shown = "-" + shown
	}
	if point {
		shown += "." + frac
	}
	return figure{name, text, shown}
}

// large is an amount in three digits: 3.83M.
func (f *Facts) large(name string, minor int64) figure {
	return figure{name, f.exact(minor), brief(f.major(minor))}
}

func (f *Facts) exact(minor int64) string {
	return string(columns.AppendMoney(nil, minor, f.Scale))
}

func (f *Facts) major(minor int64) float64 {
	return float64(minor) / math.Pow10(int(f.Scale))
}

// brief is a number in three digits, or more where it has no shorter name.
func brief(v float64) string {
	for _, unit := range []struct {
		from, of float64
		name     string
	}{{1e12, 1e12, "tn"}, {1e9, 1e9, "bn"}, {1e6, 1e6, "M"}, {1e4, 1e3, "k"}} {
		w := math.Abs(v) / unit.of
		switch {
		case math.Abs(v) < 0.9995*unit.from: // what is no more than 999 of the smaller one
		case w < 9.995:
			return strconv.FormatFloat(v/unit.of, 'f', 2, 64) + unit.name
		case w < 99.95:
			return strconv.FormatFloat(v/unit.of, 'f', 1, 64) + unit.name
		default:
			return progress.Thousands(int64(math.Round(v/unit.of))) + unit.name
		}
	}
	return progress.Thousands(int64(math.Round(v)))
}

// change is how much more or less now is than before, in percent; it has no
// value where there was nothing before.
func change(name string, now, before int64) figure {
	if before <= 0 {
		return figure{name, "", "–"}
	}
	v := float64(now-before) / float64(before)
	text := strconv.FormatFloat(100*v, 'f', 1, 64) + "%"
	if v > 0 {
		text = "+" + text
	}
	return figure{name, strconv.FormatFloat(v, 'f', 6, 64), text}
}

// mood is how a change is coloured.
func mood(now, before int64) string {
	switch {
	case before <= 0 || now == before:
		return ""
	case now > before:
		return "up"
	}
	return "down"
}

// wholePercent is a share where there is no room: 24.
func wholePercent(v float64) string { return strconv.FormatFloat(100*v, 'f', 0, 64) }

// short is an edge of a scale: 500, 2k, 10k.
func short(v float64) string {
	for _, unit := range []struct {
		of   float64
		name string
	}{{1e12, "tn"}, {1e9, "bn"}, {1e6, "M"}, {1e3, "k"}} {
		if v >= unit.of {
			return strconv.FormatFloat(v/unit.of, 'f', -1, 64) + unit.name
		}
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}
