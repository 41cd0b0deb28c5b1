package gateway

import (
	"mime"
	"net/http"
	"strings"
	"time"

	"drawbridge/local/lambda"
)

// What API Gateway does to headers on their way to a Lambda function and back.
// Source: API Gateway Developer Guide, "Important notes for REST APIs", the
// table of headers that may be dropped, remapped or otherwise modified; its
// columns for Lambda.
var (
	// droppedFromRequest never reach a function.
	droppedFromRequest = []string{"Connection", "Content-Length", "Content-Md5", "Expect", "Max-Forwards",
		"Proxy-Authenticate", "Server", "Te", "Trailer", "Transfer-Encoding", "Upgrade", "Www-Authenticate",
		"X-Http-Method-Override"}

	// remapped come out of a function's answer as x-amzn-Remapped-<name>.
	remapped = map[string]bool{"Authorization": true, "Connection": true, "Content-Length": true, "Content-Md5": true,
		"Date": true, "Max-Forwards": true, "Server": true, "User-Agent": true, "Www-Authenticate": true}

	// droppedFromResponse are lost.
	droppedFromResponse = map[string]bool{"Expect": true, "Host": true, "Proxy-Authenticate": true,
		"Te": true, "Trailer": true, "Transfer-Encoding": true, "Upgrade": true, "Via": true}

	// capitalised are the names that API Gateway writes itself. All others have the spelling of the client.
	capitalised = map[string]string{"User-Agent": "User-Agent", "Host": "Host", "X-Forwarded-For": "X-Forwarded-For",
		"X-Forwarded-Port": "X-Forwarded-Port", "X-Forwarded-Proto": "X-Forwarded-Proto",
		"X-Amzn-Trace-Id": "X-Amzn-Trace-Id"}
)

// requestHeaders are the headers that functions see, with those that API Gateway adds, under canonical names.
func requestHeaders(r *http.Request, source, trace string) http.Header {
	headers := r.Header.Clone()
	if headers == nil {
		headers = http.Header{}
	}
	for _, name := range droppedFromRequest {
		headers.Del(name)
	}
	headers.Set("Host", r.Host)
	forwarded := source
	if before := headers.Get("X-Forwarded-For"); before != "" {
		forwarded = before + ", " + source
	}
	headers.Set("X-Forwarded-For", forwarded)
	headers.Set("X-Forwarded-Proto", "https") // a stage is reached by TLS only; no function must see a difference
	headers.Set("X-Forwarded-Port", "443")
	headers.Set("X-Amzn-Trace-Id", trace)
	return headers
}

// asSpelled gives headers the names that an event has. net/http forgets how the client spelled them; lower case is how
// every client of HTTP/2 does, browsers and curl among them, so a function that looks for "Idempotency-Key" fails here
// as it does on AWS.
func asSpelled(headers http.Header) map[string][]string {
	spelled := make(map[string][]string, len(headers))
	for name, values := range headers {
		if written, ok := capitalised[name]; ok {
			spelled[written] = values
		} else {
			spelled[strings.ToLower(name)] = values
		}
	}
	return spelled
}

// traceOf continues the client's trace, or begins one.
func traceOf(r *http.Request, now time.Time) lambda.Trace {
	t, ok := lambda.ParseTrace(r.Header.Get("X-Amzn-Trace-Id"))
	switch {
	case !ok:
		return lambda.NewTrace(now)
	case t.Parent == "":
		t.Parent = randomHex(8)
	}
	return t
}

// lineage is the tracing header of an answer.
func lineage(t lambda.Trace) string {
	if t.Parent == "" {
		t.Parent = randomHex(8)
	}
	if t.Sampled == "" {
		t.Sampled = "0"
	}
	return t.String() + ";Lineage=1:" + randomHex(4) + ":0"
}

// responseHeaders are a function's headers as the client gets them, in the function's spelling.
func responseHeaders(from http.Header) http.Header {
	headers := http.Header{}
	for name, values := range from {
		switch canonical := http.CanonicalHeaderKey(name); {
		case droppedFromResponse[canonical]:
		case remapped[canonical]:
			headers["x-amzn-Remapped-"+name] = values
		case canonical == "Content-Type":
			headers[canonical] = values // net/http must find it, or it adds its own
		default:
			headers[name] = values
		}
	}
	// "API Gateway includes a Content-Type header for all integration responses. By default, the content type is
	// application/json."
	if headers.Get("Content-Type") == "" {
		headers.Set("Content-Type", "application/json")
	}
	return headers
}

// matchesMediaType reports whether a Content-Type, or the first type of an
// Accept header, is among an API's BinaryMediaTypes. API Gateway looks at the
// first type of Accept only ("Important notes for REST APIs").
func matchesMediaType(binary []string, header string) bool {
	first, _, _ := strings.Cut(header, ",")
	kind, _, err := mime.ParseMediaType(first)
	if err != nil {
		kind = strings.TrimSpace(first)
	}
	for _, want := range binary {
		family, any := strings.CutSuffix(want, "/*")
		switch {
		case want == "*/*":
			return true
		case strings.HasPrefix(want, "*/"): // no wildcard is known on the left
		case kind == want, any && strings.HasPrefix(kind, family+"/"):
			return true
		}
	}
	return false
}
