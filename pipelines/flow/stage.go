package flow

import "context"

// Stage is one step: plain Go from the batches of one key to batches for other
// keys. Nothing of Beam shows in it.
type Stage struct {
	Name string
	Outs []Port // at most maxOuts
	Run  func(ctx context.Context, worker any, key int, in *Inputs, out *Outputs) error
}

const maxOuts = 6

// Program is what workers run. A worker, wherever it was started, is told the
// name of a stage and the job; all else it has from here.
type Program struct {
	Stages []Stage
	// Ready makes what the stages of a process share. The job is what Build was
	// given; reads are the ports that somebody reads.
	Ready func(job []byte, reads map[Port]bool) (worker any, m Means, err error)
	// Seed is what a port begins with that no stage writes.
	Seed func(job []byte, p Port) (Seed, error)
	// Begin hears that a stage works on a key.
	Begin func(ctx context.Context, stage string)

	sum string // hash of the program that workers must be; "" for this process
}

// program is the one of this process: Init sets it before a worker is one.
var program Program

func (p Program) stage(name string) *Stage {
	for i := range p.Stages {
		if p.Stages[i].Name == name {
			return &p.Stages[i]
		}
	}
	return nil
}
