package contract

import (
	"fmt"
	"maps"
	"regexp"
	"strings"
)

// answer is the service's own.
func (s *Server) answer(c Call, a Answer) (any, *refusal) {
	path := strings.Split(strings.TrimPrefix(c.Path, "/upload/bigquery/v2"), "/")
	schema := map[string]string{"dataset.insert": "Dataset", "table.insert": "Table", "table.patch": "Table"}[c.Kind]
	if schema != "" {
		if faults := Against(schema, c.Body); len(faults) > 0 {
			return nil, refuse(400, "invalid", "%s", strings.Join(faults, "; "))
		}
	}
	if no := s.references(c.Body); no != nil {
		return nil, no
	}
	if c.Parameters != nil {
		if faults := wrongParameters(c.Kind, c.Parameters); len(faults) > 0 {
			return nil, refuse(400, "invalid", "%s", strings.Join(faults, "; "))
		}
		if s.exports[Text(c.Parameters, "datasetId")] != nil {
			return s.read(c.Kind, c.Parameters)
		}
	}
	switch c.Kind {
	case "load", "copy", "query", "job":
		return s.insertJob(c.Body, c.Media, a)
	case "job.get", "query.get":
		j := s.jobs[path[4]]
		switch {
		case j == nil:
			return nil, refuse(404, "notFound", "no job %s", path[4])
		case c.Kind == "job.get":
			return j.resource, nil
		case at(j.resource, "status", "errorResult") != nil:
			return nil, refuse(403, Text(j.resource, "status", "errorResult", "reason"), "%s", Text(j.resource, "status", "errorResult", "message"))
		}
		return j.result(), nil
	case "dataset.get":
		if d := s.datasets[path[4]]; d != nil {
			return d, nil
		}
		return nil, refuse(404, "notFound", "no dataset %s", path[4])
	case "dataset.insert":
		if Text(c.Body, "location") == "" || Text(c.Body, "labels", "habitue") == "" {
			return nil, refuse(400, "invalid", "a dataset without a location or our label")
		}
		name := Text(c.Body, "datasetReference", "datasetId")
		if s.datasets[name] != nil {
			return nil, refuse(409, "duplicate", "Already Exists: Dataset p:%s", name)
		}
		s.datasets[name] = c.Body.(map[string]any)
		return c.Body, nil
	case "table.insert":
		return s.insertTable(c.Body)
	case "table.list":
		if s.datasets[Text(c.Parameters, "datasetId")] == nil {
			return nil, refuse(404, "notFound", "Not found: Dataset p:%v", c.Parameters["datasetId"])
		}
		all := []any{}
		for _, t := range s.tables {
			all = append(all, map[string]any{"tableReference": at(t.meta, "tableReference")})
		}
		return map[string]any{"tables": all}, nil
	}
	name, partition, _ := strings.Cut(path[6], "$")
	t := s.tables[name]
	if t == nil {
		return nil, refuse(404, "notFound", "no table %s", name)
	}
	switch c.Kind {
	case "table.get":
		return t.meta, nil
	case "table.delete":
		if partition == "" {
			delete(s.tables, name)
		} else if no := t.fits(partition); no != nil {
			return nil, no
		} else if t.partitions[partition] == nil {
			return nil, refuse(404, "notFound", "no partition %s of %s", partition, name)
		}
		delete(t.partitions, partition)
		return nil, nil
	case "table.patch":
		body := c.Body.(map[string]any)
		if no := s.view(body, t.meta); no != nil {
			return nil, no
		}
		if no := told(body); no != nil {
			return nil, no
		}
		maps.Copy(t.meta, body)
		if at(body, "view") != nil && at(body, "schema") == nil {
			s.shaped(t.meta)
		}
		return t.meta, nil
	case "rows.get":
		rows := []any{}
		for _, r := range t.rows {
			var f []any
			for _, col := range at(t.meta, "schema", "fields").([]any) {
				f = append(f, map[string]any{"v": cell(r[Text(col, "name")])})
			}
			rows = append(rows, map[string]any{"f": f})
		}
		return map[string]any{"rows": rows, "totalRows": fmt.Sprint(len(rows))}, nil
	}
	return nil, refuse(400, "invalid", "nothing is known of it")
}

// references looks at every place that names a project, a dataset or our
// label: the first dataset says what is right.
func (s *Server) references(v any) *refusal {
	list, _ := v.([]any)
	for _, inner := range list {
		if no := s.references(inner); no != nil {
			return no
		}
	}
	m, _ := v.(map[string]any)
	_, table := m["tableId"]
	_, job := m["jobId"]
	switch {
	case (table || job) && m["projectId"] != "p":
		return refuse(404, "notFound", "no project %v", m["projectId"])
	case table && s.datasets[Text(m, "datasetId")] == nil:
		return refuse(404, "notFound", "no dataset %v", m["datasetId"])
	}
	for key, inner := range m {
		if key == "labels" {
			for _, d := range s.datasets {
				if at(d, "labels", "habitue") != at(inner, "habitue") {
					return refuse(400, "invalid", "our label is %v", at(inner, "habitue"))
				}
			}
		}
		if key == "location" {
			for _, d := range s.datasets {
				if d["location"] != inner {
					return refuse(404, "notFound", "nothing is in %v", inner)
				}
			}
		}
		if no := s.references(inner); no != nil {
			return no
		}
	}
	return nil
}

func (s *Server) insertTable(body any) (any, *refusal) {
	m, name := maps.Clone(body.(map[string]any)), Text(body, "tableReference", "tableId")
	switch {
	case s.datasets[Text(body, "tableReference", "datasetId")] == nil:
		return nil, refuse(404, "notFound", "no dataset")
	case s.tables[name] != nil:
		return nil, refuse(409, "duplicate", "table %s is there", name)
	case !regexp.MustCompile(`^\w+$`).MatchString(name):
		return nil, refuse(400, "invalid", "the name %q", name)
	case at(body, "labels", "habitue") == nil:
		return nil, refuse(400, "invalid", "%s has not our label", name)
	case strings.HasPrefix(name, "stage_") && Text(body, "expirationTime") == "":
		return nil, refuse(400, "invalid", "%s would stay for ever", name)
	case !strings.HasPrefix(name, "stage_") && Text(body, "expirationTime") != "":
		return nil, refuse(400, "invalid", "%s would vanish", name)
	}
	kind, field := Text(body, "timePartitioning", "type"), Text(body, "timePartitioning", "field")
	if data := strings.HasPrefix(name, "rows_"); data && kind == "" || !data && kind == "HOUR" {
		return nil, refuse(400, "invalid", "%s is partitioned by %q", name, kind)
	}
	if (kind == "MONTH" || kind == "DAY") != (field != "") || (kind == "DAY") != (field == "run_date") || field != "" && columnType(body, field) != "DATE" {
		return nil, refuse(400, "invalid", "%s is partitioned by %s of %q", name, kind, field)
	}
	if no := told(body); no != nil {
		return nil, no
	}
	fields, _ := at(body, "clustering", "fields").([]any)
	if has := columnType(body, "customer_id") != ""; has && fmt.Sprint(fields) != "[customer_id]" || !has && fields != nil {
		return nil, refuse(400, "invalid", "%s is clustered by %v", name, fields)
	}
	if no := s.view(body, nil); no != nil {
		return nil, no
	}
	if at(body, "view") != nil {
		s.shaped(m)
	}
	s.clock++
	m["creationTime"], m["type"] = fmt.Sprint(s.clock), "TABLE"
	t := &table{meta: m, partitions: map[string][]file{}}
	s.tables[name] = t
	return m, nil
}

var inBackticks = regexp.MustCompile("`[^`]+\\.[^`.]+\\.([^`.]+)`")

// view looks whether the tables of a view are there, and whether its columns
// are those that the query gives.
func (s *Server) view(body any, is any) *refusal {
	if at(body, "labels") != nil && at(body, "view") != nil && at(body, "schema") != nil {
		return refuse(400, "invalid", "a new view with a schema")
	}
	if sent, of := columnTypes(body), columnTypes(is); at(is, "view") != nil && at(body, "schema") != nil && !maps.Equal(sent, of) {
		return refuse(400, "invalid", "a view whose columns are %v, and not %v", of, sent)
	}
	if at(body, "view") == nil {
		return nil
	}
	if old, ok := at(body, "view", "useLegacySql").(bool); !ok || old {
		return refuse(400, "invalid", "a view in legacy SQL")
	}
	sql := Text(body, "view", "query")
	found := inBackticks.FindAllStringSubmatch(sql, -1)
	if len(found) == 0 {
		return refuse(400, "invalidQuery", "a view over no table: %s", sql)
	}
	for _, m := range found {
		if s.tables[m[1]] == nil {
			return refuse(400, "invalidQuery", "a view over %s, which is not there", m[1])
		}
	}
	return nil
}

// shaped is the metadata of a view with its columns, without descriptions: in
// the order of the query, of the types that columns of these names have in its
// tables. What the query works out is of some type of the service's own.
func (s *Server) shaped(meta map[string]any) {
	sql := Text(meta, "view", "query")
	has := map[string]any{}
	var all []any
	for _, m := range inBackticks.FindAllStringSubmatch(sql, -1) {
		fields, _ := at(s.tables[m[1]].meta, "schema", "fields").([]any)
		for _, f := range fields {
			name := Text(f, "name")
			if has[name] == nil {
				has[name] = map[string]any{"name": name, "type": Text(f, "type"), "mode": strings.Replace(Text(f, "mode"), "REQUIRED", "", 1)}
				all = append(all, has[name])
			}
		}
	}
	var fields []any
	for _, item := range selected(sql) {
		switch name := strings.Trim(item[strings.LastIndexAny(item, " .")+1:], "`"); {
		case item == "*":
			fields = append(fields, all...)
		case has[name] != nil:
			fields = append(fields, has[name])
		default:
			fields = append(fields, map[string]any{"name": name, "type": "NUMERIC"})
		}
	}
	meta["schema"] = map[string]any{"fields": fields}
}

// selected are the items of a query's list.
func selected(sql string) (items []string) {
	list := strings.TrimPrefix(sql, "SELECT ")
	depth, from := 0, 0
	for i, r := range list {
		switch {
		case r == '(':
			depth++
		case r == ')':
			depth--
		case depth > 0:
		case r == ',', strings.HasPrefix(list[i:], " FROM "):
			items = append(items, strings.TrimSpace(list[from:i]))
			if from = i + 1; r != ',' {
				return items
			}
		}
	}
	return items
}

// told looks whether everything is described.
func told(body any) *refusal {
	fields, _ := at(body, "schema", "fields").([]any)
	if Text(body, "description") == "" && at(body, "view") != nil {
		return refuse(400, "invalid", "a view that is not described")
	}
	for _, f := range fields {
		if n := len([]rune(Text(f, "description"))); n == 0 || n > 1024 {
			return refuse(400, "invalid", "the column %s is described in %d letters", Text(f, "name"), n)
		}
	}
	return nil
}

func columnType(body any, name string) string {
	fields, _ := at(body, "schema", "fields").([]any)
	for _, f := range fields {
		if Text(f, "name") == name {
			return Text(f, "type")
		}
	}
	return ""
}

var decorators = map[string]*regexp.Regexp{"HOUR": regexp.MustCompile(`^\d{10}$`), "DAY": regexp.MustCompile(`^\d{8}$`), "MONTH": regexp.MustCompile(`^\d{6}$`)}

// fits tells whether a decorator is one of the table's.
func (t *table) fits(partition string) *refusal {
	kind := Text(t.meta, "timePartitioning", "type")
	if (partition == "") != (kind == "") || kind != "" && !decorators[kind].MatchString(partition) {
		return refuse(400, "invalid", "the decorator %q for %s, which is partitioned by %q", partition, Text(t.meta, "tableReference", "tableId"), kind)
	}
	return nil
}
