package contract

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// reads are the requests that say all in their address.
var reads = map[string][2]string{
	"dataset.get": {"datasets", "get"}, "table.list": {"tables", "list"}, "table.get": {"tables", "get"}, "rows.get": {"tabledata", "list"},
	"job.get": {"jobs", "get"}, "query.get": {"jobs", "getQueryResults"},
}

// parameters are those of an address: its path, as the description cuts it,
// and what stands behind it.
func parameters(kind string, at *url.URL) (map[string]any, error) {
	d, err := description()
	if err != nil {
		return nil, err
	}
	all := map[string]any{}
	parts := strings.Split(strings.TrimPrefix(at.Path, "/"), "/")
	names := strings.Split(d.Resources[reads[kind][0]].Methods[reads[kind][1]].Path, "/")
	if len(parts) != len(names) {
		return nil, fmt.Errorf("%s: no such address", at.Path)
	}
	for i, name := range names {
		if inner, is := strings.CutPrefix(name, "{"); is {
			all[strings.Trim(inner, "+}")] = parts[i]
		} else if parts[i] != name {
			return nil, fmt.Errorf("%s: no such address", at.Path)
		}
	}
	for name, values := range at.Query() {
		all[name] = values[0]
	}
	return all, nil
}

// wrongParameters are those that the description does not know or would not
// read.
func wrongParameters(kind string, all map[string]any) (faults []string) {
	d, err := description()
	if err != nil {
		return []string{err.Error()}
	}
	for name, value := range all {
		p, known := d.Resources[reads[kind][0]].Methods[reads[kind][1]].Parameters[name]
		if !known {
			p, known = d.Parameters[name]
		}
		text, _ := value.(string)
		var err error
		switch {
		case !known:
			err = fmt.Errorf("no such parameter")
		case p.Type == "integer":
			_, err = strconv.ParseUint(text, 10, 32)
		case p.Type == "boolean" && text != "true" && text != "false", len(p.Enum) > 0 && !slices.Contains(p.Enum, text),
			text == "" && name != "pageToken": // "" is the first page's: Google's own client sends it
			err = fmt.Errorf("%q for %s", text, p.Type)
		}
		if err != nil {
			faults = append(faults, fmt.Sprintf("%s?%s: %v", kind, name, err))
		}
	}
	return faults
}
