package gateway

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/google/uuid"

	"drawbridge/local/lambda"
	"drawbridge/local/template"
)

// Quotas of API Gateway and Lambda that a request or an answer can meet.
// Sources: API Gateway Developer Guide, "Quotas for configuring and running a
// REST API"; Lambda Developer Guide, "Lambda quotas".
const (
	payloadLimit  = 10 << 20    // of a request's body
	lambdaLimit   = 6<<20 + 100 // of a function's answer; that of its event is kept by Lambda itself
	arnLimit      = 1600        // bytes of a method's ARN where an authorizer stands before it
	resourceLimit = 512         // characters of a Resource in the authorizer's policy
)

// call is one request on its way through the gateway.
type call struct {
	request *http.Request
	method  string
	path    string      // escaped, as sent; several slashes in front count as one
	query   url.Values  // nil if there is none
	headers http.Header // those that functions see
	trace   lambda.Trace

	context    requestContext
	parameters map[string]string // of the path
	arn        string            // of the method, with the path as requested
	body       []byte
	binary     bool

	exchange Exchange
}

func (g *Gateway) begin(r *http.Request) *call {
	now := g.Now()
	sent := r.URL.EscapedPath()
	c := &call{request: r, method: r.Method, path: sent}
	if rest := strings.TrimLeft(sent, "/"); rest != sent {
		c.path = "/" + rest
	}
	// "When sending requests to an API by passing the X-HTTP-Method-Override header, API Gateway overrides the method."
	if override := r.Header.Get("X-Http-Method-Override"); override != "" {
		c.method = strings.ToUpper(override)
	}
	// "The semicolon character is not supported for any request URL query string and results in the data being split."
	if query, _ := url.ParseQuery(strings.ReplaceAll(r.URL.RawQuery, ";", "&")); len(query) > 0 {
		c.query = query
	}

	source, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		source = r.RemoteAddr
	}
	c.trace = traceOf(r, now)
	c.headers = requestHeaders(r, source, c.trace.String())
	domain := r.Host
	if host, _, err := net.SplitHostPort(r.Host); err == nil {
		domain = host
	}
	prefix, _, _ := strings.Cut(domain, ".")
	c.context = requestContext{
		AccountID:         g.Stack.AccountID,
		APIID:             g.Stack.APIID,
		Stage:             g.Stack.Stage,
		DeploymentID:      g.deployment,
		DomainName:        domain,
		DomainPrefix:      prefix,
		RequestID:         uuid.NewString(),
		ExtendedRequestID: base64.StdEncoding.EncodeToString(randomBytes(11)),
		RequestTime:       now.UTC().Format("02/Jan/2006:15:04:05 -0700"),
		RequestTimeEpoch:  now.UnixMilli(),
		Protocol:          r.Proto,
		HTTPMethod:        c.method,
		Path:              "/" + g.Stack.Stage + sent,
		Identity:          identity{SourceIP: source, UserAgent: optional(r.UserAgent())},
	}
	c.exchange = Exchange{
		RequestID: c.context.RequestID, Trace: c.trace.Root, At: now, Method: c.method, Path: c.path,
	}
	return c
}

// enter notes the route that has been found.
func (c *call) enter(stack *template.Stack, route template.Route, parameters map[string]string) {
	c.parameters = parameters
	c.context.ResourcePath, c.context.ResourceID = route.Path, resourceID(route.Path)
	c.exchange.Route = route.Path
	plain, err := url.PathUnescape(c.path)
	if err != nil {
		plain = c.path
	}
	if plain != "/" {
		plain = strings.TrimSuffix(plain, "/")
	}
	c.arn = fmt.Sprintf("arn:aws:execute-api:%s:%s:%s/%s/%s%s", stack.Region, stack.AccountID, stack.APIID, stack.Stage,
		c.method, plain)
}

func (c *call) readBody(binary []string) *fault {
	if c.request.ContentLength > payloadLimit {
		return requestTooLarge
	}
	body, err := io.ReadAll(io.LimitReader(c.request.Body, payloadLimit+1))
	if len(body) > payloadLimit {
		return requestTooLarge
	}
	if err != nil {
		// The client broke off, or its framing is wrong: what arrived is not the request that it meant.
		return badRequest
	}
	c.body = body
	c.binary = matchesMediaType(binary, c.request.Header.Get("Content-Type"))
	return nil
}

func randomBytes(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails: crypto/rand ends the program instead
	return b
}

func randomHex(n int) string { return hex.EncodeToString(randomBytes(n)) }
