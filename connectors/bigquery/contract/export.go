package contract

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Export is a table of a dataset that others fill.
type Export struct {
	Schema   string   // fields as the service has them, in JSON
	Rows     []string // objects as a load job takes them
	Modified int64    // milliseconds since 1970
	Type     string   // TABLE unless said
}

// exported is a table as it is now.
type exported struct {
	Export
	fields   []any
	listings int // so far: each begins with another row
}

// Fill puts a table into a dataset, in place of one of that name, and makes
// the dataset where it is not there.
func (s *Server) Fill(dataset, name string, e Export) {
	t := &exported{Export: e}
	if err := json.Unmarshal([]byte(e.Schema), &t.fields); err != nil {
		panic(err)
	}
	if t.Type == "" {
		t.Type = "TABLE"
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.exports[dataset] == nil {
		s.exports[dataset] = map[string]*exported{}
	}
	if old := s.exports[dataset][name]; old != nil {
		t.listings = old.listings
	}
	s.exports[dataset][name] = t
}

// Drop takes a table away.
func (s *Server) Drop(dataset, name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.exports[dataset], name)
}

// read answers requests to a dataset that others fill.
func (s *Server) read(kind string, p map[string]any) (any, *refusal) {
	if p["projectId"] != "p" {
		return nil, refuse(404, "notFound", "no project %v", p["projectId"])
	}
	tables := s.exports[Text(p, "datasetId")]
	reference := map[string]any{"projectId": "p", "datasetId": p["datasetId"]}
	if kind == "table.list" {
		names := slices.Sorted(maps.Keys(tables))
		from, to, next, no := s.page(p, len(names))
		if no != nil {
			return nil, no
		}
		var list []any
		for _, name := range names[from:to] {
			of := maps.Clone(reference)
			of["tableId"] = name
			list = append(list, map[string]any{"tableReference": of, "type": tables[name].Type})
		}
		return withToken(map[string]any{"tables": list, "totalItems": len(names)}, "nextPageToken", next), nil
	}
	t := tables[Text(p, "tableId")]
	switch {
	case t == nil:
		return nil, refuse(404, "notFound", "Not found: Table p:%s.%s", p["datasetId"], p["tableId"])
	case kind == "table.get":
		reference["tableId"] = p["tableId"]
		return map[string]any{"tableReference": reference, "type": t.Type, "numRows": fmt.Sprint(len(t.Rows)), "numBytes": fmt.Sprint(len(strings.Join(t.Rows, ""))),
			"lastModifiedTime": fmt.Sprint(t.Modified), "schema": map[string]any{"fields": t.fields}}, nil
	case kind == "rows.get":
		return s.list(t, p)
	}
	return nil, refuse(400, "invalid", "%s of a dataset that is only read", kind)
}

// list gives rows from anywhere on to the end, and then those before.
func (s *Server) list(t *exported, p map[string]any) (any, *refusal) {
	fields := t.fields
	if only := Text(p, "selectedFields"); only != "" {
		names := strings.Split(only, ",")
		fields = slices.DeleteFunc(slices.Clone(fields), func(f any) bool { return !slices.Contains(names, Text(f, "name")) })
		if len(fields) != len(names) {
			return nil, refuse(400, "invalid", "the columns %s are not all there", only)
		}
	}
	from, to, next, no := s.page(p, len(t.Rows))
	if no != nil {
		return nil, no
	}
	if Text(p, "pageToken") == "" {
		t.listings++
	}
	micros := p["formatOptions.useInt64Timestamp"] == "true"
	rows := []any{}
	for i := from; i < to; i++ {
		var row map[string]any
		in := json.NewDecoder(strings.NewReader(t.Rows[(i+t.listings)%len(t.Rows)]))
		in.UseNumber()
		if err := in.Decode(&row); err != nil {
			panic(err)
		}
		rows = append(rows, map[string]any{"f": cells(fields, row, micros)})
	}
	return withToken(map[string]any{"rows": rows, "totalRows": fmt.Sprint(len(t.Rows))}, "pageToken", next), nil
}

// page is what is given of n things. The token is where the next page begins.
func (s *Server) page(p map[string]any, n int) (from, to int, next string, no *refusal) {
	if token := Text(p, "pageToken"); token != "" {
		at, there := strings.CutPrefix(token, "from-")
		var err error
		if from, err = strconv.Atoi(at); err != nil || !there {
			return 0, 0, "", refuse(400, "invalid", "the pageToken %q was not given", token)
		}
	}
	most := max(s.PerPage, 1)
	if asked := Text(p, "maxResults"); asked != "" {
		limit, _ := strconv.Atoi(asked)
		most = min(most, limit)
	}
	from = min(from, n)
	if to = min(from+most, n); to < n {
		next = fmt.Sprintf("from-%d", to)
	}
	return from, to, next, nil
}

func withToken(answer map[string]any, key, token string) any {
	if token != "" {
		answer[key] = token
	}
	return answer
}

// cells are the values of a record as rows are listed: everything a text.
func cells(fields []any, record map[string]any, micros bool) []any {
	all := []any{}
	for _, f := range fields {
		all = append(all, map[string]any{"v": cellOf(f, record[Text(f, "name")], micros)})
	}
	return all
}

func cellOf(field, v any, micros bool) any {
	if Text(field, "mode") == "REPEATED" {
		list, _ := v.([]any)
		all := []any{}
		for _, inner := range list {
			one := maps.Clone(field.(map[string]any))
			delete(one, "mode")
			all = append(all, map[string]any{"v": cellOf(one, inner, micros)})
		}
		return all
	}
	switch v := v.(type) {
	case nil:
		return nil
	case map[string]any:
		if Text(field, "type") == "RECORD" {
			inner, _ := at(field, "fields").([]any)
			return map[string]any{"f": cells(inner, v, micros)}
		}
		text, err := json.Marshal(v)
		if err != nil {
			panic(err)
		}
		return string(text)
	case string:
		if t, err := time.Parse(time.RFC3339Nano, v); err == nil && Text(field, "type") == "TIMESTAMP" {
			if micros {
				return fmt.Sprint(t.UnixMicro())
			}
			return strconv.FormatFloat(float64(t.UnixMicro())/1e6, 'E', -1, 64)
		}
	}
	if n, is := v.(json.Number); is && Text(field, "type") == "FLOAT" {
		if x, err := n.Float64(); err == nil && (math.Abs(x) >= 1e7 || math.Abs(x) < 1e-3 && x != 0) {
			return strings.Replace(strconv.FormatFloat(x, 'E', -1, 64), "E+", "E", 1) // as Java writes them
		}
	}
	return fmt.Sprint(v)
}
