package report

import "strings"

// activation is the files, and who is not in them and why.
type activation struct {
	Why   string
	Files []file
}

// file is one destination.
type file struct {
	Name, Segments, Channel, Purpose, Compared string
	Rows, Added, Changed, Removed              figure
	Steps                                      []step
	High                                       px
}

// step of a waterfall: how many are there, or how many it takes away.
type step struct {
	Label  string
	figure        // customers
	Kind   string // in, out or file
	X, Y   px
	W      px
	TextX  px
}

// the drawing of a waterfall
const (
	stepHigh = 26
	stepLeft = 118 // where bars begin
	stepWide = 230
)

func (p *page) activation() *activation {
	a := &activation{}
	exports, why := ask[struct {
		Destination, Segments, Channel, Purpose, Compared string
		Rows, Added, Changed, Removed                     int64
	}](&p.asker, "exports")
	if why == "" && len(exports) == 0 {
		why = "The project sends nothing: activation in the project file names segments, a channel and a purpose."
	}
	if a.Why = why; why != "" {
		return a
	}
	steps, why := ask[struct {
		Destination, Step string
		Position          int64
		Customers         int64
	}](&p.asker, "waterfall")
	if a.Why = why; why != "" {
		return a
	}
	for _, e := range exports {
		name := "file." + e.Destination
		f := file{Name: e.Destination, Segments: e.Segments, Channel: e.Channel, Purpose: e.Purpose, Compared: e.Compared,
			Rows: count(name+".rows", e.Rows), Added: came(name+".added", e.Added), Changed: count(name+".changed", e.Changed), Removed: left(name+".removed", e.Removed)}
		var all, there int64
		for _, s := range steps {
			if s.Destination != e.Destination {
				continue
			}
			one := step{Label: strings.ReplaceAll(s.Step, "_", " "), figure: count("waterfall."+e.Destination+"."+s.Step, s.Customers), Kind: "out"}
			begin := there - s.Customers
			switch {
			case s.Position == 0:
				one.Kind, all, there, begin = "in", s.Customers, s.Customers, 0
			case s.Step == "in_file":
				one.Kind, begin = "file", 0
			default:
				there -= s.Customers
				one.figure = left(one.Name, s.Customers)
			}
			one.Y = px(len(f.Steps) * stepHigh)
			one.X = stepLeft + part(float64(begin), float64(all), stepWide)
			one.W = part(float64(s.Customers), float64(all), stepWide)
			one.TextX = one.X + one.W + 6
			f.Steps = append(f.Steps, one)
		}
		f.High = px(len(f.Steps) * stepHigh)
		a.Files = append(a.Files, f)
	}
	return a
}
