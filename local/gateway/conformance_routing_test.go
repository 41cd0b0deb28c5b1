package gateway_test

import (
	"net/http"
	"strings"
	"testing"
)

const missingToken = `{"message":"Missing Authentication Token"}`

// routed asks for a path, and wants this resource, path and path parameters in the function's event.
func routed(target, resource, path string, parameters map[string]string) check {
	return func(t *testing.T, b *bench) {
		status(t, b.get(target), http.StatusOK, "")
		for name, want := range map[string]any{"resource": resource, "path": path, "pathParameters": parameters} {
			equal(t, name, b.event(echoName)[name], want)
		}
	}
}

// missing are requests for which there is no route, as a method and a target.
func missing(requests ...string) check {
	return func(t *testing.T, b *bench) {
		for _, request := range requests {
			method, target, _ := strings.Cut(request, " ")
			status(t, b.do(method, target, "", "Authorization", "x"), http.StatusForbidden, missingToken)
		}
		b.invocations(guardName, 0)
	}
}

var routing = []behaviour{
	{"unknown path: 403 Missing Authentication Token", recorded("L-com:test_routing_not_found"), missing("GET /nowhere")},
	{"unknown method: the same", recorded("L-com:test_routing_not_found"), missing("DELETE /balance")},
	{"paths are case-sensitive", notes, missing("GET /Balance")},
	{"a trailing slash changes the event's path alone", recorded("L-lam:trailing-slash"),
		routed("/balance/", "/balance", "/balance/", nil)},
	{"a trailing slash stays out of a path parameter", recorded("L-lam:trailing-slash"),
		routed("/files/a/", "/files/{path+}", "/files/a/", map[string]string{"path": "a"})},
	{"leading slashes count as one", recorded("L-lam:invocation-hardcoded, prepended-slash"),
		func(t *testing.T, b *bench) {
			routed("//balance", "/balance", "/balance", nil)(t, b)
			routed("///balance", "/balance", "/balance", nil)(t, b)
		}},
	{"requestContext.path keeps leading slashes", recorded("L-lam:invocation-hardcoded, prepended-slash"),
		sees([]string{"//balance"}, "/test//balance", "requestContext", "path")},
	{"a greedy variable keeps double slashes", recorded("L-lam:double-slash"), routed("/files/value//double-slash",
		"/files/{path+}", "/files/value//double-slash", map[string]string{"path": "value//double-slash"})},
	{"an empty segment matches nothing", unknown("403"),
		missing("GET /items//", "GET /items//fixed", "GET /guarded//42", "GET /balance//", "GET /files//")},
	{"the root is a resource", proxyPage, routed("/", "/", "/", nil)},
	{"a path variable takes one segment, as sent", recorded("aws/aws-sam-cli#3524, dherault/serverless-offline#265"),
		func(t *testing.T, b *bench) {
			routed("/items/my-id%2F100%20x", "/items/{id}", "/items/my-id%2F100%20x",
				map[string]string{"id": "my-id%2F100%20x"})(t, b)
			missing("GET /items/a/b")(t, b)
		}},
	{"an encoded slash splits no segment", recorded("aws/aws-sam-cli#3524"),
		routed("/items/a%2Fb", "/items/{id}", "/items/a%2Fb", map[string]string{"id": "a%2Fb"})},
	{"a greedy variable takes the rest, as sent", recorded("L-lam:path-encoded-email, VK"), func(t *testing.T, b *bench) {
		for _, rest := range []string{"test%2Balias@gmail.com/plus/test+alias@gmail.com", "space%20value"} {
			routed("/files/"+rest, "/files/{path+}", "/files/"+rest, map[string]string{"path": rest})(t, b)
		}
	}},
	{"a plus in a path stays", recorded("dherault/serverless-offline#638"),
		routed("/items/a+b", "/items/{id}", "/items/a+b", map[string]string{"id": "a+b"})},
	{"requestContext.path is stage and path as sent", recorded("L-lam, VK"),
		sees([]string{"/items/a%2Fb"}, "/test/items/a%2Fb", "requestContext", "path")},
	{"a plain segment may be encoded, in the event too", unknown(""), routed("/b%61lance", "/balance", "/b%61lance", nil)},
	{"the most specific resource wins, whatever its methods", observed, func(t *testing.T, b *bench) {
		missing("GET /items/fixed")(t, b)
		status(t, b.do("POST", "/items/fixed", ""), http.StatusOK, "")
	}},
	{"ANY serves methods without a route", proxyPage, func(t *testing.T, b *bench) {
		status(t, b.do("PATCH", "/public", ""), http.StatusOK, "")
		equal(t, "httpMethod", b.event(echoName)["httpMethod"], "PATCH")
	}},
	{"ANY is seven methods", unknown("as localstack's code"), func(t *testing.T, b *bench) {
		for _, method := range []string{"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"} {
			status(t, b.do(method, "/public", ""), http.StatusOK, "")
		}
		missing("BREW /public", "TRACE /public", "PROPFIND /public", "CONNECT /public", "get /public")(t, b)
	}},
	{"X-HTTP-Method-Override is the method, and is dropped", notes, func(t *testing.T, b *bench) {
		status(t, b.do("POST", "/balance", "", "Authorization", "x", "X-HTTP-Method-Override", "GET"), http.StatusOK, "")
		equal(t, "httpMethod", b.event(echoName)["httpMethod"], "GET")
		equal(t, "header", at(b.event(echoName), "headers", "x-http-method-override"), nil)
	}},
	{"OPTIONS under CORS: 200, fixed headers, no invocation", samTranslator, func(t *testing.T, b *bench) {
		w := b.do("OPTIONS", "/balance", "", "Origin", "https://bank.example", "Access-Control-Request-Method", "GET")
		status(t, w, http.StatusOK, "{}\n")
		for header, want := range map[string]string{"Origin": "https://bank.example", "Methods": "GET,OPTIONS",
			"Headers": "Authorization,Content-Type"} {
			equal(t, header, w.Header().Get("Access-Control-Allow-"+header), want)
		}
		equal(t, "age", w.Header().Get("Access-Control-Max-Age"), "600")
		b.invocations(guardName, 0)
		b.invocations(echoName, 0)
	}},
	{"OPTIONS of an unknown path is refused", recorded("L-com:test_routing_not_found"), missing("OPTIONS /nowhere")},
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
