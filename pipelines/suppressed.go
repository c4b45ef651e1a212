package pipelines

import (
	"encoding/json"
	"fmt"

	"github.com/habitue-data/habitue/internal/store"
	"github.com/habitue-data/habitue/pipelines/flow"
	"github.com/habitue-data/habitue/transforms/consent"
)

// suppressions are the decisions about addresses, by the shard of the address.
func suppressions(n *Night) flow.Seed {
	shards := make([][]byte, n.Shards)
	for _, s := range n.Suppress {
		one := keyOf(s.Type, []byte(s.Value))
		to := &shards[n.shard(one.hash)]
		*to = appendBytes(*to, append([]byte{byte(s.Type), ':'}, s.Value...))
		*to = appendStatement(*to, &consent.Statement{Channel: s.Channel, Purpose: consent.Marketing, Suppress: s.Reason, At: s.At, Source: decisions})
	}
	told := flow.Seed{Port: "suppressions"}
	for shard, data := range shards {
		if len(data) > 0 {
			told.Keys, told.Items = append(told.Keys, shard), append(told.Items, data)
		}
	}
	return told
}

// decisions is the source of what somebody decided.
const decisions = "decisions"

// suppressedFile holds the addresses in the scratch folder, for those who
// know whose they are: there may be many.
const suppressedFile = "suppressed.json"

// writeSuppressed puts the addresses where every worker finds them.
func (n *Night) writeSuppressed() error {
	if !n.wantsConsents() {
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

// readSuppressed reads them back; none where nobody asks for consents.
func (n *Night) readSuppressed() (map[string]bool, error) {
	if !n.wantsConsents() {
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
