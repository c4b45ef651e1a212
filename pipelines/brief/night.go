// Package brief is what a night is asked for: what there is to read, what is
// wanted of it, and which parts of the night that needs. Plain data, which
// jobs fill in; it opens nothing.
package brief

import (
	"slices"

	"github.com/habitue-data/habitue/connectors/lake"
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/rowfile"
	"github.com/habitue-data/habitue/transforms/churn"
	"github.com/habitue-data/habitue/transforms/cohort"
	"github.com/habitue-data/habitue/transforms/identity"
	"github.com/habitue-data/habitue/transforms/mapping"
)

// Night is everything that a run needs to know: plain data, so that it
// reaches every worker. Equal nights over equal files give equal tables.
type Night struct {
	RunID    string
	AsOf     int32 // the day D, days since 1970-01-01
	Zone     string
	Currency string
	Scale    uint8 // digits of the currency
	Country  string
	Salt     string `json:"-"` // it travels by itself: no file of a run has it
	Latest   int32  // no fact is after this day
	Base     string // known or all: who is scored
	Churn    churn.Options
	Sources  []Source
	Files    []File
	Blocks   []Block
	Identity Identity
	Suppress []Suppressed
	Tables   map[string][]string // wanted tables and their columns, all where nil
	Segments *Segments           // nil where there are none
	History  map[string][]string // columns of which the histories of customers are made, by table; nil where nobody asks for any

	CohortBase string // known or all: who is counted in cohorts
	Cohorts    cohort.Question

	Shards    int    // of keys and of customers
	FileParts int    // into which the rows of a month go
	Rounds    int    // in which components are found; 0 for one worker that has all of them in memory
	Memory    int64  // budget of a process in bytes
	MaxInline int64  // bytes of a batch that travels as an element; 0 where Memory decides
	Scratch   string // folder that every worker reaches; of this run alone
	Lake      string
	Ledger    *Ledger     // nil: nobody was here before
	Said      *lake.Table // consent_statements of the run before; nil where it has none
	Cache     string      // folder of what was read of files by earlier runs; "" for none
	Facts     lake.Facts  // files of earlier runs, to be carried over
}

// Source is where records come from.
type Source struct {
	Name       string
	Kind       customer.Kind
	Mapping    mapping.Spec
	HasID      bool   // records have ids of their own
	Lines      bool   // a row is a line of an order
	Namespace  string // before the contact ids: "" or "crm/"
	OrdersFrom string // name of the event that is an order
	Rates      map[string]map[int32]Rate
}

// Rate turns a currency's minor units into the reporting currency's.
type Rate struct{ Num, Den int64 }

// File is a version of an input file that is in force.
type File struct {
	Source    int
	Path      string // relative to the project
	SHA256    string // of its bytes, as rowfile.Info has it
	Bytes     int64
	Delivered int32 // run_date it counts as delivered on
	First     int32 // run_date it was first delivered on: it may have come back since
	Order     int   // among the files of its source, later ones count higher
	Latest    int32 // no fact in it can be after this day
	Replaced  bool  // another version or file took its place: its rows are counted, and say what was said of addresses
	Heard     bool  // the run before remembers what it said of addresses
}

// Block is a part of a file that one worker reads.
type Block struct {
	File int
	rowfile.Block
}

// Identity says which values are keys, which of them are one customer, and
// what of all that is said of it holds.
type Identity struct {
	Email, Phone, Card string              // named normalisers
	Blocked            map[string][]string // per field name, normalised values that belong to nobody
	Priority           []customer.KeyType  // the strongest first; the others follow in their own order
	Guards             identity.Guards
	Decisions          identity.Decisions
	Golden             map[string]string // rule of a field of the golden profile
}

// Suppressed is an address that nothing is sent to.
type Suppressed struct {
	Type    customer.KeyType
	Value   string // normalised
	Channel string // "" for every one
	Reason  string
	At      int64
}

// Ledger is what other runs know of customers. A rerun has two: what the line
// knew before the day, and what its end knows, so that no id changes.
type Ledger struct {
	Before *Known // as it stood before the day; nil where no run tells
	End    *Known // of a rerun: what the line's end knows; else nil
	EndDay int32  // its day
}

// Known is the ledger of a run, as its manifest names it.
type Known struct {
	CustomerIDs  lake.Table
	CustomerKeys lake.Table
}

// Wants tells whether a table is asked for.
func (n *Night) Wants(table string) bool {
	_, ok := n.Tables[table]
	return ok
}

// Table is the wanted part of a table.
func (n *Night) Table(name string) customer.Table {
	t, _ := customer.TableNamed(name)
	if columns := n.Tables[name]; columns != nil {
		return t.Only(columns)
	}
	return t
}

// consentColumns are those of which consents are made.
var consentColumns = map[string][]string{
	"contacts":     {"source", "record_id", "customer_id", "consents", "consent_at", "created_at", "updated_at"},
	"interactions": {"source", "record_id", "customer_id", "interaction_at", "kind", "channel", "status", "updated_at"},
}

// SaidColumns are the columns of a table that say something of addresses.
func SaidColumns(table string) []string { return consentColumns[table] }

// Carried is the part of a table that is made: what is written of it, and what
// other tables are made of.
func (n *Night) Carried(name string) (t customer.Table, ok bool) {
	t, _ = customer.TableNamed(name)
	columns, ok := n.Tables[name]
	if ok && columns == nil {
		return t, true
	}
	columns = slices.Clone(columns)
	if more, asked := n.History[name]; asked {
		columns, ok = append(columns, more...), true
	}
	if more, asked := consentColumns[name]; asked && n.WantsConsents() {
		columns, ok = append(columns, more...), true
	}
	return t.Only(columns), ok
}

// Carries tells whether any of a table is made.
func (n *Night) Carries(name string) bool {
	_, ok := n.Carried(name)
	return ok
}

// WantsConsents tells whether anybody asks what holds of an address.
func (n *Night) WantsConsents() bool {
	_, asked := n.History["consents"]
	return asked || n.Wants("consents")
}

// Suppresses tells whether somebody decided that an address gets nothing.
func (n *Night) Suppresses() bool { return n.WantsConsents() && len(n.Suppress) > 0 }

// WantsRecords tells whether whole rows must travel.
func (n *Night) WantsRecords() bool {
	for _, t := range RecordTable {
		if n.Carries(t) {
			return true
		}
	}
	return n.Carries("order_lines")
}

// RecordTable is the table of each kind of record.
var RecordTable = map[customer.Kind]string{customer.Contact: "contacts", customer.Order: "orders", customer.Event: "events",
	customer.Interaction: "interactions", customer.Product: "products", customer.Store: "stores"}

// WantsKeyTimes tells whether every mention of a key must say when it was,
// and every record what it says of the person.
func (n *Night) WantsKeyTimes() bool { return n.Wants("customer_keys") || n.WantsProfile() }

// WantsGuard tells whether anybody asks of single links: a guard, a decision,
// or the table of links.
func (n *Night) WantsGuard() bool {
	return n.Identity.Guards.Any() || n.Identity.Decisions.Any() || n.Wants("identity_links")
}

// WantsScores tells whether anyone is scored.
func (n *Night) WantsScores() bool {
	return n.Wants("rfm") || n.Wants("rfm_cuts") || n.Wants("rfm_groups") || n.WantsProfile() || n.WantsModels()
}

// WantsCohorts tells whether anything is asked of cohorts.
func (n *Night) WantsCohorts() bool { return n.Wants("cohort_retention") || n.Wants("cohort_overall") }

// WantsModels tells whether anything of what models of buying say is asked
// for.
func (n *Night) WantsModels() bool {
	return n.Wants("churn") || n.Wants("model_fits") || n.Wants("model_checks") ||
		n.wantsOfCustomers("churn_risk", "churn_band", "p_alive", "expected_orders", "next_order_date")
}

// WantsOrderDays tells whether anything is asked for that goes by the days
// on which a customer ordered.
func (n *Night) WantsOrderDays() bool {
	return n.WantsModels() || n.wantsOfCustomers("lifecycle_stage", "median_gap_days")
}

// WantsPeople tells whether customers must be looked at once more when the
// figures of all are known.
func (n *Night) WantsPeople() bool { return n.WantsProfile() || n.WantsOrderDays() }

// wantsOfCustomers tells whether one of these columns of customers is asked
// for.
func (n *Night) wantsOfCustomers(columns ...string) bool {
	t, ok := n.Carried("customers")
	return ok && slices.ContainsFunc(t.Columns, func(c customer.Column) bool { return slices.Contains(columns, c.Name) })
}

// FileOf is the file of a block.
func (n *Night) FileOf(block int64) int { return n.Blocks[block].File }

// Account is where what becomes of the rows of a block is counted: its file,
// or of orders made of lines their source, after the files.
func (n *Night) Account(block int) int {
	if block < len(n.Blocks) {
		return n.Blocks[block].File
	}
	return len(n.Files) + n.SourceOf(block)
}

// SourceOfAccount is the source of an account of either sort.
func (n *Night) SourceOfAccount(account int) int {
	if account < len(n.Files) {
		return n.Files[account].Source
	}
	return account - len(n.Files)
}

// Total is where blocks and shards add up what they counted before it goes to
// the one that has all: one of some thousand that each have every file, or
// every cohort, would have a gigabyte.
func (n *Night) Total(blockOrShard int) int { return blockOrShard >> 6 }

// LineBlock numbers the orders made of lines as a block of their own, per
// source and shard, after the blocks that were read.
func (n *Night) LineBlock(source, shard int) int {
	return len(n.Blocks) + source*n.Shards + shard
}

// DecisionBlock numbers the decisions as a block of their own, after those.
func (n *Night) DecisionBlock() int { return n.LineBlock(len(n.Sources), 0) }

// SourceOf is the source of a block of either sort.
func (n *Night) SourceOf(block int) int {
	if block < len(n.Blocks) {
		return n.Files[n.Blocks[block].File].Source
	}
	return (block - len(n.Blocks)) / n.Shards
}

// WantsProfile tells whether more of customers is asked for than who they
// are.
func (n *Night) WantsProfile() bool {
	t, ok := n.Carried("customers")
	if !ok {
		return false
	}
	for _, c := range t.Columns {
		switch c.Name {
		case "customer_id", "kind", "first_key", "contact_count", "key_count":
		default:
			return true
		}
	}
	return false
}

// Addressed tells whether rows of a table say something of addresses.
func (n *Night) Addressed(table string) bool {
	_, says := consentColumns[table]
	return says && n.WantsConsents()
}

// BucketBits is how finely hashes are cut. A shard is a run of buckets, so
// the number of shards never changes what is beside what.
const BucketBits = 12

// Shard is where a hash belongs.
func (n *Night) Shard(hash uint64) int {
	return int(hash >> (64 - BucketBits) * uint64(n.Shards) >> BucketBits)
}

// The rows of a shard travel in sections, each a run of buckets of its own,
// so that who works on a shard has the tables of one section at a time:
// small enough for the processor's cache, which is worth more than anything
// else that was tried on look-ups. More shards would do the same and would
// cost as many more elements.
const maxSections = 8

// Sections is how many a shard has.
func (n *Night) Sections() int { return max(1, min(maxSections, 1<<BucketBits/n.Shards)) }

// ComparesOrders tells whether an event source gives orders under the
// numbers that other sources use.
func (n *Night) ComparesOrders() bool {
	for i := range n.Sources {
		s := &n.Sources[i]
		if s.OrdersFrom == "" {
			continue
		}
		for _, f := range s.Mapping.Fields {
			if f.Field == "order_id" {
				return true
			}
		}
	}
	return false
}
