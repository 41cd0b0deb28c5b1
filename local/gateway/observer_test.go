package gateway_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"drawbridge/local/gateway"
)

func TestTheObserverSeesTheStepsOfARequest(t *testing.T) {
	b := newBench(t).cached("60")
	b.get("/guarded/42")
	b.get("/guarded/42")
	first, second := b.seen[0], b.seen[1]
	if first.Authorizer.Decision != gateway.Allowed || first.Authorizer.Cached || first.Authorizer.Function != guardName || first.Authorizer.Principal != "me" {
		t.Errorf("first: %+v", first.Authorizer)
	}
	if !second.Authorizer.Cached || second.Authorizer.Function != "" {
		t.Errorf("second: %+v", second.Authorizer)
	}
	if first.Route != "/guarded/{id}" || first.Path != "/guarded/42" || first.Status != 200 || first.Function.Function != echoName {
		t.Errorf("first: %+v", first)
	}
}

func TestTheObserverSeesTheDecision(t *testing.T) {
	for name, c := range map[string]struct {
		guard string
		want  gateway.Decision
	}{
		"denied":      {policy(`{"Effect":"Deny","Action":"*","Resource":"*"}`), gateway.Denied},
		"not allowed": {policy(`{"Effect":"Allow","Action":"*","Resource":"a:b:c:d:e:f"}`), gateway.NotAllowed},
		"failed":      {`{}`, gateway.Failed},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.guard = says(c.guard)
			b.get("/balance")
			equal(t, "decision", b.seen[0].Authorizer.Decision, c.want)
		})
	}
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
	if seen := fmt.Sprintf("%+v %+v %+v", b.seen[0], b.seen[0].Authorizer, b.seen[0].Function); strings.Contains(seen, "s3cret") {
		t.Error(seen)
	}
}

func TestTheAccessLogHasOneLineARequest(t *testing.T) {
	var out strings.Builder
	log := gateway.NewAccessLog(&out)
	at := time.Date(2026, 11, 22, 14, 3, 7, 120e6, time.UTC)
	log.Observe(gateway.Exchange{RequestID: "id", At: at, Method: "POST", Path: "/transfer", Status: 201, Duration: 31 * time.Millisecond,
		Authorizer: &gateway.AuthorizerStep{Name: "Tokens", Decision: gateway.Allowed, Cached: true},
		Function:   &gateway.Invocation{Function: "Transfer", Cold: true, Init: 9 * time.Millisecond, Waited: 25 * time.Millisecond}})
	log.Observe(gateway.Exchange{RequestID: "id", At: at, Method: "GET", Path: "/balance", Status: 502, Duration: time.Millisecond,
		Function: &gateway.Invocation{Function: "Balance", Error: "panic: boom\ngoroutine 1"}, GatewayResponse: "DEFAULT_5XX"})
	want := "14:03:07.120 POST /transfer 201 31ms · Tokens allowed (cached) · Transfer 25ms (cold 9ms) · id\n" +
		"14:03:07.120 GET /balance 502 1ms · Balance 0s \"panic: boom …\" · DEFAULT_5XX · id\n"
	if out.String() != want {
		t.Errorf("got\n%swant\n%s", out.String(), want)
	}
}

func TestARequestCannotForgeALineOfTheAccessLog(t *testing.T) {
	var out strings.Builder
	gateway.NewAccessLog(&out).Observe(gateway.Exchange{Method: "GET\nX", Path: "/\x1b[2J"})
	if line := strings.TrimSuffix(out.String(), "\n"); strings.ContainsAny(line, "\n\x1b") {
		t.Errorf("%q", out.String())
	}
}
