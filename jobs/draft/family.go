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
	Dated   bool     // the names say a day
	Monthly bool     // they say a month
}

// Families puts paths together, in the order in which the first of each
// comes. Paths are relative, with slashes.
func Families(paths []string) (all []Family) {
	at := map[string]int{}
	days := daysIn(paths)
	for _, p := range paths {
		pattern, monthly := days[p].pattern, false
		if pattern == "" {
			pattern, monthly = monthIn(p)
		}
		if pattern == "" {
			pattern = numberIn(p)
		}
		i, ok := at[pattern]
		if !ok {
			i = len(all)
			at[pattern] = i
			all = append(all, Family{Pattern: pattern, Dated: days[p].pattern != "", Monthly: monthly})
		}
		all[i].Paths = append(all[i].Paths, p)
	}
	seen := map[string]bool{}
	for i := range all {
		f := &all[i]
		slices.SortFunc(f.Paths, func(a, b string) int {
			return cmp.Or(strings.Compare(days[a].day, days[b].day), strings.Compare(a, b))
		})
		if !f.Dated && !f.Monthly && len(f.Paths) == 1 {
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
