// Package gateway serves a template's REST API on one machine as a stage of
// Amazon API Gateway (REST, "v1") serves it on AWS.
//
// A request goes through the steps of the real one, and any of them may end it:
//
//  1. route: the resource by path, then its method; otherwise 403 "Missing Authentication Token"
//  2. limits: the method's rate and burst, 10 MB of payload
//  3. authorizer: identity sources, result cache, the Lambda function, its policy and context
//  4. integration: the Lambda function behind the route with a proxy event, or the MOCK of a preflight
//  5. response: the proxy response, checked and mapped; headers renamed as API Gateway renames them
//
// What the gateway answers itself is a gateway response, with the status,
// headers and body that the template gives its type.
//
// CONFORMANCE.md lists each behaviour with its source, an answer recorded from AWS or a page; each is a test. It marks
// what was chosen because AWS does not say it, and lists where this gateway differs.
//
// Left out are usage plans and API keys, request validation, response caching and compression, stage variables and
// mapping templates: the template package refuses what would need them. Left out, too, is the quota of 10,240 bytes for
// all headers, because AWS does not say how it is refused.
//
// Sources: API Gateway Developer Guide, above all "Lambda proxy integrations",
// "Use API Gateway Lambda authorizers", "Gateway responses", "Quotas" and
// "Important notes"; Lambda Developer Guide, "Handling Lambda errors with an
// API Gateway API".
package gateway

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"drawbridge/local/lambda"
	"drawbridge/local/template"
)

// Config is what a Gateway needs. Stack and Invoker must be given.
type Config struct {
	Stack       *template.Stack
	Invoker     lambda.Invoker
	Observers   []Observer
	Unthrottled bool             // the template's rates and bursts are not kept, for a test of load
	Now         func() time.Time // time.Now if nil
}

// Gateway is an http.Handler.
type Gateway struct {
	Config
	deployment string // its id
	routes     routes
	cache      cache
}

// New refuses a stack without an API.
func New(c Config) (*Gateway, error) {
	if c.Stack.APIID == "" {
		return nil, errors.New("the template has no API")
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Gateway{Config: c, deployment: randomHex(3), routes: newRoutes(c.Stack.Routes, !c.Unthrottled)}, nil
}

// ServeHTTP answers one request and tells the observers about it.
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := g.begin(r)
	answer, f := g.handle(r.Context(), c)
	if f != nil {
		answer = g.gatewayResponse(c, f)
		c.exchange.GatewayResponse = f.kind
	}
	header := w.Header()
	for name, values := range answer.header {
		header[name] = values
	}
	header["X-Amzn-Requestid"] = []string{c.context.RequestID}
	header["X-Amz-Apigw-Id"] = []string{c.context.ExtendedRequestID}
	if answer.status != http.StatusNoContent && answer.status != http.StatusNotModified {
		header.Set("Content-Length", strconv.Itoa(len(answer.body)))
	}
	w.WriteHeader(answer.status)
	_, _ = w.Write(answer.body) // the client may be gone; nobody is left to tell

	c.exchange.Status, c.exchange.Bytes = answer.status, len(answer.body)
	c.exchange.Duration = g.Now().Sub(c.exchange.At)
	for _, observer := range g.Observers {
		observer.Observe(c.exchange)
	}
}

// response is what goes back to the client.
type response struct {
	status int
	header http.Header
	body   []byte
}

// handle takes the steps; a fault ends them.
func (g *Gateway) handle(ctx context.Context, c *call) (response, *fault) {
	route, parameters := g.routes.match(c.method, c.path)
	if route == nil {
		return response{}, missingAuthenticationToken
	}
	c.enter(g.Stack, route.Route, parameters)
	if route.limiter != nil && !route.limiter.AllowN(c.exchange.At, 1) {
		return response{}, throttled
	}
	if f := c.readBody(g.Stack.BinaryMediaTypes); f != nil {
		return response{}, f
	}
	for _, observer := range g.Observers {
		observer.Receive(c.exchange.snapshot(), c.request.Header, c.body)
	}
	if route.Authorizer != nil {
		f := g.authorize(ctx, c, route.Authorizer)
		g.follow(c)
		if f != nil {
			return response{}, f
		}
	}
	if route.Preflight != nil {
		return preflight(route.Preflight), nil
	}
	return g.integrate(ctx, c, route.Route)
}

// follow tells how far a call has come.
func (g *Gateway) follow(c *call) {
	for _, observer := range g.Observers {
		observer.Follow(c.exchange.snapshot())
	}
}
