package gateway_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"drawbridge/local/lambda"
)

// undecided answers 500 where the authorizer answers so, and invokes no function behind the route.
func undecided(t *testing.T, b *bench, kind string, guards ...func(context.Context) (lambda.Result, error)) {
	t.Helper()
	for _, guard := range guards {
		b.guard = guard
		status(t, b.get("/balance"), http.StatusInternalServerError, `{"message":null}`)
		equal(t, "type", b.seen[len(b.seen)-1].GatewayResponse, kind)
	}
	b.invocations(echoName, 0)
}

// misconfigured are answers of an authorizer that are none.
func misconfigured(answers ...string) check {
	return func(t *testing.T, b *bench) {
		for _, answer := range answers {
			undecided(t, b, "AUTHORIZER_CONFIGURATION_ERROR", says(answer))
		}
	}
}

var authorizing = []behaviour{
	{"missing identity source: 401, no authorizer", recorded("public captures, 26 bytes"), func(t *testing.T, b *bench) {
		status(t, b.do("GET", "/balance", ""), http.StatusUnauthorized, `{"message":"Unauthorized"}`)
		b.invocations(guardName, 0)
	}},
	{"an empty identity source is missing", authorizerUse, func(t *testing.T, b *bench) {
		status(t, b.do("GET", "/balance", "", "Authorization", ""), http.StatusUnauthorized, `{"message":"Unauthorized"}`)
		b.invocations(guardName, 0)
	}},
	{"a query string may be the identity source", authorizerUse, func(t *testing.T, b *bench) {
		status(t, b.do("GET", "/keyed", ""), http.StatusUnauthorized, "")
		status(t, b.do("GET", "/keyed?key=1", ""), http.StatusOK, "")
	}},
	{"the authorizer gets request and method ARN, no body", authorizerIn, func(t *testing.T, b *bench) {
		b.do("POST", "/transfer?a=1&a=2", `{"secret":true}`, "Authorization", "Bearer token", "X-Two", "1", "X-Two", "2")
		event := b.event(guardName)
		for name, want := range map[string]any{"type": "REQUEST", "methodArn": stageARN + "/POST/transfer",
			"resource": "/transfer", "path": "/transfer", "httpMethod": "POST", "body": nil} {
			equal(t, name, event[name], want)
		}
		equal(t, "token", at(event, "headers", "authorization"), "Bearer token")
		equal(t, "X-Two", at(event, "multiValueHeaders", "x-two"), []string{"1", "2"})
		equal(t, "query", at(event, "multiValueQueryStringParameters", "a"), []string{"1", "2"})
		equal(t, "stage", at(event, "requestContext", "stage"), "test")
		if strings.Contains(string(b.events[guardName][0]), "secret") {
			t.Error("the authorizer sees the body")
		}
	}},
	{"the method's ARN has the requested path", recorded("dherault/serverless-offline#273"), func(t *testing.T, b *bench) {
		b.get("/guarded/42")
		equal(t, "methodArn", b.event(guardName)["methodArn"], stageARN+"/GET/guarded/42")
	}},
	{"an ARN above 1600 bytes: 414 before the authorizer", quotas, func(t *testing.T, b *bench) {
		status(t, b.get("/guarded/"+strings.Repeat("x", 1600)), http.StatusRequestURITooLong, "")
		b.invocations(guardName, 0)
	}},
	{"Allow passes principalId and context on", recorded("vendia/serverless-express#551"), func(t *testing.T, b *bench) {
		b.guard = says(allowing(`{"scope":"view:balance"}`))
		status(t, b.get("/balance"), http.StatusOK, "")
		for name, want := range map[string]string{"principalId": "me", "scope": "view:balance"} {
			equal(t, name, at(b.event(echoName), "requestContext", "authorizer", name), want)
		}
	}},
	{"the context's numbers and booleans become strings", recorded("dherault/serverless-offline#1376"),
		func(t *testing.T, b *bench) {
			b.guard = says(allowing(`{"n":1,"big":12345678901234567890,"f":1.50,"b":true}`))
			b.get("/balance")
			for name, want := range map[string]string{"n": "1", "big": "12345678901234567890", "f": "1.50", "b": "true"} {
				equal(t, name, at(b.event(echoName), "requestContext", "authorizer", name), want)
			}
		}},
	{"integrationLatency joins the context, as a number", recorded("vendia/serverless-express#551"),
		func(t *testing.T, b *bench) {
			b.get("/balance")
			if _, number := at(b.event(echoName), "requestContext", "authorizer", "integrationLatency").(float64); !number {
				t.Error(b.event(echoName)["requestContext"])
			}
		}},
	{"the authorizer's members have exact names", unknown(""), misconfigured(
		`{"PrincipalId":"me","PolicyDocument":{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}}`,
		`{"principalId":"me","policyDocument":{"statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}}`,
		`{"principalId":"me","policyDocument":{"Statement":[{"effect":"Allow","action":"*","resource":"*"}]}}`)},
	{"other members are ignored", unknown(""), func(t *testing.T, b *bench) {
		b.guard = says(strings.Replace(allowEverything, `"principalId"`,
			`"PrincipalId":1,"usageIdentifierKey":"x","principalId"`, 1))
		status(t, b.get("/balance"), http.StatusOK, "")
	}},
	{"an identity source's case is free", source("RFC 9110, 5.1"), func(t *testing.T, b *bench) {
		status(t, b.do("GET", "/balance", "", "aUTHORIZATION", "Bearer token"), http.StatusOK, "")
	}},
	{"its event has path and parameters as sent", recorded("L-lam, VK, of the function's event"),
		func(t *testing.T, b *bench) {
			b.get("/guarded/a%2Fb")
			equal(t, "path", b.event(guardName)["path"], "/guarded/a%2Fb")
			equal(t, "pathParameters", b.event(guardName)["pathParameters"], map[string]string{"id": "a%2Fb"})
		}},
	{"the method's ARN is decoded", unknown(""), func(t *testing.T, b *bench) {
		b.get("/guarded/a%20b")
		equal(t, "methodArn", b.event(guardName)["methodArn"], stageARN+"/GET/guarded/a b")
	}},
	{"list in the context: 500 AUTHORIZER_CONFIGURATION_ERROR", recorded("dherault/serverless-offline#533"),
		misconfigured(allowing(`{"scopes":["a"]}`))},
	{"object in the context: the same", recorded("dherault/serverless-offline#1376"),
		misconfigured(allowing(`{"user":{}}`))},
	{"answer without principalId or policyDocument: 500",
		recorded("ExpanseLLC/lambda_authorizer#1, serverless/examples#305"), misconfigured(`{}`, `null`, `[]`, `"Allow"`,
			`{"principalId":"me"}`, strings.Replace(allowEverything, "principalId", "principal", 1))},
	{`an authorizer's error "Unauthorized": 401`,
		recorded("auth0-samples/jwt-rsa-aws-custom-authorizer#6"), func(t *testing.T, b *bench) {
			b.guard = fails("Unauthorized")
			status(t, b.get("/balance"), http.StatusUnauthorized, `{"message":"Unauthorized"}`)
			equal(t, "type", b.seen[0].GatewayResponse, "UNAUTHORIZED")
		}},
	{"any other error: 500", recorded("auth0-samples/jwt-rsa-aws-custom-authorizer#6"), func(t *testing.T, b *bench) {
		undecided(t, b, "AUTHORIZER_FAILURE", fails("unauthorized"), fails("Unauthorized: bad token"), fails("no keys"),
			fails(""))
	}},
	{"no authorizer to invoke: 500 AUTHORIZER_CONFIGURATION_ERROR", responseTypes, func(t *testing.T, b *bench) {
		undecided(t, b, "AUTHORIZER_CONFIGURATION_ERROR", rejects(lambda.ErrThrottled))
	}},
	{"a late authorizer: 500", observed, func(t *testing.T, b *bench) {
		synctest.Test(t, func(t *testing.T) { undecided(t, b, "AUTHORIZER_FAILURE", hangs) })
	}},
	{"without cache, each request asks", authorizerUse, func(t *testing.T, b *bench) {
		b.get("/balance")
		b.get("/balance")
		b.invocations(guardName, 2)
	}},
	{"a cached answer serves for its time", authorizerUse, func(t *testing.T, b *bench) {
		b.cached("60").get("/balance")
		b.now = b.now.Add(59 * time.Second)
		b.get("/balance")
		b.invocations(guardName, 1)
		b.now = b.now.Add(time.Second)
		b.get("/balance")
		b.invocations(guardName, 2)
	}},
	{"the cache key is the identity source", authorizerUse, func(t *testing.T, b *bench) {
		b.cached("60").do("GET", "/balance", "", "Authorization", "Bearer one")
		b.do("GET", "/balance", "", "Authorization", "Bearer two")
		b.do("GET", "/balance", "", "Authorization", "Bearer one", "X-Other", "header")
		b.invocations(guardName, 2)
	}},
	{"a cached policy is evaluated for each method", knowledgeCentre, func(t *testing.T, b *bench) {
		b.guard = says(policy(allows(stageARN + "/GET/balance")))
		status(t, b.cached("60").get("/balance"), http.StatusOK, "")
		status(t, b.do("POST", "/transfer", "{}", "Authorization", "Bearer token"), http.StatusForbidden, "")
		b.invocations(guardName, 1)
	}},
	{"a Deny is cached too", authorizerUse, func(t *testing.T, b *bench) {
		b.guard = says(policy(denies("*")))
		b.cached("60").get("/balance")
		status(t, b.get("/balance"), http.StatusForbidden, "")
		b.invocations(guardName, 1)
	}},
	{"a cached answer keeps its context", authorizerUse, func(t *testing.T, b *bench) {
		b.guard = says(allowing(`{"scope":"view:balance"}`))
		b.cached("60").get("/balance")
		b.get("/balance")
		equal(t, "scope", at(b.event(echoName), "requestContext", "authorizer", "scope"), "view:balance")
	}},
	{"a failure is not cached", observed, func(t *testing.T, b *bench) {
		for _, failure := range []func(context.Context) (lambda.Result, error){fails("Unauthorized"), fails("x"),
			rejects(errors.New("x")), says("{}")} {
			b.guard = failure
			b.cached("60").get("/balance")
		}
		b.guard = says(allowEverything)
		status(t, b.get("/balance"), http.StatusOK, "")
		b.invocations(guardName, 5)
	}},
	{"no identity source: refused, whatever is cached", authorizerUse, func(t *testing.T, b *bench) {
		b.cached("60").get("/balance")
		status(t, b.do("GET", "/balance", ""), http.StatusUnauthorized, "")
	}},
}
