package draft

import (
	"cmp"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Family is files that are one export: their paths differ by a day or a
// number.
type Family struct {
	Pattern string   // as a project file has it
	Name    string   // for the source
	Paths   []string // oldest first
	Dated   bool
}

// dates are days in a path: 2025-12-31, 20251231, 2025/12/31.
var dates = regexp.MustCompile(`(^|[^0-9])((?:19|20)[0-9]{2})([-_./]?)(0[1-9]|1[0-2])([-_./]?)(0[1-9]|[12][0-9]|3[01])([^0-9]|$)`)

// Families puts paths together, in the order in which the first of each
// comes. Paths are relative, with slashes.
func Families(paths []string) (all []Family) {
	at := map[string]int{}
	for _, p := range paths {
		pattern, _, dated := dayIn(p)
		if !dated {
			pattern = numberIn(p)
		}
		i, ok := at[pattern]
		if !ok {
			i = len(all)
			at[pattern] = i
			all = append(all, Family{Pattern: pattern, Dated: dated})
		}
		all[i].Paths = append(all[i].Paths, p)
	}
	seen := map[string]bool{}
	for i := range all {
		f := &all[i]
		slices.SortFunc(f.Paths, func(a, b string) int {
			_, x, _ := dayIn(a)
			_, y, _ := dayIn(b)
			return cmp.Or(strings.Compare(x, y), strings.Compare(a, b))
		})
		if !f.Dated && len(f.Paths) == 1 {
			f.Pattern = escape(f.Paths[0])
		}
		f.Name = unused(sourceName(f.Paths[0]), seen)
	}
	return all
}

// Single is a family of one file.
func Single(p string, seen map[string]bool) Family {
	return Family{Pattern: escape(p), Paths: []string{p}, Name: unused(sourceName(p), seen)}
}

// dayIn is a path with %Y, %m and %d for the last day in it, and that day.
func dayIn(p string) (pattern, day string, ok bool) {
	var last []int
	for from := 0; from < len(p); {
		m := dates.FindStringSubmatchIndex(p[from:])
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
		return "", "", false
	}
	part := func(i int) string { return p[last[2*i]:last[2*i+1]] }
	return escape(p[:last[4]]) + "%Y" + part(3) + "%m" + part(5) + "%d" + escape(p[last[13]:]), part(2) + part(4) + part(6), true
}

var numbered = regexp.MustCompile(`[0-9]+`)

// numberIn is a path with a glob for the last number of its file's name.
func numberIn(p string) string {
	folder, file := path.Split(p)
	stem, ext := file, ""
	if i := strings.IndexByte(file, '.'); i > 0 {
		stem, ext = file[:i], file[i:]
	}
	m := numbered.FindAllStringIndex(stem, -1)
	if m == nil {
		return escape(p)
	}
	last := m[len(m)-1]
	return escape(folder+stem[:last[0]]) + "[0-9]*" + escape(stem[last[1]:]+ext)
}

// escape keeps a name from being read as a pattern.
func escape(s string) string {
	return strings.NewReplacer("%", "%%", "*", "[*]", "?", "[?]", "[", "[[]").Replace(s)
}

// sourceName is a plain name for a source: of the file, or, where that is but
// a day or a number, of its folder.
func sourceName(p string) string {
	steps := strings.Split(p, "/")
	for i := len(steps) - 1; i >= 0; i-- {
		step := steps[i]
		if i == len(steps)-1 {
			for _, ext := range []string{".gz", ".zst", ".zstd", ".csv", ".tsv", ".txt", ".jsonl", ".ndjson", ".json", ".parquet"} {
				step = strings.TrimSuffix(step, ext)
			}
		}
		var words []string
		for _, w := range split(step) {
			if w = latin(w); strings.Trim(w, "0123456789") != "" {
				words = append(words, w)
			}
		}
		if name := strings.Join(words, "_"); name != "" {
			return name[:min(len(name), 60)]
		}
	}
	return "source"
}

// latin writes a word in the letters that a name may have.
func latin(word string) string {
	var b strings.Builder
	for _, r := range word {
		switch {
		case r < 128:
			b.WriteRune(r)
		case r >= 'а' && r <= 'я':
			b.WriteString(strings.Split("a b v g d e zh z i y k l m n o p r s t u f kh ts ch sh shch  y  e yu ya", " ")[r-'а'])
		}
	}
	return b.String()
}

// unused is a name that none before had.
func unused(name string, seen map[string]bool) string {
	free := name
	for n := 2; seen[free]; n++ {
		free = name + "_" + strconv.Itoa(n)
	}
	seen[free] = true
	return free
}

// ProjectName is a plain name for a project that lies in a folder.
func ProjectName(folder string) string {
	name := sourceName(folder)
	if name == "source" {
		return "shop"
	}
	return strings.ReplaceAll(name, "_", "-")
}
