package gateway_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// answered has the function answer a payload and checks what the client gets.
func answered(t *testing.T, b *bench, payload string, want int, body string) {
	t.Helper()
	b.echo = says(payload)
	w := b.get("/balance")
	if w.Code != want || w.Body.String() != body {
		t.Errorf("%s: got %d %q, want %d %q", payload, w.Code, w.Body, want, body)
	}
}

// becomes is answered as a row has it.
func becomes(payload string, want int, body string) check {
	return func(t *testing.T, b *bench) { answered(t, b, payload, want, body) }
}

// malformed are answers that each become a 502.
func malformed(payloads ...string) check {
	return func(t *testing.T, b *bench) {
		for _, payload := range payloads {
			answered(t, b, payload, http.StatusBadGateway, internalError)
		}
	}
}

// sends has the function answer a payload, and wants these values of a header.
func sends(payload, header string, want ...string) check {
	return func(t *testing.T, b *bench) {
		b.echo = says(payload)
		equal(t, header, field(b.get("/balance"), header), want)
	}
}

var mapping = []behaviour{
	{"status, headers and body reach the client", recorded("L-lam, DN"), func(t *testing.T, b *bench) {
		b.echo = says(`{"statusCode":201,"headers":{"Content-Type":"text/plain","X-One":"1"},"body":"made",` +
			`"isBase64Encoded":false}`)
		w := b.get("/balance")
		status(t, w, http.StatusCreated, "made")
		equal(t, "type", w.Header().Get("Content-Type"), "text/plain")
		equal(t, "header", w.Header().Get("X-One"), "1")
	}},
	{"the default content type is application/json", recorded("L-lam; DN:DefaultsToCorrectContentTYpeRest"),
		sends(`{"statusCode":200,"body":"{}"}`, "Content-Type", "application/json")},
	{"multiValueHeaders: once for each value", recorded("L-lam:multi-headers-valid; DN:SetsMultiValueHeadersRest"),
		sends(`{"statusCode":200,"multiValueHeaders":{"X-A":["1","2","1"]}}`, "X-A", "1", "2", "1")},
	{"a name in both: all values, multiValueHeaders' first",
		recorded("L-lam:multi-headers-overwrite; aws/aws-sam-cli#1166; DN"), func(t *testing.T, b *bench) {
			const both = `{"statusCode":200,"headers":{"X-A":"solo","X-B":"b"},"multiValueHeaders":{"X-A":["multi"]}}`
			sends(both, "X-A", "multi", "solo")(t, b)
			sends(both, "X-B", "b")(t, b)
		}},
	{"so if spelt differently", unknown("header names have no case"), func(t *testing.T, b *bench) {
		b.echo = says(`{"statusCode":200,"headers":{"x-a":"solo"},"multiValueHeaders":{"X-A":["multi"]}}`)
		equal(t, "X-A", b.get("/balance").Header()["X-A"], []string{"multi", "solo"})
	}},
	{"name and value in both: once", proxyPage, func(t *testing.T, b *bench) {
		sends(`{"statusCode":200,"headers":{"X-A":"1"},"multiValueHeaders":{"X-A":["1","2"]}}`, "X-A", "1", "2")(t, b)
		equal(t, "warning", b.seen[0].Function.Warning, "")
	}},
	{"a header may be a boolean", recorded("L-lam:with-headers"),
		sends(`{"statusCode":200,"headers":{"header-bool":true}}`, "header-bool", "true")},
	{"a header may be a number", unknown(""), sends(`{"statusCode":200,"headers":{"X-N":1.50}}`, "X-N", "1.50")},
	{"headers may be null", recorded("L-lam:with-headers-null"), becomes(`{"statusCode":200,"headers":null}`, 200, "")},
	{"a header keeps the function's spelling", recorded("L-lam:test-header, tesT-Multi; DN:anotherheader"),
		func(t *testing.T, b *bench) {
			b.echo = says(`{"statusCode":200,"headers":{"test-header":"1","content-type":"text/plain"},` +
				`"multiValueHeaders":{"tesT-Multi":["2"]}}`)
			w := b.get("/balance")
			equal(t, "test-header", map[string][]string(w.Header())["test-header"], []string{"1"})
			equal(t, "tesT-Multi", map[string][]string(w.Header())["tesT-Multi"], []string{"2"})
			equal(t, "type", field(w, "content-type"), []string{"text/plain"})
		}},
	{"no body is an empty one", recorded("L-lam:no-body"), func(t *testing.T, b *bench) {
		answered(t, b, `{"statusCode":200}`, 200, "")
		answered(t, b, `{"statusCode":204,"headers":null,"multiValueHeaders":null,"body":null}`, 204, "")
	}},
	{"an empty object: 200, empty body", recorded("L-lam:test_lambda_aws_proxy_response_format, empty-response"),
		becomes(`{}`, 200, "")},
	{"headers alone: 200", recorded("L-lam:only-headers"), func(t *testing.T, b *bench) {
		answered(t, b, `{"headers":{"a":"b"}}`, 200, "")
		equal(t, "a", field(b.get("/balance"), "a"), []string{"b"})
	}},
	{"a body alone: 200", unknown(""), becomes(`{"body":"x"}`, 200, "x")},
	{"statusCode may be digits in a string", recorded("L-lam:status-code-str"), becomes(`{"statusCode":"201"}`, 201, "")},
	{"any other string: 502", recorded("L-lam:invalid-status-code"), malformed(`{"statusCode":"test"}`,
		`{"statusCode":""}`, `{"statusCode":"+201"}`, `{"statusCode":"201 "}`, `{"statusCode":"0x1"}`,
		`{"statusCode":true}`, `{"statusCode":[200]}`)},
	{"statusCode 0: 502", recorded("DN:V1_HandlesZeroStatusCode"), malformed(`{"statusCode":0}`)},
	{"statusCode null, fractional or outside of 200–599: 502", unknown(""), malformed(`{"statusCode":null}`,
		`{"statusCode":200.5}`, `{"statusCode":99}`, `{"statusCode":101}`, `{"statusCode":600}`, `{"statusCode":-1}`)},
	{"a string: 502", recorded("L-lam:just-string"), malformed(`"justAString"`)},
	{"null, a list, nothing, two values: 502", unknown(""), malformed(``, `null`, `[]`, `1`, `{"statusCode":200} {}`)},
	{"body an object: 502", recorded("lambda-proxy#59"), malformed(`{"statusCode":200,"body":{"a":1}}`)},
	{"multiValueHeaders without lists: 502", recorded("L-lam:multi-headers-invalid"),
		malformed(`{"statusCode":200,"multiValueHeaders":{"X":"text"}}`)},
	{"headers a list, or a list or null in them: 502", unknown(""), malformed(`{"statusCode":200,"headers":[]}`,
		`{"statusCode":200,"headers":{"X":["list"]}}`, `{"statusCode":200,"headers":{"X":null}}`,
		`{"statusCode":200,"headers":{"X":{}}}`)},
	{"unknown member: 502", recorded("L-lam:wrong-format"), malformed(`{"statusCode":200,"body":"","extra":1}`)},
	{"StatusCode is an unknown member", recorded("L-lam:wrong-format"), malformed(`{"StatusCode":200}`,
		`{"statusCode":200,"Body":"x"}`, `{"statuscode":200}`, `{"statusCode":200,"Headers":{}}`,
		`{"statusCode":200,"MultiValueHeaders":{}}`, `{"statusCode":200,"IsBase64Encoded":true}`)},
	{"all these are INTEGRATION_FAILURE", unknown(""), func(t *testing.T, b *bench) {
		answered(t, b, `"text"`, 502, internalError)
		equal(t, "type", b.seen[0].GatewayResponse, "INTEGRATION_FAILURE")
	}},
	{"an answer's X-Amzn-Trace-Id: Root, Parent, Sampled, Lineage", recorded("DN, five snapshots"),
		func(t *testing.T, b *bench) {
			trace := b.get("/balance").Header().Get("X-Amzn-Trace-Id")
			form := regexp.MustCompile(`^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0;Lineage=1:[0-9a-f]{8}:0$`)
			if !form.MatchString(trace) || !strings.Contains(trace, b.seen[0].Trace) {
				t.Errorf("%q of %q", trace, b.seen[0].Trace)
			}
		}},
	{"it keeps a client's Root, Parent, Sampled", recorded("L-com:test_invocation_trace_id"),
		func(t *testing.T, b *bench) {
			const trace = "Root=1-3152b799-8954dae64eda91bc9a23a7e8;Parent=7fa8c0f79203be72;Sampled=1"
			got := b.get("/balance", "X-Amzn-Trace-Id", trace).Header().Get("X-Amzn-Trace-Id")
			if !strings.HasPrefix(got, trace+";Lineage=") {
				t.Errorf("%q", got)
			}
		}},
	{"Authorization, Connection, Content-MD5, Date, Max-Forwards, Server, User-Agent and WWW-Authenticate of a " +
		"function are renamed to x-amzn-Remapped-…", notes, func(t *testing.T, b *bench) {
		for _, name := range strings.Fields(
			"Authorization Connection Content-MD5 Date Max-Forwards Server User-Agent WWW-Authenticate") {
			payload := `{"statusCode":401,"multiValueHeaders":{"` + name + `":["x"]}}`
			sends(payload, "X-Amzn-Remapped-"+name, "x")(t, b)
			sends(payload, name)(t, b)
		}
	}},
	{"so is Content-Length, beside the real one", recorded("13754807433, 44287283807"), func(t *testing.T, b *bench) {
		const payload = `{"statusCode":200,"headers":{"Content-Length":"999"},"body":"four"}`
		sends(payload, "Content-Length", "4")(t, b)
		sends(payload, "x-amzn-Remapped-Content-Length", "999")(t, b)
	}},
	{"Expect, Host, Proxy-Authenticate, TE, Trailer, Transfer-Encoding, Upgrade and Via of a function are dropped", notes,
		func(t *testing.T, b *bench) {
			for _, name := range strings.Fields(
				"Expect Host Proxy-Authenticate TE Trailer Transfer-Encoding Upgrade Via") {
				payload := `{"statusCode":200,"headers":{"` + name + `":"x"}}`
				sends(payload, "X-Amzn-Remapped-"+name)(t, b)
				sends(payload, name)(t, b)
			}
		}},
	{"CORS headers are the function's business", proxyPage, func(t *testing.T, b *bench) {
		equal(t, "origin", b.get("/balance").Header().Get("Access-Control-Allow-Origin"), "")
		b.echo = says(`{"statusCode":200,"headers":{"Access-Control-Allow-Origin":"https://bank.example"}}`)
		equal(t, "origin", b.get("/balance").Header().Get("Access-Control-Allow-Origin"), "https://bank.example")
	}},
	{"base64 is decoded if Accept's first type is exactly a binary media type",
		recorded("L-lam:test_aws_proxy_binary_response"),
		func(t *testing.T, b *bench) {
			decoding(t, b, []string{"image/png"}, map[string]bool{
				"image/png": true, "image/png, text/html": true, "text/html, image/png": false, "image/jpg": false,
				"image/*": false, "random/test": false, "*/*": false, "application": false, "": false,
			})
		}},
	{"a binary media type may be */* or end in a wildcard", recorded("L-lam:test_aws_proxy_binary_response"),
		func(t *testing.T, b *bench) {
			decoding(t, b, []string{"application/*"}, map[string]bool{"application/json": true, "application/*": true,
				"text/html": false, "application": false})
			decoding(t, b, []string{"*/*"}, map[string]bool{"image/png": true, "*/*": true, "": true})
		}},
	{"it begins with none", recorded("L-lam:test_aws_proxy_binary_response"), func(t *testing.T, b *bench) {
		decoding(t, b, []string{"*/test"}, map[string]bool{"*/test": false, "random/test": false})
	}},
	{"without isBase64Encoded a body is left", recorded("L-lam:test_aws_proxy_binary_response"),
		func(t *testing.T, b *bench) {
			b.stack.BinaryMediaTypes = []string{"image/png"}
			b.echo = says(`{"statusCode":200,"body":"AP8=","isBase64Encoded":false}`)
			status(t, b.get("/balance", "Accept", "image/png"), http.StatusOK, "AP8=")
		}},
	{"so without binary media types", recorded("L-lam:b64-encoded"), func(t *testing.T, b *bench) {
		decoding(t, b, nil, map[string]bool{"*/*": false})
	}},
	{"a false isBase64Encoded: 500", recorded("L-lam:test_aws_proxy_binary_response"), func(t *testing.T, b *bench) {
		b.stack.BinaryMediaTypes = []string{"*/*"}
		answered(t, b, `{"statusCode":200,"body":"%%%","isBase64Encoded":true}`, http.StatusInternalServerError,
			internalError)
		equal(t, "type", b.seen[0].GatewayResponse, "API_CONFIGURATION_ERROR")
	}},
}

// decoding checks for which values of Accept a body in base64 is decoded.
func decoding(t *testing.T, b *bench, types []string, accepts map[string]bool) {
	t.Helper()
	b.stack.BinaryMediaTypes = types
	b.echo = says(`{"statusCode":200,"body":"AP8=","isBase64Encoded":true}`)
	for accept, decoded := range accepts {
		headers := []string{"Accept", accept}
		if accept == "" {
			headers = nil
		}
		want := map[bool]string{true: "\x00\xff", false: "AP8="}[decoded]
		if got := b.get("/balance", headers...).Body.String(); got != want {
			t.Errorf("types %v, Accept %q: %q", types, accept, got)
		}
	}
}

func TestWhatPassesAsOnAWSAndIsHardlyMeantIsSaid(t *testing.T) {
	for payload, want := range map[string]string{
		`{"body":"x"}`: "an answer without statusCode, of which API Gateway makes a 200",
		`{"statusCode":200,"headers":{"Access-Control-Allow-Origin":"https://a"},` +
			`"multiValueHeaders":{"Access-Control-Allow-Origin":["https://b"]}}`: //
		"headers and multiValueHeaders both have Access-Control-Allow-Origin, of which all values go out",
		`{"statusCode":200}`: "",
	} {
		b := newBench(t)
		b.echo = says(payload)
		b.get("/balance")
		equal(t, payload, b.seen[0].Function.Warning, want)
	}
}
