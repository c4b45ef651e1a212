package pipelines

import (
	"encoding/json"
	"fmt"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/store"
)

// listsFile holds the lists in the scratch folder: they may be long, and the
// night travels to every stage.
const listsFile = "lists.json"

// writeLists puts the lists where every worker finds them.
func (n *Night) writeLists() error {
	if n.Segments == nil || len(n.Segments.Lists) == 0 {
		return nil
	}
	text, err := json.Marshal(n.Segments.Lists)
	if err != nil {
		return fmt.Errorf("write down the lists of segments: %w", err)
	}
	return store.Write(store.Join(n.Scratch, listsFile), text)
}

// listed is who is in which list, by the list's number.
type listed struct {
	lists []List
	keys  map[string][]int
}

// readLists reads them back; without lists there is nothing in it.
func (n *Night) readLists() (*listed, error) {
	l := &listed{keys: map[string][]int{}}
	if n.Segments == nil || !n.Segments.Listed {
		return l, nil
	}
	text, err := store.ReadFile(store.Join(n.Scratch, listsFile))
	if err != nil {
		return nil, fmt.Errorf("read the lists of segments: %w", err)
	}
	if err := json.Unmarshal(text, &l.lists); err != nil {
		return nil, fmt.Errorf("read the lists of segments: %w", err)
	}
	for i, list := range l.lists {
		for _, k := range list.Keys {
			l.keys[k] = append(l.keys[k], i)
		}
	}
	return l, nil
}

// of are the lists that hold a key.
func (l *listed) of(kind customer.KeyType, text []byte) []int {
	if len(l.keys) == 0 {
		return nil
	}
	return l.keys[string(rune(kind))+":"+string(text)]
}
