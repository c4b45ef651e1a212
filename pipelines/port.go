package pipelines

import (
	"strconv"
	"strings"
)

// port names a stream of batches: one stage writes it, one reads it.
type port string

// inRound is the port of one of the rounds that a stage takes.
func (p port) inRound(round int) port {
	if round == 0 {
		return p
	}
	return p + port("#"+strconv.Itoa(round))
}

// base is the port without its round: how the code of a stage calls it.
func (p port) base() port {
	name, _, _ := strings.Cut(string(p), "#")
	return port(name)
}
