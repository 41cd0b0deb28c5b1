package gateway_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"drawbridge/local/gateway"
	"drawbridge/local/template"
	"drawbridge/local/template/templatetest"
)

func TestAStackWithoutAPIIsRefused(t *testing.T) {
	_, err := gateway.New(gateway.Config{Stack: &template.Stack{}})
	if err == nil || !strings.Contains(err.Error(), "no API") {
		t.Errorf("got %v", err)
	}
}

func TestTheEventsAreThoseOfAWSLambdaGo(t *testing.T) {
	b := newBench(t)
	b.guard = says(allowing(`{"scope":"view:balance","exp":17}`))
	b.get("/guarded/42?a=1&a=2", "X-Two", "1", "X-Two", "2")
	var proxy events.APIGatewayProxyRequest
	if err := json.Unmarshal(b.events[echoName][0], &proxy); err != nil {
		t.Fatal(err)
	}
	equal(t, "scope", proxy.RequestContext.Authorizer["scope"], "view:balance")
	equal(t, "exp", proxy.RequestContext.Authorizer["exp"], "17")
	equal(t, "path", proxy.PathParameters, map[string]string{"id": "42"})
	equal(t, "query", proxy.MultiValueQueryStringParameters["a"], []string{"1", "2"})
	equal(t, "epoch", proxy.RequestContext.RequestTimeEpoch, b.now.UnixMilli())
	var request events.APIGatewayCustomAuthorizerRequestTypeRequest
	if err := json.Unmarshal(b.events[guardName][0], &request); err != nil {
		t.Fatal(err)
	}
	equal(t, "type", request.Type, "REQUEST")
	equal(t, "token", request.Headers["authorization"], "Bearer token")
	equal(t, "request id", request.RequestContext.RequestID, proxy.RequestContext.RequestID)
}

func TestTheAnswersAreThoseOfAWSLambdaGo(t *testing.T) {
	b := newBench(t)
	allow, _ := json.Marshal(events.APIGatewayCustomAuthorizerResponse{PrincipalID: "me",
		PolicyDocument: events.APIGatewayCustomAuthorizerPolicy{
			Version: "2012-10-17", Statement: []events.IAMPolicyStatement{{Effect: "Allow",
				Action: []string{"execute-api:Invoke"}, Resource: []string{stageARN + "/*"}}}}})
	b.guard = says(string(allow))
	response, _ := json.Marshal(events.APIGatewayProxyResponse{StatusCode: 201, Body: "made"})
	b.echo = says(string(response))
	status(t, b.get("/balance"), http.StatusCreated, "made")
}

func TestOverARealConnectionTheRenamedHeadersDoNotMeetThoseOfTheServer(t *testing.T) {
	b := newBench(t)
	b.echo = says(`{"statusCode":200,"headers":{"Date":"yesterday","Connection":"close","Content-Length":"1",` +
		`"Transfer-Encoding":"chunked"},"body":"whole"}`)
	g, err := gateway.New(gateway.Config{Stack: b.stack, Invoker: b})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(g)
	defer server.Close()
	answer, err := http.Get(server.URL + "/public")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil || string(body) != "whole" || answer.ContentLength != 5 {
		t.Errorf("%q %d %v", body, answer.ContentLength, err)
	}
	if date := answer.Header.Values("Date"); len(date) != 1 || date[0] == "yesterday" {
		t.Errorf("Date %v", date)
	}
}

func TestABodyOfUnknownLengthIsLimitedToo(t *testing.T) {
	b := newBench(t)
	g, err := gateway.New(gateway.Config{Stack: b.stack, Invoker: b})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(g)
	defer server.Close()
	answer, err := http.Post(server.URL+"/public", "text/plain", io.LimitReader(endless{}, 11<<20))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	equal(t, "status", answer.StatusCode, http.StatusRequestEntityTooLarge)
	b.invocations(echoName, 0)
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func TestManyRequestsAtOnceShareTheCache(t *testing.T) {
	b := newBench(t).cached("60")
	g, err := gateway.New(gateway.Config{Stack: b.stack, Invoker: b})
	if err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	for range 50 {
		wait.Go(func() {
			r := httptest.NewRequest("GET", "/balance", nil)
			r.Header.Set("Authorization", "Bearer token")
			w := httptest.NewRecorder()
			g.ServeHTTP(w, r)
			if w.Code != http.StatusOK {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		})
	}
	wait.Wait()
	if n := len(b.events[guardName]); n < 1 || n > 50 {
		t.Errorf("%d invocations of the authorizer", n)
	}
}

func TestTheProjectsOwnTemplateIsServed(t *testing.T) {
	stack := templatetest.Project(t, "../..", nil)
	b := newBench(t)
	b.stack = stack
	w := b.do("POST", "/transfer", "{}")
	equal(t, "status", w.Code, http.StatusUnauthorized)
	if challenge := w.Header().Get("WWW-Authenticate"); !strings.HasPrefix(challenge, "Bearer") {
		t.Errorf("WWW-Authenticate %q", challenge)
	}
	equal(t, "origin", w.Header().Get("Access-Control-Allow-Origin"), "http://localhost:3002")
	for name, w := range map[string]*httptest.ResponseRecorder{"401": w, "403": b.do("GET", "/nowhere", "")} {
		if !json.Valid(w.Body.Bytes()) {
			t.Errorf("%s: the body is not JSON: %s", name, w.Body)
		}
	}
}
