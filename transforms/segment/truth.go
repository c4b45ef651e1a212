package segment

// Truth is what a condition says of a customer, in Kleene's three-valued
// logic. The order of the values makes "and" the least and "or" the greatest.
type Truth uint8

const (
	False Truth = iota
	Unknown
	True
)

// String is true, false or unknown.
func (t Truth) String() string { return [...]string{"false", "unknown", "true"}[t] }

// Not is the other way round; of unknown it is unknown.
func (t Truth) Not() Truth { return True - t }

// Of is the truth of a plain bool.
func Of(b bool) Truth {
	if b {
		return True
	}
	return False
}
