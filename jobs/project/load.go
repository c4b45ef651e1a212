package project

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"time"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/config"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/transforms/churn"
	"github.com/habitue-data/habitue/transforms/cohort"
)

const day = 24 * time.Hour

// Load reads a project file and what it names. The Project is nil where the
// file cannot be read at all; where the list holds a fault that is not a
// warning it must not be used.
func Load(path string, env func(string) (string, bool)) (*Project, fault.List) {
	return loadIn(path, config.World{Env: env})
}

// LoadToRead is Load for who asks no source and no warehouse: secrets may be
// missing, and are as they stand in the file.
func LoadToRead(path string, env func(string) (string, bool)) (*Project, fault.List) {
	return loadIn(path, config.World{Env: env, Closed: true})
}

func loadIn(path string, world config.World) (*Project, fault.List) {
	p := &Project{File: filepath.Base(path), Dir: filepath.Dir(path)}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fault.List{{File: path, What: "the project file cannot be read: " + cause(err), Todo: "name one with -c FILE, or go to its folder"}}
	}
	named := map[string]bool{}
	world.File = func(name string) ([]byte, error) {
		named[p.from(".", name)] = true
		return os.ReadFile(p.Path(name))
	}
	root, faults := config.Parse(p.File, data, Spec(), world)
	if root == nil {
		return nil, faults
	}
	l := loader{p: p, text: string(data), faults: faults, wrong: faults, named: named, sum: sha256.New()}
	l.count(p.File, data)
	l.project(root)
	if world.Env != nil {
		p.BigQueryAt, _ = world.Env(bigQueryEmulator)
	}
	l.faults.Sort()
	p.ConfigSHA256 = hex.EncodeToString(l.sum.Sum(nil))
	return p, l.faults
}

// loader turns a value of the project's spec into a Project.
type loader struct {
	p      *Project
	text   string // of the project file
	faults fault.List
	wrong  fault.List      // what the spec alone found
	named  map[string]bool // files that the project file names, from its folder
	sum    interface {
		Write([]byte) (int, error)
		Sum([]byte) []byte
	}
}

// count takes a file into the hash of the configuration.
func (l *loader) count(name string, data []byte) {
	fmt.Fprintf(l.sum, "%s\x00%d\x00", name, len(data)) // a hash takes everything
	_, _ = l.sum.Write(data)
}

func (l *loader) say(at *config.Value, what, todo string) {
	l.faults = append(l.faults, fault.Fault{File: l.p.File, Line: at.Line, Col: at.Col, What: what, Todo: todo})
}

func (l *loader) project(v *config.Value) {
	p := l.p
	p.root = v
	p.Name = v.Get("project").Text()
	p.Zone = time.UTC
	if zone, err := time.LoadLocation(v.Get("timezone").Text()); err == nil { // else the spec's check has told it
		p.Zone = zone
	}
	p.Currency = v.Get("currency").Text()
	p.Scale, _ = customer.CurrencyScale(p.Currency)
	p.Country = v.Get("country").Text()
	p.Salt, p.Salted = v.Get("id_salt").Secret(), v.Has("id_salt")
	if !p.Salted {
		p.Salt = config.NewSecret(p.Name)
	}
	p.Latest = int(v.Get("latest").Int())

	l.identity(v.Get("identity"))
	if at := v.Get("suppressed"); at.IsSet() {
		p.Suppressed = l.suppressed(at)
	}
	l.segments(v.Get("segments"))
	for _, d := range v.Get("activation").Items() {
		p.Activation = append(p.Activation, destination(d))
	}
	if l.p.Segments.Set != nil {
		l.destinationsOf(v.Get("activation"))
	}
	p.Base = Base(v.Get("base").Text())
	p.RFMBase, p.CohortBase = base(v, "rfm"), base(v, "cohorts")
	p.Cohorts = cohorts(v.Get("cohorts"))
	p.Churn = churnOptions(v.Get("churn"))
	p.Buckets = v.Get("buckets").TextMap()
	p.Lake = v.Get("lake").Text()
	p.Warehouse = warehouse(v.Get("warehouse"))
	p.Report = v.Get("report").Text()
	p.Publish = publish(v.Get("publish"))
	p.Runner = runner(v.Get("runner"))
	p.Schedule = schedule(v.Get("schedule"))
	p.Memory = v.Get("memory").Int()
	p.Shards = int(v.Get("shards").Int())
	p.Gates = Gates{Rejects: v.Get("gates").Get("rejects").Int(), Volume: v.Get("gates").Get("volume").Int()}
	p.InMemory = v.Get("components").Get("in_memory").Int()
	p.KeepInputs = v.Get("keep_inputs").Duration()
	p.Cache = v.Get("cache").Bool()
	items := v.Get("sources").Items()
	for i, s := range items {
		end := after(v, s.Line)
		if i+1 < len(items) {
			end = items[i+1].Line
		}
		l.source(s, end)
	}
	l.vetoHangs(v.At("identity", "veto"))
	p.Identity.Decisions = l.decisions()
	l.places()
}

// after is the line of the next key of the file after a line.
func after(v *config.Value, line int) int {
	next := math.MaxInt
	for _, e := range v.Entries() {
		if e.Line > line {
			next = min(next, e.Line)
		}
	}
	return next
}

// base is the base of a part, or the project's.
func base(v *config.Value, part string) Base {
	if b := v.Get(part).Get("base"); b != nil {
		return Base(b.Text())
	}
	return Base(v.Get("base").Text())
}

// cohorts is what is asked of cohorts: everything unless said.
func cohorts(v *config.Value) cohort.Question {
	q := cohort.Question{Definitions: cohort.Definitions(), Measures: cohort.Measures(), Unfinished: v.Get("unfinished").Text() == "include"}
	grains := cohort.Grains()
	for key, list := range map[string]*[]string{"grain": &grains, "definitions": &q.Definitions, "measures": &q.Measures} {
		if v.Has(key) {
			*list = v.Get(key).Texts()
		}
	}
	for _, g := range grains {
		q.Grains = append(q.Grains, cohort.Grain(g))
	}
	return q
}

// churnOptions is what is asked of models of buying.
func churnOptions(v *config.Value) churn.Options {
	o := churn.Options{Horizon: int32(v.Get("horizon").Duration() / day), MinBuyers: int(v.Get("min_buyers").Int()), Models: v.Get("models").Texts()}
	if o.Models == nil {
		o.Models = churn.Models()
	}
	return o
}

func publish(v *config.Value) Publish {
	tables := v.Get("tables")
	p := Publish{All: tables.Text() == "all", KeepRuns: int(v.Get("keep_runs").Int())}
	for _, e := range tables.Entries() {
		t := Table{Name: e.Name, Line: e.Line, Col: e.Col}
		for _, c := range e.Value.Items() {
			t.Columns = append(t.Columns, c.Text())
		}
		p.Tables = append(p.Tables, t)
	}
	return p
}

// cause is the reason of a failed file operation, in plain words.
func cause(err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "it is not there"
	case errors.Is(err, fs.ErrPermission):
		return "this user may not read it"
	}
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}
