package contract

// GA4 is the schema of a table events_YYYYMMDD as Google describes it, without
// some members that tests have no use for.
const GA4 = `[
	{"name": "event_date", "type": "STRING"}, {"name": "event_timestamp", "type": "INTEGER"}, {"name": "event_name", "type": "STRING"},
	{"name": "event_params", "type": "RECORD", "mode": "REPEATED", "fields": [{"name": "key", "type": "STRING"}, {"name": "value", "type": "RECORD", "fields": [
		{"name": "string_value", "type": "STRING"}, {"name": "int_value", "type": "INTEGER"}, {"name": "float_value", "type": "FLOAT"}, {"name": "double_value", "type": "FLOAT"}]}]},
	{"name": "event_previous_timestamp", "type": "INTEGER"}, {"name": "event_value_in_usd", "type": "FLOAT"}, {"name": "event_bundle_sequence_id", "type": "INTEGER"},
	{"name": "user_id", "type": "STRING"}, {"name": "user_pseudo_id", "type": "STRING"},
	{"name": "privacy_info", "type": "RECORD", "fields": [{"name": "analytics_storage", "type": "STRING"}, {"name": "ads_storage", "type": "STRING"}]},
	{"name": "user_first_touch_timestamp", "type": "INTEGER"},
	{"name": "device", "type": "RECORD", "fields": [{"name": "category", "type": "STRING"}, {"name": "operating_system", "type": "STRING"}, {"name": "time_zone_offset_seconds", "type": "INTEGER"},
		{"name": "web_info", "type": "RECORD", "fields": [{"name": "browser", "type": "STRING"}, {"name": "browser_version", "type": "STRING"}]}]},
	{"name": "geo", "type": "RECORD", "fields": [{"name": "city", "type": "STRING"}, {"name": "country", "type": "STRING"}, {"name": "region", "type": "STRING"}]},
	{"name": "traffic_source", "type": "RECORD", "fields": [{"name": "name", "type": "STRING"}, {"name": "medium", "type": "STRING"}, {"name": "source", "type": "STRING"}]},
	{"name": "stream_id", "type": "STRING"}, {"name": "platform", "type": "STRING"},
	{"name": "ecommerce", "type": "RECORD", "fields": [{"name": "total_item_quantity", "type": "INTEGER"}, {"name": "purchase_revenue", "type": "FLOAT"}, {"name": "transaction_id", "type": "STRING"}]},
	{"name": "items", "type": "RECORD", "mode": "REPEATED", "fields": [{"name": "item_id", "type": "STRING"}, {"name": "item_category", "type": "STRING"}, {"name": "price", "type": "FLOAT"}, {"name": "quantity", "type": "INTEGER"}]},
	{"name": "collected_traffic_source", "type": "RECORD", "fields": [{"name": "manual_campaign_name", "type": "STRING"}, {"name": "manual_source", "type": "STRING"}, {"name": "manual_medium", "type": "STRING"}]},
	{"name": "is_active_user", "type": "BOOLEAN"}]`
