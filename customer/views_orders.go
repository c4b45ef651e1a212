package customer

// What counts as revenue, and what an order is to its customer, is said here
// once for the three views of orders.
const (
	isRevenue = "(o.counted OR o.kind = 'return')"
	monthOf   = "o.order_date - (CAST(EXTRACT(DAY FROM o.order_date) AS INTEGER) - 1)" // the first of its month, in every dialect
	buyerOf   = "CASE WHEN o.order_date = c.first_order_date THEN 'new' WHEN o.order_date > c.first_order_date THEN 'returning' ELSE 'unknown' END"
)

// Several sources may have one store or article: one of them is shown, so that
// no row is there twice. It is found by a hash: names are sorted by the locale
// in PostgreSQL and by bytes elsewhere, so the first would not be the same.
const (
	theStores   = "(SELECT x.record_id, x.name, x.city, x.region, ROW_NUMBER() OVER (PARTITION BY x.record_id ORDER BY MD5(x.source)) AS place FROM stores x) s ON s.record_id = o.store AND s.place = 1"
	theProducts = "(SELECT x.record_id, x.name, x.category, x.brand, ROW_NUMBER() OVER (PARTITION BY x.record_id ORDER BY MD5(x.source)) AS place FROM products x) p ON p.record_id = l.sku AND p.place = 1"
)

const (
	docMonth = "first day of the month of order_date"
	docBuyer = "new: on the day of the customer's first counted order; returning: later; unknown: nobody's, or a return of who has no order before it"
	docNet   = "amount of counted orders and of returns, whose amount is below zero: the sum is net revenue"
)

var orderViews = []ServedView{
	{Name: "v_orders", Doc: "Revenue, a row for each order that counts and each return: sum order_count, net_revenue, gross_revenue and refunds over any of the other columns. Cancelled orders and those of no value are not in it.",
		Needs: map[string][]string{
			"orders":    {"source", "record_id", "customer_id", "order_at", "order_date", "kind", "counted", "amount", "currency", "line_count", "channel", "store", "promo_code", "payment_method"},
			"customers": {"customer_id", "kind", "full_name", "first_order_date"},
			"stores":    {"source", "record_id", "name", "city", "region"}},
		Columns: []ViewColumn{
			asOfRun("o"),
			{"order_date", DateColumn, "o.order_date", "local day of the order"},
			{"order_month", DateColumn, monthOf, docMonth},
			{"order_at", TimeColumn, "o.order_at", "when it was placed"},
			{"source", TextColumn, "o.source", "source that it came from"},
			{"order_id", TextColumn, "o.record_id", "id of the order in its source"},
			{"kind", TextColumn, "o.kind", "sale or return"},
			{"customer_id", TextColumn, "o.customer_id", "the customer; missing where the order has no key"},
			{"customer_name", TextColumn, "c.full_name", "name of the customer"},
			{"customer_kind", TextColumn, "c.kind", "known or anonymous"},
			{"buyer", TextColumn, buyerOf, docBuyer},
			{"channel", TextColumn, "o.channel", "sales channel"},
			{"store_id", TextColumn, "o.store", "id of the store"},
			{"store_name", TextColumn, "s.name", "name of the store"},
			{"store_city", TextColumn, "s.city", "city of the store"},
			{"store_region", TextColumn, "s.region", "region of the store"},
			{"promo_code", TextColumn, "o.promo_code", "promotion used"},
			{"payment_method", TextColumn, "o.payment_method", "how it was paid"},
			{"order_count", IntColumn, oneWhere("o.counted"), "1 for a counted order, 0 for a return"},
			{"line_count", IntColumn, "o.line_count", "its lines"},
			{"net_revenue", MoneyColumn, "o.amount", docNet},
			{"gross_revenue", MoneyColumn, "CASE WHEN o.counted THEN o.amount ELSE 0 END", "amount of a counted order, 0 for a return"},
			{"refunds", MoneyColumn, "CASE WHEN o.counted THEN 0 ELSE -o.amount END", "what a return gave back, above zero; 0 for an order"},
			{"currency", TextColumn, "o.currency", "ISO 4217 code of the amounts"},
		},
		From: "orders o LEFT JOIN customers c ON c.customer_id = o.customer_id LEFT JOIN " + theStores + " WHERE " + isRevenue},

	{Name: "v_order_lines", Doc: "The lines of the orders and returns of v_orders, with their articles.",
		Needs: map[string][]string{
			"orders":      {"source", "record_id", "customer_id", "order_date", "kind", "counted", "channel", "store"},
			"order_lines": {"source", "record_id", "line", "sku", "name", "category", "brand", "quantity", "price", "amount", "currency"},
			"products":    {"source", "record_id", "name", "category", "brand"}},
		Columns: []ViewColumn{
			asOfRun("o"),
			{"order_date", DateColumn, "o.order_date", "local day of the order"},
			{"order_month", DateColumn, monthOf, docMonth},
			{"source", TextColumn, "o.source", "source that the order came from"},
			{"order_id", TextColumn, "o.record_id", "id of the order in its source"},
			{"line", TextColumn, "l.line", "line number, or the line's place among equal ones"},
			{"kind", TextColumn, "o.kind", "sale or return: the order's"},
			{"customer_id", TextColumn, "o.customer_id", "the customer; missing where the order has no key"},
			{"channel", TextColumn, "o.channel", "sales channel"},
			{"store_id", TextColumn, "o.store", "id of the store"},
			{"sku", TextColumn, "l.sku", "article"},
			{"product_name", TextColumn, "COALESCE(p.name, l.name)", "name of the article: the catalogue's, else the line's own"},
			{"category", TextColumn, "COALESCE(l.category, p.category)", "category as it was sold, else the catalogue's"},
			{"brand", TextColumn, "COALESCE(l.brand, p.brand)", "brand as it was sold, else the catalogue's"},
			{"quantity", QuantityColumn, "CASE WHEN l.amount < 0 THEN -ABS(l.quantity) ELSE l.quantity END", "pieces or weight, below zero where it was given back, whatever sign the source has: the sum is net"},
			{"price", MoneyColumn, "l.price", "price of one"},
			{"net_revenue", MoneyColumn, "l.amount", "amount of the line, below zero where it was given back: the sum is net revenue"},
			{"currency", TextColumn, "l.currency", "ISO 4217 code of the amounts"},
		},
		From: "order_lines l JOIN orders o ON o.source = l.source AND o.record_id = l.record_id LEFT JOIN " + theProducts + " WHERE " + isRevenue},

	{Name: "v_revenue_daily", Doc: "Revenue by local day. A day without an order and without a return has no row.",
		Needs: map[string][]string{
			"orders":    {"customer_id", "order_date", "kind", "counted", "amount", "currency"},
			"customers": {"customer_id", "first_order_date"}},
		Columns: []ViewColumn{
			asOfRun("o"),
			{"order_date", DateColumn, "o.order_date", "the day"},
			{"order_month", DateColumn, monthOf, docMonth},
			{"order_count", IntColumn, countOf("o.counted"), "counted orders"},
			{"return_count", IntColumn, countOf("NOT o.counted"), "returns"},
			{"buyers", IntColumn, "COUNT(DISTINCT CASE WHEN o.counted THEN o.customer_id END)", "customers with a counted order on the day; of several days they do not add up"},
			{"new_buyers", IntColumn, "COUNT(DISTINCT CASE WHEN o.counted AND o.order_date = c.first_order_date THEN o.customer_id END)", "those of them whose first counted order ever it was; these add up"},
			{"net_revenue", MoneyColumn, "SUM(o.amount)", "counted orders plus returns"},
			{"gross_revenue", MoneyColumn, sumOf("o.counted"), "counted orders"},
			{"refunds", MoneyColumn, "-" + sumOf("NOT o.counted"), "what returns gave back, above zero"},
			{"net_new", MoneyColumn, sumOf(buyerOf + " = 'new'"), "net revenue of who bought on the day for the first time"},
			{"net_returning", MoneyColumn, sumOf(buyerOf + " = 'returning'"), "net revenue of who had bought before"},
			{"net_unknown", MoneyColumn, sumOf(buyerOf + " = 'unknown'"), "net revenue that is nobody's, or returns of who had not bought before; the three add up to net_revenue"},
			{"currency", TextColumn, "o.currency", "ISO 4217 code of the amounts"},
		},
		From: "orders o LEFT JOIN customers c ON c.customer_id = o.customer_id WHERE " + isRevenue + " GROUP BY o.run_date, o.order_date, o.currency"},
}

// sumOf adds up the money of the rows for which a condition holds.
func sumOf(condition string) string {
	return "SUM(CASE WHEN " + condition + " THEN o.amount ELSE 0 END)"
}
