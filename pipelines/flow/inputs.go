package flow

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/habitue-data/habitue/internal/store"
)

// Inputs are the batches of one key, by Port, in the order of Seq and Part
// whatever order the runner brought them in.
type Inputs struct{ batches []Batch }

// sort puts the batches in their order: no two of a port are of one Seq and Part.
func (in *Inputs) sort() {
	slices.SortFunc(in.batches, func(a, b Batch) int {
		return cmp.Or(cmp.Compare(a.Seq, b.Seq), cmp.Compare(a.Part, b.Part), cmp.Compare(a.Port, b.Port))
	})
}

// Read gives the batches of a port one after the other and lets each go
// once yield is done with it: its bytes must not be kept.
func (in *Inputs) Read(p Port, yield func(b *Batch, data []byte) error) error {
	return in.Keep(p, func(b *Batch, data []byte) error {
		if err := yield(b, data); err != nil {
			return err
		}
		b.body.release()
		return nil
	})
}

// Keep gives the batches of a port, for a stage that reads them more than once:
// their bytes stay until Release, or until the stage is done with the key. A
// bucket answers late: of batches that are there some are read ahead.
func (in *Inputs) Keep(p Port, yield func(b *Batch, data []byte) error) error {
	var batches []*Batch
	atOnce := 1
	for i := range in.batches {
		if b := &in.batches[i]; b.Port.Base() == p {
			batches = append(batches, b)
			atOnce = max(atOnce, store.Parallel(b.body.path))
		}
	}
	return ahead(len(batches), atOnce, func(i int) ([]byte, error) { return batches[i].open() }, func(i int, data []byte) error {
		if err := yield(batches[i], data); err != nil {
			return fmt.Errorf("%v of %d: %w", p, batches[i].Seq, err)
		}
		return nil
	})
}

// All gives the bytes of every batch of a port at once. They stay as
// those of Keep.
func (in *Inputs) All(p Port) (batches [][]byte, err error) {
	err = in.Keep(p, func(_ *Batch, data []byte) error {
		batches = append(batches, data)
		return nil
	})
	return batches, err
}

// Ports are those that something came in at.
func (in *Inputs) Ports() (all []Port) {
	for _, b := range in.batches {
		if p := b.Port.Base(); !slices.Contains(all, p) {
			all = append(all, p)
		}
	}
	return all
}

// One gives the only batch of a Port, nil where there is none.
func (in *Inputs) One(p Port) (data []byte, err error) {
	for i := range in.batches {
		if in.batches[i].Port.Base() == p {
			if data != nil {
				return nil, fmt.Errorf("more than one batch of %q", p)
			}
			if data, err = in.batches[i].open(); err != nil {
				return nil, err
			}
		}
	}
	return data, nil
}

// ReadOne reads the only value of a Port, as SeedOf writes it, into v. Where
// there is none v stays as it was.
func (in *Inputs) ReadOne(p Port, v any) error {
	data, err := in.One(p)
	if err != nil || data == nil {
		return err
	}
	if err := json.Unmarshal(data, v); err != nil {
		return fmt.Errorf("read %s: %w", p, err)
	}
	return nil
}

// Release lets go what the others gave but Read: its bytes must not be used any more.
func (in *Inputs) Release() {
	for i := range in.batches {
		in.batches[i].body.release()
	}
}

// Pass hands the batches of a Port on at another Port, without a look at
// their bytes. They are no inputs any more.
func (in *Inputs) Pass(p Port, out *Outputs, to Port) {
	in.batches = slices.DeleteFunc(in.batches, func(b Batch) bool {
		if b.Port.Base() != p {
			return false
		}
		out.done = append(out.done, emission{out.key, Batch{Port: to.InRound(out.Round), Seq: b.Seq, Part: b.Part, body: b.body}})
		return true
	})
}

// Has tells whether anything came in at a port.
func (in *Inputs) Has(p Port) bool {
	return slices.ContainsFunc(in.batches, func(b Batch) bool { return b.Port.Base() == p })
}
