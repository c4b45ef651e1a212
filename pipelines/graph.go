package pipelines

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
)

// step puts a stage into the graph: it reads these ports, grouped by key.
type step struct {
	stage string
	reads []port
	round int // of those that the stage takes, from 1; 0 where it takes one
}

// seed is what the graph starts from.
type seed struct {
	port  port
	keys  []int
	items [][]byte
}

// build makes the Beam graph of some steps. Each step groups what it reads
// by key; a port has one writer and one reader.
func build(n *Night, seeds []seed, steps []step) (*beam.Pipeline, error) {
	night, err := json.Marshal(n)
	if err != nil {
		return nil, fmt.Errorf("write down the night: %w", err)
	}
	var read []port
	for _, s := range steps {
		for _, p := range s.reads {
			if slices.Contains(read, p) {
				return nil, fmt.Errorf("port %q has two readers", p)
			}
			read = append(read, p)
		}
	}
	byName := map[string]stage{}
	for _, s := range stages() {
		byName[s.name] = s
	}
	p, root := beam.NewPipelineWithRoot()
	made := map[port]beam.PCollection{}
	for _, s := range seeds {
		made[s.port] = beam.ParDo(root.Scope(string(s.port)), &seedFn{s.port, s.keys, s.items}, beam.Impulse(root))
	}
	for _, s := range steps {
		scope := root.Scope(s.stage)
		def, ok := byName[s.stage]
		if !ok {
			return nil, fmt.Errorf("no stage is called %q", s.stage)
		}
		if len(def.outs) > maxOuts {
			return nil, fmt.Errorf("stage %s has %d outputs, the most is %d", s.stage, len(def.outs), maxOuts)
		}
		var ins []beam.PCollection
		for _, in := range s.reads {
			c, ok := made[in]
			if !ok {
				return nil, fmt.Errorf("stage %s reads %q before it is written", s.stage, in)
			}
			ins = append(ins, c)
		}
		in := ins[0]
		if len(ins) > 1 {
			in = beam.Flatten(scope, ins...)
		}
		outs := beam.ParDoN(scope, &stageFn{Stage: s.stage, Night: night, Read: read, Round: s.round}, beam.GroupByKey(scope, in))
		for i, out := range def.outs {
			out = out.inRound(s.round)
			if _, twice := made[out]; twice {
				return nil, fmt.Errorf("port %q has two writers", out)
			}
			made[out] = outs[i]
		}
	}
	return p, nil
}
