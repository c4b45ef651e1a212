package work

import (
	"encoding/binary"
	"encoding/json"
	"fmt"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/store"
	"github.com/habitue-data/habitue/pipelines/brief"
)

// listsFile holds the lists in the scratch folder: they may be long, and the
// night travels to every stage.
const listsFile = "lists.json"

// WriteLists puts the lists where every worker finds them.
func WriteLists(n *brief.Night) error {
	if n.Segments == nil || len(n.Segments.Lists) == 0 {
		return nil
	}
	text, err := json.Marshal(n.Segments.Lists)
	if err != nil {
		return fmt.Errorf("write down the lists of segments: %w", err)
	}
	return store.Write(store.Join(n.Scratch, listsFile), text)
}

// Listed is who is in which list, by the list's number.
type Listed struct {
	Lists []brief.List
	Keys  map[string][]int
	IDs   map[customer.ID][]int
}

// ReadLists reads them back; without lists there is nothing in it.
func ReadLists(n *brief.Night) (*Listed, error) {
	l := &Listed{Keys: map[string][]int{}, IDs: map[customer.ID][]int{}}
	if n.Segments == nil || !n.Segments.Listed {
		return l, nil
	}
	text, err := store.ReadFile(store.Join(n.Scratch, listsFile))
	if err != nil {
		return nil, fmt.Errorf("read the lists of segments: %w", err)
	}
	if err := json.Unmarshal(text, &l.Lists); err != nil {
		return nil, fmt.Errorf("read the lists of segments: %w", err)
	}
	for i, list := range l.Lists {
		for _, k := range list.Keys {
			l.Keys[k] = append(l.Keys[k], i)
		}
		for _, text := range list.IDs {
			id, err := customer.ParseID([]byte(text))
			if err != nil {
				return nil, fmt.Errorf("read the list of segment %s: %w", list.Segment, err)
			}
			l.IDs[id] = append(l.IDs[id], i)
		}
	}
	return l, nil
}

// Of are the lists that hold a key.
func (l *Listed) Of(kind customer.KeyType, text []byte) []int {
	if len(l.Keys) == 0 {
		return nil
	}
	return l.Keys[string(rune(kind))+":"+string(text)]
}

// AppendListed tells the shard of a customer of a list that holds it.
func AppendListed(shards [][]byte, w *Worker, id customer.ID, list uint64) {
	to := &shards[w.IdShard(id)]
	*to = binary.AppendUvarint(append(*to, id[:]...), list)
}

// ReadListed reads that back.
func ReadListed(d *Decoder, yield func(id customer.ID, list uint64)) error {
	for d.More() {
		var id customer.ID
		copy(id[:], d.Take(len(id)))
		if list := d.Uvarint(); d.Err == nil {
			yield(id, list)
		}
	}
	return d.Err
}
