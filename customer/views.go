package customer

// ServedView is a query over tables that has a name, for who asks by hand and for
// BI tools. DuckDB and PostgreSQL take its SQL as it is: names without a
// schema, no function of one of them.
type ServedView struct {
	Name  string
	Doc   string
	Needs map[string][]string // columns by table: without one of them there is no view
	SQL   string
}

// Views are all views, in the order in which the docs list them.
func Views() []ServedView { return append([]ServedView(nil), views...) }

var views = []ServedView{
	{Name: "v_customers", Doc: "The known customers of the newest run.",
		Needs: map[string][]string{"customers": {"kind"}},
		SQL:   "SELECT * FROM customers WHERE kind = 'known'"},
	{Name: "v_segment_members_now", Doc: "Who is in which segment now, since when, and by which clause.",
		Needs: map[string][]string{
			"customers":       {"customer_id", "full_name", "first_name", "last_name", "email", "phone"},
			"segment_members": {"segment", "customer_id", "entered_date", "left_date", "entered_reason", "entered_clause"}},
		SQL: "SELECT m.run_date, m.segment, m.customer_id, c.full_name, c.first_name, c.last_name, c.email, c.phone, m.entered_date, m.entered_reason, m.entered_clause " +
			"FROM segment_members m LEFT JOIN customers c ON c.customer_id = m.customer_id WHERE m.left_date IS NULL"},
}
