package gateway_test

import (
	"net/http"
	"testing"
)

const missingToken = `{"message":"Missing Authentication Token"}`

// routed asks for a path and checks the resource, the event's path and its path parameters.
func routed(t *testing.T, b *bench, target, resource, path string, parameters map[string]string) {
	t.Helper()
	status(t, b.get(target), http.StatusOK, "")
	equal(t, "resource", b.event(echoName)["resource"], resource)
	equal(t, "path", b.event(echoName)["path"], path)
	equal(t, "pathParameters", b.event(echoName)["pathParameters"], parameters)
}

var routing = []behaviour{
	{"unknown path: 403 Missing Authentication Token", recorded("L-com:test_routing_not_found"),
		func(t *testing.T, b *bench) {
			status(t, b.get("/nowhere"), http.StatusForbidden, missingToken)
		}},
	{"unknown method: the same",
		recorded("L-com:test_routing_not_found"),
		func(t *testing.T, b *bench) {
			status(t, b.do("DELETE", "/balance", "", "Authorization", "x"), http.StatusForbidden, missingToken)
			b.invocations(guardName, 0)
		}},
	{"paths are case-sensitive", notes, func(t *testing.T, b *bench) {
		status(t, b.get("/Balance"), http.StatusForbidden, missingToken)
	}},
	{"a trailing slash changes the event's path alone", recorded("L-lam:trailing-slash"),
		func(t *testing.T, b *bench) {
			routed(t, b, "/balance/", "/balance", "/balance/", nil)
		}},
	{"a trailing slash stays out of a path parameter", recorded("L-lam:trailing-slash"), func(t *testing.T, b *bench) {
		routed(t, b, "/files/a/", "/files/{path+}", "/files/a/", map[string]string{"path": "a"})
	}},
	{"leading slashes count as one", recorded("L-lam:invocation-hardcoded, prepended-slash"),
		func(t *testing.T, b *bench) {
			routed(t, b, "//balance", "/balance", "/balance", nil)
			routed(t, b, "///balance", "/balance", "/balance", nil)
		}},
	{"requestContext.path keeps leading slashes", recorded("L-lam:invocation-hardcoded, prepended-slash"),
		func(t *testing.T, b *bench) {
			b.get("//balance")
			equal(t, "path", at(b.event(echoName), "requestContext", "path"), "/test//balance")
		}},
	{"a greedy variable keeps double slashes", recorded("L-lam:double-slash"), func(t *testing.T, b *bench) {
		routed(t, b, "/files/value//double-slash", "/files/{path+}", "/files/value//double-slash",
			map[string]string{"path": "value//double-slash"})
	}},
	{"an empty segment matches nothing", unknown("403"), func(t *testing.T, b *bench) {
		for _, path := range []string{"/items//", "/items//fixed", "/guarded//42", "/balance//", "/files//"} {
			status(t, b.get(path), http.StatusForbidden, missingToken)
		}
	}},
	{"the root is a resource", proxyPage, func(t *testing.T, b *bench) {
		routed(t, b, "/", "/", "/", nil)
	}},
	{"a path variable takes one segment, as sent",
		recorded("aws/aws-sam-cli#3524, dherault/serverless-offline#265"),
		func(t *testing.T, b *bench) {
			routed(t, b, "/items/my-id%2F100%20x", "/items/{id}", "/items/my-id%2F100%20x",
				map[string]string{"id": "my-id%2F100%20x"})
			status(t, b.get("/items/a/b"), http.StatusForbidden, missingToken)
		}},
	{"an encoded slash splits no segment", recorded("aws/aws-sam-cli#3524"), func(t *testing.T, b *bench) {
		routed(t, b, "/items/a%2Fb", "/items/{id}", "/items/a%2Fb", map[string]string{"id": "a%2Fb"})
	}},
	{"a greedy variable takes the rest, as sent", recorded("L-lam:path-encoded-email, VK"),
		func(t *testing.T, b *bench) {
			const rest = "test%2Balias@gmail.com/plus/test+alias@gmail.com"
			routed(t, b, "/files/"+rest, "/files/{path+}", "/files/"+rest, map[string]string{"path": rest})
			routed(t, b, "/files/space%20value", "/files/{path+}", "/files/space%20value",
				map[string]string{"path": "space%20value"})
		}},
	{"a plus in a path stays", recorded("dherault/serverless-offline#638"), func(t *testing.T, b *bench) {
		routed(t, b, "/items/a+b", "/items/{id}", "/items/a+b", map[string]string{"id": "a+b"})
	}},
	{"requestContext.path is stage and path as sent", recorded("L-lam, VK"), func(t *testing.T, b *bench) {
		b.get("/items/a%2Fb")
		equal(t, "path", at(b.event(echoName), "requestContext", "path"), "/test/items/a%2Fb")
	}},
	{"a plain segment may be encoded, in the event too", unknown(""),
		func(t *testing.T, b *bench) {
			routed(t, b, "/b%61lance", "/balance", "/b%61lance", nil)
		}},
	{"the most specific resource wins, whatever its methods", observed, func(t *testing.T, b *bench) {
		status(t, b.get("/items/fixed"), http.StatusForbidden, missingToken)
		status(t, b.do("POST", "/items/fixed", ""), http.StatusOK, "")
	}},
	{"ANY serves methods without a route", proxyPage, func(t *testing.T, b *bench) {
		status(t, b.do("PATCH", "/public", ""), http.StatusOK, "")
		equal(t, "httpMethod", b.event(echoName)["httpMethod"], "PATCH")
	}},
	{"ANY is seven methods", unknown("as localstack's code"),
		func(t *testing.T, b *bench) {
			for _, method := range []string{"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"} {
				status(t, b.do(method, "/public", ""), http.StatusOK, "")
			}
			for _, method := range []string{"BREW", "TRACE", "PROPFIND", "CONNECT", "get"} {
				status(t, b.do(method, "/public", ""), http.StatusForbidden, missingToken)
			}
		}},
	{"X-HTTP-Method-Override is the method, and is dropped", notes, func(t *testing.T, b *bench) {
		status(t, b.do("POST", "/balance", "", "Authorization", "x", "X-HTTP-Method-Override", "GET"), http.StatusOK, "")
		equal(t, "httpMethod", b.event(echoName)["httpMethod"], "GET")
		equal(t, "header", at(b.event(echoName), "headers", "x-http-method-override"), nil)
	}},
	{"OPTIONS under CORS: 200, fixed headers, no invocation", samTranslator,
		func(t *testing.T, b *bench) {
			w := b.do("OPTIONS", "/balance", "", "Origin", "https://bank.example", "Access-Control-Request-Method", "GET")
			status(t, w, http.StatusOK, "{}\n")
			equal(t, "origin", w.Header().Get("Access-Control-Allow-Origin"), "https://bank.example")
			equal(t, "methods", w.Header().Get("Access-Control-Allow-Methods"), "GET,OPTIONS")
			equal(t, "headers", w.Header().Get("Access-Control-Allow-Headers"), "Authorization,Content-Type")
			equal(t, "age", w.Header().Get("Access-Control-Max-Age"), "600")
			b.invocations(guardName, 0)
			b.invocations(echoName, 0)
		}},
	{"OPTIONS of an unknown path is refused", recorded("L-com:test_routing_not_found"),
		func(t *testing.T, b *bench) {
			status(t, b.do("OPTIONS", "/nowhere", ""), http.StatusForbidden, missingToken)
		}},
	{"preflights are guarded unless AddDefaultAuthorizerToCorsPreflight is false", samTranslator,
		func(t *testing.T, b *bench) {
			for i := range b.stack.Routes {
				if b.stack.Routes[i].Preflight != nil {
					b.stack.Routes[i].Authorizer = b.stack.Routes[1].Authorizer
				}
			}
			status(t, b.do("OPTIONS", "/balance", ""), http.StatusUnauthorized, `{"message":"Unauthorized"}`)
		}},
}
