// Package resolve goes from keys to customers: which keys are one customer's, by
// which links, and under which id.
package resolve

import "github.com/habitue-data/habitue/pipelines/work"

// Stages are all there are here; pipelines has who reads whom.
var Stages = []work.Stage{internStage, linkStage, componentsStage, hookStage, shrinkStage, labelStage, scatterStage, guardStage, ledgerStage, foldStage, reclaimStage, awardStage, nameStage, registerStage}
