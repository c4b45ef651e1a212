// The tests beside main hold what concerns the whole tree: who may import
// whom, and that the pages made from the code are what the code says.
package main_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

const module = "github.com/habitue-data/habitue"

// maxLines is the most lines of a Go file: what a reader holds in mind.
const maxLines = 600

// line is an import path and the reason why it is on a list. A path of ours
// is written without the module; /... stands for it and all below.
type line struct{ path, why string }

// room is a folder, or with /... those below it as well, and what its
// non-test files may import beside the standard library.
type room struct {
	folder string
	may    []line
	never  []line // of the standard library
	pure   bool   // no clock either
}

// world is what would make a result depend on more than its arguments.
var world = []line{
	{"os/...", "a file, a variable or a process of the machine is the caller's to read"},
	{"io/fs", "as os"},
	{"net/...", "what comes from elsewhere comes as an argument"},
	{"database/...", "as net"},
	{"syscall", "as os"},
	{"log/...", "whoever calls decides what is told"},
	{"math/rand/...", "a sample is a hash of (salt, id), never a draw: the same input gives the same content"},
	{"crypto/rand", "as math/rand"},
}

const beam = "github.com/apache/beam/..."

// rooms are DESIGN's rooms, the nearer one first: a package belongs to the
// first that fits. One transform on another's list, or one connector on
// another's, needs a line here and a reason that convinces.
var rooms = []room{
	{folder: ".", may: []line{
		{"jobs", "main hands over to it"},
		{"pipelines", "Init comes before the command line is read: a worker is started with Beam's flags, not ours"},
	}},
	{folder: "customer", pure: true, never: world, may: []line{
		{"internal/columns", "the shapes of a transform say how rows are written; columns is a leaf that knows nothing of customers"},
	}},
	{folder: "transforms/mapping", pure: true, never: world, may: []line{
		{"customer", "the words everyone shares"},
		{"internal/columns", "rows come in and go out as columns"},
		{"internal/celfault", "what is wrong in an expression, in words"},
		{"internal/fault", "what is wrong with a rule carries file, line and column"},
		{"cel.dev/cel-go/...", "expr and where are CEL; cel-go is its own implementation"},
	}},
	{folder: "transforms/identity", pure: true, never: world, may: []line{
		{"customer", "the words everyone shares"},
		{"internal/phone", "phone numbers that the table of mobile numbers does not decide"},
		{"golang.org/x/net/idna", "the domain of an e-mail is one whether in letters or in Punycode"},
		{"golang.org/x/text/unicode/norm", "equal text may be composed in several ways; keys are compared in NFC"},
	}},
	{folder: "transforms/activation", pure: true, never: world, may: []line{
		{"customer", "the words everyone shares"},
		{"internal/columns", "what a file has of a customer comes as columns"},
		{"github.com/zeebo/xxh3", "the hash that says who is held out"},
	}},
	{folder: "transforms/segment", pure: true, never: world, may: []line{
		{"customer", "the words everyone shares"},
		{"internal/columns", "histories are columns"},
		{"internal/alike", "texts are compared without case, in any script"},
		{"internal/celfault", "what is wrong in a clause of where, in words"},
		{"internal/config", "a segment is a YAML file that a person writes"},
		{"internal/fault", "what is wrong in it carries file, line and column"},
		{"cel.dev/cel-go/...", "where is CEL; cel-go is its own implementation"},
	}},
	{folder: "transforms/segment/filters", pure: true, never: world, may: []line{
		{"customer", "the words everyone shares"},
		{"internal/alike", "texts are compared without case, in any script"},
		{"internal/columns", "histories are columns"},
		{"internal/config", "a filter may have keys of its own"},
		{"transforms/segment", "what a filter is: the catalogue is a part of the segments, apart so that it has a list and files of its own"},
	}},
	{folder: "transforms/segment/script", pure: true, never: world, may: []line{
		{"customer", "the words everyone shares"},
		{"internal/columns", "histories are columns"},
		{"internal/fault", "what is wrong in a script carries file and line"},
		{"transforms/segment", "what it tries: the language of tests is a part of the segments"},
	}},
	{folder: "transforms/churn", pure: true, never: world, may: []line{
		{"customer", "the words everyone shares"},
		{"gonum.org/v1/gonum/...", "likelihoods are maximised and equations solved by gonum"},
	}},
	{folder: "transforms/profile", pure: true, never: world, may: []line{
		{"customer", "the words everyone shares"},
		{"internal/alike", "spellings of one text are counted together"},
		{"internal/columns", "rows go out as columns"},
	}},
	{folder: "transforms/...", pure: true, never: world, may: []line{
		{"customer", "the words everyone shares"},
		{"internal/columns", "rows go out as columns"},
	}},
	{folder: "connectors", may: []line{
		{"connectors/...", "the one explicit list of formats"},
		{"internal/rowfile", "what a format is"},
	}},
	{folder: "connectors/csv", may: []line{
		{"internal/...", "rows, files, faults"},
	}},
	{folder: "connectors/jsonl", may: []line{
		{"internal/...", "rows, files, faults"},
	}},
	{folder: "connectors/parquet", may: []line{
		{"internal/...", "rows, files, faults"},
		{"github.com/parquet-go/parquet-go/...", "its client library"},
	}},
	{folder: "connectors/lake", may: []line{
		{"customer", "the tables that it keeps"},
		{"internal/...", "rows, files, faults"},
		{"github.com/parquet-go/parquet-go/...", "its client library: encodings, footer and reading; the pages are our own"},
		{"github.com/klauspost/compress/...", "snappy at half the CPU of the client library's"},
	}},
	{folder: "connectors/duckdb", may: []line{
		{"internal/...", "files, faults"},
		{"github.com/duckdb/duckdb-go/v2", "its client library"},
	}},
	{folder: "connectors/postgres", may: []line{
		{"internal/...", "columns, what is served"},
		{"github.com/jackc/pgx/v5/...", "its client library"},
	}},
	{folder: "connectors/bigquery", may: []line{
		{"internal/...", "files in a folder or a bucket, faults"},
		{"cloud.google.com/go/bigquery", "its client library"},
		{"google.golang.org/api/...", "how the client library is opened, its lists end, and what it says of errors"},
		{"golang.org/x/sync/errgroup", "a job waits more than it works, so several do"},
	}},
	{folder: "connectors/bigquery/contract", may: []line{ // for tests alone, and nothing else may import it
		{"github.com/parquet-go/parquet-go/...", "it counts and adds up what is sent to it"},
	}},
	{folder: "pipelines", may: []line{
		{"customer", "the words everyone shares"},
		{"transforms/rfm", "how many rounds the cuts take"},
		{"transforms/cohort", "what shards counted is added up in the middle"},
		{"connectors/lake", "the files that a night wrote"},
		{"internal/...", "buckets, progress, files, faults"},
		{"pipelines/...", "its rooms, put together to a night"},
	}},
	{folder: "pipelines/brief", may: []line{
		{"customer", "the words everyone shares"},
		{"transforms/...", "the options of each are part of what is asked"},
		{"connectors/lake", "tables of earlier runs"},
		{"internal/...", "blocks of files, faults"},
	}},
	{folder: "pipelines/work", may: []line{
		{"customer", "the words everyone shares"},
		{"transforms/...", "what is measured of a customer, how rows are mapped"},
		{"connectors/...", "formats of rows, the lake's writer"},
		{"internal/...", "rows, files, faults"},
		{"pipelines/brief", "what is asked"},
		{"pipelines/flow", "batches and ports"},
		{"github.com/zeebo/xxh3", "the hash by which rows are dealt"},
	}},
	{folder: "pipelines/extract", may: []line{
		{"customer", "the words everyone shares"},
		{"transforms/...", "what its stages do"},
		{"internal/...", "rows, files, faults"},
		{"pipelines/brief", "what is asked"},
		{"pipelines/flow", "batches and ports"},
		{"pipelines/work", "what stages share"},
		{"github.com/zeebo/xxh3", "hashes by which rows and samples are dealt"},
	}},
	{folder: "pipelines/resolve", may: []line{
		{"customer", "the words everyone shares"},
		{"transforms/...", "what its stages do"},
		{"internal/...", "rows, files, faults"},
		{"pipelines/brief", "what is asked"},
		{"pipelines/flow", "batches and ports"},
		{"pipelines/work", "what stages share"},
		{"connectors/lake", "the ledgers of earlier runs"},
	}},
	{folder: "pipelines/score", may: []line{
		{"customer", "the words everyone shares"},
		{"transforms/...", "what its stages do"},
		{"internal/...", "rows, files, faults"},
		{"pipelines/flow", "batches and ports"},
		{"pipelines/work", "what stages share"},
		{"github.com/zeebo/xxh3", "hashes by which rows and samples are dealt"},
	}},
	{folder: "pipelines/records", may: []line{
		{"customer", "the words everyone shares"},
		{"transforms/...", "what its stages do"},
		{"internal/...", "rows, files, faults"},
		{"pipelines/brief", "what is asked"},
		{"pipelines/flow", "batches and ports"},
		{"pipelines/work", "what stages share"},
		{"github.com/zeebo/xxh3", "hashes by which rows and samples are dealt"},
		{"connectors/lake", "months, carried over or written"},
		{"pipelines/resolve", "who owns a key, as told there"},
	}},
	{folder: "pipelines/segments", may: []line{
		{"customer", "the words everyone shares"},
		{"transforms/...", "what its stages do"},
		{"internal/...", "rows, files, faults"},
		{"pipelines/brief", "what is asked"},
		{"pipelines/flow", "batches and ports"},
		{"pipelines/work", "what stages share"},
		{"connectors/lake", "who belonged where before"},
	}},
	{folder: "pipelines/flow", may: []line{
		{"internal/...", "files, faults"},
		{beam, "this is the one room that knows Beam"},
		{"github.com/zeebo/xxh3", "the hash by which sealed batches are checked"},
	}},
	{folder: "jobs/demo", may: []line{
		{"internal/fault", "a wrong option is a fault of the command line"},
		{"github.com/klauspost/compress/gzip", "the tills write gzip"},
		{"golang.org/x/text/encoding/charmap", "the stores are written in Windows-1251"},
		// Nothing else of ours: the demo's truth must not be made by the code that it judges.
	}},
	{folder: "jobs/draft", pure: true, never: world, may: []line{
		{"customer", "the kinds, their fields, the currencies"},
		{"internal/columns", "samples are shown to the mapping as columns"},
		{"transforms/mapping", "a rule is guessed by who will apply it"},
	}},
	{folder: "jobs/sample", may: []line{
		{"connectors/...", "exports are read as a run reads them"},
		{"internal/...", "rows, files"},
		{"jobs/draft", "what a sample is, and a family of files"},
	}},
	{folder: "jobs/project", may: []line{
		{"customer", "the words everyone shares"},
		{"internal/...", "files, faults, the reader of YAML"},
		{"transforms/mapping", "a field's rule is checked by who will apply it"},
		{"transforms/consent", "channels, purposes and reasons have names there"},
		{"transforms/activation", "a destination is read as what decides about it"},
		{"transforms/segment/...", "a definition is checked by who will tell its members"},
		{"transforms/cohort", "grains, definitions and measures are named by who counts them"},
		{"transforms/identity", "decisions name keys in the form in which they are compared; guards are said here"},
		{"transforms/churn", "the names of its candidates"},
		{"transforms/profile", "fields and rules of the golden profile have names there"},
		{"golang.org/x/text/language", "the country must be one"},
	}},
	{folder: "jobs/pull", may: []line{
		{"customer", "the day by a project's zone"},
		{"connectors/postgres", "what is pulled"},
		{"connectors/bigquery", "what is pulled"},
		{"connectors/jsonl", "the column that a path into a row begins with"},
		{"internal/...", "files in a folder or a bucket, faults"},
		{"jobs/project", "what a project says of a source"},
		{"github.com/klauspost/compress/zstd", "the files are compressed"},
	}},
	{folder: "jobs/...", may: []line{
		{"customer", "the words everyone shares"},
		{"transforms/...", "what needs no graph: deliveries, blocked keys"},
		{"connectors/...", "inputs, lake, serving database"},
		{"pipelines", "the night"},
		{"pipelines/brief", "what is asked of it"},
		{"pipelines/resolve", "how many rounds components take"},
		{"pipelines/segments", "which columns tell of something new"},
		{"pipelines/flow", "the runners there are, and what a stage carried"},
		{"jobs/...", "the commands' own parts"},
		{"internal/...", "files, faults, progress"},
		{"github.com/alecthomas/kong", "the command line"},
		{"github.com/gofrs/flock", "one run at a time"},
		{"github.com/lmittmann/tint", "a log that a person reads"},
		{"golang.org/x/sync/errgroup", "inputs are looked at side by side"},
	}},
	{folder: "internal/bucket", may: []line{
		{"internal/store", "what a bucket is"},
		{"gocloud.dev/...", "its client library"},
		{"cloud.google.com/go/storage", "gs: versions, which the client library does not know"},
		{"google.golang.org/api/googleapi", "gs: what may not be read, which the client library takes for what is not there"},
		{"github.com/aws/aws-sdk-go-v2/feature/s3/transfermanager", "s3: versions"},
	}},
	{folder: "internal/bucket/emulator", may: []line{ // for tests alone, and nothing else may import it: it links two servers
		{"github.com/fsouza/fake-gcs-server/fakestorage", "a gs:// for tests"},
		{"github.com/johannesboyne/gofakes3/...", "an s3:// for tests"},
	}},
	{folder: "internal/celfault", may: []line{{"cel.dev/cel-go/cel", "what CEL says of an expression"}}},
	{folder: "internal/madepage", may: []line{{"github.com/google/go-cmp/cmp", "for tests alone: what differs"}}},
	{folder: "internal/...", may: []line{
		{"internal/...", "small tools build on each other; of ours nothing else: they have no opinion about customers"},
		{"github.com/google/jsonschema-go/jsonschema", "config: the schema for editors"},
		{"go.yaml.in/yaml/v4", "config: the project file"},
		{"github.com/robfig/cron/v3", "cronspec: the fields of crontab"},
		{"github.com/nyaruka/phonenumbers", "phone: the world's numbering plans"},
		{"github.com/klauspost/compress/...", "rowfile: gzip and zstd at several times the speed of the standard library"},
		{"github.com/zeebo/xxh3", "columns: the content hash"},
		{"golang.org/x/text/encoding/charmap", "rowfile: Windows-1251"},
		{"golang.org/x/text/cases", "alike: without case, in any script"},
		{"golang.org/x/text/unicode/norm", "alike: equal text may be composed in several ways"},
		{"golang.org/x/sync/errgroup", "rowfile: a file is hashed in pieces side by side"},
	}},
}

// inits are the rooms that may have init functions: Beam finds its functions
// by what was registered before main.
var inits = []string{"pipelines/flow"}

// covers tells whether a pattern of a list is for a path.
func covers(pattern, p string) bool {
	base, all := strings.CutSuffix(pattern, "/...")
	return p == base || all && strings.HasPrefix(p, base+"/")
}

func find(lines []line, p string) int {
	return slices.IndexFunc(lines, func(l line) bool { return covers(l.path, p) })
}

// judge tells everything in a tree that the rules forbid. stale are lines
// that nothing needs.
func judge(tree fs.FS, rooms []room) (faults, stale []string, err error) {
	used := map[string]bool{}
	packages := map[string]bool{} // folder -> has a package comment
	fault := func(where, format string, args ...any) {
		faults = append(faults, where+": "+fmt.Sprintf(format, args...))
	}
	err = fs.WalkDir(tree, ".", func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && p != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "out" || d.Name() == "testdata"):
			return fs.SkipDir
		case d.IsDir() || path.Ext(p) != ".go":
			return nil
		}
		text, err := fs.ReadFile(tree, p)
		if err != nil {
			return err
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, p, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		if n := strings.Count(string(text), "\n"); n > maxLines {
			fault(p, "%d lines; a file has one idea and at most %d", n, maxLines)
		}
		folder, test := path.Dir(p), strings.HasSuffix(p, "_test.go")
		at := slices.IndexFunc(rooms, func(r room) bool { return covers(r.folder, folder) })
		if at < 0 {
			fault(p, "the folder is in no room; give it one in imports_test.go")
			return nil
		}
		if !test {
			packages[folder] = packages[folder] || file.Doc != nil
		}
		for _, spec := range file.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			where := set.Position(spec.Pos()).String()
			if covers(beam, imported) && folder != "pipelines/flow" { // tests too
				fault(where, "only pipelines/flow imports Beam: a cold build takes minutes with it, an edited test seconds")
				continue
			}
			if test {
				continue
			}
			ours, own := strings.CutPrefix(imported, module+"/")
			switch {
			case own:
				imported = ours
			case !strings.Contains(strings.Split(imported, "/")[0], "."): // the standard library
				if i := find(rooms[at].never, imported); i >= 0 {
					fault(where, "%s does not import %s: %s", folder, imported, rooms[at].never[i].why)
				}
				continue
			}
			i := find(rooms[at].may, imported)
			if i < 0 {
				fault(where, "%s does not import %s: no line of imports_test.go says why it may", folder, imported)
				continue
			}
			used[rooms[at].folder+" "+rooms[at].may[i].path] = true
		}
		if !test {
			faults = append(faults, look(set, file, folder, rooms[at].pure)...)
		}
		return nil
	})
	for folder, told := range packages {
		if !told {
			fault(folder, "no package comment says what the package promises and what not")
		}
	}
	for _, r := range rooms {
		for _, l := range r.may {
			if !used[r.folder+" "+l.path] {
				stale = append(stale, fmt.Sprintf("nothing in %s imports %s any more: take the line away", r.folder, l.path))
			}
		}
	}
	slices.Sort(faults)
	return faults, stale, err
}

// clocks are the functions of package time that read or wait for a clock.
var clocks = []string{"Now", "Since", "Until", "After", "AfterFunc", "Tick", "NewTicker", "NewTimer", "Sleep"}

// look finds init functions and, where they are forbidden, clocks.
func look(set *token.FileSet, file *ast.File, folder string, pure bool) (faults []string) {
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			if n.Recv == nil && n.Name.Name == "init" && !slices.Contains(inits, folder) {
				faults = append(faults, fmt.Sprintf("%s: no init functions: what there is stands in an explicit list", set.Position(n.Pos())))
			}
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok && pure && x.Name == "time" && slices.Contains(clocks, n.Sel.Name) {
				faults = append(faults, fmt.Sprintf("%s: time.%s: the as-of date is an argument, so that any day can be computed again", set.Position(n.Pos()), n.Sel.Name))
			}
		}
		return true
	})
	return faults
}

func TestWhoImportsWhom(t *testing.T) {
	t.Parallel()
	faults, stale, err := judge(os.DirFS("."), rooms)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range append(faults, stale...) {
		t.Error(f)
	}
}

// TestTheRulesCanFail gives the judge a made-up tree that breaks each rule
// once, and keeps one that is allowed beside it.
func TestTheRulesCanFail(t *testing.T) {
	t.Parallel()
	src := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	tree := fstest.MapFS{
		"customer/customer.go":      src("// Package customer is fine.\npackage customer\n\nimport \"time\"\n\nvar Day = time.Hour\n"),
		"customer/file.go":          src("package customer\n\nimport \"os\"\n\nvar _ = os.Args\n"),
		"transforms/a/a.go":         src("package a\n\nimport (\n\t\"math/rand/v2\"\n\t\"time\"\n)\n\nvar _, _ = rand.Int, time.Now()\n"),
		"transforms/b/b.go":         src("// Package b is not for others.\npackage b\n\nimport (\n\t_ \"" + module + "/customer\"\n\t_ \"" + module + "/transforms/a\"\n)\n\nfunc init() {}\n"),
		"transforms/b/b_test.go":    src("package b\n\nimport (\n\t_ \"github.com/apache/beam/sdks/v2/go/pkg/beam\"\n\t_ \"os\"\n)\n"),
		"connectors/csv/csv.go":     src("// Package csv knows another connector.\npackage csv\n\nimport _ \"" + module + "/connectors/jsonl\"\n"),
		"connectors/jsonl/jsonl.go": src("// Package jsonl has a library.\npackage jsonl\n\nimport _ \"example.com/json\"\n"),
		"pipelines/flow/graph.go":   src("// Package flow may.\npackage flow\n\nimport _ \"github.com/apache/beam/sdks/v2/go/pkg/beam\"\n\nfunc init() {}\n"),
		"jobs/run.go":               src("// Package jobs is long.\npackage jobs\n" + strings.Repeat("\n", maxLines)),
		"tools/tools.go":            src("// Package tools has no room.\npackage tools\n"),
		"testdata/x.go":             src("package not looked into"),
	}
	got, stale, err := judge(tree, rooms)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"connectors/csv/csv.go:4:8: connectors/csv does not import connectors/jsonl: no line of imports_test.go says why it may",
		"connectors/jsonl/jsonl.go:4:8: connectors/jsonl does not import example.com/json: no line of imports_test.go says why it may",
		"customer/file.go:3:8: customer does not import os: a file, a variable or a process of the machine is the caller's to read",
		"jobs/run.go: 602 lines; a file has one idea and at most 600",
		"tools/tools.go: the folder is in no room; give it one in imports_test.go",
		"transforms/a/a.go:4:2: transforms/a does not import math/rand/v2: a sample is a hash of (salt, id), never a draw: the same input gives the same content",
		"transforms/a/a.go:8:22: time.Now: the as-of date is an argument, so that any day can be computed again",
		"transforms/a: no package comment says what the package promises and what not",
		"transforms/b/b.go:6:2: transforms/b does not import transforms/a: no line of imports_test.go says why it may",
		"transforms/b/b.go:9:1: no init functions: what there is stands in an explicit list",
		"transforms/b/b_test.go:4:2: only pipelines/flow imports Beam: a cold build takes minutes with it, an edited test seconds",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("faults (- want, + got):\n%s", diff)
	}
	if !slices.Contains(stale, "nothing in jobs/... imports github.com/gofrs/flock any more: take the line away") {
		t.Errorf("a line that nothing needs was not told: %q", stale)
	}
}
