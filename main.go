// Command habitue turns a shop's raw exports into customers, scores and
// segments, every night.
package main

import (
	"os"

	"github.com/habitue-data/habitue/jobs"
	"github.com/habitue-data/habitue/pipelines"
)

func main() {
	pipelines.Init()
	os.Exit(jobs.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
