package segment

import (
	"crypto/sha256"
	"encoding/binary"

	"github.com/habitue-data/habitue/customer"
)

// Lot is a place from 0 to 100 of each customer, the same on every day: the
// first 52 bits of the SHA-256 of project's salt/salt/customer id.
func (s *Scope) Lot(salt string) func(i int) float64 {
	before := []byte(s.Env.Salt + "/" + salt + "/")
	return func(i int) float64 {
		before = s.ID(i).Append(before)
		sum := sha256.Sum256(before)
		before = before[:len(before)-customer.IDLen]
		return float64(binary.BigEndian.Uint64(sum[:])>>12) / (1 << 52) * 100
	}
}
