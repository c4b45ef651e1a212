package draft

// country is where a shop may be.
type country struct {
	code, currency, dial, zone string
	zones                      bool // it has several, zone is that of most people
	names                      string
}

// countries are those whose signs are known, one that shares its currency or
// code with others before them.
var countries = []country{
	{"RU", "RUB", "7", "Europe/Moscow", true, "russia россия russian_federation rus ru"},
	{"US", "USD", "1", "America/New_York", true, "united_states usa united_states_of_america us"},
	{"GB", "GBP", "44", "Europe/London", false, "united_kingdom great_britain england uk gb gbr"},
	{"DE", "EUR", "49", "Europe/Berlin", false, "germany deutschland de deu"},
	{"FR", "EUR", "33", "Europe/Paris", false, "france fr fra"},
	{"ES", "EUR", "34", "Europe/Madrid", true, "spain españa es esp"},
	{"IT", "EUR", "39", "Europe/Rome", false, "italy italia it ita"},
	{"NL", "EUR", "31", "Europe/Amsterdam", false, "netherlands nederland nl nld"},
	{"BE", "EUR", "32", "Europe/Brussels", false, "belgium be bel"},
	{"AT", "EUR", "43", "Europe/Vienna", false, "austria österreich at aut"},
	{"PT", "EUR", "351", "Europe/Lisbon", true, "portugal pt prt"},
	{"IE", "EUR", "353", "Europe/Dublin", false, "ireland ie irl eire"},
	{"FI", "EUR", "358", "Europe/Helsinki", false, "finland suomi fi fin"},
	{"CH", "CHF", "41", "Europe/Zurich", false, "switzerland schweiz ch che"},
	{"SE", "SEK", "46", "Europe/Stockholm", false, "sweden se swe"},
	{"NO", "NOK", "47", "Europe/Oslo", false, "norway no nor"},
	{"DK", "DKK", "45", "Europe/Copenhagen", false, "denmark dk dnk"},
	{"PL", "PLN", "48", "Europe/Warsaw", false, "poland polska pl pol"},
	{"CZ", "CZK", "420", "Europe/Prague", false, "czechia czech_republic cz cze"},
	{"HU", "HUF", "36", "Europe/Budapest", false, "hungary hu hun"},
	{"RO", "RON", "40", "Europe/Bucharest", false, "romania ro rou"},
	{"UA", "UAH", "380", "Europe/Kyiv", false, "ukraine україна украина ua ukr"},
	{"BY", "BYN", "375", "Europe/Minsk", false, "belarus беларусь by blr"},
	{"KZ", "KZT", "77", "Asia/Almaty", false, "kazakhstan казахстан kz kaz"},
	{"TR", "TRY", "90", "Europe/Istanbul", false, "turkey türkiye tr tur"},
	{"IL", "ILS", "972", "Asia/Jerusalem", false, "israel il isr"},
	{"AE", "AED", "971", "Asia/Dubai", false, "united_arab_emirates uae ae are"},
	{"IN", "INR", "91", "Asia/Kolkata", false, "india in ind"},
	{"CN", "CNY", "86", "Asia/Shanghai", false, "china cn chn"},
	{"JP", "JPY", "81", "Asia/Tokyo", false, "japan jp jpn"},
	{"KR", "KRW", "82", "Asia/Seoul", false, "south_korea korea kr kor"},
	{"AU", "AUD", "61", "Australia/Sydney", true, "australia au aus"},
	{"NZ", "NZD", "64", "Pacific/Auckland", false, "new_zealand nz nzl"},
	{"CA", "CAD", "", "America/Toronto", true, "canada ca can"},
	{"BR", "BRL", "55", "America/Sao_Paulo", true, "brazil brasil br bra"},
	{"MX", "MXN", "52", "America/Mexico_City", true, "mexico méxico mx mex"},
	{"ZA", "ZAR", "27", "Africa/Johannesburg", false, "south_africa za zaf"},
}
