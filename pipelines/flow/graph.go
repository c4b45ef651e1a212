package flow

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
)

// Step puts a stage into the graph: it reads these ports, grouped by key.
type Step struct {
	Stage string
	Reads []Port
	Round int // of those that the stage takes, from 1; 0 where it takes one
}

// Seed is what the graph starts from at a port: an item for each key.
type Seed struct {
	Keys  []int
	Items [][]byte
}

// SeedOf is a seed of values written as JSON, the key of each its place.
func SeedOf[T any](values []T) (s Seed, err error) {
	for i, v := range values {
		data, err := json.Marshal(v)
		if err != nil {
			return Seed{}, fmt.Errorf("write down a seed of the night: %w", err)
		}
		s.Keys, s.Items = append(s.Keys, i), append(s.Items, data)
	}
	return s, nil
}

// Build makes the Beam graph of some steps. Each step groups what it reads
// by key; a port has one writer and one reader. Every step has the job with
// it, and runners bound what a graph may be: so a job says where to find
// what is large, and of seeds the graph has just the names.
func Build(program Program, job []byte, seeds []Port, steps []Step) (*beam.Pipeline, error) {
	var read []Port
	for _, s := range steps {
		for _, p := range s.Reads {
			if slices.Contains(read, p) {
				return nil, fmt.Errorf("port %q has two readers", p)
			}
			read = append(read, p)
		}
	}
	p, root := beam.NewPipelineWithRoot()
	made := map[Port]beam.PCollection{}
	for _, s := range seeds {
		made[s] = beam.ParDo(root.Scope(string(s)), &seedFn{s, program.sum, job}, beam.Impulse(root))
	}
	for _, s := range steps {
		scope := root.Scope(s.Stage)
		def := program.stage(s.Stage)
		if def == nil {
			return nil, fmt.Errorf("no stage is called %q", s.Stage)
		}
		if len(def.Outs) > maxOuts {
			return nil, fmt.Errorf("stage %s has %d outputs, the most is %d", s.Stage, len(def.Outs), maxOuts)
		}
		var ins []beam.PCollection
		for _, in := range s.Reads {
			c, ok := made[in]
			if !ok {
				return nil, fmt.Errorf("stage %s reads %q before it is written", s.Stage, in)
			}
			ins = append(ins, c)
		}
		in := ins[0]
		if len(ins) > 1 {
			in = beam.Flatten(scope, ins...)
		}
		outs := beam.ParDoN(scope, &stageFn{Stage: s.Stage, Program: program.sum, Job: job, Read: read, Round: s.Round}, beam.GroupByKey(scope, in))
		for i, out := range def.Outs {
			out = out.InRound(s.Round)
			if _, twice := made[out]; twice {
				return nil, fmt.Errorf("port %q has two writers", out)
			}
			made[out] = outs[i]
		}
	}
	return p, nil
}
