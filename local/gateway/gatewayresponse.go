package gateway

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"drawbridge/local/template"
)

// fault is an answer of the gateway's own: a type of gateway response, its status and the text of
// $context.error.message.
type fault struct {
	kind      string
	status    int
	exception string // in x-amzn-ErrorType; empty where AWS's is not known
	message   string // empty if it is null, as clients get it when an authorizer fails
}

const integrationException = "InternalServerErrorException"

var (
	// missingAuthenticationToken is the answer to an unknown path or method too: the caller might have meant a route that
	// is signed with IAM credentials.
	missingAuthenticationToken = &fault{"MISSING_AUTHENTICATION_TOKEN", http.StatusForbidden,
		"MissingAuthenticationTokenException", "Missing Authentication Token"}
	// throttled: the method's rate and burst are used up.
	throttled       = &fault{"THROTTLED", http.StatusTooManyRequests, "TooManyRequestsException", "Too Many Requests"}
	requestTooLarge = &fault{"REQUEST_TOO_LARGE", http.StatusRequestEntityTooLarge, "", "Request Too Long"}
	uriTooLong      = &fault{"DEFAULT_4XX", http.StatusRequestURITooLong, "", "Request URI too long"}
	badRequest      = &fault{"DEFAULT_4XX", http.StatusBadRequest, "", "Bad Request"}

	// unauthorized: an identity source is missing, or the authorizer failed with exactly "Unauthorized".
	unauthorized = &fault{"UNAUTHORIZED", http.StatusUnauthorized, "UnauthorizedException", "Unauthorized"}
	notAllowed   = &fault{"ACCESS_DENIED", http.StatusForbidden, "AccessDeniedException",
		"User is not authorized to access this resource"}
	explicitlyDenied = &fault{"ACCESS_DENIED", http.StatusForbidden, "AccessDeniedException",
		"User is not authorized to access this resource with an explicit deny in an identity-based policy"}
	// authorizerFailure: the authorizer ran and could not decide.
	authorizerFailure = &fault{"AUTHORIZER_FAILURE", http.StatusInternalServerError,
		"AuthorizerConfigurationException", ""}
	// authorizerConfigurationError: the authorizer could not be called, or its output is malformed.
	authorizerConfigurationError = &fault{"AUTHORIZER_CONFIGURATION_ERROR", http.StatusInternalServerError,
		"AuthorizerConfigurationException", ""}

	// integrationFailed: the function failed, or its answer is not a proxy response.
	integrationFailed = &fault{"INTEGRATION_FAILURE", http.StatusBadGateway, integrationException,
		"Internal server error"}
	// notInvoked: Lambda refused the invocation before any process saw it.
	notInvoked   = &fault{"DEFAULT_5XX", http.StatusInternalServerError, integrationException, "Internal server error"}
	notDecodable = &fault{"API_CONFIGURATION_ERROR", http.StatusInternalServerError, integrationException,
		"Internal server error"}
	endpointTimedOut = &fault{"INTEGRATION_TIMEOUT", http.StatusGatewayTimeout, integrationException,
		"Endpoint request timed out"}
)

// body is what AWS answers unless the template says otherwise.
func (f *fault) body() string {
	switch {
	case f.kind == "ACCESS_DENIED":
		return `{"Message":$context.error.messageString}`
	case f.exception == integrationException:
		return `{"message": $context.error.messageString}`
	}
	return `{"message":$context.error.messageString}`
}

// gatewayResponse renders a fault: by the template's response for its type,
// else by DEFAULT_4XX or DEFAULT_5XX, else as API Gateway does by itself. The
// answer to a body that is too large cannot be customized ("Important notes").
func (g *Gateway) gatewayResponse(c *call, f *fault) response {
	a := response{status: f.status, header: http.Header{"Content-Type": {"application/json"}}}
	var custom template.GatewayResponse
	if f.kind != "REQUEST_TOO_LARGE" {
		custom = g.customized(f)
	}
	if custom.Status != 0 {
		a.status = custom.Status
	}
	body := f.body()
	if kind, text, ok := choose(custom.Templates, c.request.Header.Get("Accept")); ok {
		body = text
		a.header.Set("Content-Type", kind)
	}
	for name, value := range custom.Headers {
		a.header.Set(name, value)
	}
	variables := c.variables(f)
	for name, variable := range custom.Mapped {
		if value := expand("$"+variable, variables); value != "" {
			a.header.Set(name, value)
		}
	}
	if f.exception != "" {
		a.header.Set("X-Amzn-Errortype", f.exception)
	}
	a.body = []byte(expand(body, variables))
	return a
}

func (g *Gateway) customized(f *fault) template.GatewayResponse {
	if custom, ok := g.Stack.GatewayResponses[f.kind]; ok {
		return custom
	}
	if f.status < http.StatusInternalServerError {
		return g.Stack.GatewayResponses["DEFAULT_4XX"]
	}
	return g.Stack.GatewayResponses["DEFAULT_5XX"]
}

// choose takes the body template of the first type that the client accepts,
// else that of application/json, else the first by name.
func choose(templates map[string]string, accept string) (kind, text string, ok bool) {
	first, _, _ := strings.Cut(accept, ",")
	first, _, _ = strings.Cut(first, ";")
	for _, kind := range []string{strings.TrimSpace(first), "application/json"} {
		if text, ok := templates[kind]; ok {
			return kind, text, true
		}
	}
	kinds := slices.Sorted(maps.Keys(templates))
	if len(kinds) == 0 {
		return "", "", false
	}
	return kinds[0], templates[kinds[0]], true
}

// variables are the values of $context: what the events have in requestContext, and the error.
func (c *call) variables(f *fault) (values map[string]any) {
	message, quoted := "null", "null"
	if f.message != "" {
		message, quoted = f.message, strconv.Quote(f.message)
	}
	context, _ := json.Marshal(c.context) // texts and numbers
	_ = decodeNumbers(context, &values)
	values["error"] = map[string]any{"message": message, "messageString": quoted, "responseType": f.kind}
	return values
}

// expand replaces the variables of a body template. The template is not VTL: values are put in as they are, without any
// escaping, so an authorizer must not put a quote into its context.
func expand(body string, variables map[string]any) string {
	return template.Variable.ReplaceAllStringFunc(body, func(variable string) string {
		var value any = variables
		for _, name := range strings.SplitN(strings.TrimPrefix(variable, "$context."), ".", 2) {
			members, _ := value.(map[string]any)
			value = members[name]
		}
		if value == nil {
			return ""
		}
		return fmt.Sprint(value)
	})
}
