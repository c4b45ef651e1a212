package segment

import "github.com/habitue-data/habitue/internal/alike"

// Codes numbers texts: those that compare equal have one number. A text in the spelling that came
// before costs one look-up; after mostTexts spellings they are folded anew,
// so that a column of many costs no memory without end.
type Codes struct {
	spelt, folded map[string]int
	texts         []string
}

// NewCodes has seen no text yet.
func NewCodes() *Codes { return &Codes{spelt: map[string]int{}, folded: map[string]int{}} }

// Of is the number of a text as it came.
func (k *Codes) Of(text []byte) int {
	id, known := k.spelt[string(text)]
	if known {
		return id
	}
	f := alike.Fold(text)
	if id, known = k.folded[f]; !known {
		id = len(k.texts)
		k.folded[f], k.texts = id, append(k.texts, f)
	}
	if len(k.spelt) < mostTexts {
		k.spelt[string(text)] = id
	}
	return id
}
