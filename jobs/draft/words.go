package draft

import (
	"strings"

	"github.com/habitue-data/habitue/customer"
)

// word is a field and the names under which exports have it, the best first,
// and how much it tells that a file is of the kind.
type word struct {
	field  string
	tells  int
	names  string
	weakly bool // a vague word at the end of a name will do
}

// words are the names of the fields of each kind, in English, in Russian, and
// in Russian with Latin letters.
var words = [...][]word{
	customer.Contact: {
		{"id", 1, "contact_id customer_id client_id crm_id person_id member_id cust_id id unique_id rec_id user_id uid guid id_klienta kod_klienta ид_клиента код_клиента ид код | household_id", false},
		{"email", 2, "email e_mail email_address mail pochta почта эл_почта электронная_почта", false},
		{"phone", 2, "phone phone_number mobile mobile_phone telephone tel cell msisdn telefon телефон тел мобильный номер_телефона", false},
		{"loyalty_card", 2, "loyalty_card card_number card_no loyalty_id bonus_card discount_card card nomer_karty karta номер_карты карта бонусная_карта", false},
		{"login", 1, "login web_login username user_name user_id account_id account логин", false},
		{"first_name", 2, "first_name given_name forename name_first imya имя", false},
		{"last_name", 2, "last_name surname family_name name_last familiya фамилия", false},
		{"full_name", 2, "full_name customer_name client_name contact_name fio фио name", false},
		{"birth_date", 2, "birth_date birthday date_of_birth birthdate dob data_rozhdeniya дата_рождения день_рождения др", false},
		{"gender", 2, "gender sex pol пол", false},
		{"language", 1, "language lang locale язык", false},
		{"country", 1, "country country_code strana страна", true},
		{"region", 1, "region state province oblast область регион", true},
		{"city", 1, "city town suburb gorod город", true},
		{"postcode", 1, "postcode postal_code zip_code zip indeks индекс почтовый_индекс", false},
		{"lat", 1, "lat latitude широта", false},
		{"lon", 1, "lon lng longitude долгота", false},
		{"marital_status", 2, "marital_status marital семейное_положение", false},
		{"education", 2, "education образование", false},
		{"occupation", 2, "occupation profession job job_title профессия", false},
		{"income_band", 2, "income_band income income_group доход", false},
		{"household_size", 2, "household_size family_size", false},
		{"interests", 1, "interests hobbies интересы", false},
		{"preferred_channel", 1, "preferred_channel channel_preference prefers", false},
		{"consent_at", 1, "consent_at consent_date consent_time дата_согласия", false},
		{"consent_source", 1, "consent_source", false},
		{"tags", 1, "tags labels tegi теги метки", false},
		{"created_at", 1, "created_at created date_created created_on registered_at registration_date registered signup_date joined_at join_date дата_создания дата_регистрации создан", false},
		{"updated_at", 0, "updated_at updated last_updated modified_at modified last_modified changed_at updated_on дата_изменения обновлен изменен", false},
	},
	customer.Order: {
		{"id", 2, "order_id receipt_id invoice_id invoice_no invoice basket_id transaction_id order_number order_no receipt_number receipt_no receipt transaction_no check_id check_no cheque_id bill_id bill_no sale_id purchase_id doc_id document_no ticket_id order nomer_cheka chek zakaz номер_чека чек номер_заказа заказ | id name", false},
		{"line", 1, "line line_no line_number line_id line_item_id position pos row_no item_no nomer_stroki номер_строки строка позиция", false},
		{"at", 1, "order_date ordered_at order_time sold_at receipt_date invoice_date transaction_timestamp transaction_date transaction_time sale_date sale_time purchase_date purchased_at date_time datetime timestamp ts at placed_at created_at created date time data дата_время дата_чека дата_заказа дата_продажи дата время", true},
		{"channel", 0, "channel sales_channel order_source source канал", false},
		{"store", 1, "store_id shop_id branch_id outlet_id location_id store shop branch outlet store_code shop_code magazin код_магазина магазин точка", false},
		{"contact_id", 1, "customer_id contact_id client_id cust_id buyer_id member_id person_id crm_id customer client buyer id_klienta kod_klienta ид_клиента код_клиента клиент покупатель | household_id", false},
		{"email", 1, "email e_mail email_address mail pochta почта эл_почта", false},
		{"phone", 1, "phone phone_number mobile telephone tel msisdn telefon телефон тел", false},
		{"loyalty_card", 1, "loyalty_card card_number card_no loyalty_id bonus_card discount_card card nomer_karty karta номер_карты карта бонусная_карта", false},
		{"login", 1, "login web_login username user_name user_id account_id логин", false},
		{"client_id", 1, "ga_client_id cookie_id cookie visitor_id anonymous_id user_pseudo_id device_id client_id", false},
		{"amount", 3, "line_total line_amount amount total_amount sales_value net_amount order_total grand_total total order_total_amount grand_total_base grand_total_purchased revenue sum gross_amount total_price subtotal sales value summa сумма итого стоимость выручка", true},
		{"currency", 1, "currency currency_code valuta валюта", true},
		{"promo_code", 1, "promo_code promo coupon_code coupon voucher promokod промокод купон", false},
		{"discount", 1, "discount discount_amount disc rebate skidka скидка", false},
		{"payment_method", 1, "payment_method payment_type payment pay_type tender способ_оплаты оплата", false},
		{"delivery_method", 1, "delivery_method shipping_method delivery_type delivery shipping способ_доставки доставка", false},
		{"status", 1, "status order_status state статус", true},
		{"preorder", 1, "preorder is_preorder предзаказ", false},
		{"updated_at", 0, "updated_at updated last_updated modified_at modified last_modified changed_at дата_изменения обновлен изменен", false},
		{"sku", 1, "sku lineitem_sku product_sku product_id item_id stock_code product_code item_code article_no article variant_id plu upc ean barcode артикул код_товара ид_товара", false},
		{"name", 1, "product_name item_name lineitem_name product_title description title product item name товар наименование номенклатура название", false},
		{"category", 1, "category product_category item_category category_name kategoriya категория группа", true},
		{"brand", 1, "brand бренд марка | vendor", false},
		{"quantity", 3, "quantity lineitem_quantity qty quantity_sold units pieces pcs count kolichestvo kol_vo количество кол_во", false},
		{"price", 2, "price unit_price lineitem_price price_per_unit item_price price_each cena цена", true},
	},
	customer.Event: {
		{"id", 0, "event_id hit_id id", false},
		{"at", 1, "event_timestamp event_time timestamp ts at occurred_at hit_time server_time client_time datetime time created_at date событие_время дата время", true},
		{"client_id", 3, "user_pseudo_id client_id cookie_id cookie visitor_id anonymous_id device_id ga_client_id fullvisitorid", false},
		{"email", 1, "email e_mail email_address", false},
		{"phone", 1, "phone phone_number", false},
		{"login", 1, "user_id login username user_name account_id uid логин", false},
		{"contact_id", 1, "customer_id contact_id crm_id member_id", false},
		{"order_id", 1, "transaction_id order_id order_number", false},
		{"name", 3, "event_name event event_type hit_type action событие", false},
		{"page", 3, "page_location page_url url page page_path location path страница", false},
		{"sku", 1, "item_id product_id sku product_sku", false},
		{"category", 1, "item_category product_category category", false},
		{"value", 1, "purchase_revenue value event_value revenue amount", false},
		{"currency", 0, "currency currency_code", true},
		{"session", 3, "ga_session_id session_id session sid visit_id", false},
		{"utm_source", 2, "utm_source manual_source traffic_source source", false},
		{"utm_medium", 2, "utm_medium manual_medium medium", false},
		{"utm_campaign", 2, "utm_campaign manual_campaign_name manual_campaign campaign_name campaign", false},
		{"utm_content", 1, "utm_content manual_content", false},
		{"utm_term", 1, "utm_term manual_term", false},
		{"referrer", 2, "page_referrer referrer referer", false},
		{"device", 1, "device_category device_type device", false},
		{"os", 1, "device_operating_system operating_system os platform", false},
		{"browser", 1, "browser web_info_browser browser_name", false},
		{"country", 0, "country geo_country", false},
		{"region", 0, "region geo_region", false},
		{"city", 0, "city geo_city", false},
		{"updated_at", 0, "updated_at updated modified_at", false},
	},
	customer.Interaction: {
		{"id", 2, "interaction_id case_id ticket_id review_id response_id answer_id message_id operation_id event_id | id", false},
		{"at", 1, "at occurred_at happened_at event_time timestamp ts datetime sent_at opened_at submitted_at answered_at created_at created date time дата_время дата время", true},
		{"contact_id", 1, "customer_id contact_id client_id cust_id member_id person_id crm_id customer client ид_клиента код_клиента клиент | household_id", false},
		{"email", 1, "email e_mail email_address recipient почта", false},
		{"phone", 1, "phone phone_number mobile msisdn телефон", false},
		{"loyalty_card", 1, "loyalty_card card_number card_no card номер_карты карта", false},
		{"login", 1, "login web_login username user_id логин", false},
		{"client_id", 1, "cookie_id cookie visitor_id anonymous_id user_pseudo_id device_id", false},
		{"kind", 2, "kind interaction_type event_type event_name event operation activity action type тип", false},
		{"channel", 1, "channel канал", false},
		{"campaign", 3, "campaign campaign_id campaign_name mailing mailing_id newsletter рассылка кампания", false},
		{"arm", 2, "arm variant test_group ab_group группа", false},
		{"value", 1, "score rating points nps stars satisfaction grade value оценка баллы", false},
		{"text", 3, "text comment review message body feedback question subject отзыв комментарий сообщение текст", false},
		{"status", 1, "status state result resolution статус", false},
		{"updated_at", 0, "updated_at updated modified_at changed_at", false},
	},
	customer.Product: {
		{"sku", 3, "sku product_sku product_id item_id stock_code product_code item_code article_no article variant_id plu upc ean barcode id артикул код_товара код", false},
		{"name", 2, "product_name item_name name title description product item наименование название товар номенклатура | product_type", false},
		{"category", 2, "product_category category item_category category_name kategoriya категория группа | department group", false},
		{"brand", 2, "brand бренд марка | vendor manufacturer производитель", false},
		{"price", 2, "price unit_price retail_price list_price cena цена", true},
		{"price_from", 2, "price_from price_date price_since цена_с", false},
		{"in_stock", 3, "in_stock available is_available availability в_наличии", false},
		{"refill_days", 3, "refill_days", false}, {"tags", 1, "tags labels tegi теги метки", false},
		{"updated_at", 0, "updated_at updated modified_at", false},
	},
	customer.Store: {
		{"id", 2, "store_id shop_id branch_id outlet_id location_id store_code shop_code store_no code id код_магазина код", false},
		{"name", 1, "store_name shop_name branch_name name title название наименование магазин", false},
		{"city", 1, "city town gorod город", true},
		{"region", 1, "region state province oblast область регион", true},
		{"lat", 2, "lat latitude широта", false},
		{"lon", 2, "lon lng longitude долгота", false},
		{"updated_at", 0, "updated_at updated modified_at", false},
	},
}

// hints are words of a file's or folder's name that tell its kind.
var hints = [...]string{
	customer.Contact:     "crm contact contacts customer customers client clients member members user users people person subscribers demographics klienty клиенты контакты покупатели",
	customer.Order:       "order orders receipt receipts sale sales till tills pos transaction transactions invoice invoices checks baskets purchases retail cheki zakazy prodazhi чеки заказы продажи",
	customer.Event:       "event events web ga4 ga analytics hits clicks clickstream sessions pageviews metrika события",
	customer.Interaction: "interaction interactions helpdesk mail loyalty review reviews survey surveys ticket tickets support nps feedback campaigns mailings emails calls cases points redemptions отзывы рассылки обращения",
	customer.Product:     "product products item items goods catalogue catalog assortment sku skus tovary товары номенклатура",
	customer.Store:       "store stores shop shops branch branches outlet outlets locations magaziny магазины",
}

// hinted tells whether a source's name tells the kind.
func hinted(source string, k customer.Kind) bool {
	return readName(source).has(strings.Fields(hints[k])...)
}
