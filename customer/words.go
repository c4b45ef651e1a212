package customer

// words are all that a column of texts can hold, where we write it ourselves.
var words = map[string][]string{
	"customers.kind":            {"known", "anonymous"},
	"customers.rfm_group":       {"Champions", "Loyal", "Potential Loyalist", "New", "Promising", "Need Attention", "About To Sleep", "At Risk", "Can't Lose", "Hibernating", "Lost", "Prospect"},
	"customers.temperature":     {"hot", "warm", "ice-cold"},
	"customers.lifecycle_stage": {"prospect", "new", "active", "at_risk", "lapsed", "reactivated"},
	"customers.churn_band":      {"low", "medium", "high"},
}

// Words are all that a column of texts can hold, nil where that is open, as in
// whatever comes from a source. Nobody changes the slice.
func Words(table, column string) []string { return words[table+"."+column] }
