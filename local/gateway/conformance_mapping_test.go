package gateway_test

import (
	"net/http"
	"testing"
)

var mapping = []behaviour{
	{"status, headers and body of a proxy response reach the client", proxyPage, func(t *testing.T, b *bench) {
		b.echo = says(`{"statusCode":201,"headers":{"Content-Type":"text/plain","X-One":"1"},"body":"made","isBase64Encoded":false}`)
		w := b.get("/balance")
		status(t, w, http.StatusCreated, "made")
		equal(t, "type", w.Header().Get("Content-Type"), "text/plain")
		equal(t, "header", w.Header().Get("X-One"), "1")
	}},
	{"the content type is application/json unless the function says otherwise", notes, func(t *testing.T, b *bench) {
		equal(t, "type", b.get("/balance").Header().Get("Content-Type"), "application/json")
	}},
	{"multiValueHeaders wins where a name stands in both", proxyPage, func(t *testing.T, b *bench) {
		b.echo = says(`{"statusCode":200,"headers":{"X-A":"single","X-B":"b"},"multiValueHeaders":{"X-A":["1","2"]}}`)
		w := b.get("/balance")
		equal(t, "X-A", w.Header().Values("X-A"), []string{"1", "2"})
		equal(t, "X-B", w.Header().Values("X-B"), []string{"b"})
	}},
	{"a response without body has an empty one", proxyPage, func(t *testing.T, b *bench) {
		b.echo = says(`{"statusCode":204,"headers":null,"multiValueHeaders":null,"body":null}`)
		if w := b.get("/balance"); w.Code != http.StatusNoContent || w.Body.Len() != 0 {
			t.Errorf("%d %q", w.Code, w.Body)
		}
	}},
	{"an answer that is no proxy response is 502", proxyPage, func(t *testing.T, b *bench) {
		for _, answer := range []string{``, `null`, `"text"`, `[]`, `{}`, `{"body":"x"}`, `{"statusCode":"OK"}`, `{"statusCode":200,"body":{"a":1}}`,
			`{"statusCode":200,"headers":{"X":["list"]}}`, `{"statusCode":200,"headers":[]}`, `{"statusCode":200,"multiValueHeaders":{"X":"text"}}`,
			`{"statusCode":200.5}`, `{"statusCode":99}`, `{"statusCode":600}`, `{"statusCode":200} {}`} {
			b.echo = says(answer)
			if w := b.get("/balance"); w.Code != http.StatusBadGateway || w.Body.String() != internalError {
				t.Errorf("%s: %d %s", answer, w.Code, w.Body)
			}
		}
	}},
	{"a member that a proxy response does not have is 502", observed, func(t *testing.T, b *bench) {
		b.echo = says(`{"statusCode":200,"body":"","extra":1}`)
		status(t, b.get("/balance"), http.StatusBadGateway, internalError)
	}},
	{"WWW-Authenticate reaches the client as x-amzn-remapped-www-authenticate", notes, func(t *testing.T, b *bench) {
		b.echo = says(`{"statusCode":401,"headers":{"WWW-Authenticate":"Bearer"}}`)
		w := b.get("/balance")
		equal(t, "renamed", w.Header().Get("x-amzn-remapped-www-authenticate"), "Bearer")
		equal(t, "plain", w.Header().Get("WWW-Authenticate"), "")
	}},
	{"Authorization, Connection, Content-MD5, Date, Max-Forwards, Server and User-Agent are renamed too", notes, func(t *testing.T, b *bench) {
		names := []string{"Authorization", "Connection", "Content-MD5", "Date", "Max-Forwards", "Server", "User-Agent"}
		for _, name := range names {
			b.echo = says(`{"statusCode":200,"multiValueHeaders":{"` + name + `":["x"]}}`)
			w := b.get("/balance")
			if w.Header().Get("X-Amzn-Remapped-"+name) != "x" || w.Header().Get(name) != "" {
				t.Errorf("%s: %v", name, w.Header())
			}
		}
	}},
	{"Expect, Host, Proxy-Authenticate, TE, Trailer, Transfer-Encoding, Upgrade and Via are dropped", notes, func(t *testing.T, b *bench) {
		for _, name := range []string{"Expect", "Host", "Proxy-Authenticate", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "Via"} {
			b.echo = says(`{"statusCode":200,"headers":{"` + name + `":"x"}}`)
			w := b.get("/balance")
			if w.Header().Get("X-Amzn-Remapped-"+name) != "" || w.Header().Get(name) != "" {
				t.Errorf("%s: %v", name, w.Header())
			}
		}
	}},
	{"Content-Length is that of the body, whatever the function says", notes, func(t *testing.T, b *bench) {
		b.echo = says(`{"statusCode":200,"headers":{"Content-Length":"999"},"body":"four"}`)
		equal(t, "length", b.get("/balance").Header().Get("Content-Length"), "4")
	}},
	{"CORS headers of the answer are the function's own business", proxyPage, func(t *testing.T, b *bench) {
		equal(t, "origin", b.get("/balance").Header().Get("Access-Control-Allow-Origin"), "")
		b.echo = says(`{"statusCode":200,"headers":{"Access-Control-Allow-Origin":"https://bank.example"}}`)
		equal(t, "origin", b.get("/balance").Header().Get("Access-Control-Allow-Origin"), "https://bank.example")
	}},
	{"a body in base64 is decoded for a client that accepts a binary media type", binaryPage, func(t *testing.T, b *bench) {
		b.stack.BinaryMediaTypes = []string{"image/png"}
		b.echo = says(`{"statusCode":200,"body":"AP8=","isBase64Encoded":true}`)
		status(t, b.get("/balance", "Accept", "image/png, text/html"), http.StatusOK, "\x00\xff")
	}},
	{"only the first type of Accept counts for that", notes, func(t *testing.T, b *bench) {
		b.stack.BinaryMediaTypes = []string{"image/png"}
		b.echo = says(`{"statusCode":200,"body":"AP8=","isBase64Encoded":true}`)
		status(t, b.get("/balance", "Accept", "text/html, image/png"), http.StatusOK, "AP8=")
	}},
	{"without binary media types a body in base64 goes out as it is", proxyPage, func(t *testing.T, b *bench) {
		b.echo = says(`{"statusCode":200,"body":"AP8=","isBase64Encoded":true}`)
		status(t, b.get("/balance", "Accept", "*/*"), http.StatusOK, "AP8=")
	}},
	{"a body that claims base64 and is not is 500 API_CONFIGURATION_ERROR", responseTypes, func(t *testing.T, b *bench) {
		b.stack.BinaryMediaTypes = []string{"*/*"}
		b.echo = says(`{"statusCode":200,"body":"%%%","isBase64Encoded":true}`)
		status(t, b.get("/balance"), http.StatusInternalServerError, internalError)
		equal(t, "type", b.seen[0].GatewayResponse, "API_CONFIGURATION_ERROR")
	}},
}
