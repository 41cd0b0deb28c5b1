package gateway_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"drawbridge/local/gateway"
	"drawbridge/local/lambda"
	"drawbridge/local/template"
	"drawbridge/shared/testkit"
)

// bench is a gateway over testdata/api.yaml whose two functions are set by the test: the gateway is the unit here, so
// nothing runs behind it.
type bench struct {
	t           *testing.T
	stack       *template.Stack
	now         time.Time
	host        string
	unthrottled bool
	guard       func(ctx context.Context) (lambda.Result, error) // the authorizer
	echo        func(ctx context.Context) (lambda.Result, error) // the function behind every route

	mu      sync.Mutex
	gateway *gateway.Gateway
	events  map[string][]json.RawMessage // by function name
	seen    []gateway.Exchange
}

const (
	guardName = "Guard"
	echoName  = "echo-by-its-name"
)

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{t: t, host: noHost, now: time.Date(2026, 11, 22, 14, 3, 7, 0, time.UTC),
		events: map[string][]json.RawMessage{}}
	b.load("0")
	b.guard = says(allowEverything)
	b.echo = says(`{"statusCode":200,"body":"{}"}`)
	return b
}

func (b *bench) load(cacheSeconds string) {
	b.t.Helper()
	stack, err := template.Load("testdata/api.yaml", map[string]string{"CacheSeconds": cacheSeconds})
	testkit.Must(b.t, err)
	b.stack = stack
}

// cached gives the authorizer's result a time to live.
func (b *bench) cached(seconds string) *bench { b.load(seconds); return b }

// responds sets a gateway response.
func (b *bench) responds(r template.GatewayResponse) { b.stack.GatewayResponses[r.Type] = r }

const allowEverything = `{"principalId":"me","policyDocument":{"Version":"2012-10-17","Statement":[
	{"Action":"execute-api:Invoke","Effect":"Allow","Resource":"` + stageARN + `/*"}]}}`

// allowing is an Allow for everything, with a context.
func allowing(context string) string {
	return strings.Replace(allowEverything, `"principalId":"me"`, `"principalId":"me","context":`+context, 1)
}

// policy is an authorizer's answer with these statements.
func policy(statements string) string {
	return `{"principalId":"me","policyDocument":{"Version":"2012-10-17","Statement":` + statements + `}}`
}

func says(payload string) func(context.Context) (lambda.Result, error) {
	return func(context.Context) (lambda.Result, error) { return lambda.Result{Payload: []byte(payload)}, nil }
}

func fails(message string) func(context.Context) (lambda.Result, error) {
	payload, _ := json.Marshal(map[string]string{"errorMessage": message, "errorType": "errorString"})
	return func(context.Context) (lambda.Result, error) {
		return lambda.Result{Payload: payload, FunctionError: "Unhandled"}, nil
	}
}

func rejects(err error) func(context.Context) (lambda.Result, error) {
	return func(context.Context) (lambda.Result, error) { return lambda.Result{}, err }
}

// hangs waits for as long as it is waited for.
func hangs(ctx context.Context) (lambda.Result, error) {
	<-ctx.Done()
	return lambda.Result{}, ctx.Err()
}

// Invoke makes the bench the gateway's invoker.
func (b *bench) Invoke(ctx context.Context, function string, payload []byte) (lambda.Result, error) {
	b.mu.Lock()
	b.events[function] = append(b.events[function], payload)
	b.mu.Unlock()
	switch function {
	case guardName:
		return b.guard(ctx)
	case echoName:
		return b.echo(ctx)
	}
	return lambda.Result{}, errors.New("no such function: " + function)
}

// Receive, Follow and Observe make the bench the gateway's observer, for whom the outcome is enough.
func (b *bench) Receive(gateway.Exchange, http.Header, []byte) {}
func (b *bench) Follow(gateway.Exchange)                       {}
func (b *bench) Observe(e gateway.Exchange) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.seen = append(b.seen, e)
}

// served is the gateway, made of what the test has set so far when it is first asked for.
func (b *bench) served(others ...gateway.Observer) *gateway.Gateway {
	b.t.Helper()
	if b.gateway == nil {
		g, err := gateway.New(gateway.Config{
			Stack: b.stack, Invoker: b, Observers: append(others, b), Unthrottled: b.unthrottled,
			Now: func() time.Time { return b.now },
		})
		testkit.Must(b.t, err)
		b.gateway = g
	}
	return b.gateway
}

// listening is where the gateway is reached over a connection.
func (b *bench) listening() (address string) {
	server := httptest.NewServer(b.served())
	b.t.Cleanup(server.Close)
	return server.URL
}

func (b *bench) do(method, target, body string, headers ...string) *httptest.ResponseRecorder {
	b.t.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	if b.host != noHost {
		r.Host = b.host
	}
	w := httptest.NewRecorder()
	b.served().ServeHTTP(w, r)
	return w
}

// noHost leaves a request the Host that httptest gives it.
const noHost = "\x00"

// field returns the values of a header whatever its spelling: that of a function's answer is the function's.
func field(w *httptest.ResponseRecorder, name string) (values []string) {
	for other, list := range w.Header() {
		if strings.EqualFold(other, name) {
			values = append(values, list...)
		}
	}
	return values
}

// get asks with a token.
func (b *bench) get(target string, headers ...string) *httptest.ResponseRecorder {
	b.t.Helper()
	return b.do(http.MethodGet, target, "", append([]string{"Authorization", "Bearer token"}, headers...)...)
}

// event is the last event that a function got.
func (b *bench) event(function string) (event map[string]any) {
	b.t.Helper()
	list := b.events[function]
	if len(list) == 0 {
		b.t.Fatalf("%s was not invoked", function)
	}
	testkit.Must(b.t, json.Unmarshal(list[len(list)-1], &event))
	return event
}

func (b *bench) invocations(function string, want int) {
	b.t.Helper()
	if got := len(b.events[function]); got != want {
		b.t.Errorf("%s was invoked %d times, want %d", function, got, want)
	}
}

// sees asks, and wants this of a member of the function's event. The request is a target, then headers as name, value.
func sees(request []string, want any, member ...string) check {
	return func(t *testing.T, b *bench) {
		b.get(request[0], request[1:]...)
		equal(t, strings.Join(member, "."), at(b.event(echoName), member...), want)
	}
}

// at follows names through nested objects.
func at(event map[string]any, names ...string) any {
	var value any = event
	for _, name := range names {
		object, ok := value.(map[string]any)
		if !ok {
			return nil
		}
		value = object[name]
	}
	return value
}

func status(t *testing.T, w *httptest.ResponseRecorder, want int, body string) {
	t.Helper()
	if w.Code != want || body != "" && w.Body.String() != body {
		t.Errorf("got %d %s\nwant %d %s", w.Code, w.Body, want, body)
	}
}

func equal(t *testing.T, what string, got, want any) {
	t.Helper()
	g, _ := json.Marshal(got)
	w, _ := json.Marshal(want)
	if string(g) != string(w) {
		t.Errorf("%s: got %s, want %s", what, g, w)
	}
}

// serve asks with a context of its own.
func (b *bench) serve(ctx context.Context, method, target string) {
	r := httptest.NewRequestWithContext(ctx, method, target, nil)
	r.Header.Set("Authorization", "Bearer token")
	b.served().ServeHTTP(httptest.NewRecorder(), r)
}
