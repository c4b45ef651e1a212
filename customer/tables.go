package customer

// Tables are all tables, in the order in which the docs list them.
func Tables() []Table { return append([]Table(nil), tables...) }

// TableNamed is the table of that name.
func TableNamed(name string) (Table, bool) {
	for _, t := range tables {
		if t.Name == name {
			return t, true
		}
	}
	return Table{}, false
}

var (
	customerID = Column{"customer_id", TextColumn, "the customer: c and 16 base32 digits; null where the record has no key"}
	source     = Column{"source", TextColumn, "name of the source in the project file"}
	recordID   = Column{"record_id", TextColumn, "id of the record in its source; made from its content where the source gives none"}
	delivered  = Column{"first_delivered", DateColumn, "run_date of the run that first read the file it came in"}
	currency   = Column{"currency", TextColumn, "ISO 4217 code of the amounts of the row"}
	srcFile    = Column{"src_file", TextColumn, "file it came in; outside the content hash"}
	srcLine    = Column{"src_line", IntColumn, "line (Parquet: row) of the file; outside the content hash"}
	updatedAt  = Column{"updated_at", TimeColumn, "when the source wrote this version"}
	attributes = Column{"attributes", TextColumn, "columns of the source that no field names, as a JSON object"}
)

// OutsideHash tells whether a column points into a file and so stands
// outside the content hash.
func OutsideHash(column string) bool { return column == srcFile.Name || column == srcLine.Name }

var tables = []Table{
	{Name: "customers", Doc: "A customer: golden profile, traits and scores on one row.", Columns: []Column{
		{"customer_id", TextColumn, "the customer: c and 16 base32 digits, kept for life"},
		{"kind", TextColumn, "known (a contact, card, e-mail, phone or login) or anonymous (cookies only)"},
		{"first_key", TextColumn, "least letter:value of its keys, in byte order"},
		{"contact_count", IntColumn, "contacts among its keys"},
		{"key_count", IntColumn, "its other keys"},
		{"email", TextColumn, "golden e-mail, as it came"}, {"phone", TextColumn, "golden phone, as it came"},
		{"loyalty_card", TextColumn, "golden card, as it came"},
		{"first_name", TextColumn, "golden given name"}, {"last_name", TextColumn, "golden family name"},
		{"full_name", TextColumn, "golden whole name"},
		{"birth_date", DateColumn, "golden day of birth"}, {"gender", TextColumn, "golden gender"},
		{"language", TextColumn, "golden language"}, {"country", TextColumn, "golden country"},
		{"region", TextColumn, "golden region"}, {"city", TextColumn, "golden city"},
		{"postcode", TextColumn, "golden postal code"},
		{"preferred_channel", TextColumn, "golden preferred channel"},
		{"first_seen_at", TimeColumn, "earliest record of the customer"}, {"first_seen_date", DateColumn, "local day of first_seen_at"},
		{"last_seen_at", TimeColumn, "latest record of the customer"}, {"last_seen_date", DateColumn, "local day of last_seen_at"},
		{"first_order_at", TimeColumn, "first counted order"}, {"first_order_date", DateColumn, "local day of first_order_at"},
		{"last_order_at", TimeColumn, "last counted order"}, {"last_order_date", DateColumn, "local day of last_order_at"},
		{"order_count", IntColumn, "counted orders: sales above zero, not cancelled"},
		{"return_count", IntColumn, "returns"},
		{"net_revenue", MoneyColumn, "counted orders plus returns"},
		{"gross_revenue", MoneyColumn, "counted orders"},
		{"average_order", MoneyColumn, "gross revenue / counted orders, half away from zero; missing without an order"},
		{"event_count", IntColumn, "web and app events"},
		{"last_event_at", TimeColumn, "latest event"}, {"last_event_date", DateColumn, "local day of last_event_at"},
		{"recency_days", IntColumn, "days from the last counted order to the as-of date"},
		{"r_score", IntColumn, "recency score, 5 is best"}, {"f_score", IntColumn, "frequency score, 5 is best"},
		{"m_score", IntColumn, "money score, 5 is best"}, {"rfm_group", TextColumn, "named group of the three scores; Prospect without a counted order"},
		{"temperature", TextColumn, "hot, warm or ice-cold"},
		{"tenure_days", IntColumn, "days from the first counted order to the as-of date"},
		{"median_gap_days", FloatColumn, "median of the days from one day with a counted order to the next; missing with fewer than two"},
		{"lifecycle_stage", TextColumn, "prospect, new, active, at_risk, lapsed or reactivated: docs/churn.md"},
		{"churn_risk", FloatColumn, "chance that no counted order comes within the horizon; the reason where missing is in churn and model_checks"},
		{"churn_band", TextColumn, "low, medium or high: thirds of churn_risk"},
		{"p_alive", FloatColumn, "chance that the customer has not left for good, by MBG/NBD"},
		{"expected_orders", FloatColumn, "days with a counted order to be expected within the horizon, by MBG/NBD"},
		{"next_order_date", DateColumn, "day by which an order is as likely as not; missing where that is not within the horizon"},
		currency,
	}},
	{Name: "customer_ids", Doc: "The ledger of customers: every id ever given, whether it lives, and what became of it.", Columns: []Column{
		{"customer_id", TextColumn, "the id"},
		{"birth_source", TextColumn, "source of the birth record"}, {"birth_record_id", TextColumn, "id of the birth record in its source"},
		{"birth_at", TimeColumn, "time of the birth record; missing where it has none"},
		{"born_date", DateColumn, "run_date of the run that gave the id"},
		{"merged_into", TextColumn, "the customer it is part of now"},
		{"retired_date", DateColumn, "run_date of the run that found none of its keys"},
		{"cause", TextColumn, "created, merged, split or retired: the last thing that happened to the id"},
	}},
	{Name: "customer_keys", Doc: "A key of a customer, per source that it came from.", Always: []string{"customer_id", "key"}, Columns: []Column{
		{"customer_id", TextColumn, "the customer"},
		{"key_type", TextColumn, "contact_id, email, phone, loyalty_card, login, client_id or external"},
		{"key", TextColumn, "letter:value, normalised for matching"},
		source,
		{"first_seen_at", TimeColumn, "earliest record with the key"}, {"first_seen_date", DateColumn, "local day of first_seen_at"},
		{"last_seen_at", TimeColumn, "latest record with the key"}, {"last_seen_date", DateColumn, "local day of last_seen_at"},
		{"record_count", IntColumn, "records with the key"},
	}},
	{Name: "contacts", Doc: "A contact in force.", Always: []string{"source", "record_id"}, Columns: []Column{
		source, recordID, customerID,
		{"email", TextColumn, "as it came"}, {"phone", TextColumn, "as it came"}, {"loyalty_card", TextColumn, "as it came"},
		{"login", TextColumn, "as it came"},
		{"first_name", TextColumn, "given name"}, {"last_name", TextColumn, "family name"}, {"full_name", TextColumn, "whole name"},
		{"birth_date", DateColumn, "day of birth"}, {"gender", TextColumn, "gender"}, {"language", TextColumn, "language"},
		{"country", TextColumn, "country"}, {"region", TextColumn, "region"}, {"city", TextColumn, "city"}, {"postcode", TextColumn, "postal code"},
		{"lat", FloatColumn, "latitude, degrees"}, {"lon", FloatColumn, "longitude, degrees"},
		{"marital_status", TextColumn, "marital status"}, {"education", TextColumn, "education"}, {"occupation", TextColumn, "occupation"},
		{"income_band", TextColumn, "band of income"}, {"household_size", IntColumn, "persons in the household"},
		{"interests", ListColumn, "stated interests"}, {"preferred_channel", TextColumn, "channel the person prefers"},
		{"consents", TextColumn, "channel -> true or false, as a JSON object"},
		{"consent_at", TimeColumn, "when the consents were given or withdrawn"}, {"consent_source", TextColumn, "where they were given"},
		{"tags", ListColumn, "tags"}, attributes,
		{"created_at", TimeColumn, "when the contact was created"}, {"created_date", DateColumn, "local day of created_at"},
		updatedAt, delivered, srcFile, srcLine,
	}},
	{Name: "orders", Layout: ByMonth, Doc: "An order in force, cancelled ones and returns too.", Always: []string{"source", "record_id", "order_at", "order_date"}, Columns: []Column{
		source, recordID, customerID,
		{"order_at", TimeColumn, "when it was placed: its earliest line"}, {"order_date", DateColumn, "local day of order_at"},
		{"kind", TextColumn, "sale, return or cancelled"},
		{"counted", BoolColumn, "counts for R, F, cohorts and models"},
		{"amount", MoneyColumn, "amount: the sum of its lines"}, currency,
		{"line_count", IntColumn, "its rows in order_lines"},
		{"channel", TextColumn, "sales channel"}, {"store", TextColumn, "id of the store"},
		{"promo_code", TextColumn, "promotion used"}, {"discount", MoneyColumn, "discount given"},
		{"payment_method", TextColumn, "how it was paid"}, {"delivery_method", TextColumn, "how it was delivered"},
		{"status", TextColumn, "status in the source"}, {"preorder", BoolColumn, "ordered before the goods were there"},
		attributes, updatedAt, delivered, srcFile, srcLine,
	}},
	{Name: "order_lines", Layout: ByMonth, Doc: "A line of an order in force.", Always: []string{"source", "record_id", "line", "order_at", "order_date"}, Columns: []Column{
		source, recordID, {"line", TextColumn, "line number, or the line's place among equal ones"}, customerID,
		{"order_at", TimeColumn, "when the line was sold"}, {"order_date", DateColumn, "local day of order_at"},
		{"sku", TextColumn, "article"}, {"name", TextColumn, "name of the article"}, {"category", TextColumn, "category"}, {"brand", TextColumn, "brand"},
		{"quantity", QuantityColumn, "pieces or weight"}, {"price", MoneyColumn, "price of one"}, {"amount", MoneyColumn, "amount of the line"}, currency,
		{"kind", TextColumn, "sale, return or cancelled"},
		delivered, srcFile, srcLine,
	}},
	{Name: "events", Layout: ByMonth, Doc: "A web or app event.", Always: []string{"source", "record_id", "event_at", "event_date"}, Columns: []Column{
		source, recordID, customerID,
		{"event_at", TimeColumn, "when it happened"}, {"event_date", DateColumn, "local day of event_at"},
		{"client_id", TextColumn, "cookie or device"}, {"name", TextColumn, "page_view, view_item, add_to_cart, purchase or another"},
		{"order_id", TextColumn, "order of a purchase"}, {"page", TextColumn, "page"}, {"sku", TextColumn, "article"}, {"category", TextColumn, "category"},
		{"value", MoneyColumn, "value of the event"}, currency, {"session", TextColumn, "session id"},
		{"utm_source", TextColumn, "campaign source"}, {"utm_medium", TextColumn, "campaign medium"}, {"utm_campaign", TextColumn, "campaign"},
		{"utm_content", TextColumn, "campaign content"}, {"utm_term", TextColumn, "campaign term"}, {"referrer", TextColumn, "page it came from"},
		{"device", TextColumn, "mobile, desktop or tablet"}, {"os", TextColumn, "operating system"}, {"browser", TextColumn, "browser"},
		{"country", TextColumn, "country"}, {"region", TextColumn, "region"}, {"city", TextColumn, "city"},
		attributes, delivered, srcFile, srcLine,
	}},
	{Name: "products", Doc: "A product in force.", Always: []string{"source", "record_id"}, Columns: []Column{
		source, recordID, {"name", TextColumn, "name"}, {"category", TextColumn, "category"}, {"brand", TextColumn, "brand"},
		{"price", MoneyColumn, "price"}, currency, {"price_from", TimeColumn, "when the price holds from"},
		{"in_stock", BoolColumn, "whether it can be bought now"}, {"refill_days", IntColumn, "days until it is used up"},
		attributes, updatedAt, delivered, srcFile, srcLine,
	}},
	{Name: "stores", Doc: "A store in force.", Always: []string{"source", "record_id"}, Columns: []Column{
		source, recordID, {"name", TextColumn, "name"}, {"city", TextColumn, "city"}, {"region", TextColumn, "region"},
		{"lat", FloatColumn, "latitude, degrees"}, {"lon", FloatColumn, "longitude, degrees"},
		attributes, updatedAt, delivered, srcFile, srcLine,
	}},
	{Name: "rfm", Doc: "Recency, frequency and money of a customer with a counted order, scored by rank with ties together.", Columns: []Column{
		{"customer_id", TextColumn, "the customer"},
		{"recency_days", IntColumn, "days from the last counted order to the as-of date"},
		{"frequency", IntColumn, "counted orders"},
		{"monetary", MoneyColumn, "counted orders plus returns"},
		{"r_score", IntColumn, "1 to 5, 5 bought last"}, {"f_score", IntColumn, "1 to 5, 5 bought most often"}, {"m_score", IntColumn, "1 to 5, 5 spent most"},
		{"rfm_group", TextColumn, "named group of the three scores"}, {"temperature", TextColumn, "hot, warm or ice-cold"},
		currency,
	}},
	{Name: "rfm_cuts", Doc: "Where the scores of this run begin.", Columns: []Column{
		{"measure", TextColumn, "recency_days, frequency or monetary"},
		{"score", IntColumn, "the score that begins here, 2 to 5"},
		{"cut", IntColumn, "a value strictly better than this has the score or a higher one; monetary in minor units"},
		{"customer_count", IntColumn, "customers with exactly this score"},
		{"base", IntColumn, "customers scored"},
	}},
	{Name: "cohort_retention", Doc: "Customers of a cohort who came back, by period and definition.", Columns: []Column{
		{"cohort_month", DateColumn, "first day of the month of the first counted order"},
		{"period", IntColumn, "months since the cohort's"},
		{"definition", TextColumn, "on: an order in just that month"},
		{"measure", TextColumn, "customers"},
		{"value", IntColumn, "customers with a counted order in that month"},
		{"eligible", IntColumn, "customers of the cohort"},
		{"complete", BoolColumn, "the month is over on the as-of date"},
	}},
	{Name: "churn", Doc: "What is to be expected of a customer with a counted order, or the reason why nothing is.", Columns: []Column{
		{"customer_id", TextColumn, "the customer"},
		{"p_alive", FloatColumn, "chance that the customer has not left for good, by MBG/NBD"},
		{"churn_risk", FloatColumn, "chance that no counted order comes within the horizon"},
		{"band", TextColumn, "low, medium or high: thirds of churn_risk"},
		{"expected_orders", FloatColumn, "days with a counted order to be expected within the horizon, by MBG/NBD"},
		{"next_order_date", DateColumn, "day by which an order is as likely as not; missing where that is not within the horizon"},
		{"model", TextColumn, "the model of churn_risk: docs/churn.md has them"},
		{"reason", TextColumn, "why there is no prediction"},
	}},
	{Name: "model_fits", Doc: "A parameter of a model, fitted to what was known on a day.", Columns: []Column{
		{"model", TextColumn, "name of the model: docs/churn.md has them"},
		{"fit_date", DateColumn, "the day: one horizon ago for the hold-out, the as-of date for what is published"},
		{"parameter", TextColumn, "name of the parameter; level_intercept and level_slope move a risk to the level of the hold-out, on the scale of its log-odds"},
		{"value", FloatColumn, "its value; times are in days"},
		{"log_likelihood", FloatColumn, "of the whole fit; missing for a level"},
		{"customer_count", IntColumn, "customers that it was fitted to"},
	}},
	{Name: "model_checks", Doc: "What was found when a model was held against what happened in the last horizon.", Columns: []Column{
		{"model", TextColumn, "name of the model; missing where it is about none or all"},
		{"check", TextColumn, "name of the check: docs/churn.md has them"},
		{"decile", IntColumn, "1 has the least risk, 10 the most; missing where it is about all"},
		{"value", FloatColumn, "what was found; missing for a verdict without a number"},
		{"predicted", FloatColumn, "what the model had said of it"},
		{"customer_count", IntColumn, "customers it is about"},
		{"detail", TextColumn, "what it means, or the reason"},
	}},
	{Name: "rejects", Doc: "A row that could not be used, kept whole.", Columns: []Column{
		source, {"path", TextColumn, "file, relative to the project"}, srcLine,
		{"column", TextColumn, "column at fault"}, {"reason", TextColumn, "code of the reason"},
		{"detail", TextColumn, "what was wrong and what to do"}, {"raw", TextColumn, "the row as it came"},
	}},
	{Name: "deliveries", Doc: "A version of an input file, a row for each time it came, and what became of its rows.", Columns: []Column{
		source, {"path", TextColumn, "file, relative to the project"}, {"content_sha256", TextColumn, "hash of its bytes"},
		{"bytes", IntColumn, "size"}, {"delivered_date", DateColumn, "run_date of the first run that read it, or the date in its name; where it came back after another version, of the first run that found it again"},
		{"in_force", BoolColumn, "its rows were used by this run"},
		{"replaced_by", TextColumn, "content_sha256 of the version or file that took its place"},
		{"row_count", IntColumn, "rows read"}, {"kept_count", IntColumn, "rows kept"}, {"repeat_count", IntColumn, "rows that repeat an equal one"},
		{"superseded_count", IntColumn, "older versions, and rows of replaced files"}, {"filtered_count", IntColumn, "rows left out by where"},
		{"reject_count", IntColumn, "rows refused"}, {"later_count", IntColumn, "rows later than the as-of date"},
		{"amount", MoneyColumn, "money read"}, {"kept_amount", MoneyColumn, "money kept"}, {"repeat_amount", MoneyColumn, "money of repeats"},
		{"superseded_amount", MoneyColumn, "money of superseded rows"}, {"filtered_amount", MoneyColumn, "money of filtered rows"},
		{"reject_amount", MoneyColumn, "money of rejects, where it can be read"}, {"later_amount", MoneyColumn, "money of later rows"},
		{"unreadable_count", IntColumn, "rejects whose amount cannot be read"},
	}},
	{Name: "data_checks", Doc: "A check of the data and what it found.", Columns: []Column{
		{"check", TextColumn, "name of the check"}, source, {"found", IntColumn, "rows or orders it found"},
		{"amount", MoneyColumn, "their money, where there is any"}, {"detail", TextColumn, "what it means and what to do"},
	}},
	{Name: "runs", Doc: "A run: when, over what, with what result. The only table with clock readings.", Columns: []Column{
		{"run_id", TextColumn, "run_date.n"}, {"started_at", TimeColumn, "when it started"}, {"finished_at", TimeColumn, "when it committed"},
		{"known", TextColumn, "then: files delivered by run_date; now: everything present"},
		{"predecessor", TextColumn, "run of the line before it"}, {"on_line", BoolColumn, "belongs to the line of manifests"},
		{"runner", TextColumn, "direct, prism or another"}, {"version", TextColumn, "version of the program"},
		{"config_sha256", TextColumn, "hash of the project file and what it names"}, {"inputs_sha256", TextColumn, "hash of the list of input files"},
		{"assumed_current", IntColumn, "records whose first version is younger than run_date and was used all the same"},
		{"row_count", IntColumn, "rows read"}, {"kept_count", IntColumn, "rows kept"}, {"reject_count", IntColumn, "rows refused"},
		{"seconds", FloatColumn, "wall time"}, {"cpu_seconds", FloatColumn, "user and system time"}, {"peak_bytes", IntColumn, "peak resident memory"},
	}},
}
