package cohort

// Line is a period over all cohorts.
type Line struct {
	Cell            // Cohort is none, Value and Eligible are sums over the cohorts
	Cohorts int64   // how many
	Rates   float64 // the sum of their rates
}

// Mean is the mean of the cohorts' rates; it means something of customers only.
func (l *Line) Mean() float64 { return l.Rates / float64(l.Cohorts) }

// Lines are the overall lines of the cells that are complete, or of all.
type Lines struct {
	All        []Line
	unfinished bool
	at         map[lineKey]int // in All
}

type lineKey struct {
	grain               Grain
	period              int32
	definition, measure string
}

// NewLines are the lines of no cells yet.
func NewLines(unfinished bool) *Lines { return &Lines{unfinished: unfinished, at: map[lineKey]int{}} }

// Add takes in the cells of a cohort. Cohorts come as Cells gives them: the
// rates are summed in that order, and since the oldest has every period the
// lines come in order too.
func (l *Lines) Add(cells []Cell) {
	for i := range cells {
		c := &cells[i]
		if !c.Complete && !l.unfinished {
			continue
		}
		k := lineKey{c.Grain, c.Period, c.Definition, c.Measure}
		n, ok := l.at[k]
		if !ok {
			n = len(l.All)
			l.at[k] = n
			l.All = append(l.All, Line{Cell: Cell{Grain: c.Grain, Period: c.Period, Definition: c.Definition, Measure: c.Measure, Complete: true}})
		}
		line := &l.All[n]
		line.Cohorts++
		line.Value += c.Value
		line.Eligible += c.Eligible
		line.Rates += c.Rate()
		line.Complete = line.Complete && c.Complete
	}
}
