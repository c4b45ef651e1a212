// Package segments decides who belongs where, who came and who left and why, and
// who is written to.
package segments

import "github.com/habitue-data/habitue/pipelines/work"

// Stages are all there are here; pipelines has who reads whom.
var Stages = []work.Stage{beforeStage, inheritStage, segmentStage, enlistStage}
