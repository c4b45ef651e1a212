package demo

// rowCounts are what must become of the rows of a source in one run of the
// last day over the folder as it lies there:
// read = kept + repeats + superseded + filtered + rejects. A repeat is a row,
// or the set of rows of an order in one file, whose content another one of
// the same id has, wherever it stands. Of the other contents of an id one is
// kept, if the newest file of a full delivery still has the id; the rest is
// superseded. Rows of older dumps that cannot be read count as rejects.
type rowCounts struct {
	Files      int            `json:"files"`
	Read       int            `json:"read"`
	Kept       int            `json:"kept"`
	Repeats    int            `json:"repeats"`
	Superseded int            `json:"superseded"`
	Filtered   int            `json:"filtered"`
	Rejects    int            `json:"rejects"`
	Reasons    map[string]int `json:"reject_reasons,omitempty"`
	Kopecks    *kopecks       `json:"kopecks,omitempty"`
}

// kopecks are the same for money; of rejects only what can be read, the
// others are Unreadable rows.
type kopecks struct {
	Read       int64 `json:"read"`
	Kept       int64 `json:"kept"`
	Repeats    int64 `json:"repeats"`
	Superseded int64 `json:"superseded"`
	Filtered   int64 `json:"filtered"`
	Rejects    int64 `json:"rejects"`
	Unreadable int   `json:"unreadable_rows"`
}

// add counts a row, and its money where the source has any.
func (c *rowCounts) add(rows *int, sum func(*kopecks) *int64, amount int64) {
	c.Read++
	*rows++
	if c.Kopecks != nil {
		c.Kopecks.Read += amount
		*sum(c.Kopecks) += amount
	}
}

func (c *rowCounts) keep(amount int64) {
	c.add(&c.Kept, func(k *kopecks) *int64 { return &k.Kept }, amount)
}

func (c *rowCounts) repeat(amount int64) {
	c.add(&c.Repeats, func(k *kopecks) *int64 { return &k.Repeats }, amount)
}

func (c *rowCounts) supersede(amount int64) {
	c.add(&c.Superseded, func(k *kopecks) *int64 { return &k.Superseded }, amount)
}

func (c *rowCounts) filter(amount int64) {
	c.add(&c.Filtered, func(k *kopecks) *int64 { return &k.Filtered }, amount)
}

func (c *rowCounts) reject(reason string, amount int64) {
	c.add(&c.Rejects, func(k *kopecks) *int64 { return &k.Rejects }, amount)
	c.Reasons[reason]++
}

func (c *rowCounts) unreadable(reason string) {
	c.reject(reason, 0)
	c.Kopecks.Unreadable++
}
