package segment

// codes numbers texts as they are compared. A text in the spelling that came
// before costs one look-up; after mostTexts spellings they are folded anew,
// so that a column of many costs no memory without end.
type codes struct {
	spelt, folded map[string]int
	texts         []string
}

func newCodes() *codes { return &codes{spelt: map[string]int{}, folded: map[string]int{}} }

func (k *codes) id(text []byte) int {
	id, known := k.spelt[string(text)]
	if known {
		return id
	}
	f := Fold(text)
	if id, known = k.folded[f]; !known {
		id = len(k.texts)
		k.folded[f], k.texts = id, append(k.texts, f)
	}
	if len(k.spelt) < mostTexts {
		k.spelt[string(text)] = id
	}
	return id
}
