package gateway_test

import (
	"bufio"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"drawbridge/local/gateway"
	"drawbridge/local/template"
	"drawbridge/local/template/templatetest"
	"drawbridge/shared/testkit"
)

func TestAStackWithoutAPIIsRefused(t *testing.T) {
	_, err := gateway.New(gateway.Config{Stack: &template.Stack{}})
	testkit.Refused(t, err, "no API")
}

func TestTheEventsAreThoseOfAWSLambdaGo(t *testing.T) {
	b := newBench(t)
	b.guard = says(allowing(`{"scope":"view:balance","exp":17}`))
	b.get("/guarded/42?a=1&a=2", "X-Two", "1", "X-Two", "2")
	var proxy events.APIGatewayProxyRequest
	testkit.Must(t, json.Unmarshal(b.events[echoName][0], &proxy))
	equal(t, "scope", proxy.RequestContext.Authorizer["scope"], "view:balance")
	equal(t, "exp", proxy.RequestContext.Authorizer["exp"], "17")
	equal(t, "path", proxy.PathParameters, map[string]string{"id": "42"})
	equal(t, "query", proxy.MultiValueQueryStringParameters["a"], []string{"1", "2"})
	equal(t, "epoch", proxy.RequestContext.RequestTimeEpoch, b.now.UnixMilli())
	var request events.APIGatewayCustomAuthorizerRequestTypeRequest
	testkit.Must(t, json.Unmarshal(b.events[guardName][0], &request))
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
	answer, err := http.Get(b.listening() + "/public")
	testkit.Must(t, err)
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
	answer, err := http.Post(b.listening()+"/public", "text/plain", io.LimitReader(endless{}, 11<<20))
	testkit.Must(t, err)
	defer answer.Body.Close()
	equal(t, "status", answer.StatusCode, http.StatusRequestEntityTooLarge)
	b.invocations(echoName, 0)
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func TestABodyThatBreaksOffReachesNoFunction(t *testing.T) {
	b := newBench(t)
	connection, err := net.Dial("tcp", strings.TrimPrefix(b.listening(), "http://"))
	testkit.Must(t, err)
	defer connection.Close()
	_, err = io.WriteString(connection, "POST /public HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nonly this")
	testkit.Must(t, err)
	testkit.Must(t, connection.(*net.TCPConn).CloseWrite())
	answer, err := http.ReadResponse(bufio.NewReader(connection), nil)
	testkit.Must(t, err)
	equal(t, "status", answer.StatusCode, http.StatusBadRequest)
	b.invocations(echoName, 0)
}

func TestAnAnswerWithoutABodyHasNoLength(t *testing.T) {
	b := newBench(t)
	for status, want := range map[string]any{"200": []string{"0"}, "204": nil, "304": nil} {
		b.echo = says(`{"statusCode":` + status + `}`)
		equal(t, status, field(b.get("/balance"), "Content-Length"), want)
	}
}

func TestTheOverridingMethodMayBeInLowerCase(t *testing.T) {
	b := newBench(t)
	b.do("POST", "/balance", "", "Authorization", "x", "X-HTTP-Method-Override", "get")
	equal(t, "httpMethod", b.event(echoName)["httpMethod"], "GET")
}

func TestARefusalHasTheBodyThatTheClientAcceptsFirst(t *testing.T) {
	b := newBench(t)
	b.responds(template.GatewayResponse{Type: "MISSING_AUTHENTICATION_TOKEN",
		Templates: map[string]string{"application/json": "{}", "text/plain": "plain", "text/html": "html"}})
	for accept, want := range map[string]string{"text/plain;q=0.5, text/html": "plain", "text/html": "html",
		"image/png": "{}", "": "{}"} {
		status(t, b.do("GET", "/nowhere", "", "Accept", accept), http.StatusForbidden, want)
	}
	b.responds(template.GatewayResponse{Type: "MISSING_AUTHENTICATION_TOKEN",
		Templates: map[string]string{"text/plain": "plain", "text/html": "html"}})
	status(t, b.get("/nowhere"), http.StatusForbidden, "html")
}

func TestACachedAnswerBelongsToItsAuthorizerAndToTheSourcesOfItsValues(t *testing.T) {
	b := newBench(t).cached("60")
	both := template.Authorizer{Name: "Both", Function: "Guard", Headers: []string{"Authorization"},
		QueryStrings: []string{"key"}, TTL: time.Minute}
	other := both
	other.Name = "Other"
	b.stack.Routes[1].Authorizer, b.stack.Routes[2].Authorizer = &both, &other
	for i, request := range []struct {
		method, target string
		headers        []string
	}{
		{"GET", "/balance?key=b&key=c", []string{"Authorization", "a"}},
		{"GET", "/balance?key=c", []string{"Authorization", "a", "Authorization", "b"}},
		{"POST", "/transfer?key=c", []string{"Authorization", "a", "Authorization", "b"}},
	} {
		status(t, b.do(request.method, request.target, "", request.headers...), http.StatusOK, "")
		b.invocations(guardName, i+1)
	}
}

func TestManyRequestsAtOnceShareTheCache(t *testing.T) {
	b := newBench(t).cached("60")
	b.served()
	atOnce := func() (asked int) {
		testkit.Together(50, func(int) { status(t, b.get("/balance"), http.StatusOK, "") })
		return len(b.events[guardName])
	}
	if first := atOnce(); atOnce() != first {
		t.Errorf("the authorizer was asked %d times, then again", first)
	}
}

func TestTheProjectsOwnTemplateIsServed(t *testing.T) {
	b := newBench(t)
	b.stack = templatetest.Project(t, "../..", nil)
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
