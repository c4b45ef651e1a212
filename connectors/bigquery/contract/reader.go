package contract

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Seen is what a reader finds behind the view of a table: the hashes of the
// files whose rows it shows, in order, as the newest committed row of the log
// says. A table of months shows all of them, one of days those up to the run's.
func (s *Server) Seen(name string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.tables["rows_"+name]
	if s.tables[name] == nil || t == nil {
		return nil
	}
	var slot string
	best := -1.0
	if log := s.tables["_runs"]; log != nil {
		for _, r := range log.rows {
			if seq := r["seq"].(float64); r["state"] == "committed" && seq > best {
				at, err := time.Parse(time.RFC3339Nano, r["slot"].(string))
				if err != nil {
					panic(err)
				}
				best, slot = seq, at.UTC().Format("2006010215")
			}
		}
	}
	kind := Text(t.meta, "timePartitioning", "type")
	seen := []string{}
	for p, files := range t.partitions {
		for _, f := range files {
			if kind == "MONTH" || p == slot || kind == "DAY" && p <= slot[:min(8, len(slot))] {
				seen = append(seen, f.hash)
			}
		}
	}
	slices.Sort(seen)
	return seen
}

// Partitions are the names and partitions of all tables with rows, in order.
func (s *Server) Partitions() (all []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for name, t := range s.tables {
		for p, files := range t.partitions {
			all = append(all, fmt.Sprintf("%s$%s %d", name, p, len(files)))
		}
	}
	slices.Sort(all)
	return all
}

// View is the SQL of a view, "" where there is none.
func (s *Server) View(name string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t := s.tables[name]; t != nil {
		return Text(t.meta, "view", "query")
	}
	return ""
}

// Tables are the names of all tables that begin so.
func (s *Server) Tables(begin string) (names []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for name := range s.tables {
		if strings.HasPrefix(name, begin) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// Foreign makes a table of somebody else, without our label.
func (s *Server) Foreign(dataset, name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tables[name] = &table{partitions: map[string][]file{}, meta: map[string]any{"type": "TABLE",
		"tableReference": map[string]any{"projectId": "p", "datasetId": dataset, "tableId": name}}}
}

// Described are the descriptions of a view's columns by name.
func (s *Server) Described(name string) map[string]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	docs := map[string]string{}
	if t := s.tables[name]; t != nil {
		fields, _ := at(t.meta, "schema", "fields").([]any)
		for _, f := range fields {
			docs[Text(f, "name")] = Text(f, "description")
		}
	}
	return docs
}

// Lose takes a table of ours away, as somebody may.
func (s *Server) Lose(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.tables, name)
}
