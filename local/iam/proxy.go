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
	ARN        func(table string) string        // of a table by its name
	Keys       map[string]string                // the partition keys of the engine's tables, by the tables' names
	Denied     func(function string, need Need) // told of each refusal; may be nil
	Done       func(Operation)                  // told of each request once it is answered; may be nil
}

// Proxy is the engine as one function sees it.
type Proxy struct {
	config Config
	engine http.Handler
}

// NewProxy returns a Proxy, or an error if the engine's address is not a URL or a statement's condition is not
// understood.
func NewProxy(c Config) (*Proxy, error) {
	engine, err := url.Parse(c.Engine)
	if err != nil || engine.Host == "" {
		return nil, fmt.Errorf("iam: the engine's address is not a URL: %q", c.Engine)
	}
	for _, s := range c.Statements {
		for operator, keys := range s.Conditions {
			for key, values := range keys {
				if err := CheckCondition(operator, key, values); err != nil {
					return nil, fmt.Errorf("iam: statement %s of %s: %w", s.Sid, c.Function, err)
				}
			}
		}
	}
	if c.Denied == nil {
		c.Denied = func(string, Need) {}
	}
	if c.Done == nil {
		c.Done = func(Operation) {}
	}
	return &Proxy{c, &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(engine) }}}, nil
}

func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a := watch(w)
	list := p.answer(a, r)
	p.config.Done(a.operation(p.config.Function, r, list))
}

// answer returns what the request needs, nothing if it cannot be read.
func (p *Proxy) answer(w http.ResponseWriter, r *http.Request) []Need {
	payload, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequest))
	if err != nil {
		refuse(w, "SerializationException", "The request cannot be read.")
		return nil
	}
	list, err := calls(r.Header.Get("X-Amz-Target"), payload, p.config.ARN)
	if err != nil {
		refuse(w, "SerializationException", err.Error())
		return nil
	}
	for _, c := range together(list) {
		if !p.allows(c) {
			p.config.Denied(p.config.Function, c.Need)
			refuse(w, "AccessDeniedException",
				fmt.Sprintf("%s is not authorized to perform: %s on resource: %s because no statement of its "+
					"policies in the template allows it", p.config.Function, c.Action, c.Resource))
			return needs(list)
		}
	}
	r.Body = io.NopCloser(bytes.NewReader(payload))
	p.engine.ServeHTTP(w, r)
	return needs(list)
}

// allows tells whether the function may do c. The keys in c are read only where a condition depends on them.
func (p *Proxy) allows(c call) bool {
	context := Context{}
	if conditional(p.config.Statements, c.Need) {
		var understood bool
		if context, understood = c.context(p.config.Keys[c.table]); !understood {
			return false
		}
	}
	return Evaluate(p.config.Statements, c.Need, context) == Allow
}

// refuse answers as DynamoDB does (its JSON protocol, version 1.0).
func refuse(w http.ResponseWriter, kind, message string) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	w.WriteHeader(http.StatusBadRequest)
	_ = json.NewEncoder(w).Encode(map[string]string{"__type": "com.amazon.coral.service#" + kind, "message": message})
}
