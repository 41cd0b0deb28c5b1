package iam

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
)

const maxRequest = 16 << 20 // DynamoDB's own limit for a BatchWriteItem

// Config says what one function may do, and where the engine is.
type Config struct {
	Engine     string // the engine's URL
	Function   string // its name, for messages
	Statements []Statement
	ARN        ARNs
	Denied     func(function string, need Need) // told of each refusal; may be nil
}

// Proxy is the engine as one function sees it.
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
		Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(engine) },
	}}, nil
}

func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
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
		if !allows(p.config.Statements, need) {
			p.config.Denied(p.config.Function, need)
			refuse(w, "AccessDeniedException", fmt.Sprintf("%s is not authorized to perform: %s on resource: %s because no statement of its "+
				"policies in the template allows it", p.config.Function, need.Action, need.Resource))
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
