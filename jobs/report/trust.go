package report

import "strings"

// trust is why the page may be believed, and where it may not.
type trust struct {
	Why      string
	Sources  []source
	Ties     bool
	Rejects  []reject
	NoReject string // why none are shown
	Found    []finding
	Clean    []string // what was looked for and not found
	NoChecks string
	Changes  []identityChange
	NoChange string
	Files    figure
	Hash     string

	read, rejects int64
}

// source ties what was read to what became of it.
type source struct {
	Name       string
	Files      figure
	Newest     string
	Stale      bool
	Rows       []figure // read, then the others
	Money      []figure
	Ties       bool
	Unreadable figure
	Lost       bool // the money of some cannot be read
}

type reject struct {
	Source, Column, Reason, Detail, Place string
	Rows                                  figure
}

type finding struct {
	Name, Source, Detail string
	Found, Amount        figure
}

type identityChange struct {
	Change, Cause string
	IDs           figure
}

type tied struct {
	Source                                                    string
	Read, Kept, Repeats, Superseded, Filtered, Rejects, Later number
	Newest                                                    string
	Usual                                                     number
	Files, Age, Unreadable                                    int64
}

// fates are what may become of a row, in the order of the columns.
var fates = []string{"read", "kept", "repeats", "superseded", "filtered", "rejects", "later"}

func (t *tied) all() []number {
	return []number{t.Read, t.Kept, t.Repeats, t.Superseded, t.Filtered, t.Rejects, t.Later}
}

func (p *page) trust() *trust {
	t := &trust{Ties: true}
	t.ties(p)
	t.refused(p)
	t.checks(p)
	t.identity(p)
	if rows, why := ask[struct {
		Files int64
		Hash  string
	}](&p.asker, "inputs"); why == "" && len(rows) > 0 {
		t.Files, t.Hash = count("inputs.files", rows[0].Files), rows[0].Hash[:16]
	}
	return t
}

func (t *trust) ties(p *page) {
	rows, why := ask[tied](&p.asker, "ties")
	if t.Why = why; why != "" {
		return
	}
	money, _ := ask[tied](&p.asker, "ties_money") // it needs no more than ties does
	for _, r := range rows {
		name := "tie." + r.Source
		s := source{Name: r.Source, Files: count(name+".files", r.Files), Newest: r.Newest, Stale: r.Usual != "" && float64(r.Age) > 2*float(r.Usual),
			Unreadable: count(name+".unreadable", r.Unreadable), Lost: r.Unreadable > 0}
		var all []int64
		for i, n := range r.all() {
			v, _ := n.Int64()
			all = append(all, v)
			s.Rows = append(s.Rows, count(name+".rows."+fates[i], v))
		}
		t.read, t.rejects = t.read+all[0], t.rejects+all[5]
		s.Ties = adds(all)
		for _, m := range money {
			if m.Source != r.Source {
				continue
			}
			all = all[:0]
			for i, n := range m.all() {
				all = append(all, p.minor(n))
				s.Money = append(s.Money, p.cents(name+".money."+fates[i], p.minor(n)))
			}
			s.Ties = s.Ties && adds(all)
		}
		t.Ties = t.Ties && s.Ties
		t.Sources = append(t.Sources, s)
	}
}

// adds tells whether the first is the sum of the others.
func adds(all []int64) bool {
	rest := all[0]
	for _, v := range all[1:] {
		rest -= v
	}
	return rest == 0
}

// rejectsMost is how many lines of rejects a page takes.
const rejectsMost = 20

func (t *trust) refused(p *page) {
	rows, why := ask[struct {
		Source, Column, Reason, Path, Detail string
		Rows                                 int64
		Line                                 number
	}](&p.asker, "rejects")
	switch {
	case why == "" && len(rows) == 0:
		why = "No row was refused."
	case len(rows) > rejectsMost:
		t.NoReject = "The table rejects has " + count("", int64(len(rows)-rejectsMost)).Text + " more kinds."
		rows = rows[:rejectsMost]
	}
	if why != "" {
		t.NoReject = why
		return
	}
	for _, r := range rows {
		t.Rejects = append(t.Rejects, reject{Source: r.Source, Column: r.Column, Reason: r.Reason, Detail: r.Detail, Place: r.Path + ":" + r.Line.String(),
			Rows: count(strings.Join([]string{"reject", r.Source, r.Column, r.Reason}, "."), r.Rows)})
	}
}

func (t *trust) checks(p *page) {
	rows, why := ask[struct {
		Check, Source, Detail string
		Found                 int64
		Amount                number
	}](&p.asker, "checks")
	t.NoChecks = why
	clean, told := map[string]bool{}, map[string]int64{}
	for _, r := range rows {
		if r.Found == 0 {
			name := strings.ReplaceAll(r.Check, "_", " ")
			if !clean[name] {
				clean[name] = true
				t.Clean = append(t.Clean, name)
			}
			continue
		}
		f := finding{Name: strings.ReplaceAll(r.Check, "_", " "), Source: r.Source, Detail: r.Detail, Found: count("check."+r.Check+"."+r.Source, r.Found)}
		if told[f.Found.Name]++; told[f.Found.Name] > 1 { // of other keys, or for another reason
			f.Found.Name += "." + count("", told[f.Found.Name]).Value
		}
		if r.Amount != "" {
			f.Amount = p.cents(f.Found.Name+".amount", p.minor(r.Amount))
		}
		t.Found = append(t.Found, f)
	}
}

func (t *trust) identity(p *page) {
	rows, why := ask[struct {
		Change, Cause string
		IDs           int64 `json:"ids"`
	}](&p.asker, "identity")
	if why == "" && len(rows) == 0 {
		why = "No id was given, merged, split or retired tonight."
	}
	t.NoChange = why
	for _, r := range rows {
		t.Changes = append(t.Changes, identityChange{r.Change, r.Cause, count("identity."+r.Change+"."+r.Cause, r.IDs)})
	}
}
