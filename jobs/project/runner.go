package project

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net"
	"slices"
	"strconv"

	"github.com/habitue-data/habitue/internal/config"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/internal/store"
)

// Runner is what carries the work out.
type Runner struct {
	Name    string
	Options map[string]string // Beam's, by name
}

// Runners are the names of those that there are.
var Runners = []string{"direct", "prism", "flink", "spark", "universal", "dataflow"}

// runnerOptions are the options of Beam's command line that a project may
// set: those that say where and how a runner works. What Beam does to its
// pipelines beyond that is not the project's affair.
var runnerOptions = map[string]string{
	"endpoint":           "host and port of the job server",
	"environment_type":   "how workers are started: LOOPBACK (this process, for tests), PROCESS, DOCKER, EXTERNAL",
	"environment_config": "what to start: for PROCESS {\"command\": PATH} as JSON, this program unless said; for DOCKER an image",
	"parallelism":        "how many workers at once",
	"worker_binary":      "the program that workers run; this one unless said",
	"job_name":           "name of the job",
	"experiments":        "Beam's experiments, with commas between",

	"project":                  "dataflow: the cloud project",
	"region":                   "dataflow: the region",
	"staging_location":         "dataflow: a gs:// folder for the program",
	"temp_location":            "dataflow: a gs:// folder for temporary files",
	"worker_machine_type":      "dataflow: machine type of workers",
	"num_workers":              "dataflow: how many workers at first",
	"max_num_workers":          "dataflow: how many workers at most",
	"disk_size_gb":             "dataflow: disk of a worker",
	"zone":                     "dataflow: the zone",
	"network":                  "dataflow: the network",
	"subnetwork":               "dataflow: the subnetwork",
	"no_use_public_ips":        "dataflow: true where workers have no public address",
	"service_account_email":    "dataflow: whom workers work for",
	"labels":                   "dataflow: labels of the job, as JSON",
	"sdk_container_image":      "dataflow: image of the workers",
	"dataflow_service_options": "dataflow: options of the service",
	"dataflow_kms_key":         "dataflow: the key that data at rest is encrypted with",
	"flexrs_goal":              "dataflow: COST_OPTIMIZED for delayed, cheaper workers",
	"min_cpu_platform":         "dataflow: the least processor of workers",
	"disk_type":                "dataflow: kind of a worker's disk",
	"worker_zone":              "dataflow: the zone of workers",
}

func runner(v *config.Value) Runner {
	return Runner{Name: v.Get("name").Text(), Options: v.Get("options").TextMap()}
}

// runnerWrong is what is wrong with one option of a runner, "" for the runner
// as a whole.
type runnerWrong struct{ option, what, todo string }

// Err is what a runner lacks for a project, as an error for who chose it on the
// command line.
func (r Runner) Err(p *Project) error {
	var all []error
	for _, w := range append(r.wrong(), r.outOfReach(p)...) {
		all = append(all, fmt.Errorf("%s; %s", w.what, w.todo))
	}
	return fault.With(errors.Join(all...), fault.Config)
}

// wrong is all that can be said of a runner without calling it.
func (r Runner) wrong() (all []runnerWrong) {
	add := func(option, todo, what string, args ...any) {
		all = append(all, runnerWrong{option, fmt.Sprintf(what, args...), todo})
	}
	known := slices.Sorted(maps.Keys(runnerOptions))
	for _, name := range slices.Sorted(maps.Keys(r.Options)) {
		if runnerOptions[name] == "" {
			todo := "docs/config.md has those there are"
			if near := fault.Nearest(name, known); near != "" {
				todo = "did you mean " + near + "?"
			}
			add(name, todo, "a runner has no option %s", name)
		}
	}
	for _, name := range []string{"parallelism", "num_workers", "max_num_workers", "disk_size_gb"} {
		if text, said := r.Options[name]; said {
			if n, err := strconv.Atoi(text); err != nil || n < 1 {
				add(name, "write one such as 4", "%s is %q, which is no number from 1 up", name, text)
			}
		}
	}
	var needs []string
	switch r.Name {
	case "flink", "spark", "universal":
		needs = []string{"endpoint"}
		switch kind := r.Options["environment_type"]; kind {
		case "", "DOCKER", "EXTERNAL", "LOOPBACK":
		case "PROCESS":
			var process struct {
				Command string `json:"command"`
			}
			if text, said := r.Options["environment_config"]; said && (json.Unmarshal([]byte(text), &process) != nil || process.Command == "") {
				add("environment_config", `write environment_config: '{"command": "/usr/local/bin/habitue"}', or leave it out where this program has the same path on every machine`, "the environment_config of PROCESS is no JSON with a command")
			}
		default:
			add("environment_type", "write LOOPBACK, PROCESS, DOCKER or EXTERNAL", "environment_type %s is none", kind)
		}
	case "dataflow":
		needs = []string{"project", "region", "staging_location"}
	}
	if at := r.Options["endpoint"]; at != "" && slices.Contains(needs, "endpoint") {
		if host, port, err := net.SplitHostPort(at); err != nil || host == "" || port == "" {
			add("endpoint", "write it as localhost:8099", "endpoint %q is no host and port", at)
		}
	}
	for _, name := range needs {
		if r.Options[name] == "" {
			add("", fmt.Sprintf("write it under runner: options: in the project file, it is %s", runnerOptions[name]), "the runner %s needs the option %s", r.Name, name)
		}
	}
	return all
}

// outOfReach is what of a project the machines of a runner cannot open: those
// of Dataflow share no folder with this one.
func (r Runner) outOfReach(p *Project) (all []runnerWrong) {
	if r.Name != "dataflow" {
		return nil
	}
	todo := "copy it into a bucket, and write gs:// or s3://"
	if !store.Remote(p.Lake) {
		all = append(all, runnerWrong{"", "the workers of dataflow cannot open the lake " + quoted(p.Lake) + ": it is a folder of this machine", todo})
	}
	for _, s := range p.Sources {
		for _, path := range s.Patterns {
			if !store.Remote(path.Text) {
				all = append(all, runnerWrong{"", "the workers of dataflow cannot open " + quoted(path.Text) + " of source " + s.Name + ": it is on this machine", todo})
			}
		}
	}
	return all
}

// runnerHangs says what is wrong where it stands.
func runnerHangs(v *config.Value, say say) {
	options := v.Get("options")
	for _, w := range runner(v).wrong() {
		at := v
		if options.Has(w.option) {
			at = options.Get(w.option)
		} else if w.option != "" && options != nil {
			at = options
		}
		say(at, w.what, w.todo)
	}
}
