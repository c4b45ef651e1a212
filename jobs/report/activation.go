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
	Steps                                      []barRow
}

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
			one := barRow{Label: strings.ReplaceAll(s.Step, "_", " "), figure: count("waterfall."+e.Destination+"."+s.Step, s.Customers), Kind: "mark"}
			begin := int64(0)
			switch {
			case s.Position == 0:
				all, there = s.Customers, s.Customers
			case s.Step == "in_file":
				there = s.Customers
			default: // takes customers away
				begin, there = there, there-s.Customers
				one.figure, one.Kind = left(one.Name, s.Customers), "out"
			}
			one.X, one.W = scale{high: float64(all)}.bar(float64(begin), float64(there))
			f.Steps = append(f.Steps, one)
		}
		a.Files = append(a.Files, f)
	}
	return a
}
