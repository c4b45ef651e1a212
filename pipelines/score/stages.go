// Package score goes from what was measured of customers to scores: cuts in
// rounds, models from a sample, then everyone's row.
package score

import "github.com/habitue-data/habitue/pipelines/work"

// Stages are all there are here; pipelines has who reads whom.
var Stages = []work.Stage{countStage, nextStage, sampleStage, fitStage, scoreStage, cubeStage}
