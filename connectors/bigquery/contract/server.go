package contract

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// Server is a BigQuery with one project.
type Server struct {
	*httptest.Server
	// Trouble, where set, may answer a request in place of the service.
	Trouble func(c Call) Answer
	// Change, where set, changes the JSON of a request as it comes in, or the
	// parameters of one that only reads: what the service would say if the
	// client had sent that.
	Change func(kind string, body any)
	// Objects are files in gs:// that load jobs may name.
	Objects map[string][]byte
	// Limit, where set, is what every query must be limited to.
	Limit int64
	// Bytes is what a query is said to read.
	Bytes int64
	// PerPage is how many tables or rows the service gives at a time of a
	// dataset that others fill.
	PerPage int

	busy     sync.WaitGroup
	mu       sync.Mutex
	calls    []Call
	faults   []string
	datasets map[string]map[string]any
	tables   map[string]*table // by name in the one dataset that is written to
	exports  map[string]map[string]*exported
	jobs     map[string]*job
	uploads  map[string]*upload
	clock    int64 // of creation times, in milliseconds
}

// Call is a request.
type Call struct {
	N            int // 0 is the first
	Method, Path string
	Kind         string         // as dataset.get, table.insert, load, copy, query, job.get, upload
	Body         any            // JSON
	Parameters   map[string]any // of a request that only reads: its path and what stands behind it
	Media        []byte
}

// Answer is what Trouble wants: the zero Answer is the service's own.
type Answer struct {
	Status          int // with Reason and Message
	Reason, Message string
	Cut             bool // the connection breaks before the request is worked on
	CutAfter        bool // it is worked on, and the answer gets lost
	CutWithin       bool // half of the answer comes
	JobFails        bool // the job is there and fails with Reason and Message
}

type table struct {
	meta       map[string]any
	partitions map[string][]file // "" of a table without
	rows       []map[string]any  // of a table of JSON rows
}

type job struct {
	resource map[string]any
	answer   []any // of a query
}

type upload struct {
	job  any
	data []byte
}

// New starts a server that ends with the test, and fails it where a request
// was not as the service wants it, unless the test takes the Faults.
func New(t testing.TB) *Server {
	s := &Server{Objects: map[string][]byte{}, Bytes: 1 << 20, PerPage: 1000, exports: map[string]map[string]*exported{}, datasets: map[string]map[string]any{}, tables: map[string]*table{},
		jobs: map[string]*job{}, uploads: map[string]*upload{}, clock: 1_700_000_000_000}
	s.Server = httptest.NewServer(http.HandlerFunc(s.serve))
	t.Cleanup(func() {
		s.Close()
		for _, f := range s.Faults() {
			t.Error(f)
		}
	})
	return s
}

// Calls are the requests so far.
func (s *Server) Calls() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Call(nil), s.calls...)
}

// Faults are what was wrong with requests since the last call.
func (s *Server) Faults() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.faults
	s.faults = nil
	return f
}

// Wipe takes all tables away, as who deletes a dataset does. Jobs stay known.
func (s *Server) Wipe() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tables = map[string]*table{}
}

// Quiet waits until no request is worked on: one whose client has gone may
// still be.
func (s *Server) Quiet() { s.busy.Wait() }

// refusal is an answer that is no success.
type refusal struct {
	status          int
	reason, message string
}

func refuse(status int, reason, format string, args ...any) *refusal {
	return &refusal{status, reason, fmt.Sprintf(format, args...)}
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	s.busy.Add(1)
	defer s.busy.Done()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the client's connection broke
	}
	c := Call{Method: r.Method, Path: r.URL.Path}
	chunk := strings.HasPrefix(r.URL.Path, "/chunks/")
	switch {
	case chunk:
		c.Media = body
	case r.URL.Query().Get("uploadType") == "multipart":
		c.Body, c.Media, err = parts(r.Header.Get("Content-Type"), body)
	case len(body) > 0:
		err = json.Unmarshal(body, &c.Body)
	}
	c.Kind = kindOf(c, chunk)
	if _, is := reads[c.Kind]; is && err == nil {
		c.Parameters, err = parameters(c.Kind, r.URL)
	}
	if s.Change != nil {
		if s.Change(c.Kind, c.Body); c.Parameters != nil {
			s.Change(c.Kind, c.Parameters)
		}
	}
	s.mu.Lock()
	c.N = len(s.calls)
	s.calls = append(s.calls, c)
	s.mu.Unlock()
	var a Answer
	if s.Trouble != nil {
		a = s.Trouble(c)
	}
	if a.Cut {
		cut(w)
		return
	}
	if a.Status != 0 {
		tell(w, &refusal{a.Status, a.Reason, a.Message})
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var answer any
	var no *refusal
	switch {
	case err != nil:
		no = refuse(400, "invalid", "%v", err)
	case chunk:
		answer, no = s.chunk(w, r, c, a)
	case r.URL.Query().Get("uploadType") == "resumable":
		id := fmt.Sprint(len(s.uploads))
		no = s.references(c.Body)
		s.uploads[id] = &upload{job: c.Body}
		w.Header().Set("Location", s.URL+"/chunks/"+id)
	default:
		answer, no = s.answer(c, a)
	}
	if no != nil && no.status == 400 {
		s.faults = append(s.faults, c.Method+" "+c.Path+": "+no.message)
	}
	switch {
	case a.CutAfter:
		cut(w)
	case a.CutWithin:
		text, _ := json.Marshal(answer)
		w.Header().Set("Content-Length", fmt.Sprint(len(text)))
		_, _ = w.Write(text[:len(text)/2])
		_ = http.NewResponseController(w).Flush()
		cut(w)
	case no != nil:
		tell(w, no)
	case answer != nil:
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(answer) // the client may have gone
	}
}

// chunk takes a piece of a resumable upload. The service answers 200 with a
// header of its own, not 308, to whoever asks for that.
func (s *Server) chunk(w http.ResponseWriter, r *http.Request, c Call, a Answer) (any, *refusal) {
	u := s.uploads[strings.TrimPrefix(c.Path, "/chunks/")]
	var from, to int
	var all string
	if _, err := fmt.Sscanf(r.Header.Get("Content-Range"), "bytes %d-%d/%s", &from, &to, &all); err != nil || u == nil || r.Header.Get("X-GUploader-No-308") != "yes" {
		return nil, refuse(400, "invalid", "chunk %q of an upload that is known: %v", r.Header.Get("Content-Range"), u != nil)
	}
	if from > len(u.data) || to-from+1 != len(c.Media) {
		return nil, refuse(400, "invalid", "chunk %s, %d bytes are there", r.Header.Get("Content-Range"), len(u.data))
	}
	u.data = append(u.data[:from], c.Media...)
	if all == "*" {
		w.Header().Set("X-HTTP-Status-Code-Override", "308")
		w.Header().Set("Range", fmt.Sprintf("bytes=0-%d", to))
		return nil, nil
	}
	return s.insertJob(u.job, u.data, a)
}

// parts are the JSON and the file of an upload in one request.
func parts(contentType string, body []byte) (value any, media []byte, err error) {
	_, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return nil, nil, err
	}
	r := multipart.NewReader(bytes.NewReader(body), params["boundary"])
	first, err := r.NextPart()
	if err == nil {
		err = json.NewDecoder(first).Decode(&value)
	}
	if err != nil {
		return nil, nil, err
	}
	second, err := r.NextPart()
	if err != nil {
		return nil, nil, err
	}
	media, err = io.ReadAll(second)
	return value, media, err
}

// cut resets the connection.
func cut(w http.ResponseWriter) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		panic(err)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

func tell(w http.ResponseWriter, no *refusal) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(no.status)
	_ = json.NewEncoder(w).Encode(map[string]any{"error": map[string]any{"code": no.status, "message": no.message,
		"errors": []any{map[string]any{"reason": no.reason, "message": no.message}}}})
}

// kindOf is what a request is for.
func kindOf(c Call, chunk bool) string {
	path := strings.Split(strings.TrimPrefix(c.Path, "/upload/bigquery/v2"), "/") // "", projects, P, ...
	verb := map[string]string{"GET": "get", "POST": "insert", "PATCH": "patch", "DELETE": "delete"}[c.Method]
	switch {
	case chunk:
		return "upload"
	case len(path) > 3 && path[3] == "jobs" && c.Method == "POST":
		for _, kind := range []string{"load", "copy", "query"} {
			if at(c.Body, "configuration", kind) != nil {
				return kind
			}
		}
		return "job"
	case len(path) > 3 && path[3] == "jobs":
		return "job.get"
	case len(path) > 3 && path[3] == "queries":
		return "query.get"
	case len(path) > 7 && path[7] == "data":
		return "rows.get"
	case len(path) == 6 && c.Method == "GET":
		return "table.list"
	case len(path) > 5:
		return "table." + verb
	}
	return "dataset." + verb
}

// at is a value inside JSON, nil where there is none.
func at(value any, keys ...string) any {
	for _, k := range keys {
		m, _ := value.(map[string]any)
		value = m[k]
	}
	return value
}

// Text is a text inside the JSON of a request, "" where there is none.
func Text(value any, keys ...string) string {
	s, _ := at(value, keys...).(string)
	return s
}
