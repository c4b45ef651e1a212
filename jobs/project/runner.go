package project

import "github.com/habitue-data/habitue/internal/config"

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
	"environment_config": "what to start: for PROCESS {\"command\": PATH} as JSON, for DOCKER an image",
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
}

func runner(v *config.Value) Runner {
	return Runner{Name: v.Get("name").Text(), Options: v.Get("options").TextMap()}
}
