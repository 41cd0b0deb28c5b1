// Package observatory shows what happens on this machine while it happens: each request on its way through gateway,
// authorizer, function and tables, and the tenant's Actions beside it.
//
//	gateway.Observer ─┐
//	iam.Operation ────┼─► what may be shown ─► Ring (the last 200 requests and 200 runs) ─► server-sent events ─► page
//	GET /_tenant/actions ┘
//
// # What is shown
//
// Whatever enters goes through shown.go, the one place that decides, and what is not named there is not shown: of a
// token the header and the claims in its tables, of a log line the attributes in its table, of a request neither
// headers, query nor body. Signatures, authorization codes, session_ids and passwords are never kept, so no event,
// page or dump of the ring can have them.
//
// # State, not news
//
// The ring holds the newest state of each request under the sequence number of its last change. A stream is a cursor
// into it: whatever has changed since is sent as it is now. So a client that was away gets what it missed by its
// Last-Event-ID, one that is slow misses intermediate states and nothing else, and no client has a queue of its own.
// (https://html.spec.whatwg.org/multipage/server-sent-events.html)
//
// # Whose table operation it is
//
// The functions' processes share an address of DynamoDB, so time and place do not tell which request an operation
// serves. The trace does: the gateway gives each request the root of a trace, Lambda hands it to the process with the
// event (Lambda-Runtime-Trace-Id), and the AWS SDK sends it with every request ("recursion detection",
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html). An operation whose trace is of none of the
// requests kept is counted and attributed to none.
package observatory
