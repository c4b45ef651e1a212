// Package badtest holds what a night does with the world at its worst: bad
// files and project files (the table is testdata/bad, a txtar file a case),
// kill -9, a full disk, an interrupt, a second run.
//
// It promises that for each of them the exit code, the message and the
// rejects are the ones written down, that nothing is published on a failure,
// and that every row read is accounted for. It has no code of its own.
// Scripts of commands were rejected for the table: what a case must not do
// (publish, lose a row, show a path of the machine) would have to be said in
// every one of them.
package badtest
