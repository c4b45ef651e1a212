// Package records gives every row its customer and puts it where its table and
// month are, and goes from what rows say of addresses to consents.
package records

import "github.com/habitue-data/habitue/pipelines/work"

// Stages are all there are here; pipelines has who reads whom.
var Stages = []work.Stage{refuseStage, whoseStage, recordsStage, monthStage, rememberStage, forwardStage, consentStage}
