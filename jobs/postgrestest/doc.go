// Package postgrestest serves runs from a real PostgreSQL that its tests start
// themselves: Debian's package, on loopback, with a folder of its own, under
// a user without rights where the tests are root. Where there is none the tests
// are skipped.
package postgrestest
