// Package metering measures what a request of each route consumes of what AWS charges for.
//
// The system under test is the stack of template.yaml as the runner runs it: the functions' own binaries over the
// Lambda Runtime API, behind the local gateway, on the local engine. Between each function and the engine stands a
// meter. It computes the request units of every operation by AWS's rule from the sizes of the items themselves, and
// compares them with the engine's ConsumedCapacity wherever the engine tells one:
//
//   - a read takes a unit for each 4 KB, strongly consistent; half of one, eventually consistent; two in a transaction.
//     What is not there counts as the smallest item. A Query adds up its items first, then rounds.
//   - a write takes a unit for each 1 KB of the larger of the item before and the item after; two in a transaction. A
//     failed condition consumes all the same, and a transaction that is cancelled in full. What TTL deletes is free.
//
// (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html; the size of an item:
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html)
//
// Each route is held to exact units, so a change that makes one dearer turns the test red. docs/COSTS.md has the same
// rows, and the prices. The package has no code but its tests.
package metering
