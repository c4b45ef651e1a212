package project

import (
	"time"

	"github.com/habitue-data/habitue/customer"
)

// Yesterday is the last day that is over in the project's zone.
func (p *Project) Yesterday(now time.Time) int32 {
	return customer.NewCalendar(p.Zone).Day(now.UnixMicro()) - 1
}
