package gateway

import "net/http"

// fault is why the gateway answers itself, and not a function: a type of
// gateway response, its status and the text of $context.error.message.
// A nil message is JSON's null, which is what clients get when an authorizer fails.
type fault struct {
	kind    string
	status  int
	message *string
}

func newFault(kind string, status int, message string) *fault {
	return &fault{kind: kind, status: status, message: &message}
}

// missingAuthenticationToken is the answer to an unknown path or method too:
// the caller might have meant a route that is signed with IAM credentials.
func missingAuthenticationToken() *fault {
	return newFault("MISSING_AUTHENTICATION_TOKEN", http.StatusForbidden, "Missing Authentication Token")
}

// unauthorized: an identity source is missing, or the authorizer failed with exactly "Unauthorized".
func unauthorized() *fault { return newFault("UNAUTHORIZED", http.StatusUnauthorized, "Unauthorized") }

func accessDenied(explicit bool) *fault {
	message := "User is not authorized to access this resource"
	if explicit {
		message += " with an explicit deny"
	}
	return newFault("ACCESS_DENIED", http.StatusForbidden, message)
}

// authorizerFailure: the authorizer ran and could not decide.
func authorizerFailure() *fault {
	return &fault{kind: "AUTHORIZER_FAILURE", status: http.StatusInternalServerError}
}

// authorizerConfigurationError: the authorizer could not be called, or its answer is none.
func authorizerConfigurationError() *fault {
	return &fault{kind: "AUTHORIZER_CONFIGURATION_ERROR", status: http.StatusInternalServerError}
}

func requestTooLarge() *fault {
	return newFault("REQUEST_TOO_LARGE", http.StatusRequestEntityTooLarge, "Request Too Long")
}

func uriTooLong() *fault {
	return newFault("DEFAULT_4XX", http.StatusRequestURITooLong, "Request URI too long")
}

func badRequest() *fault { return newFault("DEFAULT_4XX", http.StatusBadRequest, "Bad Request") }

// badGateway: the function failed, or its answer is not a proxy response.
func badGateway() *fault {
	return newFault("DEFAULT_5XX", http.StatusBadGateway, "Internal server error")
}

// notInvoked: Lambda refused the invocation before any process saw it.
func notInvoked() *fault {
	return newFault("DEFAULT_5XX", http.StatusInternalServerError, "Internal server error")
}

func notDecodable() *fault {
	return newFault("API_CONFIGURATION_ERROR", http.StatusInternalServerError, "Internal server error")
}

func endpointTimedOut() *fault {
	return newFault("INTEGRATION_TIMEOUT", http.StatusGatewayTimeout, "Endpoint request timed out")
}
