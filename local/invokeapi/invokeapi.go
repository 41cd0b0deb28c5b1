// Package invokeapi serves Lambda's Invoke API over the functions of this machine, so that the AWS CLI and the SDKs
// call them as they do on AWS:
//
//	aws lambda invoke --endpoint-url http://localhost:3000 --function-name AdminFunction …
//
// It takes POST /2015-03-31/functions/{FunctionName}/invocations with X-Amz-Invocation-Type RequestResponse (200 and
// what the function answered; X-Amz-Function-Error says that it failed), Event (202, and the function runs by itself)
// or DryRun (204, and it does not run), X-Amz-Log-Type Tail, and a function's name, ARN or partial ARN. Everything else
// is refused with the status, x-amzn-ErrorType and body that Lambda gives.
//
// A request must be signed (AWS Signature Version 4, for the service lambda), as on AWS. There is no secret here to
// check the signature against, so any credentials do. The rule keeps browsers out: a web page cannot set Authorization
// on a request to another origin without a preflight, which is refused.
//
// Differences from AWS: there are no versions and aliases but $LATEST; a log tail has the function's own lines only,
// without START, END and REPORT; the text of a payload that is no JSON is shorter.
//
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
package invokeapi

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"

	"drawbridge/local/lambda"
)

const (
	// Prefix is what the path of each request begins with.
	Prefix = "/2015-03-31/"

	latest       = "$LATEST"
	syncLimit    = 6 << 20 // bytes of a payload
	eventLimit   = 1 << 20
	contextLimit = 3583 // bytes of a ClientContext in base64
)

// Host runs functions: a [lambda.Host].
type Host interface {
	lambda.Invoker
	Send(ctx context.Context, function string, payload []byte) (requestID string, err error)
}

// Config is what a [Handler] needs. All must be given.
type Config struct {
	Host      Host
	Functions []string // the names of those that can be invoked
	Region    string
	AccountID string
}

// Handler is an http.Handler.
type Handler struct {
	config Config
}

// New returns a Handler.
func New(c Config) *Handler { return &Handler{c} }

func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if f := h.serve(w, r); f != nil {
		f.write(w)
	}
}

// serve answers, or returns why it does not.
func (h *Handler) serve(w http.ResponseWriter, r *http.Request) *fault {
	if !signed(r.Header.Get("Authorization")) {
		return newFault(http.StatusForbidden, "MissingAuthenticationTokenException", "Missing Authentication Token")
	}
	function, f := h.function(r)
	if f != nil {
		return f
	}
	kind := r.Header.Get("X-Amz-Invocation-Type")
	if f := checkHeaders(r.Header, kind); f != nil {
		return f
	}
	ctx, f := withClientContext(r)
	if f != nil {
		return f
	}
	payload, f := readPayload(w, r, kind)
	if f != nil {
		return f
	}
	switch kind {
	case "DryRun":
		w.WriteHeader(http.StatusNoContent)
		return nil
	case "Event":
		requestID, err := h.config.Host.Send(r.Context(), function, payload) // which no ClientContext goes with
		if err != nil {
			return faultOf(err)
		}
		w.Header().Set("X-Amzn-RequestId", requestID)
		w.WriteHeader(http.StatusAccepted)
		return nil
	}
	result, err := h.config.Host.Invoke(ctx, function, payload)
	if err != nil {
		return faultOf(err)
	}
	header := w.Header()
	header.Set("Content-Type", "application/json")
	header.Set("X-Amz-Executed-Version", latest)
	header.Set("X-Amzn-RequestId", result.RequestID)
	if result.FunctionError != "" {
		header.Set("X-Amz-Function-Error", result.FunctionError)
	}
	if r.Header.Get("X-Amz-Log-Type") == "Tail" {
		header.Set("X-Amz-Log-Result", base64.StdEncoding.EncodeToString(result.Logs))
	}
	_, _ = w.Write(result.Payload) // the client may be gone; nobody is left to tell
	return nil
}

// signed tells whether a request carries a signature for Lambda.
func signed(authorization string) bool {
	return strings.HasPrefix(authorization, "AWS4-HMAC-SHA256 ") && strings.Contains(authorization, "/lambda/aws4_request")
}

func checkHeaders(header http.Header, kind string) *fault {
	switch kind {
	case "", "RequestResponse", "Event", "DryRun":
	default:
		return invalid("invocationType", kind, "Member must satisfy enum value set: [Event, RequestResponse, DryRun]")
	}
	switch logs := header.Get("X-Amz-Log-Type"); logs {
	case "", "None", "Tail":
		return nil
	default:
		return invalid("logType", logs, "Member must satisfy enum value set: [None, Tail]")
	}
}

// withClientContext reads the invoker's ClientContext, a JSON object in base64.
func withClientContext(r *http.Request) (context.Context, *fault) {
	encoded := r.Header.Get("X-Amz-Client-Context")
	if encoded == "" {
		return r.Context(), nil
	}
	decoded, err := base64.StdEncoding.DecodeString(encoded)
	var object map[string]json.RawMessage
	if err != nil || len(encoded) > contextLimit || json.Unmarshal(decoded, &object) != nil {
		return nil, newFault(http.StatusBadRequest, "InvalidRequestContentException",
			"Client context must be a valid Base64-encoded JSON object.")
	}
	return lambda.WithClientContext(r.Context(), string(decoded)), nil
}

// readPayload reads the event. Without one the function gets an empty object, as Lambda's own invocations without a
// payload do.
func readPayload(w http.ResponseWriter, r *http.Request, kind string) ([]byte, *fault) {
	limit := int64(syncLimit)
	if kind == "Event" {
		limit = eventLimit
	}
	payload, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	if _, over := errors.AsType[*http.MaxBytesError](err); over {
		return nil, tooLarge(limit)
	}
	if err != nil {
		return nil, newFault(http.StatusBadRequest, "InvalidRequestContentException", "The payload could not be read.")
	}
	if len(payload) == 0 {
		return []byte("{}"), nil
	}
	if !json.Valid(payload) {
		return nil, newFault(http.StatusBadRequest, "InvalidRequestContentException",
			"Could not parse request body into json.")
	}
	return payload, nil
}
