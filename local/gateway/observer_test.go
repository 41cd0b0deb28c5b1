package gateway_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"drawbridge/local/gateway"
	"drawbridge/local/lambda"
)

func TestTheObserverSeesTheStepsOfARequest(t *testing.T) {
	b := newBench(t).cached("60")
	b.get("/guarded/42")
	b.get("/guarded/42")
	first, second := b.seen[0], b.seen[1]
	if first.Authorizer.Decision != gateway.Allowed || first.Authorizer.Cached || first.Authorizer.Function != guardName ||
		first.Authorizer.Principal != "me" {
		t.Errorf("first: %+v", first.Authorizer)
	}
	if !second.Authorizer.Cached || second.Authorizer.Function != "" {
		t.Errorf("second: %+v", second.Authorizer)
	}
	if first.Route != "/guarded/{id}" || first.Path != "/guarded/42" || first.Status != 200 ||
		first.Function.Function != echoName {
		t.Errorf("first: %+v", first)
	}
}

func TestTheObserverSeesTheDecision(t *testing.T) {
	b := newBench(t)
	for _, c := range []struct {
		guard func(context.Context) (lambda.Result, error)
		want  gateway.Decision
	}{
		{says(policy(denies("*"))), gateway.Denied}, {says(policy(allows("a:b:c:d:e:f"))), gateway.NotAllowed},
		{fails("Unauthorized"), gateway.Unauthorized}, {fails("boom"), gateway.Failed}, {says(`{}`), gateway.Failed},
	} {
		b.guard = c.guard
		b.get("/balance")
		equal(t, "decision", b.seen[len(b.seen)-1].Authorizer.Decision, c.want)
	}
	b.do("GET", "/balance", "")
	equal(t, "decision", b.seen[len(b.seen)-1].Authorizer.Decision, gateway.NoIdentity)
}

func TestTheObserverIsToldWhyAFunctionFailed(t *testing.T) {
	b := newBench(t)
	b.echo = fails("boom")
	b.get("/balance")
	equal(t, "error", b.seen[0].Function.Error, "errorString: boom")
}

func TestNoTokenReachesTheObserver(t *testing.T) {
	b := newBench(t)
	b.echo = says(`{"statusCode":200,"headers":{"X-Token":"s3cret"},"body":"s3cret"}`)
	b.do("POST", "/transfer?access_token=s3cret", "s3cret", "Authorization", "Bearer s3cret", "Cookie", "s3cret")
	seen := fmt.Sprintf("%+v %+v %+v", b.seen[0], b.seen[0].Authorizer, b.seen[0].Function)
	if strings.Contains(seen, "s3cret") {
		t.Error(seen)
	}
}

func TestTheAccessLogHasOneLineARequest(t *testing.T) {
	at := time.Date(2026, 11, 22, 14, 3, 7, 120e6, time.UTC)
	paid := gateway.Exchange{RequestID: "id", At: at, Method: "POST", Path: "/transfer", Status: 201,
		Duration:   31 * time.Millisecond,
		Authorizer: &gateway.AuthorizerStep{Name: "Tokens", Decision: gateway.Allowed, Cached: true},
		Function: &gateway.Invocation{Function: "Transfer", Cold: true, Init: 9 * time.Millisecond,
			Waited: 25 * time.Millisecond}}
	failed := gateway.Exchange{RequestID: "id", At: at, Method: "GET", Path: "/balance", Status: 502,
		Duration:        time.Millisecond,
		Function:        &gateway.Invocation{Function: "Balance", Error: "panic: boom\ngoroutine 1"},
		GatewayResponse: "DEFAULT_5XX"}
	equal(t, "paid", paid.Line(),
		"14:03:07.120 POST /transfer 201 31ms · Tokens allowed (cached) · Transfer 25ms (cold 9ms) · id")
	equal(t, "failed", failed.Line(),
		`14:03:07.120 GET /balance 502 1ms · Balance 0s "panic: boom …" · DEFAULT_5XX · id`)
}

func TestARequestCannotForgeALineOfTheAccessLog(t *testing.T) {
	if line := (gateway.Exchange{Method: "GET\nX", Path: "/\x1b[2J"}).Line(); strings.ContainsAny(line, "\n\x1b") {
		t.Errorf("%q", line)
	}
}

// tape writes down what an observer is told, a line each, and keeps what may be kept.
type tape struct {
	lines  []string
	bodies []string
	kept   []gateway.Exchange
}

func (t *tape) Receive(_ gateway.Exchange, header http.Header, body []byte) {
	t.lines = append(t.lines, "received "+header.Get("Authorization"))
	t.bodies = append(t.bodies, string(body))
}

func (t *tape) Follow(e gateway.Exchange) {
	t.kept = append(t.kept, e)
	line := fmt.Sprintf("authorizer %q running %v", e.Authorizer.Decision, e.Authorizer.Running)
	if e.Function != nil {
		line += fmt.Sprintf(", %s running %v", e.Function.Function, e.Function.Running)
	}
	t.lines = append(t.lines, line)
}

func (t *tape) Observe(e gateway.Exchange) {
	t.lines = append(t.lines, fmt.Sprint("answered ", e.Status))
}

func TestAnObserverSeesARequestOnItsWay(t *testing.T) {
	b := newBench(t)
	follower := &tape{}
	b.served(follower)
	b.do("POST", "/transfer", "the body", "Authorization", "Bearer token")
	want := []string{
		"received Bearer token",
		`authorizer "failed" running true`, // no decision, until there is one
		`authorizer "allowed" running false`,
		`authorizer "allowed" running false, echo-by-its-name running true`,
		"answered 200",
	}
	if !slices.Equal(follower.lines, want) || follower.bodies[0] != "the body" || len(b.seen) != 1 {
		t.Errorf("%q, %q", follower.lines, follower.bodies)
	}
	if asked := follower.kept[0].Authorizer; !asked.Running || asked.Decision != gateway.Failed {
		t.Errorf("what was kept has changed: %+v", asked)
	}
	if called := follower.kept[2].Function; !called.Running {
		t.Errorf("what was kept has changed: %+v", called)
	}
}

func TestAnObserverSeesWhereADeniedRequestEnds(t *testing.T) {
	b := newBench(t)
	b.guard = says(policy(denies("*")))
	follower := &tape{}
	b.served(follower)
	b.get("/balance")
	if last := follower.lines[len(follower.lines)-2:]; last[0] != `authorizer "denied" running false` ||
		last[1] != "answered 403" {
		t.Errorf("%q", follower.lines)
	}
}
