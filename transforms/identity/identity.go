// Package identity decides which keys are one customer and what that
// customer is called: it normalises keys, joins those that links connect,
// and gives every component an id that it keeps for life.
//
// It promises that the answer depends on the set of links and on the ledger
// alone, never on the order in which records arrive. It does not say which
// values belong to nobody: whoever makes the links leaves those out.
//
// To call a customer by its least key was rejected: the name would change
// with the first better key, and every table that anyone kept with it.
package identity
