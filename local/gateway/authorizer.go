package gateway

import (
	"context"
	"encoding/json"
	"errors"

	"drawbridge/local/iam"
	"drawbridge/local/template"
)

// invoke is the action that an authorizer's policy must allow on a method's ARN.
const invoke = "execute-api:Invoke"

// authorize lets the call pass, or says what the client gets instead. On the
// way the authorizer's context is put into the call, denied or not: gateway
// responses may show it.
func (g *Gateway) authorize(ctx context.Context, c *call, authorizer *template.Authorizer) *fault {
	step := &AuthorizerStep{Name: authorizer.Name}
	c.exchange.Authorizer = step
	if len(c.arn) > arnLimit {
		step.Decision = Failed
		return uriTooLong
	}
	identity, complete := c.identitySources(authorizer)
	if !complete {
		step.Decision = NoIdentity
		return unauthorized
	}
	key := newCacheKey(append([]string{authorizer.Name}, identity...))
	output, cached := g.cache.get(key, c.exchange.At)
	step.Cached = cached
	if !cached {
		var f *fault
		if output, f = g.ask(ctx, c, authorizer, step); f != nil {
			return f
		}
		if authorizer.TTL > 0 {
			now := g.Now()
			g.cache.put(key, output, now.Add(authorizer.TTL), now)
		}
	}
	step.Principal = output.principal
	c.context.Authorizer = map[string]any{
		"principalId": output.principal, "integrationLatency": step.Waited.Milliseconds(),
	}
	for name, value := range output.context {
		c.context.Authorizer[name] = value
	}
	switch iam.Evaluate(output.statements, iam.Need{Action: invoke, Resource: c.arn}, nil) {
	case iam.Allow:
		step.Decision = Allowed
		return nil
	case iam.ExplicitDeny:
		step.Decision = Denied
		return explicitlyDenied
	}
	step.Decision = NotAllowed
	return notAllowed
}

// identitySources collects the values of all identity sources; each must be there and not empty.
func (c *call) identitySources(authorizer *template.Authorizer) (values []string, complete bool) {
	add := func(name string, found []string) bool {
		values = append(values, name)
		values = append(values, found...)
		return len(found) > 0 && found[0] != ""
	}
	for _, name := range authorizer.Headers {
		if !add("header "+name, c.headers.Values(name)) {
			return nil, false
		}
	}
	for _, name := range authorizer.QueryStrings {
		if !add("query "+name, c.query[name]) {
			return nil, false
		}
	}
	return values, true
}

// ask invokes the authorizer. What it answers may be cached; a failure never is.
func (g *Gateway) ask(
	ctx context.Context, c *call, authorizer *template.Authorizer, step *AuthorizerStep,
) (authorizerOutput, *fault) {
	step.Decision = Failed
	result, err := g.invoke(ctx, c, &step.Invocation, authorizer.Function,
		authorizerEvent{"REQUEST", c.arn, c.requestEvent()}, authorizerTimeout)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return authorizerOutput{}, authorizerFailure
	case err != nil:
		return authorizerOutput{}, authorizerConfigurationError
	case result.FunctionError != "":
		var failure struct {
			Message string `json:"errorMessage"`
		}
		if json.Unmarshal(result.Payload, &failure) == nil && failure.Message == "Unauthorized" {
			step.Decision = Unauthorized
			return authorizerOutput{}, unauthorized
		}
		return authorizerOutput{}, authorizerFailure
	}
	output, err := parseAuthorizerOutput(result.Payload)
	if err != nil {
		step.Invocation.Error = err.Error()
		return authorizerOutput{}, authorizerConfigurationError
	}
	return output, nil
}
