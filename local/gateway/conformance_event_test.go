package gateway_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

var inputs = []behaviour{
	{"the event has resource, path, method", recorded("L-lam, VK"), func(t *testing.T, b *bench) {
		b.get("/guarded/42")
		for name, want := range map[string]any{"resource": "/guarded/{id}", "path": "/guarded/42", "httpMethod": "GET",
			"pathParameters": map[string]string{"id": "42"}} {
			equal(t, name, b.event(echoName)[name], want)
		}
	}},
	{"header names keep the client's spelling: lower case, as over HTTP/2", recorded("L-lam:tEsT-HEADeR, VK"),
		func(t *testing.T, b *bench) {
			b.get("/balance", "Idempotency-Key", "k", "X-Voker-Probe", "1")
			hasHeaders(t, b, "idempotency-key", "x-voker-probe", "authorization")
			for _, name := range []string{"Idempotency-Key", "Authorization"} {
				equal(t, name, at(b.event(echoName), "headers", name), nil)
				equal(t, name, at(b.event(guardName), "headers", name), nil)
			}
		}},
	{"User-Agent, Host, X-Forwarded-For, -Port, -Proto and X-Amzn-Trace-Id are capitalised", recorded("L-lam, VK, DN"),
		func(t *testing.T, b *bench) {
			b.get("/balance", "user-agent", "test/1")
			hasHeaders(t, b, "User-Agent", "Host", "X-Forwarded-For", "X-Forwarded-Port", "X-Forwarded-Proto",
				"X-Amzn-Trace-Id")
		}},
	{"headers: a name's last value; multiValueHeaders: all", recorded("VK"), func(t *testing.T, b *bench) {
		b.get("/balance", "X-Two", "1", "X-Two", "2")
		equal(t, "headers", at(b.event(echoName), "headers", "x-two"), "2")
		equal(t, "multiValueHeaders", at(b.event(echoName), "multiValueHeaders", "x-two"), []string{"1", "2"})
	}},
	{"Content-Length is dropped", recorded("L-lam, VK, DN, L-int:AWS_PROXY"), func(t *testing.T, b *bench) {
		b.do("POST", "/transfer", "{}", "Authorization", "x", "Content-Length", "2")
		for _, function := range []string{echoName, guardName} {
			if event := strings.ToLower(string(b.events[function][0])); strings.Contains(event, `"content-length"`) {
				t.Error(event)
			}
		}
	}},
	{"Connection, Content-MD5, Expect, Max-Forwards, Proxy-Authenticate, Server, TE, Trailer, Transfer-Encoding, " +
		"Upgrade and WWW-Authenticate are dropped",
		recorded("L-int:test_apigateway_header_remapping_aws, AWS_PROXY, no-param"), func(t *testing.T, b *bench) {
			for _, name := range strings.Fields("Connection Content-MD5 Expect Max-Forwards Proxy-Authenticate Server TE " +
				"Trailer Transfer-Encoding Upgrade WWW-Authenticate") {
				sees([]string{"/balance", name, "x"}, nil, "headers", strings.ToLower(name))(t, b)
			}
		}},
	{"Content-Encoding, Date, Pragma, Via, Warn, Range, Referer, Age and Accept-Language pass",
		recorded("L-int, the same test"), func(t *testing.T, b *bench) {
			for _, name := range strings.Fields(
				"Content-Encoding Date Pragma Via Warn Range Referer Age Accept-Language") {
				sees([]string{"/balance", name, "x"}, "x", "headers", strings.ToLower(name))(t, b)
			}
		}},
	{"Via, CloudFront-… and X-Amz-Cf-Id are not added", recorded("VK, DN"), func(t *testing.T, b *bench) {
		b.get("/balance")
		event := strings.ToLower(string(b.events[echoName][0]))
		for _, name := range []string{`"via"`, `"cloudfront-`, `"x-amz-cf-id"`} {
			if strings.Contains(event, name) {
				t.Errorf("%s is in %s", name, event)
			}
		}
	}},
	{"Host and X-Forwarded-… are there; X-Forwarded-For continues the client's", recorded("VK"),
		func(t *testing.T, b *bench) {
			b.get("/balance", "X-Forwarded-For", "203.0.113.9", "X-Forwarded-Proto", "gopher")
			event := b.event(echoName)
			equal(t, "Host", at(event, "headers", "Host"), "example.com")
			equal(t, "For", at(event, "headers", "X-Forwarded-For"), "203.0.113.9, 192.0.2.1")
			equal(t, "Proto", at(event, "headers", "X-Forwarded-Proto"), "https")
			equal(t, "Port", at(event, "headers", "X-Forwarded-Port"), "443")
		}},
	{"X-Amzn-Trace-Id is a new root", recorded("VK, DN"), func(t *testing.T, b *bench) {
		b.get("/balance")
		formed(t, "trace", at(b.event(echoName), "headers", "X-Amzn-Trace-Id"), rootAlone)
	}},
	{"a client's Root, Parent and Sampled are kept", recorded("L-com:test_invocation_trace_id"),
		traced("Root=1-3152b799-8954dae64eda91bc9a23a7e8;Parent=7fa8c0f79203be72;Sampled=1",
			`Root=1-3152b799-8954dae64eda91bc9a23a7e8;Parent=7fa8c0f79203be72;Sampled=1`)},
	{"a missing Parent is added", recorded("L-com:test_invocation_trace_id"),
		traced("Root=1-3152b799-8954dae64eda91bc9a23a7e8",
			`Root=1-3152b799-8954dae64eda91bc9a23a7e8;Parent=[0-9a-f]{16}`)},
	{"a bad Root is replaced", unknown(""), func(t *testing.T, b *bench) {
		for _, header := range []string{"Root=x", "x", "Root=1-3152b799-8954dae64eda91bc9a23a7e8x",
			"Self=1-3152b799-8954dae64eda91bc9a23a7e8"} {
			traced(header, rootAlone)(t, b)
		}
	}},
	{"query strings are decoded, plus as space", recorded("L-lam:params-encoding"),
		sees([]string{"/balance?a=x%20y&b=x+y&c=x%2By"}, map[string]string{"a": "x y", "b": "x y", "c": "x+y"},
			"queryStringParameters")},
	{"a repeated query name: the last, and all", recorded("L-lam:params-encoding-multi; DN:UrlEncodedQueryStringRest"),
		func(t *testing.T, b *bench) {
			b.get("/balance?a=1&a=2&b=3")
			equal(t, "single", b.event(echoName)["queryStringParameters"], map[string]string{"a": "2", "b": "3"})
			equal(t, "multi", b.event(echoName)["multiValueQueryStringParameters"],
				map[string][]string{"a": {"1", "2"}, "b": {"3"}})
		}},
	{"a query name alone has an empty value", recorded("VK"),
		sees([]string{"/balance?empty="}, map[string]string{"empty": ""}, "queryStringParameters")},
	{"a semicolon in the query splits it", notes,
		sees([]string{"/balance?a=1;b=2"}, map[string]string{"a": "1", "b": "2"}, "queryStringParameters")},
	{"what a request lacks is null", recorded("L-lam; aws/aws-sam-cli#173"), func(t *testing.T, b *bench) {
		b.get("/balance")
		event := b.event(echoName)
		for _, name := range []string{"queryStringParameters", "multiValueQueryStringParameters", "pathParameters",
			"stageVariables", "body"} {
			if value, there := event[name]; !there || value != nil {
				t.Errorf("%s: %v", name, value)
			}
		}
		equal(t, "isBase64Encoded", event["isBase64Encoded"], false)
	}},
	{"an empty body is null", recorded("DN:UrlEncodedQueryStringRest"), func(t *testing.T, b *bench) {
		b.do("POST", "/transfer", "", "Authorization", "x", "Content-Type", "application/json")
		equal(t, "body", b.event(echoName)["body"], nil)
	}},
	{"the body passes byte for byte", recorded("VK"), func(t *testing.T, b *bench) {
		body := "{ \"a\": \"<ü>\",\r\n \"a\": 1 }"
		b.do("POST", "/transfer", body, "Authorization", "x", "Content-Type", "application/json")
		equal(t, "body", b.event(echoName)["body"], body)
		equal(t, "isBase64Encoded", b.event(echoName)["isBase64Encoded"], false)
	}},
	{"a binary media type's body is base64", documented("binary"), func(t *testing.T, b *bench) {
		b.stack.BinaryMediaTypes = []string{"image/*"}
		b.do("POST", "/transfer", "\x00\xff", "Authorization", "x", "Content-Type", "image/png")
		equal(t, "body", b.event(echoName)["body"], "AP8=")
		equal(t, "isBase64Encoded", b.event(echoName)["isBase64Encoded"], true)
	}},
	{"requestContext: API, stage, request", recorded("L-lam, VK"), func(t *testing.T, b *bench) {
		b.get("/guarded/42", "User-Agent", "test/1")
		event := b.event(echoName)
		for name, want := range map[string]any{
			"accountId": "123456789012", "apiId": "local", "stage": "test", "resourcePath": "/guarded/{id}", "httpMethod": "GET",
			"path": "/test/guarded/42", "protocol": "HTTP/1.1",
		} {
			equal(t, name, at(event, "requestContext", name), want)
		}
	}},
	{"extendedRequestId, requestTime, requestTimeEpoch, resourceId, deploymentId have AWS's form",
		recorded("L-lam, VK, DN"), func(t *testing.T, b *bench) {
			b.get("/balance")
			for name, form := range map[string]string{
				"extendedRequestId": `[A-Za-z0-9+/]{15}=`, "resourceId": `[a-z0-9]{6}`, "deploymentId": `[a-z0-9]{6}`,
				"requestTime": `22/Nov/2026:14:03:07 \+0000`, "requestTimeEpoch": `1\.795356187e\+12`,
			} {
				formed(t, name, at(b.event(echoName), "requestContext", name), form)
			}
		}},
	{"domainName: host without port; domainPrefix: its first label", recorded("L-lam, VK"), func(t *testing.T, b *bench) {
		for host, want := range map[string][2]string{
			"local.execute-api.example.com": {"local.execute-api.example.com", "local"},
			"localhost:3000":                {"localhost", "localhost"},
			"api.example.com:443":           {"api.example.com", "api"},
			".":                             {".", ""}, "": {"", ""}, ":": {"", ""}, "...": {"...", ""},
		} {
			b.host = host
			b.get("/balance")
			equal(t, "domainName of "+host, at(b.event(echoName), "requestContext", "domainName"), want[0])
			equal(t, "domainPrefix of "+host, at(b.event(echoName), "requestContext", "domainPrefix"), want[1])
		}
	}},
	{"identity: sourceIp, userAgent, ten nulls, no apiKey", recorded("L-lam"), func(t *testing.T, b *bench) {
		want := map[string]any{"sourceIp": "192.0.2.1", "userAgent": "test/1"}
		for _, name := range strings.Fields("accessKey accountId caller cognitoAuthenticationProvider " +
			"cognitoAuthenticationType cognitoIdentityId cognitoIdentityPoolId principalOrgId user userArn") {
			want[name] = nil
		}
		sees([]string{"/balance", "User-Agent", "test/1"}, want, "requestContext", "identity")(t, b)
	}},
	{"sourceIp is the connection's", contextPage, sees([]string{"/balance", "X-Forwarded-For", "203.0.113.9"},
		"192.0.2.1", "requestContext", "identity", "sourceIp")},
	{"a public event has no authorizer", proxyPage, func(t *testing.T, b *bench) {
		status(t, b.get("/public"), http.StatusOK, "")
		equal(t, "authorizer", at(b.event(echoName), "requestContext", "authorizer"), nil)
		b.invocations(guardName, 0)
	}},
}

// rootAlone is the form of a trace that begins here.
const rootAlone = `Root=1-[0-9a-f]{8}-[0-9a-f]{24}`

// traced is the tracing header that the function sees of a client that sends one.
func traced(sent, form string) check {
	return func(t *testing.T, b *bench) {
		b.get("/balance", "X-Amzn-Trace-Id", sent)
		formed(t, sent, at(b.event(echoName), "headers", "X-Amzn-Trace-Id"), form)
	}
}

func formed(t *testing.T, what string, value any, form string) {
	t.Helper()
	if !regexp.MustCompile(`^` + form + `$`).MatchString(fmt.Sprint(value)) {
		t.Errorf("%s: %v", what, value)
	}
}

// hasHeaders wants these names in both members of the function's event.
func hasHeaders(t *testing.T, b *bench, names ...string) {
	t.Helper()
	for _, name := range names {
		if at(b.event(echoName), "headers", name) == nil || at(b.event(echoName), "multiValueHeaders", name) == nil {
			t.Errorf("no %s in %v", name, b.event(echoName)["headers"])
		}
	}
}
