package gateway

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"drawbridge/local/lambda"
	"drawbridge/local/template"
)

// authorizerTimeout is how long the gateway waits for an authorizer. AWS
// documents the limit of integrations only; the same is assumed here.
const authorizerTimeout = 29 * time.Second

// integrate calls the function behind a route and maps its answer.
func (g *Gateway) integrate(ctx context.Context, c *call, route template.Route) (response, *fault) {
	c.exchange.Function = &Invocation{}
	result, err := g.invoke(ctx, c, c.exchange.Function, route.Function, c.proxyEvent(), route.Timeout)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return response{}, endpointTimedOut
	case errors.Is(err, lambda.ErrRequestTooLarge):
		return response{}, requestTooLarge
	case err != nil:
		return response{}, notInvoked
	case result.FunctionError != "" || len(result.Payload) > lambdaLimit:
		return response{}, integrationFailed
	}
	answered, err := parseProxyResponse(result.Payload)
	if err != nil {
		c.exchange.Function.Error = "malformed proxy response: " + err.Error()
		return response{}, integrationFailed
	}
	c.exchange.Function.Warning = strings.Join(answered.warnings, "; ")
	binary := matchesMediaType(g.Stack.BinaryMediaTypes, c.request.Header.Get("Accept"))
	answer, err := answered.response(binary)
	if err != nil {
		c.exchange.Function.Error = err.Error()
		return response{}, notDecodable
	}
	answer.header["X-Amzn-Trace-Id"] = []string{lineage(c.trace)}
	return answer, nil
}

// invoke calls a function and notes the outcome in step. A client that
// goes away does not end an invocation, and neither does the gateway's own limit:
// it stops waiting, the function runs on.
func (g *Gateway) invoke(
	ctx context.Context, c *call, step *Invocation, logicalID string, event any, limit time.Duration,
) (lambda.Result, error) {
	function, _ := g.Stack.Function(logicalID) // New has seen that it exists
	step.Function = function.Name
	payload, err := encode(event)
	if err != nil {
		return lambda.Result{}, err
	}
	ctx, cancel := context.WithTimeout(lambda.WithTrace(context.WithoutCancel(ctx), c.trace), limit)
	defer cancel()
	step.Running = true
	g.follow(c)
	step.Running = false
	start := g.Now()
	result, err := g.Invoker.Invoke(ctx, function.Name, payload)
	step.Waited = g.Now().Sub(start)
	step.Cold, step.Init, step.Duration, step.Logs = result.Cold, result.Init, result.Duration, result.Logs
	switch {
	case err != nil:
		step.Error = err.Error()
	case result.FunctionError != "":
		step.Error = functionError(result.Payload)
	}
	return result, err
}

// preflight answers OPTIONS as the MOCK integration that SAM generates for an API with Cors: with fixed headers and an
// empty object.
func preflight(headers map[string]string) response {
	header := http.Header{"Content-Type": {"application/json"}}
	for name, value := range headers {
		header.Set(name, value)
	}
	return response{status: http.StatusOK, header: header, body: []byte("{}\n")}
}
