package gateway_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"drawbridge/local/lambda"
	"drawbridge/local/template"
)

var answering = []behaviour{
	{"status, headers and body are the template's", gatewayPages, func(t *testing.T, b *bench) {
		b.responds(template.GatewayResponse{Type: "UNAUTHORIZED", Status: 418,
			Headers: map[string]string{"X-Cause": "none"}, Templates: jsonBody(`{"code":"unauthorized"}`)})
		w := b.do("GET", "/balance", "")
		status(t, w, 418, `{"code":"unauthorized"}`)
		equal(t, "header", w.Header().Get("X-Cause"), "none")
		equal(t, "type", w.Header().Get("Content-Type"), "application/json")
	}},
	{"WWW-Authenticate is not renamed", observed, func(t *testing.T, b *bench) {
		b.responds(template.GatewayResponse{Type: "UNAUTHORIZED",
			Headers: map[string]string{"WWW-Authenticate": `Bearer realm="bank"`}})
		equal(t, "header", b.do("GET", "/balance", "").Header().Get("WWW-Authenticate"), `Bearer realm="bank"`)
	}},
	{"a header may set the content type", observed, func(t *testing.T, b *bench) {
		b.responds(template.GatewayResponse{Type: "UNAUTHORIZED",
			Headers: map[string]string{"Content-Type": "application/problem+json"}})
		equal(t, "type", b.do("GET", "/balance", "").Header().Get("Content-Type"), "application/problem+json")
	}},
	{"a type without a response: DEFAULT_4XX, its own status", responseTypes, func(t *testing.T, b *bench) {
		b.responds(template.GatewayResponse{Type: "DEFAULT_4XX",
			Templates: jsonBody(`{"type":"$context.error.responseType"}`)})
		status(t, b.get("/nowhere"), http.StatusForbidden, `{"type":"MISSING_AUTHENTICATION_TOKEN"}`)
	}},
	{"a status in DEFAULT_4XX replaces theirs", responseTypes, func(t *testing.T, b *bench) {
		b.responds(template.GatewayResponse{Type: "DEFAULT_4XX", Status: 404})
		status(t, b.get("/nowhere"), http.StatusNotFound, missingToken)
	}},
	{"a failed function: DEFAULT_5XX, INTEGRATION_FAILURE",
		recorded("DataBiosphere/azul#6624, #7470"), func(t *testing.T, b *bench) {
			b.responds(template.GatewayResponse{Type: "DEFAULT_5XX",
				Templates: jsonBody(`{"detail":$context.error.messageString}`)})
			b.echo = fails("boom")
			status(t, b.get("/balance"), http.StatusBadGateway, `{"detail":"Internal server error"}`)
			equal(t, "type", b.seen[0].GatewayResponse, "INTEGRATION_FAILURE")
		}},
	{"an authorizer's failure may get another status", responseTypes, func(t *testing.T, b *bench) {
		b.responds(template.GatewayResponse{Type: "AUTHORIZER_FAILURE", Status: 503,
			Headers: map[string]string{"Retry-After": "2"}})
		b.guard = fails("no keys")
		w := b.get("/balance")
		status(t, w, http.StatusServiceUnavailable, "")
		equal(t, "Retry-After", w.Header().Get("Retry-After"), "2")
	}},
	{"a refusal shows the authorizer's context", contextPage, func(t *testing.T, b *bench) {
		b.responds(template.GatewayResponse{Type: "ACCESS_DENIED", Status: 401, Templates: jsonBody(
			`{"error":"$context.authorizer.error","sub":"$context.authorizer.principalId",` +
				`"none":"$context.authorizer.none"}`)})
		b.guard = says(denying(`{"error":"invalid_token"}`))
		status(t, b.get("/balance"), http.StatusUnauthorized, `{"error":"invalid_token","sub":"nobody","none":""}`)
	}},
	{"a header of a refusal may be of the authorizer's context", unknown("as integrations map it"),
		func(t *testing.T, b *bench) {
			b.responds(template.GatewayResponse{Type: "ACCESS_DENIED", Status: 401, Mapped: map[string]string{
				"WWW-Authenticate": "context.authorizer.challenge", "X-Stage": "context.stage"}})
			b.guard = says(denying(`{"challenge":"DPoP algs=\"ES256\""}`))
			w := b.get("/balance")
			equal(t, "header", w.Header().Get("WWW-Authenticate"), `DPoP algs="ES256"`)
			equal(t, "header", w.Header().Get("X-Stage"), "test")
		}},
	{"a header whose variable has no value is left out", unknown(""), func(t *testing.T, b *bench) {
		b.responds(template.GatewayResponse{Type: "ACCESS_DENIED", Mapped: map[string]string{
			"DPoP-Nonce": "context.authorizer.dpop_nonce"}})
		b.guard = says(policy(denies("*")))
		if w := b.get("/balance"); w.Header().Values("DPoP-Nonce") != nil {
			t.Errorf("headers %v", w.Header())
		}
	}},
	{"messageString is the quoted message, or null", contextPage, func(t *testing.T, b *bench) {
		b.responds(template.GatewayResponse{Type: "UNAUTHORIZED",
			Templates: jsonBody(`$context.error.message $context.error.messageString`)})
		status(t, b.do("GET", "/balance", ""), http.StatusUnauthorized, `Unauthorized "Unauthorized"`)
	}},
	{"a body template's request variables are replaced", contextPage, func(t *testing.T, b *bench) {
		b.responds(template.GatewayResponse{Type: "ACCESS_DENIED", Templates: jsonBody(
			`$context.httpMethod $context.path $context.resourcePath $context.stage $context.identity.sourceIp ` +
				`$context.apiId $context.requestTimeEpoch`)})
		b.guard = says(policy(denies("*")))
		status(t, b.get("/guarded/1"), http.StatusForbidden,
			`GET /test/guarded/1 /guarded/{id} test 192.0.2.1 local 1795356187000`)
	}},
	{"a body template is no VTL", contextPage, func(t *testing.T, b *bench) {
		b.responds(template.GatewayResponse{Type: "UNAUTHORIZED", Templates: jsonBody(`#if(true)x#end`)})
		status(t, b.do("GET", "/balance", ""), http.StatusUnauthorized, `#if(true)x#end`)
	}},
	{"answers have the request's ids, as functions do", recorded("L-lam, L-int"), func(t *testing.T, b *bench) {
		answered, refused := b.get("/balance").Header(), b.get("/nowhere").Header()
		for header, name := range map[string]string{"X-Amzn-RequestId": "requestId", "X-Amz-Apigw-Id": "extendedRequestId"} {
			equal(t, name, answered.Get(header), at(b.event(echoName), "requestContext", name))
			if refused.Get(header) == "" {
				t.Errorf("a refusal has no %s", header)
			}
		}
	}},
	{"a response of its own ignores DEFAULT_5XX", recorded("L-api:test_gateway_response_put, default-ignored"),
		func(t *testing.T, b *bench) {
			b.responds(template.GatewayResponse{Type: "DEFAULT_5XX", Status: 599, Templates: jsonBody(`{}`)})
			b.responds(template.GatewayResponse{Type: "AUTHORIZER_FAILURE"})
			b.guard = fails("boom")
			status(t, b.get("/balance"), http.StatusInternalServerError, `{"message":null}`)
		}},
	{"without one, DEFAULT_5XX gives status and body", recorded("L-api:test_gateway_response_put"),
		func(t *testing.T, b *bench) {
			b.responds(template.GatewayResponse{Type: "DEFAULT_5XX", Status: 599, Templates: jsonBody(`{"a":1}`)})
			b.guard = fails("boom")
			status(t, b.get("/balance"), 599, `{"a":1}`)
		}},
	{"INTEGRATION_FAILURE answers for a failed function", recorded("DataBiosphere/azul#6624"),
		func(t *testing.T, b *bench) {
			b.responds(template.GatewayResponse{Type: "INTEGRATION_FAILURE", Status: 500,
				Templates: jsonBody(`{"type":"$context.error.responseType"}`)})
			b.echo = fails("boom")
			status(t, b.get("/balance"), http.StatusInternalServerError, `{"type":"INTEGRATION_FAILURE"}`)
		}},
	{"its default status is 502", recorded("DataBiosphere/azul#7470; localstack#11183"), func(t *testing.T, b *bench) {
		b.responds(template.GatewayResponse{Type: "INTEGRATION_FAILURE"})
		b.echo = fails("boom")
		status(t, b.get("/balance"), http.StatusBadGateway, internalError)
	}},
	{"x-amzn-ErrorType: MissingAuthenticationTokenException of an unknown route",
		recorded("L-com:test_routing_not_found; aws/chalice#12"), func(t *testing.T, b *bench) {
			errorType(t, b.get("/nowhere"), "MissingAuthenticationTokenException")
		}},
	{"UnauthorizedException of a 401", recorded("55655318156"), func(t *testing.T, b *bench) {
		errorType(t, b.do("GET", "/balance", ""), "UnauthorizedException")
		typed(fails("Unauthorized"), "UnauthorizedException")(t, b)
	}},
	{"AccessDeniedException of a refused caller", recorded("62016082377"),
		typed(says(policy(denies("*"))), "AccessDeniedException")},
	{"AuthorizerConfigurationException of an authorizer's bad output", recorded("serverless/examples#305"),
		typed(says(`{}`), "AuthorizerConfigurationException")},
	{"AuthorizerConfigurationException of a failed authorizer", unknown(""),
		typed(fails("boom"), "AuthorizerConfigurationException")},
	{"InternalServerErrorException of a failed or late function", recorded("L-int, DN, DataBiosphere/azul#7470"),
		func(t *testing.T, b *bench) {
			b.echo = fails("boom")
			errorType(t, b.get("/balance"), "InternalServerErrorException")
			b.echo = rejects(context.DeadlineExceeded)
			errorType(t, b.get("/balance"), "InternalServerErrorException")
		}},
	{"x-amzn-ErrorType stays with the template's response", recorded("DataBiosphere/azul#7470"),
		func(t *testing.T, b *bench) {
			b.responds(template.GatewayResponse{Type: "UNAUTHORIZED", Status: 418, Templates: jsonBody(`{}`)})
			errorType(t, b.do("GET", "/balance", ""), "UnauthorizedException")
		}},
	{"x-amzn-ErrorType: none of 413 and 414", unknown(""), func(t *testing.T, b *bench) {
		b.echo = rejects(lambda.ErrRequestTooLarge)
		errorType(t, b.get("/balance"), "")
		errorType(t, b.get("/guarded/"+strings.Repeat("x", 1600)), "")
	}},
	{"gateway responses and preflights have no X-Amzn-Trace-Id",
		recorded("L-com:test_invocation_trace_id, L-int, 55655318156"), func(t *testing.T, b *bench) {
			for _, w := range []*httptest.ResponseRecorder{b.get("/nowhere"), b.do("GET", "/balance", ""),
				b.do("OPTIONS", "/balance", "")} {
				equal(t, "trace", w.Header().Values("X-Amzn-Trace-Id"), nil)
			}
			b.echo = fails("boom")
			equal(t, "trace", b.get("/balance").Header().Values("X-Amzn-Trace-Id"), nil)
		}},
	{"an integration's 5XX: a blank after the colon", recorded("L-int:Content-Length 36; DN"),
		func(t *testing.T, b *bench) {
			b.echo = fails("boom")
			status(t, b.get("/balance"), http.StatusBadGateway, internalError)
			equal(t, "length", len(internalError), 36)
		}},
}

func errorType(t *testing.T, w *httptest.ResponseRecorder, want string) {
	t.Helper()
	if got := w.Header().Get("X-Amzn-ErrorType"); got != want {
		t.Errorf("%d with x-amzn-ErrorType %q, want %q", w.Code, got, want)
	}
}

// typed has the authorizer answer so, and wants this x-amzn-ErrorType.
func typed(guard func(context.Context) (lambda.Result, error), want string) check {
	return func(t *testing.T, b *bench) {
		b.guard = guard
		errorType(t, b.get("/balance"), want)
	}
}

// jsonBody is the only template of a gateway response.
func jsonBody(text string) map[string]string { return map[string]string{"application/json": text} }

// denying is a Deny of everything for nobody, with a context.
func denying(context string) string {
	return `{"principalId":"nobody","context":` + context + `,"policyDocument":{"Statement":` + denies("*") + `}}`
}
