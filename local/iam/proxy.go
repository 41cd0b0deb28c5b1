package iam

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
)

const maxRequest = 16 << 20 // DynamoDB's own limit for a BatchWriteItem

// Config says who may do what, and where the engine is.
type Config struct {
	Engine    string                 // the engine's URL
	Functions map[string][]Statement // by the function's name
	ARN       ARNs
	Denied    func(function string, need Need) // told of each refusal; may be nil
}

// Proxy is an http.Handler in front of the engine. Each function has an address of its own there.
type Proxy struct {
	config Config
	engine http.Handler
}

// NewProxy returns a Proxy, or an error if the engine's URL is none.
func NewProxy(c Config) (*Proxy, error) {
	engine, err := url.Parse(c.Engine)
	if err != nil || engine.Host == "" {
		return nil, fmt.Errorf("iam: the engine's address is not a URL: %q", c.Engine)
	}
	if c.Denied == nil {
		c.Denied = func(string, Need) {}
	}
	return &Proxy{config: c, engine: &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL.Path, r.Out.URL.RawPath = "/", ""
			r.SetURL(engine)
		},
	}}, nil
}

// Path is what a function's endpoint ends with: by it the proxy knows who calls.
func Path(function string) string { return "/as/" + url.PathEscape(function) }

func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	function, ok := strings.CutPrefix(strings.TrimSuffix(r.URL.Path, "/"), "/as/")
	statements, known := p.config.Functions[function]
	if !ok || !known {
		refuse(w, "UnrecognizedClientException", "The security token included in the request is invalid.")
		return
	}
	payload, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequest))
	if err != nil {
		refuse(w, "SerializationException", "The request cannot be read.")
		return
	}
	list, err := needs(r.Header.Get("X-Amz-Target"), payload, p.config.ARN)
	if err != nil {
		refuse(w, "SerializationException", err.Error())
		return
	}
	for _, need := range list {
		if !allows(statements, need) {
			p.config.Denied(function, need)
			refuse(w, "AccessDeniedException", fmt.Sprintf("%s is not authorized to perform: %s on resource: %s because no statement of its "+
				"policies in the template allows it", function, need.Action, need.Resource))
			return
		}
	}
	r.Body = io.NopCloser(bytes.NewReader(payload))
	p.engine.ServeHTTP(w, r)
}

// refuse answers as DynamoDB does (its JSON protocol, version 1.0).
func refuse(w http.ResponseWriter, kind, message string) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	w.WriteHeader(http.StatusBadRequest)
	_ = json.NewEncoder(w).Encode(map[string]string{"__type": "com.amazon.coral.service#" + kind, "message": message})
}
