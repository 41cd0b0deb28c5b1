// Package rest connects typed handlers to API Gateway's REST proxy integration.
//
// A [Handler] gets a [Request] and returns a [Response] or an error; this package does the rest in one place:
// it decodes the part of the proxy event that is read
// (https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html),
// checks what the authorizer said ([Guard]), turns every error into an application/problem+json answer (RFC 9457)
// by the one table in problem.go, adds CORS and security headers, and writes one log line a request.
//
// What is not a [*Problem] or an [*access.Challenge] is a fault of ours: it is logged, and the client sees
// "internal_error". No header, query or body ever reaches the log.
package rest

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"time"

	"drawbridge/shared/access"
	"drawbridge/shared/env"

	"github.com/aws/aws-lambda-go/lambda"
)

// Handler answers one request. It returns a *Problem or an *access.Challenge for what the client can cure.
type Handler func(ctx context.Context, r *Request) (Response, error)

// Response is what a handler answers.
type Response struct {
	Status int
	Header map[string]string
	Body   []byte
}

// JSON answers with v as JSON.
func JSON(status int, v any) Response {
	body, err := json.Marshal(v)
	if err != nil {
		panic("rest: a response that is not JSON: " + err.Error()) // a type of ours that cannot be marshalled
	}
	return Response{Status: status, Header: map[string]string{"Content-Type": "application/json"}, Body: body}
}

// NoContent answers 204.
func NoContent() Response {
	return Response{Status: http.StatusNoContent}
}

// Options are the same for all requests of a function.
type Options struct {
	Origin string // the web app's origin, for CORS; empty where no browser calls
	API    string // the API's URL; the address that API Gateway gives the request if empty
	Log    *slog.Logger
}

// FromEnv returns the options of a function that the web app calls: WEB_ORIGIN, API_URL if it is set, and a log.
func FromEnv(r *env.Reader) Options {
	return Options{Origin: r.Origin("WEB_ORIGIN"), API: r.OptionalURL("API_URL"), Log: NewLog()}
}

// NewLog returns the log of a function: lines of JSON on standard output, which Lambda hands to CloudWatch.
func NewLog() *slog.Logger {
	return slog.New(slog.NewJSONHandler(os.Stdout, nil))
}

// Start runs h as a Lambda function. It does not return.
func Start(opts Options, h Handler) {
	lambda.Start(New(opts, h))
}

// New returns h as a Lambda handler of proxy events.
func New(opts Options, h Handler) lambda.Handler {
	return &function{opts: opts, handler: h}
}

type function struct {
	opts    Options
	handler Handler
}

// Invoke implements lambda.Handler. It returns an error only for an event that no API Gateway sends.
func (f *function) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	start := time.Now()
	r, err := decodeEvent(payload)
	if r == nil {
		return nil, err
	}
	var response Response
	if err == nil {
		response, err = f.handler(ctx, r)
	}
	if err != nil {
		response = failure(err, r.Principal.Scheme(), f.metadata(r))
	}
	f.log(ctx, r, response, err, time.Since(start))
	return f.encode(response, r.Authorizer["dpop_nonce"])
}

// metadata is where a client learns which issuer's tokens open this API (RFC 9728 section 5.1).
func (f *function) metadata(r *Request) string {
	api := f.opts.API
	if api == "" {
		api = r.Base
	}
	return api + "/.well-known/oauth-protected-resource"
}

// exposed are the headers that a page may read. API Gateway adds the request's id, by which our logs find it.
const exposed = "WWW-Authenticate, X-Amzn-Remapped-Www-Authenticate, DPoP-Nonce, Retry-After, x-amzn-RequestId"

// encode adds the headers of every answer. nonce is for the client's next DPoP proof (RFC 9449 section 8.2); empty for
// a request without one.
func (f *function) encode(response Response, nonce string) ([]byte, error) {
	header := map[string]string{
		"Cache-Control":             "no-store",
		"X-Content-Type-Options":    "nosniff",
		"Strict-Transport-Security": "max-age=31536000",
	}
	if f.opts.Origin != "" {
		header["Access-Control-Allow-Origin"] = f.opts.Origin
		header["Access-Control-Expose-Headers"] = exposed
		header["Vary"] = "Origin"
	}
	if nonce != "" {
		header["DPoP-Nonce"] = nonce
	}
	for name, value := range response.Header {
		header[name] = value
	}
	return json.Marshal(struct {
		StatusCode int               `json:"statusCode"`
		Headers    map[string]string `json:"headers"`
		Body       string            `json:"body"`
	}{response.Status, header, string(response.Body)})
}

func (f *function) log(ctx context.Context, r *Request, response Response, err error, took time.Duration) {
	attributes := []slog.Attr{
		slog.String("request_id", r.ID),
		slog.String("route", r.Method+" "+r.Resource),
		slog.Int("status", response.Status),
		slog.Float64("ms", float64(took.Microseconds())/1000),
	}
	if r.Principal.Kind != "" {
		attributes = append(attributes, slog.String("kind", string(r.Principal.Kind)))
	}
	level := slog.LevelInfo
	if err != nil {
		attributes = append(attributes, slog.String("code", code(err)))
		if cause := cause(err); cause != nil {
			attributes = append(attributes, slog.String("cause", cause.Error()))
		}
		if response.Status >= http.StatusInternalServerError {
			level = slog.LevelError
		}
	}
	f.opts.Log.LogAttrs(ctx, level, "request", attributes...)
}

// code is the stable name of a refusal, as the client reads it.
func code(err error) string {
	var challenge *access.Challenge
	if errors.As(err, &challenge) {
		return challenge.Code
	}
	return problemOf(err).Code
}
