package gateway_test

import (
	"net/http"
	"testing"
)

const missingToken = `{"message":"Missing Authentication Token"}`

var routing = []behaviour{
	{"an unknown path is 403 Missing Authentication Token", responseTypes, func(t *testing.T, b *bench) {
		status(t, b.get("/nowhere"), http.StatusForbidden, missingToken)
	}},
	{"a method that a resource does not have is 403 Missing Authentication Token", responseTypes, func(t *testing.T, b *bench) {
		status(t, b.do("DELETE", "/balance", "", "Authorization", "x"), http.StatusForbidden, missingToken)
		b.invocations(guardName, 0)
	}},
	{"paths are compared with regard to case", notes, func(t *testing.T, b *bench) {
		status(t, b.get("/Balance"), http.StatusForbidden, missingToken)
	}},
	{"a slash at the end makes no other resource", samTranslator + ", api_generator.py", func(t *testing.T, b *bench) {
		status(t, b.get("/balance/"), http.StatusOK, "")
		equal(t, "resource", b.event(echoName)["resource"], "/balance")
		equal(t, "path", b.event(echoName)["path"], "/balance/")
	}},
	{"two slashes are not one", observed, func(t *testing.T, b *bench) {
		status(t, b.get("//balance"), http.StatusForbidden, missingToken)
		status(t, b.get("/items//"), http.StatusForbidden, missingToken)
	}},
	{"the root is a resource", proxyPage, func(t *testing.T, b *bench) {
		status(t, b.get("/"), http.StatusOK, "")
		equal(t, "resource", b.event(echoName)["resource"], "/")
	}},
	{"a path variable takes one segment and is decoded", proxyPage, func(t *testing.T, b *bench) {
		status(t, b.get("/items/a%2Fb"), http.StatusOK, "")
		equal(t, "pathParameters", b.event(echoName)["pathParameters"], map[string]string{"id": "a/b"})
		status(t, b.get("/items/a/b"), http.StatusForbidden, missingToken)
	}},
	{"a greedy variable takes the rest of the path", proxyPage, func(t *testing.T, b *bench) {
		status(t, b.get("/files/a/b/c"), http.StatusOK, "")
		equal(t, "pathParameters", b.event(echoName)["pathParameters"], map[string]string{"path": "a/b/c"})
		equal(t, "resource", b.event(echoName)["resource"], "/files/{path+}")
	}},
	{"the most specific resource is chosen before the method is looked at", observed, func(t *testing.T, b *bench) {
		status(t, b.get("/items/fixed"), http.StatusForbidden, missingToken)
		status(t, b.do("POST", "/items/fixed", ""), http.StatusOK, "")
	}},
	{"ANY serves the methods that have no route of their own", proxyPage, func(t *testing.T, b *bench) {
		status(t, b.do("PATCH", "/public", ""), http.StatusOK, "")
		equal(t, "httpMethod", b.event(echoName)["httpMethod"], "PATCH")
	}},
	{"X-HTTP-Method-Override overrides the method and is not passed on", notes, func(t *testing.T, b *bench) {
		status(t, b.do("POST", "/balance", "", "Authorization", "x", "X-HTTP-Method-Override", "GET"), http.StatusOK, "")
		equal(t, "httpMethod", b.event(echoName)["httpMethod"], "GET")
		equal(t, "header", at(b.event(echoName), "headers", "X-Http-Method-Override"), nil)
	}},
	{"OPTIONS of a path with CORS answers 200 with the fixed headers and invokes nothing", samTranslator + ", swagger.py add_cors", func(t *testing.T, b *bench) {
		w := b.do("OPTIONS", "/balance", "", "Origin", "https://bank.example", "Access-Control-Request-Method", "GET")
		status(t, w, http.StatusOK, "{}\n")
		equal(t, "origin", w.Header().Get("Access-Control-Allow-Origin"), "https://bank.example")
		equal(t, "methods", w.Header().Get("Access-Control-Allow-Methods"), "GET,OPTIONS")
		equal(t, "headers", w.Header().Get("Access-Control-Allow-Headers"), "Authorization,Content-Type")
		equal(t, "age", w.Header().Get("Access-Control-Max-Age"), "600")
		b.invocations(guardName, 0)
		b.invocations(echoName, 0)
	}},
	{"OPTIONS of an unknown path is refused as any method is", responseTypes, func(t *testing.T, b *bench) {
		status(t, b.do("OPTIONS", "/nowhere", ""), http.StatusForbidden, missingToken)
	}},
	{"a preflight is guarded too unless AddDefaultAuthorizerToCorsPreflight is false", samTranslator + ", swagger.py set_path_default_authorizer", func(t *testing.T, b *bench) {
		for i := range b.stack.Routes {
			if b.stack.Routes[i].Preflight != nil {
				b.stack.Routes[i].Authorizer = b.stack.Routes[1].Authorizer
			}
		}
		status(t, b.do("OPTIONS", "/balance", ""), http.StatusUnauthorized, `{"message":"Unauthorized"}`)
	}},
}
