package report

import "strings"

// segments are who is in which, who came and left, and why.
type segments struct {
	Why string
	All []segment
}

type segment struct {
	Name, Description, Goal, Treatment, Owner, Kind, Conditions string
	Told                                                        string // the day, where that is not the run's
	Members, Came, Left, CameToday, LeftToday, Unknown          figure
	Reasons                                                     []reason
	Wide                                                        pct
}

// reason why customers came and left.
type reason struct {
	Name       string
	Came, Left figure
	First      bool // they were there when the segment was first told
}

func (p *page) segments() *segments {
	s := &segments{}
	rows, why := ask[struct {
		Name, Description, Goal, Treatment, Owner, Kind, Conditions, Told string
		Members, Unknown, Came, Left                                      int64
		CameToday                                                         int64 `json:"came_today"`
		LeftToday                                                         int64 `json:"left_today"`
	}](&p.asker, "segments")
	if why == "" && len(rows) == 0 {
		why = "The project has no segments; a file in the folder segments makes one (docs/filters.md)."
	}
	if s.Why = why; why != "" {
		return s
	}
	reasons := p.reasons()
	most := rows[0].Members // the largest is the first
	for _, r := range rows {
		name := "segment." + r.Name
		s.All = append(s.All, segment{Name: r.Name, Description: r.Description, Goal: r.Goal, Treatment: r.Treatment, Owner: r.Owner, Kind: r.Kind, Conditions: r.Conditions, Told: r.Told,
			Members: count(name+".members", r.Members), Came: came(name+".came", r.Came), Left: left(name+".left", r.Left),
			CameToday: came(name+".came_today", r.CameToday), LeftToday: left(name+".left_today", r.LeftToday),
			Unknown: count(name+".unknown", r.Unknown),
			Reasons: reasons[r.Name], Wide: bar(float64(r.Members), float64(most))})
	}
	return s
}

// reasons of moves, by segment.
func (p *page) reasons() map[string][]reason {
	rows, _ := ask[struct {
		Name, Reason string
		Came, Left   int64
	}](&p.asker, "moves") // what it lacks, the segments lack too
	all := map[string][]reason{}
	for _, r := range rows {
		name := "move." + r.Name + "." + r.Reason
		all[r.Name] = append(all[r.Name], reason{Name: strings.ReplaceAll(r.Reason, "_", " "), Came: came(name+".came", r.Came), Left: left(name+".left", r.Left), First: r.Reason == "first_run"})
	}
	return all
}
