package console

import "time"

// request is the state of one request; as JSON it is an event of the stream. A part that the request has not reached is
// nil.
type request struct {
	Number      uint64       `json:"number"` // in the order of arrival, from 1
	ID          string       `json:"id"`
	At          time.Time    `json:"at"`
	Method      string       `json:"method"`
	Path        string       `json:"path"` // the resource; of an unknown one as much as is plain words
	Credentials []credential `json:"credentials,omitempty"`
	Authorizer  *authorizer  `json:"authorizer,omitempty"`
	Function    *invocation  `json:"function,omitempty"`
	Operations  []operation  `json:"operations,omitempty"` // in the order in which they ended
	Unlisted    int          `json:"unlisted,omitempty"`   // operations beyond the limit
	Answer      *answer      `json:"answer,omitempty"`
	Replayable  bool         `json:"replayable,omitempty"`
	ReplayOf    uint64       `json:"replay_of,omitempty"` // the number of the request whose event it is

	replayable *replayable
	trace      string // its root; a client may choose it, and two requests may share it
}

// authorizer is a request's way through the authorizer.
type authorizer struct {
	Name      string `json:"name"`
	Decision  string `json:"decision"` // empty while it is being made
	Cached    bool   `json:"cached,omitempty"`
	Principal string `json:"principal,omitempty"`
	invocation
}

// invocation is one call of a function; Function is empty if there was none, as when the answer was cached.
type invocation struct {
	Function string   `json:"function,omitempty"`
	Running  bool     `json:"running,omitempty"`
	Cold     bool     `json:"cold,omitempty"`
	InitMS   float64  `json:"init_ms,omitempty"`
	MS       float64  `json:"ms"`        // in the function
	WaitedMS float64  `json:"waited_ms"` // by the gateway, all included
	Reason   string   `json:"reason,omitempty"`
	Error    string   `json:"error,omitempty"`
	Warning  string   `json:"warning,omitempty"` // what API Gateway accepts and the function hardly meant
	Logs     []string `json:"logs,omitempty"`
}

// operation is one request of a function to DynamoDB.
type operation struct {
	Function string  `json:"function"`
	Name     string  `json:"name"`
	AfterMS  float64 `json:"after_ms"` // from the arrival of the request
	MS       float64 `json:"ms"`
	Touched  []touch `json:"touched,omitempty"`
	Error    string  `json:"error,omitempty"`
}

// touch is an action on a table, and how many items of the operation do it.
type touch struct {
	Action string `json:"action"`
	Table  string `json:"table"`
	Items  int    `json:"items"`
}

// answer is what went back to the client.
type answer struct {
	Status          int     `json:"status"`
	Bytes           int     `json:"bytes"`
	MS              float64 `json:"ms"`
	GatewayResponse string  `json:"gateway_response,omitempty"` // its type, if the gateway answered itself
}

// credential is what the client showed, without its secret part.
type credential struct {
	Source   string  `json:"source"`           // "Authorization" or "id_token"
	Scheme   string  `json:"scheme,omitempty"` // "Bearer" or "DPoP"
	Kind     string  `json:"kind"`             // "JWT", "authorization code" or "unreadable"
	Header   []field `json:"header,omitempty"`
	Claims   []field `json:"claims,omitempty"`
	Withheld int     `json:"withheld,omitempty"` // members that are not shown, not even by name
}

// field is a name with a value that may be shown, or with none.
type field struct {
	Name     string `json:"name"`
	Value    string `json:"value,omitempty"`
	Time     bool   `json:"time,omitempty"` // Value is seconds since 1970
	Withheld bool   `json:"withheld,omitempty"`
}

// run is one run of an Action, as the tenant tells it (auth0/local/journal.js).
type run struct {
	Number   uint64  `json:"number"`
	At       shown   `json:"at"`
	Action   shown   `json:"action"`
	Result   shown   `json:"result"`
	MS       float64 `json:"duration_ms"`
	Client   shown   `json:"client,omitempty"`
	User     shown   `json:"user,omitempty"`
	Protocol shown   `json:"protocol,omitempty"`
	Scopes   []shown `json:"requested_scopes,omitempty"`
	Calls    []call  `json:"calls,omitempty"`
	Logs     []shown `json:"logs,omitempty"`
}

// call is one call of an Action to its api object.
type call struct {
	Name      shown   `json:"call"`
	Arguments []shown `json:"args,omitempty"`
}

// status is the state of the console itself.
type status struct {
	Tenant string `json:"tenant"` // "none", "followed" or "out of reach"
	// Elsewhere counts table operations of schedules, of operators and of requests that the ring has dropped.
	Elsewhere uint64 `json:"elsewhere"`
}
