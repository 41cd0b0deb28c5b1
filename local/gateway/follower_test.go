package gateway_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	"drawbridge/local/gateway"
)

// tape writes down what a follower is told, a line each.
type tape struct {
	lines  []string
	bodies []string
}

func (t *tape) Receive(_ gateway.Exchange, header http.Header, body []byte) {
	t.lines = append(t.lines, "received "+header.Get("Authorization"))
	t.bodies = append(t.bodies, string(body))
}

func (t *tape) Follow(e gateway.Exchange) {
	line := fmt.Sprintf("authorizer %q running %v", e.Authorizer.Decision, e.Authorizer.Running)
	if e.Function != nil {
		line += fmt.Sprintf(", %s running %v", e.Function.Function, e.Function.Running)
	}
	t.lines = append(t.lines, line)
}

func (t *tape) Observe(e gateway.Exchange) {
	t.lines = append(t.lines, fmt.Sprint("answered ", e.Status))
}

// followed has a tape beside an observer for whom the outcome is enough.
func followed(b *bench) *tape {
	b.t.Helper()
	follower := &tape{}
	g, err := gateway.New(gateway.Config{Stack: b.stack, Invoker: b, Observer: gateway.Observers{b, follower}})
	if err != nil {
		b.t.Fatal(err)
	}
	b.gateway = g
	return follower
}

func TestAFollowerSeesARequestOnItsWay(t *testing.T) {
	b := newBench(t)
	follower := followed(b)
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
}

func TestAFollowerSeesWhereADeniedRequestEnds(t *testing.T) {
	b := newBench(t)
	b.guard = says(policy(`{"Effect":"Deny","Action":"*","Resource":"*"}`))
	follower := followed(b)
	b.get("/balance")
	if last := follower.lines[len(follower.lines)-2:]; last[0] != `authorizer "denied" running false` || last[1] != "answered 403" {
		t.Errorf("%q", follower.lines)
	}
}

func TestTheStepsOfARequestAreOfOneTrace(t *testing.T) {
	b := newBench(t)
	w := b.get("/balance")
	if got := w.Header().Get("X-Amzn-Trace-Id"); got != "Root="+b.seen[0].Trace || b.seen[0].Trace == "" {
		t.Errorf("the client is told %q, the observer %q", got, b.seen[0].Trace)
	}
}
