package columns

// Words are the few texts of a column: a row names one by its number, so
// that nobody who writes the column on has to look at the text again.
type Words Column

// NewWords is a set of words, numbered from 0.
func NewWords(texts ...string) *Words {
	w := &Column{}
	for _, t := range texts {
		w.AddText(t)
	}
	return (*Words)(w)
}

// Add appends the word of that number to a Text column that holds nothing
// but these words.
func (w *Words) Add(c *Column, n int) {
	c.Dict = (*Column)(w)
	c.Index = append(c.Index, uint32(n))
}
