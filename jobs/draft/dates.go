package draft

import (
	"regexp"
	"strings"
)

// dates are days in a path: 2025-12-31, 20251231, 2025/12/31. written are those
// that begin with the day, or the month: 31.12.2025, 12-31-2025.
var (
	dates   = regexp.MustCompile(`(^|[^0-9])((?:19|20)[0-9]{2})([-_./]?)(0[1-9]|1[0-2])([-_./]?)(0[1-9]|[12][0-9]|3[01])([^0-9]|$)`)
	written = regexp.MustCompile(`(^|[^0-9])(0[1-9]|[12][0-9]|3[01])([-_.])(0[1-9]|[12][0-9]|3[01])([-_.])((?:19|20)[0-9]{2})([^0-9]|$)`)
	months  = regexp.MustCompile(`(^|[^0-9])(20[0-9]{2})([-_./]?)(0[1-9]|1[0-2])([^0-9]|$)`)
)

// dated is a path with %Y, %m and %d for the last day in it, and that day as
// 20251231.
type dated struct{ pattern, day string }

// daysIn are the paths that have a day. Whether the day or the month stands
// first where the year is last, the other paths that are alike tell; where none
// does, the day is taken to.
func daysIn(paths []string) map[string]dated {
	all, unsure := map[string]dated{}, map[string][]string{}
	monthFirst := map[string]bool{}
	for _, p := range paths {
		if parts, before, after := lastIn(dates, p); parts != nil {
			all[p] = dated{escape(before) + "%Y" + parts[1] + "%m" + parts[3] + "%d" + escape(after), parts[0] + parts[2] + parts[4]}
		} else if parts, before, after := lastIn(written, p); parts != nil {
			frame := before + parts[1] + after
			unsure[frame] = append(unsure[frame], p)
			monthFirst[frame] = monthFirst[frame] || parts[2] > "12"
		}
	}
	for frame, alike := range unsure {
		for _, p := range alike {
			parts, before, after := lastIn(written, p)
			first, second, month, day := "%d", "%m", parts[2], parts[0]
			if monthFirst[frame] {
				first, second, month, day = "%m", "%d", parts[0], parts[2]
			}
			if month <= "12" {
				all[p] = dated{escape(before) + first + parts[1] + second + parts[3] + "%Y" + escape(after), parts[4] + month + day}
			}
		}
	}
	return all
}

// lastIn is the last date in a path, as its parts and what stands between
// them, and what is before and after it; parts is nil where there is none.
func lastIn(what *regexp.Regexp, p string) (parts []string, before, after string) {
	var last []int
	for from := 0; from < len(p); {
		m := what.FindStringSubmatchIndex(p[from:])
		if m == nil {
			break
		}
		for i := range m {
			m[i] += from
		}
		if p[m[6]:m[7]] == p[m[10]:m[11]] { // the same between all parts
			last = m
		}
		from = m[13] // the letter behind may stand before the next
	}
	if last == nil {
		return nil, "", ""
	}
	for i := 2; i <= 6; i++ {
		parts = append(parts, p[last[2*i]:last[2*i+1]])
	}
	return parts, p[:last[4]], p[last[13]:]
}

// monthIn is a path with globs for the month in it, "" where it has none: no
// part of a date can stand in a pattern without the others.
func monthIn(p string) (pattern string, ok bool) {
	m := months.FindStringSubmatchIndex(p)
	if m == nil {
		return "", false
	}
	between, after := p[m[6]:m[7]], p[m[9]:]
	if next, more := strings.CutPrefix(after, between); more && next != "" && next[0]-'0' < 10 { // a day without its zero
		return "", false
	}
	return escape(p[:m[4]]) + "20[0-9][0-9]" + between + "[0-1][0-9]" + escape(after), true
}
