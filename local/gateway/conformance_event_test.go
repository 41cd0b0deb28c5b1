package gateway_test

import (
	"testing"
)

var inputs = []behaviour{
	{"the event has the resource, the path and the method", proxyPage, func(t *testing.T, b *bench) {
		b.get("/guarded/42")
		event := b.event(echoName)
		equal(t, "resource", event["resource"], "/guarded/{id}")
		equal(t, "path", event["path"], "/guarded/42")
		equal(t, "httpMethod", event["httpMethod"], "GET")
		equal(t, "pathParameters", event["pathParameters"], map[string]string{"id": "42"})
	}},
	{"headers has the last value of a name, multiValueHeaders all", proxyPage, func(t *testing.T, b *bench) {
		b.get("/balance", "X-Two", "1", "X-Two", "2")
		equal(t, "headers", at(b.event(echoName), "headers", "X-Two"), "2")
		equal(t, "multiValueHeaders", at(b.event(echoName), "multiValueHeaders", "X-Two"), []string{"1", "2"})
	}},
	{"query strings are decoded; the last value of a name, and all of them", proxyPage, func(t *testing.T, b *bench) {
		b.get("/balance?a=1&a=2&b=x%20y")
		equal(t, "single", b.event(echoName)["queryStringParameters"], map[string]string{"a": "2", "b": "x y"})
		equal(t, "multi", b.event(echoName)["multiValueQueryStringParameters"], map[string][]string{"a": {"1", "2"}, "b": {"x y"}})
	}},
	{"a semicolon in the query splits it", notes, func(t *testing.T, b *bench) {
		b.get("/balance?a=1;b=2")
		equal(t, "query", b.event(echoName)["queryStringParameters"], map[string]string{"a": "1", "b": "2"})
	}},
	{"what a request does not have is null", proxyPage, func(t *testing.T, b *bench) {
		b.get("/balance")
		event := b.event(echoName)
		for _, name := range []string{"queryStringParameters", "multiValueQueryStringParameters", "pathParameters", "stageVariables", "body"} {
			if value, there := event[name]; !there || value != nil {
				t.Errorf("%s: %v", name, value)
			}
		}
		equal(t, "isBase64Encoded", event["isBase64Encoded"], false)
	}},
	{"the body is passed on byte for byte", proxyPage, func(t *testing.T, b *bench) {
		body := "{ \"a\": \"<ü>\",\r\n \"a\": 1 }"
		b.do("POST", "/transfer", body, "Authorization", "x", "Content-Type", "application/json")
		equal(t, "body", b.event(echoName)["body"], body)
	}},
	{"a body of a binary media type is passed on in base64", binaryPage, func(t *testing.T, b *bench) {
		b.stack.BinaryMediaTypes = []string{"image/*"}
		b.do("POST", "/transfer", "\x00\xff", "Authorization", "x", "Content-Type", "image/png")
		equal(t, "body", b.event(echoName)["body"], "AP8=")
		equal(t, "isBase64Encoded", b.event(echoName)["isBase64Encoded"], true)
	}},
	{"requestContext tells of the API, the stage and the request", proxyPage, func(t *testing.T, b *bench) {
		b.get("/guarded/42", "User-Agent", "test/1")
		event := b.event(echoName)
		for name, want := range map[string]any{
			"accountId": "123456789012", "apiId": "local", "stage": "test", "resourcePath": "/guarded/{id}", "httpMethod": "GET",
			"path": "/test/guarded/42", "protocol": "HTTP/1.1", "domainName": "example.com", "domainPrefix": "example",
			"requestTime": "22/Nov/2026:14:03:07 +0000", "requestTimeEpoch": 1795356187000,
		} {
			equal(t, name, at(event, "requestContext", name), want)
		}
		equal(t, "sourceIp", at(event, "requestContext", "identity", "sourceIp"), "192.0.2.1")
		equal(t, "userAgent", at(event, "requestContext", "identity", "userAgent"), "test/1")
		equal(t, "cognitoIdentityId", at(event, "requestContext", "identity", "cognitoIdentityId"), nil)
	}},
	{"a public route's event has no authorizer", proxyPage, func(t *testing.T, b *bench) {
		b.get("/public")
		equal(t, "authorizer", at(b.event(echoName), "requestContext", "authorizer"), nil)
		b.invocations(guardName, 0)
	}},
	{"hop-by-hop headers and those that API Gateway keeps do not reach the function", notes, func(t *testing.T, b *bench) {
		b.get("/balance", "Connection", "x", "TE", "trailers", "Upgrade", "h2c", "Expect", "x", "Max-Forwards", "1", "Server", "x", "WWW-Authenticate", "x",
			"Referer", "https://bank.example", "Content-MD5", "x", "Proxy-Authenticate", "x", "Trailer", "x")
		headers, _ := b.event(echoName)["headers"].(map[string]any)
		for _, name := range []string{"Connection", "Te", "Upgrade", "Expect", "Max-Forwards", "Server", "Www-Authenticate", "Content-Md5", "Proxy-Authenticate", "Trailer"} {
			if value, there := headers[name]; there {
				t.Errorf("%s: %v", name, value)
			}
		}
		equal(t, "Referer", headers["Referer"], "https://bank.example")
		equal(t, "Authorization", headers["Authorization"], "Bearer token")
	}},
	{"Host and the X-Forwarded headers are there; a client's X-Forwarded-For is continued", proxyPage, func(t *testing.T, b *bench) {
		b.get("/balance", "X-Forwarded-For", "203.0.113.9", "X-Forwarded-Proto", "gopher")
		event := b.event(echoName)
		equal(t, "Host", at(event, "headers", "Host"), "example.com")
		equal(t, "For", at(event, "headers", "X-Forwarded-For"), "203.0.113.9, 192.0.2.1")
		equal(t, "Proto", at(event, "headers", "X-Forwarded-Proto"), "https")
		equal(t, "Port", at(event, "headers", "X-Forwarded-Port"), "443")
	}},
	{"sourceIp is the connection's, whatever X-Forwarded-For says", contextPage, func(t *testing.T, b *bench) {
		b.get("/balance", "X-Forwarded-For", "203.0.113.9")
		equal(t, "sourceIp", at(b.event(echoName), "requestContext", "identity", "sourceIp"), "192.0.2.1")
	}},
}
