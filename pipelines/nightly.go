package pipelines

import (
	"slices"

	"github.com/habitue-data/habitue/pipelines/brief"
	"github.com/habitue-data/habitue/pipelines/extract"
	"github.com/habitue-data/habitue/pipelines/flow"
	"github.com/habitue-data/habitue/pipelines/records"
	"github.com/habitue-data/habitue/pipelines/resolve"
	"github.com/habitue-data/habitue/pipelines/score"
	"github.com/habitue-data/habitue/pipelines/segments"
	"github.com/habitue-data/habitue/pipelines/work"
	"github.com/habitue-data/habitue/transforms/rfm"
)

// stages are all there are: those of each room, total and collect. Adding one is a
// word in its room and a line in nightly.
func stages() []work.Stage {
	return slices.Concat(extract.Stages, resolve.Stages, score.Stages, records.Stages, segments.Stages, []work.Stage{totalStage, collectStage})
}

// nightly is the night, from raw rows to tables. What nobody asked for is
// left out by one rule: a step is there when a wanted table needs it. Strict
// reading, repeats and versions, the tie to the till, ids and the ledger are
// always there.
func nightly(n *brief.Night) (steps []flow.Step) {
	stepOf := func(round int, stage string, reads ...flow.Port) {
		steps = append(steps, flow.Step{Stage: stage, Reads: reads, Round: round})
	}
	step1 := func(stage string, reads ...flow.Port) { stepOf(0, stage, reads...) }
	counted := []flow.Port{"tally", "gathertally", "interntally"}
	written := []flow.Port{"totals", "namefiles"}

	// extract, check: rows to records, refused rows aside
	step1("extract", "blocks")
	step1("refuse", "rejects")
	written = append(written, "refusedfiles")

	// settle: which rows hold
	step1("settle", "ids")
	step1("recall", "again", "met")
	step1("gather", "whole", "recalled")
	lost := []flow.Port{"lost"}
	if n.ComparesOrders() {
		step1("compare", "ordernames")
		lost = append(lost, "doubled")
	}

	// resolve: keys to customers
	interns := append([]flow.Port{"keys", "linekeys"}, lost...)
	if n.Ledger != nil {
		step1("ledger", "ledgerfiles")
		interns = append(interns, "earlier")
	}
	step1("intern", interns...)
	step1("link", "nodes")
	if n.Rounds == 0 {
		step1("components", "nodecount", "edges")
	} else {
		labels := []flow.Port{flow.Port("links").InRound(n.Rounds), "nodecount"}
		for round := 1; round <= n.Rounds; round++ {
			reads := flow.Port("ties")
			if round > 1 {
				reads = flow.Port("links").InRound(round - 1)
			}
			stepOf(round, "hook", reads)
			stepOf(round, "shrink", flow.Port("pulls").InRound(round))
			labels = append(labels, flow.Port("labelled").InRound(round))
		}
		step1("label", labels...)
	}
	names := []flow.Port{resolve.Peopled(n)}
	if n.WantsGuard() {
		step1("scatter", "states", "labels", "bonds")
		step1("guard", "parts")
		written = append(written, "guardtally")
		if n.Identity.Decisions.Any() {
			written = append(written, "unheeded")
		}
		if n.Wants("identity_links") {
			names = append(names, "linked")
		}
		if n.Wants("identity_changes") {
			names = append(names, "fates")
		}
	} else {
		step1("scatter", "states", "labels")
	}
	if n.Ledger != nil {
		step1("fold", names[0])
		step1("reclaim", "claims", "standing")
		step1("award", "claimed", "stood", "partings", "followers")
		names[0] = "folded"
		step1("name", append(names, "awards")...)
		step1("register", "ledgerrows", "outcomes")
		written = append(written, "idfiles")
	} else {
		step1("name", names...)
	}

	// score: cuts in rounds, models from a sample, then everyone's scores
	if n.WantsScores() {
		for round := 1; round <= (rfm.Cutter{}).Count(); round++ {
			reads := []flow.Port{"worths"}
			if round > 1 {
				reads = []flow.Port{flow.Port("worthson").InRound(round - 1), flow.Port("seed").InRound(round - 1)}
			}
			stepOf(round, "count", reads...)
			stepOf(round, "next", flow.Port("counts").InRound(round))
		}
		scores := []flow.Port{"worthson#4", "seed#4"}
		if n.WantsOrderDays() {
			step1("sample", "scored#4", "profiles")
			fit := []flow.Port{"sampled"}
			if n.WantsModels() {
				fit = append(fit, "asked")
			}
			step1("fit", fit...)
			scores = append(scores, "profileson", "insight")
			written = append(written, "fitfiles")
		} else {
			scores = append(scores, "profiles")
		}
		step1("score", scores...)
		written = append(written, "cutfiles#4", "scorefiles")
	}
	if n.WantsCohorts() {
		counted = append(counted, "cube")
	}
	step1("total", counted...)
	if n.WantsCohorts() {
		step1("cube", "cubes")
		written = append(written, "cubefiles")
	}

	// records: every row with its customer, by month
	if n.WantsRecords() {
		step1("whose", "whose", "owners")
		rows := []flow.Port{"rows", "linerows", "lostrows", "owned"}
		if n.ComparesOrders() {
			rows = append(rows, "doubledrows")
		}
		step1("records", rows...)
		step1("month", "dated")
		written = append(written, "monthfiles")
		if n.WantsConsents() {
			told, said := []flow.Port{"named"}, []flow.Port{"statements", "forwarded"}
			if n.Said != nil {
				step1("remember", "saidfiles")
				told, said = append(told, "vowed"), append(said, "remembered")
			}
			step1("forward", told...)
			said = append(said, "holders")
			if n.Suppresses() {
				said = append(said, "suppressions")
			}
			step1("consent", said...)
			written = append(written, "consentfiles")
		}
	}

	// segment, activate: who belongs where, who came and who left, who is written to
	if n.Segments != nil {
		told := []flow.Port{"people"}
		if n.WantsRecords() {
			told = append(told, "told")
		}
		if n.WantsConsents() {
			told = append(told, "consented")
		}
		if len(n.Segments.Lists) > 0 {
			told = append(told, "listed")
			if n.Ledger != nil {
				told = append(told, "listedids")
			}
		}
		if n.Segments.Before != nil {
			step1("before", "beforefiles")
			step1("inherit", "membersbefore", "turned")
			told = append(told, "peoplebefore", "belonged", "turnedon", "kin")
		}
		step1("segment", told...)
		step1("enlist", "segmented")
		written = append(written, "segmentfiles", "enlistedfiles")
	}
	step1("collect", written...)
	return steps
}
