package rowfile

import (
	"fmt"
	"slices"
	"strings"

	"github.com/habitue-data/habitue/internal/fault"
)

// Fault is an error with the exit code Input about one place of a file;
// line and col are 0 where there is none.
func Fault(path string, line, col int64, what, todo string) error {
	return fault.With(fault.Fault{File: path, Line: int(line), Col: int(col), What: what, Todo: todo}, fault.Input)
}

// Unsplit is the fault of a header of one name that holds a delimiter: it
// was most likely split by the wrong one. nil where it was not.
func Unsplit(path string, line int64, header []string) error {
	d := otherDelimiter(header)
	if d == "" {
		return nil
	}
	return Fault(path, line, 0, fmt.Sprintf("the header is one column, %s, and its names look separated by %s", header[0], delimiterNames[d]), fmt.Sprintf("set delimiter: %q", d))
}

// Absent is the fault of every wanted name that is not among those a file
// has, all of them at once; nil where all are there.
func Absent(path string, line int64, want, have []string) error {
	var list fault.List
	for _, w := range want {
		if w == Rest || slices.Contains(have, w) {
			continue
		}
		f := fault.Fault{File: path, Line: int(line), What: fmt.Sprintf("column %s is not there", w)}
		f.Why = fmt.Sprintf("the file has %s", Names(have))
		if near := fault.Nearest(w, have); near != "" {
			f.Todo = fmt.Sprintf("did you mean %s?", near)
		} else {
			f.Todo = "name one of these, or deliver the column again"
		}
		list = append(list, f)
	}
	if list == nil {
		return nil
	}
	if err := Unsplit(path, line, have); err != nil {
		return err
	}
	return list.Err(fault.Input)
}

// Names is a list of names for a message, cut where it gets long.
func Names(names []string) string {
	const most = 12
	if len(names) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
	}
	return strings.Join(names, ", ")
}

// delimiterNames are the delimiters of a CSV file, as a person calls them.
var delimiterNames = map[string]string{",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}

// otherDelimiter is the delimiter by which the only name of a header should
// have been split.
func otherDelimiter(header []string) string {
	if len(header) != 1 {
		return ""
	}
	best, most := "", 0
	for _, d := range []string{",", ";", "\t", "|"} {
		if n := strings.Count(header[0], d); n > most {
			best, most = d, n
		}
	}
	return best
}
