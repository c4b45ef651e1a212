// Package extract goes from raw rows to the records that hold: rows are read,
// refused or kept, repeats and older versions dropped, lines made orders.
package extract

import "github.com/habitue-data/habitue/pipelines/work"

// Stages are all there are here; pipelines has who reads whom.
var Stages = []work.Stage{extractStage, settleStage, recallStage, gatherStage, compareStage}
