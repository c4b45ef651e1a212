package records

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/pipelines/brief"
	"github.com/habitue-data/habitue/pipelines/flow"
	"github.com/habitue-data/habitue/pipelines/work"
	"github.com/habitue-data/habitue/transforms/consent"
)

// addressWriter deals what rows say of addresses to the shards of the
// addresses; what names none of the right kind, to those of its keys.
type addressWriter struct {
	*work.Worker
	shards [][]byte
	named  [][]byte
}

func newAddressWriter(w *work.Worker) *addressWriter {
	return &addressWriter{Worker: w, shards: make([][]byte, w.Shards), named: make([][]byte, w.Shards)}
}

// What an entry of a batch of named statements is.
const (
	namedStatement = iota // a statement of whose address only a key is known
	namedAddresses        // the addresses of a contact, for one of its keys
	namedVow              // of which address a record gave its consent
)

// rows takes what the rows of a table say. Of a row that is not in force a no
// counts all the same, and an explicit yes: see consent.Recall and inherit.
func (a *addressWriter) rows(table string, r *ownedRows, file *brief.File) error {
	if r.addresses == nil {
		return nil
	}
	source, record, written := r.Col("source"), r.Col("record_id"), r.Col("updated_at")
	for i := range r.N {
		said, ok := r.addresses.Bytes(i)
		if !ok || r.lost[i] && a.toCome(written, i, file) {
			continue
		}
		keys, spelt := work.Addresses(said)
		base := consent.Statement{At: customer.NoTime, Source: work.Text(source, i), Record: work.Text(record, i), Customer: r.whose[i], Past: r.lost[i]}
		var all []consent.Statement
		var err error
		if table == "contacts" {
			a.leads(keys, r.whose[i])
			all, err = ofContact(r.Chunk, i, base)
		} else {
			all = ofInteraction(r.Chunk, i, base, keys)
		}
		if err != nil {
			return err
		}
		var vowed []customer.KeyType
		for k := range all {
			s := &all[k]
			if s.At != customer.NoTime && s.At >= a.End { // nobody knew of it yet
				continue
			}
			yes := s.State == consent.Subscribed && s.Suppress == ""
			if !s.Past || s.Suppress != "" || s.State == consent.Unsubscribed || yes && s.Explicit {
				a.say(s, keys, spelt)
			}
			if kind := consent.AddressOf(s.Channel); table == "contacts" && yes && s.Explicit && !slices.Contains(vowed, kind) {
				vowed = append(vowed, kind)
				a.vows(&vow{source: file.Source, record: s.Record, at: s.At, written: written.Ints[i], file: file.Order}, kind, keys)
			}
		}
	}
	return nil
}

// toCome tells whether a row that is not in force is of a later day.
func (a *addressWriter) toCome(written *columns.Column, i int, file *brief.File) bool {
	if written != nil && written.Ints[i] != columns.MissingInt {
		return written.Ints[i] >= a.End
	}
	return file.Delivered > a.AsOf
}

// say deals a statement to each address of its channel that the row names, or
// else to each of its keys: they lead to the addresses. A yes that names no
// address is none: an address needs its own. Of what is past only the key of
// the contact itself leads on: nobody knows whose the other keys were.
func (a *addressWriter) say(s *consent.Statement, keys, spelt [][]byte) {
	kind, found := consent.AddressOf(s.Channel), false
	for i, k := range keys {
		if customer.KeyType(k[0]) == kind {
			one := *s
			if !s.Past {
				one.Written = string(spelt[i])
			}
			a.sayOf(k, &one)
			found = true
		}
	}
	if found || s.Suppress == "" && s.State != consent.Unsubscribed {
		return
	}
	for _, k := range keys {
		if !s.Past || customer.KeyType(k[0]) == customer.ContactKey {
			to := a.to(a.named, k)
			*to = appendStatement(work.AppendBytes(append(*to, namedStatement), k), s)
		}
	}
}

// sayOf deals a statement to an address.
func (a *addressWriter) sayOf(address []byte, s *consent.Statement) {
	to := a.to(a.shards, address)
	*to = appendStatement(work.AppendBytes(*to, address), s)
}

// vows tells of the addresses of a row that a consent was given of.
func (a *addressWriter) vows(v *vow, kind customer.KeyType, keys [][]byte) {
	for _, k := range keys {
		if customer.KeyType(k[0]) == kind {
			v.address = k
			to := &a.named[a.Shard(work.IDHash(v.source, []byte(v.record)))]
			*to = v.append(append(*to, namedVow))
		}
	}
}

// leads tells each key of a contact which addresses the contact has, and
// whose it is.
func (a *addressWriter) leads(keys [][]byte, whose customer.ID) {
	var addresses []byte
	for _, k := range keys {
		switch customer.KeyType(k[0]) {
		case customer.EmailKey, customer.PhoneKey, customer.ContactKey:
			addresses = work.AppendBytes(addresses, k)
		}
	}
	for _, k := range keys {
		to := a.to(a.named, k)
		*to = work.AppendBytes(append(work.AppendBytes(append(*to, namedAddresses), k), whose[:]...), addresses)
	}
}

func (a *addressWriter) to(shards [][]byte, address []byte) *[]byte {
	one := work.KeyOf(customer.KeyType(address[0]), address[2:])
	return &shards[a.Shard(one.Hash)]
}

func (a *addressWriter) flush(out *flow.Outputs) {
	work.EmitShards(out, "statements", a.shards)
	work.EmitShards(out, "named", a.named)
}

func ofContact(k *columns.Chunk, i int, base consent.Statement) ([]consent.Statement, error) {
	text, ok := k.Col("consents").Bytes(i)
	if !ok {
		return nil, nil
	}
	var given map[string]bool
	if err := json.Unmarshal(text, &given); err != nil {
		return nil, fmt.Errorf("consents %q: %w", text, err)
	}
	explicit := false
	for n, name := range []string{"consent_at", "updated_at", "created_at"} {
		if at := k.Col(name).Ints[i]; at != columns.MissingInt {
			base.At, explicit = at, n == 0
			break
		}
	}
	return consent.OfContact(given, base, explicit), nil
}

// ofInteraction is what an interaction says. One that names no channel is of
// the channel of its address.
func ofInteraction(k *columns.Chunk, i int, base consent.Statement, keys [][]byte) []consent.Statement {
	base.At = k.Col("interaction_at").Ints[i]
	if base.Channel = work.Text(k.Col("channel"), i); base.Channel == "" {
		base.Channel = "sms"
		if slices.ContainsFunc(keys, func(k []byte) bool { return customer.KeyType(k[0]) == customer.EmailKey }) {
			base.Channel = "email"
		}
	}
	return consent.OfInteraction(work.Text(k.Col("kind"), i), work.Text(k.Col("status"), i), base)
}
