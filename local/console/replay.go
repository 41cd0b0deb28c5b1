package console

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/google/uuid"

	"drawbridge/local/gateway"
	"drawbridge/local/lambda"
)

// A replay invokes a function again with the event of a request: method, path, query, body, the headers in
// replayedHeaders, and the context that the authorizer gave. The authorizer is not invoked again, since no token is
// kept. Two rules keep secrets out of the events: the request passed an authorizer, so it is no login with a password;
// and path, query and body hold nothing with the shape of a credential, these headers no code and no token.

// replayedHeaders are those that an event keeps.
var replayedHeaders = []string{"Accept", "Content-Type", "Idempotency-Key", "Origin", "User-Agent"}

var errNotKept = errors.New("this request is not kept: it had no authorizer, held a credential, or is too old")

// replayable is the event of a request, as far as it is kept.
type replayable struct {
	function string
	event    map[string]json.RawMessage
	context  map[string]json.RawMessage // its requestContext
}

// Keep returns an Invoker that remembers the events of functions for a replay.
func (c *Console) Keep(functions lambda.Invoker) lambda.Invoker {
	c.functions = functions
	return c
}

// Invoke is part of lambda.Invoker.
func (c *Console) Invoke(ctx context.Context, function string, payload []byte) (lambda.Result, error) {
	if id, r := readEvent(function, payload); r != nil {
		put(c.ring, &c.ring.requests, id, false, func(_ uint64, old request) request {
			old.replayable, old.Replayable = r, true
			return old
		})
	}
	return c.functions.Invoke(ctx, function, payload)
}

// readEvent returns the parts of an event from API Gateway that may be kept, or nil.
func readEvent(function string, payload []byte) (requestID string, r *replayable) {
	r = &replayable{function: function}
	var authorizer map[string]any
	if json.Unmarshal(payload, &r.event) != nil || json.Unmarshal(r.event["requestContext"], &r.context) != nil ||
		json.Unmarshal(r.context["requestId"], &requestID) != nil ||
		json.Unmarshal(r.context["authorizer"], &authorizer) != nil || authorizer == nil {
		return "", nil
	}
	for _, member := range []string{"headers", "multiValueHeaders"} {
		var headers map[string]json.RawMessage
		if json.Unmarshal(r.event[member], &headers) != nil {
			return "", nil
		}
		kept := map[string]json.RawMessage{}
		for name, value := range headers {
			if slices.Contains(replayedHeaders, http.CanonicalHeaderKey(name)) {
				kept[name] = value
			}
		}
		r.event[member] = encode(kept)
		if codeOrToken.Match(r.event[member]) { // an Idempotency-Key may be as long as a secret
			return "", nil
		}
	}
	for _, member := range []string{"path", "queryStringParameters", "multiValueQueryStringParameters", "body"} {
		if credentialForm.Match(r.event[member]) {
			return "", nil
		}
	}
	return requestID, r
}

// replay sends the event of a request again, as a request of its own.
func (c *Console) replay(ctx context.Context, id string) error {
	before, found := c.find(id)
	if !found || before.replayable == nil {
		return errNotKept
	}
	trace, function := lambda.NewTrace(time.Now()), before.replayable.function
	e := gateway.Exchange{
		RequestID: uuid.NewString(), Trace: trace.Root, At: time.Now(), Method: before.Method, Route: before.Path,
		Function: &gateway.Invocation{Function: function, Running: true},
	}
	c.request(e, func(r request) request {
		r.ReplayOf, r.replayable, r.Replayable = before.Number, before.replayable, true
		return r
	})
	result, err := c.functions.Invoke(lambda.WithTrace(ctx, trace), function, before.replayable.as(e))
	e.Duration = time.Since(e.At)
	e.Function = &gateway.Invocation{
		Function: function, Cold: result.Cold, Init: result.Init, Duration: result.Duration, Waited: e.Duration,
		Logs: result.Logs,
	}
	var answer struct {
		StatusCode int    `json:"statusCode"`
		Body       string `json:"body"`
	}
	switch {
	case err != nil:
		e.Function.Error = err.Error()
	case result.FunctionError != "" || json.Unmarshal(result.Payload, &answer) != nil:
		e.Function.Error = string(result.Payload)
	}
	if e.Status, e.Bytes = answer.StatusCode, len(answer.Body); e.Function.Error != "" {
		e.Status = http.StatusBadGateway
	}
	c.Observe(e)
	return nil
}

// find is the request with an id, if it is kept.
func (c *Console) find(id string) (request, bool) {
	c.ring.mu.Lock()
	defer c.ring.mu.Unlock()
	e := c.ring.requests.byKey[id]
	if e == nil {
		return request{}, false
	}
	return e.value, true
}

// as is the event with the id and time of another request.
func (r *replayable) as(e gateway.Exchange) []byte {
	event, context := maps.Clone(r.event), maps.Clone(r.context)
	context["requestId"] = encode(e.RequestID)
	context["requestTimeEpoch"] = encode(e.At.UnixMilli())
	event["requestContext"] = encode(context)
	return encode(event)
}

// encode never fails: its values were JSON before, or are texts and numbers.
func encode(value any) []byte {
	out, err := json.Marshal(value)
	if err != nil {
		panic("console: " + err.Error())
	}
	return out
}
