package rest

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/textproto"
	"strings"

	"drawbridge/shared/access"
)

// Request is the part of a proxy event that handlers read.
type Request struct {
	ID        string // API Gateway's request id
	Method    string
	Path      string
	Base      string // where the API is, as API Gateway knows its own address: scheme, host and what precedes Path
	Resource  string // the route as the template writes it
	SourceIP  string
	UserAgent string
	Body      []byte

	Authorizer map[string]string // the authorizer's context
	Principal  access.Principal  // set by Guard

	headers map[string][]string
	query   map[string]string
	path    map[string]string
}

// Header returns a header's value by its name in any case; several values are joined with commas, as RFC 9110
// section 5.3 reads them, so that a header sent twice never passes for one of the two.
func (r *Request) Header(name string) string {
	return strings.Join(r.headers[textproto.CanonicalMIMEHeaderKey(name)], ", ")
}

// Query returns a query parameter and whether it was sent. A parameter sent twice never gets here.
func (r *Request) Query(name string) (value string, sent bool) {
	value, sent = r.query[name]
	return value, sent
}

// PathParameter returns a parameter of the route's path as it was sent: percent-encoded.
func (r *Request) PathParameter(name string) string { return r.path[name] }

// event is API Gateway's REST proxy event, version 1.0, as far as it is read.
type event struct {
	HTTPMethod        string              `json:"httpMethod"`
	Path              string              `json:"path"`
	Resource          string              `json:"resource"`
	MultiValueHeaders map[string][]string `json:"multiValueHeaders"`
	MultiValueQuery   map[string][]string `json:"multiValueQueryStringParameters"`
	PathParameters    map[string]string   `json:"pathParameters"`
	Body              string              `json:"body"`
	IsBase64Encoded   bool                `json:"isBase64Encoded"`
	RequestContext    struct {
		RequestID  string `json:"requestId"`
		DomainName string `json:"domainName"`
		Path       string `json:"path"`
		Identity   struct {
			SourceIP  string `json:"sourceIp"`
			UserAgent string `json:"userAgent"`
		} `json:"identity"`
		Authorizer map[string]any `json:"authorizer"`
	} `json:"requestContext"`
}

// decodeEvent returns no request for a payload that is not a proxy event, and a request with a *Problem for one that
// the client got wrong. It reads with encoding/json: API Gateway writes the event, and the names that a client chose
// are keys of maps in it. The body, which the client wrote, is a string in it, for DecodeJSON to read.
func decodeEvent(payload []byte) (*Request, error) {
	var e event
	if err := json.Unmarshal(payload, &e); err != nil {
		return nil, fmt.Errorf("not an API Gateway proxy event: %w", err)
	}
	if e.HTTPMethod == "" || e.RequestContext.RequestID == "" {
		return nil, fmt.Errorf("not an API Gateway proxy event: no httpMethod or no requestContext.requestId")
	}
	r := &Request{
		ID: e.RequestContext.RequestID, Method: e.HTTPMethod, Path: e.Path, Resource: e.Resource,
		Base:     "https://" + e.RequestContext.DomainName + strings.TrimSuffix(e.RequestContext.Path, e.Path),
		SourceIP: e.RequestContext.Identity.SourceIP, UserAgent: e.RequestContext.Identity.UserAgent,
		Body:       []byte(e.Body),
		Authorizer: make(map[string]string),
		path:       e.PathParameters,
		headers:    make(map[string][]string),
		query:      make(map[string]string),
	}
	for name, value := range e.RequestContext.Authorizer {
		if text, ok := value.(string); ok { // integrationLatency, a number, is API Gateway's own
			r.Authorizer[name] = text
		}
	}
	for name, values := range e.MultiValueHeaders {
		name = textproto.CanonicalMIMEHeaderKey(name)
		r.headers[name] = append(r.headers[name], values...)
	}
	for name, values := range e.MultiValueQuery {
		if len(values) != 1 {
			return r, Refuse("invalid_request", "A query parameter was sent more than once; send it once.")
		}
		r.query[name] = values[0]
	}
	if e.IsBase64Encoded {
		body, err := base64.StdEncoding.DecodeString(e.Body)
		if err != nil {
			return nil, fmt.Errorf("not an API Gateway proxy event: body is not the base64 it says it is")
		}
		r.Body = body
	}
	return r, nil
}
