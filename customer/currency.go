package customer

import (
	"slices"
	"strings"
)

// Currencies are written by their exponent, the digits after the point, as
// ISO 4217 lists them; the many with two digits come last. Funds, metals and
// testing codes are left out: no till takes them.
const (
	wholeCurrencies    = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
	thousandCurrencies = "BHD IQD JOD KWD LYD OMR TND"
	centCurrencies     = "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD " +
		"CAD CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD " +
		"HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK " +
		"MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB " +
		"SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD " +
		"UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG"
)

// currencyMarks are what stands for a currency beside an amount, with the
// codes that it may stand for, the commonest first.
var currencyMarks = map[string][]string{
	"$": {"USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN", "ARS", "CLP", "COP", "TWD"}, "us$": {"USD"}, "c$": {"CAD"}, "a$": {"AUD"}, "r$": {"BRL"}, "€": {"EUR"}, "£": {"GBP"},
	"¥": {"JPY", "CNY"}, "₹": {"INR"}, "₩": {"KRW"}, "₽": {"RUB"}, "руб": {"RUB"}, "руб.": {"RUB"}, "р": {"RUB"}, "р.": {"RUB"}, "zł": {"PLN"}, "₴": {"UAH"}, "₺": {"TRY"}, "₸": {"KZT"}, "₪": {"ILS"},
	"kč": {"CZK"}, "kr": {"SEK", "NOK", "DKK"}, "kr.": {"DKK", "SEK", "NOK"},
}

// MarkedCurrency is the code of the currency that a mark beside an amount most
// often stands for: EUR for €, EUR or eur; ok is false where it is none.
func MarkedCurrency(mark string) (code string, ok bool) {
	if codes := currencyMarks[strings.ToLower(mark)]; codes != nil {
		return codes[0], true
	}
	code = strings.ToUpper(mark)
	_, ok = CurrencyScale(code)
	return code, ok
}

// MarksCurrency tells whether a mark may stand for a currency; "" is any.
func MarksCurrency(mark, code string) bool {
	marked, ok := MarkedCurrency(mark)
	return ok && (code == "" || marked == code || slices.Contains(currencyMarks[strings.ToLower(mark)], code))
}

// CurrencyScale is the number of digits after the point of a currency by
// its ISO 4217 code in capitals: 2 for EUR, 0 for JPY, 3 for KWD.
func CurrencyScale(code string) (scale uint8, ok bool) {
	if len(code) != 3 || strings.IndexByte(code, ' ') >= 0 {
		return 0, false
	}
	switch {
	case strings.Contains(centCurrencies, code):
		return 2, true
	case strings.Contains(wholeCurrencies, code):
		return 0, true
	case strings.Contains(thousandCurrencies, code):
		return 3, true
	}
	return 0, false
}
