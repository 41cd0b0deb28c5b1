package gateway

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"drawbridge/local/template"
)

// fault is why the gateway answers itself, and not a function: a type of
// gateway response, its status and the text of $context.error.message.
// A nil message is JSON's null, which is what clients get when an authorizer fails.
type fault struct {
	kind      string
	status    int
	exception string // in x-amzn-ErrorType; empty where AWS's is not known
	message   *string
}

func newFault(kind string, status int, exception, message string) *fault {
	return &fault{kind, status, exception, &message}
}

// missingAuthenticationToken is the answer to an unknown path or method too:
// the caller might have meant a route that is signed with IAM credentials.
func missingAuthenticationToken() *fault {
	return newFault("MISSING_AUTHENTICATION_TOKEN", http.StatusForbidden, "MissingAuthenticationTokenException",
		"Missing Authentication Token")
}

// unauthorized: an identity source is missing, or the authorizer failed with exactly "Unauthorized".
func unauthorized() *fault {
	return newFault("UNAUTHORIZED", http.StatusUnauthorized, "UnauthorizedException", "Unauthorized")
}

func accessDenied(explicit bool) *fault {
	message := "User is not authorized to access this resource"
	if explicit {
		message += " with an explicit deny in an identity-based policy"
	}
	return newFault("ACCESS_DENIED", http.StatusForbidden, "AccessDeniedException", message)
}

// authorizerFailure: the authorizer ran and could not decide.
func authorizerFailure() *fault {
	return &fault{kind: "AUTHORIZER_FAILURE", status: http.StatusInternalServerError,
		exception: "AuthorizerConfigurationException"}
}

// authorizerConfigurationError: the authorizer could not be called, or its output is malformed.
func authorizerConfigurationError() *fault {
	return &fault{kind: "AUTHORIZER_CONFIGURATION_ERROR", status: http.StatusInternalServerError,
		exception: "AuthorizerConfigurationException"}
}

func requestTooLarge() *fault {
	return newFault("REQUEST_TOO_LARGE", http.StatusRequestEntityTooLarge, "", "Request Too Long")
}

func uriTooLong() *fault {
	return newFault("DEFAULT_4XX", http.StatusRequestURITooLong, "", "Request URI too long")
}

func badRequest() *fault { return newFault("DEFAULT_4XX", http.StatusBadRequest, "", "Bad Request") }

// throttled: the method's rate and burst are used up.
func throttled() *fault {
	return newFault("THROTTLED", http.StatusTooManyRequests, "TooManyRequestsException", "Too Many Requests")
}

const integrationException = "InternalServerErrorException"

// integrationFailed: the function failed, or its answer is not a proxy response.
func integrationFailed() *fault {
	return newFault("INTEGRATION_FAILURE", http.StatusBadGateway, integrationException, "Internal server error")
}

// notInvoked: Lambda refused the invocation before any process saw it.
func notInvoked() *fault {
	return newFault("DEFAULT_5XX", http.StatusInternalServerError, integrationException, "Internal server error")
}

func notDecodable() *fault {
	return newFault("API_CONFIGURATION_ERROR", http.StatusInternalServerError, integrationException,
		"Internal server error")
}

func endpointTimedOut() *fault {
	return newFault("INTEGRATION_TIMEOUT", http.StatusGatewayTimeout, integrationException, "Endpoint request timed out")
}

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
	for name, variable := range custom.Mapped {
		if value := expand("$"+variable, c, f); value != "" {
			a.header.Set(name, value)
		}
	}
	if f.exception != "" {
		a.header.Set("X-Amzn-Errortype", f.exception)
	}
	a.body = []byte(expand(body, c, f))
	return a
}

func (g *Gateway) customized(f *fault) template.GatewayResponse {
	if custom, ok := g.stack.GatewayResponses[f.kind]; ok {
		return custom
	}
	if f.status < http.StatusInternalServerError {
		return g.stack.GatewayResponses["DEFAULT_4XX"]
	}
	return g.stack.GatewayResponses["DEFAULT_5XX"]
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
	kinds := make([]string, 0, len(templates))
	for kind := range templates {
		kinds = append(kinds, kind)
	}
	if len(kinds) == 0 {
		return "", "", false
	}
	kind = slices.Min(kinds)
	return kind, templates[kind], true
}

// expand replaces the variables of a body template. The template is not VTL: values are
// put in as they are, without any escaping, so an authorizer must not put a
// quote into its context.
func expand(body string, c *call, f *fault) string {
	return template.Variable.ReplaceAllStringFunc(body, func(variable string) string {
		name := strings.TrimPrefix(variable, "$context.")
		if key, is := strings.CutPrefix(name, "authorizer."); is {
			switch value := c.context.Authorizer[key].(type) {
			case string:
				return value
			case int64:
				return strconv.FormatInt(value, 10)
			}
			return ""
		}
		return c.variable(name, f)
	})
}

// variable gives the value of each of template.ContextVariables.
func (c *call) variable(name string, f *fault) string {
	switch name {
	case "error.message":
		if f.message != nil {
			return *f.message
		}
		return "null"
	case "error.messageString":
		quoted, _ := json.Marshal(f.message)
		return string(quoted)
	case "error.responseType":
		return f.kind
	case "accountId":
		return c.context.AccountID
	case "apiId":
		return c.context.APIID
	case "domainName":
		return c.context.DomainName
	case "extendedRequestId":
		return c.context.ExtendedRequestID
	case "httpMethod":
		return c.context.HTTPMethod
	case "identity.sourceIp":
		return c.context.Identity.SourceIP
	case "identity.userAgent":
		if agent := c.context.Identity.UserAgent; agent != nil {
			return *agent
		}
	case "path":
		return c.context.Path
	case "protocol":
		return c.context.Protocol
	case "requestId":
		return c.context.RequestID
	case "requestTime":
		return c.context.RequestTime
	case "requestTimeEpoch":
		return strconv.FormatInt(c.context.RequestTimeEpoch, 10)
	case "resourcePath":
		return c.context.ResourcePath
	case "stage":
		return c.context.Stage
	}
	return ""
}
