package records

import (
	"context"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/pipelines/flow"
	"github.com/habitue-data/habitue/pipelines/work"
	"github.com/habitue-data/habitue/transforms/consent"
)

var forwardStage = work.Stage{Name: "forward", Run: forward, Outs: []flow.Port{"forwarded"}}

// forward sends what was said of a key of a contact, and names no address, to
// the addresses that the key leads to. Who shares a phone and is another
// customer has no say about an e-mail that stands beside it. The key of a contact
// itself leads to what the contact had before, too, as something that is past.
func forward(_ context.Context, w *work.Worker, _ int, in *flow.Inputs, out *flow.Outputs) error {
	type owned struct {
		key   string
		whose customer.ID
	}
	leads := map[owned][]byte{} // to addresses
	type saying struct {
		key string
		consent.Statement
	}
	var said []saying
	var vows []vow
	past := map[string][]byte{} // as leads of whoever it is, for keys of contacts of which something is said
	for _, p := range []flow.Port{"named", "vowed"} {
		err := in.Read(p, func(_ *flow.Batch, data []byte) error {
			d := work.Decoder{B: data}
			for d.More() {
				switch d.Byte() {
				case namedVow:
					vows = append(vows, readVow(&d))
				case namedStatement:
					s := saying{string(d.Bytes()), statement(&d)}
					said = append(said, s)
					if customer.KeyType(s.key[0]) == customer.ContactKey {
						past[s.key] = nil
					}
				default:
					by := owned{key: string(d.Bytes())}
					copy(by.whose[:], d.Take(len(by.whose)))
					leads[by] = append(leads[by], d.Bytes()...)
				}
			}
			return d.Err
		})
		if err != nil {
			return err
		}
	}
	if len(past) > 0 {
		for by, addresses := range leads { // in any order: an address takes what is said of it in any
			if all, asked := past[by.key]; asked {
				past[by.key] = append(all, addresses...)
			}
		}
	}
	a := newAddressWriter(w)
	send := func(s consent.Statement, to []byte) {
		d := work.Decoder{B: to}
		for d.More() {
			if address := d.Bytes(); customer.KeyType(address[0]) == consent.AddressOf(s.Channel) {
				a.sayOf(address, &s)
			}
		}
	}
	for _, s := range said {
		if !s.Past {
			send(s.Statement, leads[owned{s.key, s.Customer}])
		}
		send(s.Then(), past[s.key])
	}
	inherit(vows, a)
	work.EmitShards(out, "forwarded", a.shards)
	return nil
}
