// Package observatory is the console: a web page that shows each request on its way through gateway, authorizer,
// function and tables, and the tenant's Actions beside it.
//
//	gateway.Observer ─┐
//	iam.Operation ────┼─► what may be shown ─► Ring (the last 200 requests and 200 runs) ─► server-sent events ─► page
//	GET /_tenant/actions ┘
//
// # What is shown
//
// shown.go decides. Of a token the page shows the header and the claims that its tables name, of a request method,
// route and answer. Log lines are shown as they are written, without what has the shape of a credential. Signatures,
// authorization codes, session_ids and the bodies of logins are never kept, so no event and no replay can hold them.
//
// # State, not news
//
// The ring holds the newest state of each request under the sequence number of its last change. A stream is a cursor
// into the ring and sends the state of each request that changed since. A client that reconnects resumes at its
// Last-Event-ID; a slow one skips intermediate states; no client has a queue.
// (https://html.spec.whatwg.org/multipage/server-sent-events.html)
//
// # Whose table operation it is
//
// A function's processes share one address of DynamoDB, so the address does not tell which request an operation serves.
// The trace does: the gateway gives each request the root of a trace, Lambda hands it to the process with the event
// (Lambda-Runtime-Trace-Id), and the AWS SDK sends it with every request ("recursion detection",
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html). An operation of any other trace
// is counted alone.
package observatory
