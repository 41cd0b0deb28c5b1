// Package resttest calls a function's handler as API Gateway would: a proxy event in, a proxy response out.
package resttest

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"testing"

	"drawbridge/shared/access"
	"drawbridge/shared/rest"
	"drawbridge/shared/testkit"
)

// Call is a request. The zero Principal stands for a route without an authorizer.
type Call struct {
	Method, Path string
	Principal    access.Principal
	Header       map[string]string
	Query        map[string]string
	Parameters   map[string]string // of the path
	Body         string            // sent with Content-Type: application/json unless Header says otherwise
	SourceIP     string
	Context      context.Context // the test's if nil
}

// Answer is what a client would see.
type Answer struct {
	Status int               `json:"statusCode"`
	Header map[string]string `json:"headers"`
	Body   string            `json:"body"`
}

// Base is where the API is, as the events say.
const Base = "https://api.example/prod"

// Do sends the call to h.
func Do(t testing.TB, h rest.Handler, c Call) Answer {
	t.Helper()
	header := map[string][]string{}
	if c.Body != "" {
		header["Content-Type"] = []string{"application/json"}
	}
	for name, value := range c.Header {
		header[name] = []string{value}
	}
	query := map[string][]string{}
	for name, value := range c.Query {
		query[name] = []string{value}
	}
	gateway := map[string]any{
		"requestId": "request-1", "identity": map[string]any{"sourceIp": c.SourceIP, "userAgent": "resttest"},
		"domainName": "api.example", "path": "/prod" + c.Path,
	}
	if c.Principal.Kind != "" {
		gateway["authorizer"] = c.Principal.Context()
	}
	event, err := json.Marshal(map[string]any{
		"httpMethod": c.Method, "path": c.Path, "resource": c.Path, "body": c.Body,
		"multiValueHeaders": header, "multiValueQueryStringParameters": query, "pathParameters": c.Parameters,
		"requestContext": gateway,
	})
	testkit.Must(t, err)
	function := rest.New(
		rest.Options{Origin: "https://bank.example", Log: slog.New(slog.NewTextHandler(io.Discard, nil))}, h,
	)
	ctx := c.Context
	if ctx == nil {
		ctx = t.Context()
	}
	out, err := function.Invoke(ctx, event)
	testkit.Must(t, err)
	var answer Answer
	testkit.Must(t, json.Unmarshal(out, &answer))
	return answer
}

// Want fails the test unless the answer has the status and, if code is not empty, the problem code.
func (a Answer) Want(t testing.TB, status int, code string) {
	t.Helper()
	if a.Status != status || code != "" && a.Member(t, "code") != code {
		t.Errorf("got %d %s, want %d %s", a.Status, a.Body, status, code)
	}
}

// Member returns a member of the JSON body, nil if it is not there.
func (a Answer) Member(t testing.TB, name string) any {
	t.Helper()
	var body map[string]any
	if err := json.Unmarshal([]byte(a.Body), &body); err != nil {
		t.Fatalf("body %q: %v", a.Body, err)
	}
	return body[name]
}
