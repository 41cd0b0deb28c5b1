package gateway_test

import (
	"net/http"
	"testing"

	"drawbridge/local/template"
)

var answering = []behaviour{
	{"a gateway response has the template's status, headers and body", gatewayPages, func(t *testing.T, b *bench) {
		b.responds(template.GatewayResponse{Type: "UNAUTHORIZED", Status: 418, Headers: map[string]string{"X-Cause": "none"},
			Templates: map[string]string{"application/json": `{"code":"unauthorized"}`}})
		w := b.do("GET", "/balance", "")
		status(t, w, 418, `{"code":"unauthorized"}`)
		equal(t, "header", w.Header().Get("X-Cause"), "none")
		equal(t, "type", w.Header().Get("Content-Type"), "application/json")
	}},
	{"a WWW-Authenticate of a gateway response is not renamed", observed, func(t *testing.T, b *bench) {
		b.responds(template.GatewayResponse{Type: "UNAUTHORIZED", Headers: map[string]string{"WWW-Authenticate": `Bearer realm="bank"`}})
		equal(t, "header", b.do("GET", "/balance", "").Header().Get("WWW-Authenticate"), `Bearer realm="bank"`)
	}},
	{"a header of the template may set the content type of the body", observed, func(t *testing.T, b *bench) {
		b.responds(template.GatewayResponse{Type: "UNAUTHORIZED", Headers: map[string]string{"Content-Type": "application/problem+json"}})
		equal(t, "type", b.do("GET", "/balance", "").Header().Get("Content-Type"), "application/problem+json")
	}},
	{"a type without a response of its own falls back to DEFAULT_4XX and keeps its status", responseTypes, func(t *testing.T, b *bench) {
		b.responds(template.GatewayResponse{Type: "DEFAULT_4XX", Templates: map[string]string{"application/json": `{"type":"$context.error.responseType"}`}})
		status(t, b.get("/nowhere"), http.StatusForbidden, `{"type":"MISSING_AUTHENTICATION_TOKEN"}`)
	}},
	{"a status in DEFAULT_4XX changes that of all that fall back to it", responseTypes, func(t *testing.T, b *bench) {
		b.responds(template.GatewayResponse{Type: "DEFAULT_4XX", Status: 404})
		status(t, b.get("/nowhere"), http.StatusNotFound, missingToken)
	}},
	{"a 5XX falls back to DEFAULT_5XX", responseTypes, func(t *testing.T, b *bench) {
		b.responds(template.GatewayResponse{Type: "DEFAULT_5XX", Templates: map[string]string{"application/json": `{"detail":$context.error.messageString}`}})
		b.echo = fails("boom")
		status(t, b.get("/balance"), http.StatusBadGateway, `{"detail":"Internal server error"}`)
	}},
	{"a failure of the authorizer can be given another status", responseTypes, func(t *testing.T, b *bench) {
		b.responds(template.GatewayResponse{Type: "AUTHORIZER_FAILURE", Status: 503, Headers: map[string]string{"Retry-After": "2"}})
		b.guard = fails("keys cannot be had")
		w := b.get("/balance")
		status(t, w, http.StatusServiceUnavailable, "")
		equal(t, "Retry-After", w.Header().Get("Retry-After"), "2")
	}},
	{"a denied request's response shows the authorizer's context", contextPage, func(t *testing.T, b *bench) {
		b.responds(template.GatewayResponse{Type: "ACCESS_DENIED", Status: 401, Templates: map[string]string{
			"application/json": `{"error":"$context.authorizer.error","sub":"$context.authorizer.principalId","none":"$context.authorizer.none"}`}})
		b.guard = says(`{"principalId":"nobody","context":{"error":"invalid_token"},"policyDocument":{"Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}}`)
		status(t, b.get("/balance"), http.StatusUnauthorized, `{"error":"invalid_token","sub":"nobody","none":""}`)
	}},
	{"messageString is the message in quotes, or null", contextPage, func(t *testing.T, b *bench) {
		b.responds(template.GatewayResponse{Type: "UNAUTHORIZED", Templates: map[string]string{"application/json": `$context.error.message $context.error.messageString`}})
		status(t, b.do("GET", "/balance", ""), http.StatusUnauthorized, `Unauthorized "Unauthorized"`)
	}},
	{"variables of the request are replaced in a body template", contextPage, func(t *testing.T, b *bench) {
		b.responds(template.GatewayResponse{Type: "ACCESS_DENIED", Templates: map[string]string{
			"application/json": `$context.httpMethod $context.path $context.resourcePath $context.stage $context.identity.sourceIp $context.apiId $context.requestTimeEpoch`}})
		b.guard = says(policy(`{"Effect":"Deny","Action":"*","Resource":"*"}`))
		status(t, b.get("/guarded/1"), http.StatusForbidden, `GET /test/guarded/1 /guarded/{id} test 192.0.2.1 local 1795356187000`)
	}},
	{"a body template is no VTL: nothing but variables is interpreted", contextPage, func(t *testing.T, b *bench) {
		b.responds(template.GatewayResponse{Type: "UNAUTHORIZED", Templates: map[string]string{"application/json": `#if(true)x#end`}})
		status(t, b.do("GET", "/balance", ""), http.StatusUnauthorized, `#if(true)x#end`)
	}},
	{"every answer has the request's ids, which the functions know too", observed, func(t *testing.T, b *bench) {
		w := b.get("/balance")
		equal(t, "requestId", w.Header().Get("X-Amzn-RequestId"), at(b.event(echoName), "requestContext", "requestId"))
		equal(t, "extendedRequestId", w.Header().Get("X-Amz-Apigw-Id"), at(b.event(echoName), "requestContext", "extendedRequestId"))
		if w := b.get("/nowhere"); w.Header().Get("X-Amzn-RequestId") == "" || w.Header().Get("X-Amz-Apigw-Id") == "" {
			t.Errorf("headers %v", w.Header())
		}
	}},
}
