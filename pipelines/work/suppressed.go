package work

import (
	"encoding/json"
	"fmt"

	"github.com/habitue-data/habitue/internal/store"
	"github.com/habitue-data/habitue/pipelines/brief"
)

// suppressedFile holds the addresses in the scratch folder, for those who
// know whose they are: there may be many.
const suppressedFile = "suppressed.json"

// WriteSuppressed puts the addresses where every worker finds them.
func WriteSuppressed(n *brief.Night) error {
	if !n.WantsConsents() {
		return nil
	}
	keys := []string{}
	for _, s := range n.Suppress {
		keys = append(keys, string(rune(s.Type))+":"+s.Value)
	}
	text, err := json.Marshal(keys)
	if err != nil {
		return fmt.Errorf("write down the suppressed addresses: %w", err)
	}
	return store.Write(store.Join(n.Scratch, suppressedFile), text)
}

// ReadSuppressed reads them back; none where nobody asks for consents.
func ReadSuppressed(n *brief.Night) (map[string]bool, error) {
	if !n.WantsConsents() {
		return nil, nil
	}
	text, err := store.ReadFile(store.Join(n.Scratch, suppressedFile))
	if err != nil {
		return nil, fmt.Errorf("read the suppressed addresses: %w", err)
	}
	var keys []string
	if err := json.Unmarshal(text, &keys); err != nil {
		return nil, fmt.Errorf("read the suppressed addresses: %w", err)
	}
	all := map[string]bool{}
	for _, k := range keys {
		all[k] = true
	}
	return all, nil
}
