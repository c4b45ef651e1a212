// Package delivery decides which versions of a source's files hold on a
// day. Arrival is data: a version counts from the day it was delivered, and
// two files of one moment are told apart by name, never by hash or by the
// order of a listing.
package delivery

import (
	"cmp"
	"slices"
)

// Version is the bytes that a path held at some time. One that came back
// after another had taken its place is there once for each time it came; of
// one day the last to come stands last.
type Version struct {
	Path      string
	SHA256    string
	Delivered int32 // day, since 1970-01-01: which of two is the newer
	Known     int32 // first day that knows of it: later than Delivered of a dump that came late, which its name dates
	Present   bool  // it is what the path holds now
}

// Verdict is what a version is good for.
type Verdict uint8

const (
	InForce  Verdict = iota
	Replaced         // another version, or file, took its place
	Unknown          // not delivered yet on a day that is to know no more
	Gone             // not there any more, and the day is to know what is there now
	Again            // it came more than once: another time stands for all of them
)

// Rule is what a newer file means for the older ones.
type Rule string

const (
	Full    Rule = "full"    // the newest file is the whole truth
	Parts   Rule = "parts"   // each path is the whole truth of its part
	Changes Rule = "changes" // files add up
)

// Question is the day that is asked for.
type Question struct {
	Day  int32
	Then bool // what was known then; else everything that is present
}

// Decision is the verdict on a version, and the version that took its place.
type Decision struct {
	Verdict Verdict
	By      int // of a Replaced one: place of the other; else -1
	Order   int // of two files in force the later delivered has the greater
}

// Decide gives a decision per version.
//
// A full source goes by the newest file delivered by the day, even where
// later ones are known: they tell of later days. Where none was delivered by
// then the first there is holds: before the first version the first one is
// used. Of a part the newest known version holds.
func Decide(rule Rule, versions []Version, q Question) []Decision {
	decisions := make([]Decision, len(versions))
	order := make([]int, 0, len(versions))
	for i, v := range versions {
		decisions[i].By = -1
		switch {
		case q.Then && v.Known > q.Day:
			decisions[i].Verdict = Unknown
		case !q.Then && !v.Present:
			decisions[i].Verdict = Gone
		default:
			order = append(order, i)
		}
	}
	slices.SortFunc(order, func(a, b int) int {
		x, y := &versions[a], &versions[b]
		return cmp.Or(cmp.Compare(x.Delivered, y.Delivered), cmp.Compare(x.Path, y.Path), cmp.Compare(a, b))
	})
	order = once(order, versions, decisions, q.Day)
	for n, i := range order {
		decisions[i].Order = n
	}
	switch rule {
	case Full:
		newest := -1
		for _, i := range order {
			if newest < 0 || versions[i].Delivered <= q.Day {
				newest = i
			}
		}
		for _, i := range order {
			if i != newest {
				decisions[i].Verdict, decisions[i].By = Replaced, newest
			}
		}
	case Parts, Changes:
		last := map[string]int{}
		for _, i := range order {
			if old, ok := last[versions[i].Path]; ok && rule == Parts {
				decisions[old].Verdict = Replaced
			}
			last[versions[i].Path] = i
		}
		for _, i := range order {
			if decisions[i].Verdict == Replaced {
				decisions[i].By = last[versions[i].Path]
			}
		}
	}
	return decisions
}

// once leaves of each version the last time that it came by the day, or the
// first of all where it came later.
func once(order []int, versions []Version, decisions []Decision, day int32) []int {
	type bytes struct{ path, sha256 string }
	stands := map[bytes]int{}
	for _, i := range order {
		v := &versions[i]
		b := bytes{v.Path, v.SHA256}
		old, came := stands[b]
		switch {
		case came && v.Delivered > day:
			decisions[i].Verdict = Again
			continue
		case came:
			decisions[old].Verdict = Again
		}
		stands[b] = i
	}
	return slices.DeleteFunc(order, func(i int) bool { return decisions[i].Verdict == Again })
}
