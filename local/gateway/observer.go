package gateway

import (
	"encoding/json"
	"net/http"
	"time"
)

// Observer is told about requests, from several goroutines. A request's connection waits for each call.
type Observer interface {
	// Receive is called with a request that has a route and arrived whole, before anything is decided about it. Header
	// and body hold credentials; they must be neither kept nor changed.
	Receive(Exchange, http.Header, []byte)
	// Follow is called when a function is about to be invoked and when the authorizer has decided, with the exchange as
	// it stands. It may be kept.
	Follow(Exchange)
	// Observe is called with every request once it has been answered.
	Observe(Exchange)
}

// Exchange is one request, the steps that it took and its answer, without headers, query string and body: a token gets
// in only if a function writes it to its log.
type Exchange struct {
	RequestID       string
	Trace           string // the root of its trace, which its invocations have too: lambda.WithTrace
	At              time.Time
	Method, Path    string          // Path is escaped as the client sent it, without the query
	Route           string          // the resource, "/transfers/{id}"; empty if none was found
	Authorizer      *AuthorizerStep // nil if the request did not get there
	Function        *Invocation     // nil if the request did not get there
	GatewayResponse string          // type of gateway response; empty if the integration answered
	Status, Bytes   int
	Duration        time.Duration
}

// Decision is what came out at the authorizer.
type Decision string

// Decisions.
const (
	Allowed      Decision = "allowed"
	Denied       Decision = "denied"       // by an explicit Deny
	NotAllowed   Decision = "not allowed"  // no statement of the policy matches
	NoIdentity   Decision = "no identity"  // an identity source is missing; nothing was invoked
	Unauthorized Decision = "unauthorized" // the authorizer failed with exactly this word
	Failed       Decision = "failed"       // no decision: error, timeout or a malformed output
)

// AuthorizerStep is a request's way through the authorizer.
type AuthorizerStep struct {
	Name      string
	Decision  Decision
	Cached    bool   // the answer is from the cache; Invocation is empty
	Principal string // the principalId
	Invocation
}

// Invocation is one call of a function.
type Invocation struct {
	Function string
	Running  bool // for Follow: it has been called and has not answered yet
	Cold     bool
	Init     time.Duration // of a cold start
	Duration time.Duration // in the function
	Waited   time.Duration // by the gateway, all included
	// Error says why the answer could not be used: the function's error type and message, a timeout, a refused
	// invocation, a malformed answer. It may span lines (a compiler's output).
	Error string
	// Warning names what API Gateway accepts in the answer and the function hardly meant.
	Warning string
	Logs    []byte // the last 4 KB that the function wrote meanwhile; empty if the gateway stopped waiting
}

// snapshot is an Exchange that the next steps do not change.
func (e Exchange) snapshot() Exchange {
	if e.Authorizer != nil {
		step := *e.Authorizer
		e.Authorizer = &step
	}
	if e.Function != nil {
		invocation := *e.Function
		e.Function = &invocation
	}
	return e
}

// functionError makes one line of {"errorType","errorMessage"}.
func functionError(payload []byte) string {
	var failure struct {
		Type    string `json:"errorType"`
		Message string `json:"errorMessage"`
	}
	if json.Unmarshal(payload, &failure) != nil || failure.Type == "" && failure.Message == "" {
		return "the function failed without saying why"
	}
	if failure.Type == "" {
		return failure.Message
	}
	return failure.Type + ": " + failure.Message
}
