package flow

import (
	"strconv"
	"strings"
)

// Port names a stream of batches: one stage writes it, one reads it.
type Port string

// InRound is the Port of one of the rounds that a stage takes.
func (p Port) InRound(round int) Port {
	if round == 0 {
		return p
	}
	return p + Port("#"+strconv.Itoa(round))
}

// Base is the Port without its round: how the code of a stage calls it.
func (p Port) Base() Port {
	name, _, _ := strings.Cut(string(p), "#")
	return Port(name)
}
