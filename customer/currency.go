package customer

import "strings"

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
