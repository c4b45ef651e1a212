package contract

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"reflect"
	"regexp"
	"strings"
	"time"
)

// insertJob does a job at once. One that fails is there all the same.
func (s *Server) insertJob(body any, media []byte, a Answer) (any, *refusal) {
	if faults := Against("Job", body); len(faults) > 0 {
		return nil, refuse(400, "invalid", "%s", strings.Join(faults, "; "))
	}
	id := Text(body, "jobReference", "jobId")
	config := at(body, "configuration")
	switch {
	case !regexp.MustCompile(`^habitue_[\w-]+$`).MatchString(id) || len(id) > 1024:
		return nil, refuse(400, "invalid", "the job id %q is not one of ours", id)
	case Text(body, "jobReference", "location") == "":
		return nil, refuse(400, "invalid", "job %s has no location", id)
	case at(config, "labels", "habitue") == nil:
		return nil, refuse(400, "invalid", "job %s has not our label", id)
	case s.jobs[id] != nil:
		return nil, refuse(409, "duplicate", "job %s is there", id)
	}
	j := &job{resource: map[string]any{"jobReference": at(body, "jobReference"), "configuration": config, "statistics": map[string]any{}, "status": map[string]any{"state": "DONE"}}}
	if a.JobFails {
		e := map[string]any{"reason": a.Reason, "message": a.Message}
		j.resource["status"] = map[string]any{"state": "DONE", "errorResult": e, "errors": []any{e}}
		s.jobs[id] = j
		return j.resource, nil
	}
	var no *refusal
	switch {
	case at(config, "load") != nil:
		no = s.load(j, at(config, "load"), media)
	case at(config, "copy") != nil:
		no = s.copy(at(config, "copy"))
	case at(config, "query") != nil:
		no = s.query(j, config)
	default:
		no = refuse(400, "invalid", "job %s does nothing", id)
	}
	if no != nil {
		return nil, no
	}
	if dry, _ := at(config, "dryRun").(bool); !dry {
		s.jobs[id] = j
	}
	if at(config, "copy") != nil { // it takes a while
		running := maps.Clone(j.resource)
		running["status"] = map[string]any{"state": "RUNNING"}
		return running, nil
	}
	return j.resource, nil
}

// into finds the table and partition of a job's end.
func (s *Server) into(config any, write string) (t *table, name, partition string, no *refusal) {
	name, partition, _ = strings.Cut(Text(config, "destinationTable", "tableId"), "$")
	t = s.tables[name]
	switch {
	case t == nil || at(t.meta, "view") != nil:
		return nil, "", "", refuse(404, "notFound", "no table %s", name)
	case Text(config, "writeDisposition") != write:
		return nil, "", "", refuse(400, "invalid", "writeDisposition %q to %s, want %s", Text(config, "writeDisposition"), name, write)
	case Text(config, "createDisposition") != "CREATE_NEVER":
		return nil, "", "", refuse(400, "invalid", "createDisposition %q to %s", Text(config, "createDisposition"), name)
	}
	return t, name, partition, t.fits(partition)
}

func (s *Server) load(j *job, config any, media []byte) *refusal {
	t, name, partition, no := s.into(config, "WRITE_APPEND")
	if no != nil {
		return no
	}
	if name == "_runs" {
		var row map[string]any
		if err := json.Unmarshal(media, &row); err != nil || Text(config, "sourceFormat") != "NEWLINE_DELIMITED_JSON" {
			return refuse(400, "invalid", "sourceFormat %q of %q: %v", Text(config, "sourceFormat"), media, err)
		}
		t.rows = append(t.rows, row)
		return nil
	}
	infer, _ := at(config, "parquetOptions", "enableListInference").(bool)
	targets, _ := at(config, "decimalTargetTypes").([]any)
	switch {
	case !strings.HasPrefix(name, "stage_"):
		return refuse(400, "invalid", "%s is loaded into unchecked", name)
	case Text(config, "sourceFormat") != "PARQUET" || !infer || len(targets) != 1 || targets[0] != "NUMERIC":
		return refuse(400, "invalid", "%s is loaded as %q, lists %v, decimals as %v", name, Text(config, "sourceFormat"), infer, targets)
	}
	var rows int64
	all := [][]byte{media}
	if uris, _ := at(config, "sourceUris").([]any); len(uris) > 0 {
		all = nil
		for _, u := range uris {
			data, there := s.Objects[u.(string)]
			if !there {
				return refuse(404, "notFound", "no object %v", u)
			}
			all = append(all, data)
		}
	}
	for _, data := range all {
		f, err := readParquet(data)
		if err != nil {
			return refuse(400, "invalid", "%v", err)
		}
		for _, c := range f.cols {
			if columnType(t.meta, c) == "" {
				return refuse(400, "invalid", "%s has no column %s", name, c)
			}
		}
		rows += f.rows
		t.partitions[partition] = append(t.partitions[partition], f)
	}
	j.resource["statistics"] = map[string]any{"load": map[string]any{"outputRows": fmt.Sprint(rows)}}
	return nil
}

func (s *Server) copy(config any) *refusal {
	to, name, partition, no := s.into(config, "WRITE_TRUNCATE")
	if no != nil {
		return no
	}
	sources, _ := at(config, "sourceTables").([]any)
	if len(sources) != 1 {
		return refuse(400, "invalid", "%d tables are copied to %s", len(sources), name)
	}
	fromName, fromPartition, _ := strings.Cut(Text(sources[0], "tableId"), "$")
	from := s.tables[fromName]
	switch {
	case from == nil:
		return refuse(404, "notFound", "no table %s", fromName)
	case !strings.HasPrefix(name, "rows_") || !strings.HasPrefix(fromName, "stage_"+strings.TrimPrefix(name, "rows_")+"_"):
		return refuse(400, "invalid", "%s is copied to %s", fromName, name)
	case from.fits(fromPartition) != nil:
		return from.fits(fromPartition)
	case fromPartition != "" && fromPartition != partition:
		return refuse(400, "invalid", "%s of %s is copied to %s", fromPartition, fromName, partition)
	case fromPartition != "" && !reflect.DeepEqual(at(from.meta, "timePartitioning"), at(to.meta, "timePartitioning")):
		return refuse(400, "invalid", "%s and %s are partitioned differently", fromName, name)
	case !reflect.DeepEqual(columnTypes(from.meta), columnTypes(to.meta)):
		return refuse(400, "invalid", "%s and %s have not the same columns", fromName, name)
	}
	to.partitions[partition] = append([]file{}, from.partitions[fromPartition]...)
	return nil
}

func columnTypes(meta any) map[string]string {
	types := map[string]string{}
	fields, _ := at(meta, "schema", "fields").([]any)
	for _, f := range fields {
		types[Text(f, "name")] = Text(f, "type") + Text(f, "mode") + Text(f, "precision") + Text(f, "scale")
	}
	return types
}

var asked = regexp.MustCompile("^SELECT (.+) FROM `[^`]+\\.([^`.]+)`$")

// query answers a count and sums over a whole table.
func (s *Server) query(j *job, config any) *refusal {
	sql := Text(config, "query", "query")
	if old, ok := at(config, "query", "useLegacySql").(bool); !ok || old {
		return refuse(400, "invalid", "a query in legacy SQL")
	}
	limit := Text(config, "query", "maximumBytesBilled")
	if limit == "" || limit == "0" || s.Limit != 0 && limit != fmt.Sprint(s.Limit) {
		return refuse(400, "invalid", "a query without a limit: %s", sql)
	}
	var most int64
	fmt.Sscan(limit, &most)
	if dry, _ := at(config, "dryRun").(bool); !dry && s.Bytes > most {
		return refuse(403, "bytesBilledLimitExceeded", "Query exceeded limit for bytes billed: %d", most)
	}
	m := asked.FindStringSubmatch(sql)
	if m == nil || s.tables[m[2]] == nil {
		return refuse(400, "invalidQuery", "%s", sql)
	}
	for _, what := range strings.Split(strings.ReplaceAll(m[1], ", 0)", " 0)"), ", ") {
		total := new(big.Rat)
		column := strings.TrimSuffix(strings.TrimPrefix(what, "IFNULL(SUM(`"), "`) 0)")
		for _, files := range s.tables[m[2]].partitions {
			for _, f := range files {
				if what == "COUNT(*)" {
					total.Add(total, new(big.Rat).SetInt64(f.rows))
				} else if sum := f.sums[column]; sum != nil {
					total.Add(total, sum)
				} else {
					return refuse(400, "invalidQuery", "no column %s in %s", column, m[2])
				}
			}
		}
		j.answer = append(j.answer, total)
	}
	j.resource["statistics"] = map[string]any{"totalBytesProcessed": fmt.Sprint(s.Bytes), "query": map[string]any{"totalBytesProcessed": fmt.Sprint(s.Bytes)}}
	return nil
}

// result is the one row of a query.
func (j *job) result() any {
	var fields, row []any
	for i, v := range j.answer {
		kind, value := "NUMERIC", v.(*big.Rat).FloatString(9)
		if i == 0 {
			kind, value = "INTEGER", v.(*big.Rat).FloatString(0)
		}
		fields = append(fields, map[string]any{"name": fmt.Sprintf("f%d_", i), "type": kind})
		row = append(row, map[string]any{"v": value})
	}
	return map[string]any{"jobComplete": true, "totalRows": "1", "schema": map[string]any{"fields": fields}, "rows": []any{map[string]any{"f": row}}, "jobReference": j.resource["jobReference"]}
}

// cell is a value as rows are listed: times are microseconds.
func cell(v any) any {
	switch v := v.(type) {
	case float64:
		return fmt.Sprint(int64(v))
	case string:
		if t, err := time.Parse(time.RFC3339Nano, v); err == nil {
			return fmt.Sprint(t.UnixMicro())
		}
	}
	return v
}
