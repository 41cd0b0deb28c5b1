// Package engine brings a DynamoDB to this machine: it fetches Dynoxide, starts it, and makes the tables.
//
// Dynoxide (https://github.com/nubo-db/dynoxide, MIT or Apache-2.0) is one native binary that speaks DynamoDB's
// protocol over SQLite. It starts in a millisecond, so a test can have the real thing instead of a mock. It is
// published as npm platform packages, @dynoxide/<os>-<cpu>; locate fetches the one for this machine through the
// user's own npm, whose registry, proxy and certificate settings therefore apply, once, into the user's cache folder.
//
// What it does not emulate: two transactions that meet on one item never raise TransactionConflict, and capacity is
// never exhausted. dynamotest.Faults injects both.
package engine
