// Package customer holds the words that everyone here shares: the kinds of
// records and their fields, keys, and the tables that BI sees. It does no
// I/O, reads no clock and knows neither Beam nor any system.
package customer
