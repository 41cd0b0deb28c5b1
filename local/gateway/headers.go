package gateway

import (
	"mime"
	"net/http"
	"strings"
)

// What API Gateway does to headers on their way to a Lambda function and back.
// Source: API Gateway Developer Guide, "Important notes for REST APIs", the
// table of headers that may be dropped, remapped or otherwise modified; its
// columns for Lambda.
var (
	// droppedFromRequest never reach a function.
	droppedFromRequest = []string{"Connection", "Content-MD5", "Expect", "Max-Forwards", "Proxy-Authenticate", "Server", "Te",
		"Trailer", "Transfer-Encoding", "Upgrade", "Www-Authenticate", "X-Http-Method-Override"}

	// remapped come out of a function's answer as x-amzn-remapped-<name>.
	remapped = map[string]bool{"Authorization": true, "Connection": true, "Content-Md5": true, "Date": true,
		"Max-Forwards": true, "Server": true, "User-Agent": true, "Www-Authenticate": true}

	// droppedFromResponse are lost. Content-Length passes, but is set anew from the body.
	droppedFromResponse = map[string]bool{"Content-Length": true, "Expect": true, "Host": true, "Proxy-Authenticate": true,
		"Te": true, "Trailer": true, "Transfer-Encoding": true, "Upgrade": true, "Via": true}
)

// requestHeaders are the headers that functions see, with those that API Gateway adds.
func requestHeaders(r *http.Request, source, traceID string) http.Header {
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
	headers.Set("X-Forwarded-Proto", "https") // the stage is reached by TLS only; what runs behind it must not see a difference
	headers.Set("X-Forwarded-Port", "443")
	headers.Set("X-Amzn-Trace-Id", traceID)
	return headers
}

// responseHeaders are a function's headers as the client gets them.
func responseHeaders(from http.Header) http.Header {
	headers := http.Header{}
	for name, values := range from {
		name = http.CanonicalHeaderKey(name)
		switch {
		case droppedFromResponse[name]:
		case remapped[name]:
			headers["X-Amzn-Remapped-"+name] = values
		default:
			headers[name] = values
		}
	}
	// "API Gateway includes a Content-Type header for all integration responses. By default, the content type is application/json."
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
		if want == "*/*" || kind == want || any && strings.HasPrefix(kind, family+"/") {
			return true
		}
	}
	return false
}
