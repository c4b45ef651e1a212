// Command habitue turns the raw exports that a retailer already has into
// customer profiles, segments, scores and mailing files.
package main

import (
	"os"

	"github.com/habitue-data/habitue/jobs"
)

func main() {
	os.Exit(jobs.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
