package customer

// MostMoney is the greatest amount in minor units that a column of money
// holds: DECIMAL(18).
const MostMoney = 1e18 - 1

// DivideRounded is n / by, rounded half away from zero; by is above zero.
// Every amount that is divided is divided so.
func DivideRounded(n, by int64) int64 {
	q, r := n/by, n%by
	switch { // by-r and not 2*r, which may overflow
	case r > 0 && r >= by-r:
		return q + 1
	case r < 0 && -r >= by+r:
		return q - 1
	}
	return q
}
