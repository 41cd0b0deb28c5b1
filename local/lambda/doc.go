// Package lambda runs Lambda functions on this machine as AWS runs them: real binaries, over the Lambda Runtime API.
//
// A [Host] keeps a pool of processes for each function. Every process gets a Runtime API server of its own on a
// loopback port, whose address stands in AWS_LAMBDA_RUNTIME_API. The life of a process:
//
//	spawn ─► init ─► GET next ─► frozen ─► thawed, event sent ─► POST response or error ─► GET next ─► frozen …
//
// The first request for next ends the init. From then on the process runs only while it has an event to handle: it is
// stopped (SIGSTOP) when it asks for the next event and continued (SIGCONT) just before that event is written to it,
// both in the handler of that one request. Sending SIGCONT from anywhere else could overtake the SIGSTOP and leave a
// child stopped with an event in its socket. A goroutine that a handler leaves behind therefore stands still here
// exactly when it would on AWS.
//
// One process handles one event at a time. When none is idle another is started, up to the function's concurrency;
// beyond that an invocation is refused with [ErrThrottled] at once, without a queue. A process that panics, exits, is
// killed or runs out of time is replaced at the next invocation, and the invocation that it had ends in the payload
// that Lambda gives ({"errorMessage":…,"errorType":…} with FunctionError "Unhandled"). An event is handed out at most
// once: only one that no process ever saw is offered to a second process.
//
// A function runs in a folder that it cannot write to, by another user than root, and sees nothing of this program's
// environment. An event that is sent rather than waited for is tried again if the function fails, see [Host.Send].
//
// Differences from AWS: memory is not limited; a failed init is reported at once, where Lambda runs it a second time
// within the invocation; a process that nobody needs is ended after five minutes; /tmp is the machine's, and one for
// all functions; there is one version, $LATEST, and no alias; a second try comes after a second, not a minute; and
// where this program is root's on another system than Linux, so are the functions.
//
// Sources: "Using the Lambda runtime API" (docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html), "Understanding
// the Lambda execution environment lifecycle" (…/lambda-runtime-environment.html), "Working with Lambda environment
// variables" (…/configuration-envvars.html), "Lambda quotas" (…/gettingstarted-limits.html).
package lambda
