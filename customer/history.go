package customer

import "github.com/habitue-data/habitue/internal/columns"

// HistoryTable is a table whose rows make up the history of a customer.
type HistoryTable uint8

// The tables of a history. OfCustomers has one row for each customer, the
// others have any number, facts in order of time. Those of the shop itself are
// nobody's: whoever looks at some customers has all their rows.
const (
	OfCustomers    HistoryTable = iota // golden profile, traits and scores
	OfContacts                         // contacts in force
	OfOrders                           // orders in force, returns and cancelled ones too
	OfLines                            // their lines
	OfEvents                           // web and app events
	OfInteractions                     // messages, support cases, surveys
	OfConsents                         // what holds of each of the customer's addresses
	OfMembers                          // intervals of membership, as the run before left them
	OfStores                           // stores in force, the shop's
	OfProducts                         // products in force, the shop's
	HistoryTables                      // how many there are
)

var historyTables = [HistoryTables]string{"customers", "contacts", "orders", "order_lines", "events", "interactions", "consents", "segment_members", "stores", "products"}

// String is the name of the table.
func (t HistoryTable) String() string { return historyTables[t] }

// OfShop tells whether rows of the table are the shop's and no customer's.
func (t HistoryTable) OfShop() bool { return t == OfStores || t == OfProducts }

// HistoryTableNamed is the history table of that name.
func HistoryTableNamed(name string) (HistoryTable, bool) {
	for t, n := range historyTables {
		if n == name {
			return HistoryTable(t), true
		}
	}
	return 0, false
}

// Histories are what is known of some customers: of each table its rows with
// the columns that somebody asked for, put in order of customer. Who reads
// them looks columns up once, for all customers, by the names that the
// table has in Tables.
type Histories struct {
	IDs    []ID
	Tables [HistoryTables]HistoryRows
}

// HistoryRows are the rows of one table.
type HistoryRows struct {
	columns.Chunk
	Starts   []int32 // rows of customer i go from Starts[i] to Starts[i+1]; none of the shop's tables
	Supplied bool    // some source gives such records: that a customer has none then says something
}

// Of are the rows of one customer: from is the first, to the one after the
// last.
func (r *HistoryRows) Of(customer int) (from, to int) {
	return int(r.Starts[customer]), int(r.Starts[customer+1])
}

// View says as of when a history is looked at, and what was known of it:
// today's look at it, or yesterday's for the sake of comparing.
type View struct {
	AsOf  int32 // the day D: no fact after it counts
	Known int32 // facts delivered after this day (first_delivered) do not count
}
