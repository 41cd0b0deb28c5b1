package console

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"drawbridge/local/gateway"
	"drawbridge/local/iam"
	"drawbridge/shared/testkit"
)

func open(t *testing.T, c Config) *Console {
	t.Helper()
	o, err := New(c)
	testkit.Must(t, err)
	t.Cleanup(o.Close)
	return o
}

// one is the state of the only request.
func (o *Console) one(t *testing.T) request {
	t.Helper()
	events, _ := o.ring.after(0)
	for _, e := range events {
		if r, ok := e.value.(request); ok {
			return r
		}
	}
	t.Fatal("no request is kept")
	return request{}
}

func arrived(trace string) gateway.Exchange {
	return gateway.Exchange{
		Trace: trace, RequestID: "r" + trace, At: time.Now(), Method: "GET", Path: "/balance", Route: "/balance",
	}
}

func TestARequestGrowsStepByStep(t *testing.T) {
	o := open(t, Config{})
	e := arrived("1-a")
	o.Receive(e, http.Header{}, nil)
	if r := o.one(t); r.Authorizer != nil || r.Answer != nil {
		t.Errorf("on arrival: %+v", r)
	}
	e.Authorizer = &gateway.AuthorizerStep{Name: "Tokens", Decision: gateway.Failed,
		Invocation: gateway.Invocation{Function: "A", Running: true}}
	o.Follow(e)
	if a := o.one(t).Authorizer; !a.Running || a.Decision != "" {
		t.Errorf("while the authorizer decides: %+v", a)
	}
	o.Operate(iam.Operation{Trace: "1-a", Function: "A", Name: "GetItem", At: e.At.Add(time.Millisecond),
		Needs: []iam.Need{{Action: "dynamodb:GetItem", Resource: "arn:aws:dynamodb:r:1:table/Sessions"}}})
	e.Authorizer = &gateway.AuthorizerStep{Name: "Tokens", Decision: gateway.Allowed, Invocation: gateway.Invocation{
		Function: "A", Logs: []byte(`{"msg":"decision","reason":"verified"}` + "\n"),
	}}
	o.Follow(e)
	e.Status, e.Duration = 200, 3*time.Millisecond
	o.Observe(e)
	r := o.one(t)
	if r.Authorizer.Decision != "allowed" || r.Authorizer.Reason != "verified" || r.Answer.Status != 200 ||
		r.Answer.MS != 3 {
		t.Errorf("in the end: %+v, %+v", r.Authorizer, r.Answer)
	}
	want := []operation{{Function: "A", Name: "GetItem", AfterMS: 1, Touched: []touch{{"GetItem", "Sessions", 1}}}}
	testkit.Equal(t, want, r.Operations)
}

func TestAnOperationOfAnotherTraceIsAttributedToNone(t *testing.T) {
	o := open(t, Config{})
	o.Observe(arrived("1-a"))
	o.Operate(iam.Operation{Trace: "1-b", Name: "GetItem"})
	o.Operate(iam.Operation{Name: "GetItem"})
	if r := o.one(t); len(r.Operations) != 0 || o.ring.status.value.Elsewhere != 2 {
		t.Errorf("%+v, elsewhere %d", r.Operations, o.ring.status.value.Elsewhere)
	}
}

// A client may send the root of a trace of its own, and the same one twice.
func TestTwoRequestsOfOneTraceAreTwo(t *testing.T) {
	o := open(t, Config{})
	first, second := arrived("1-a"), arrived("1-a")
	second.RequestID = "another"
	o.Observe(first)
	o.Observe(second)
	o.Operate(iam.Operation{Trace: "1-a", Name: "GetItem"})
	var operations []int
	for _, e := range o.ring.requests.order {
		operations = append(operations, len(e.value.Operations))
	}
	if !slices.Equal(operations, []int{0, 1}) {
		t.Errorf("operations by request: %v", operations)
	}
}

func TestAWarningAboutAnAnswerIsShown(t *testing.T) {
	o := open(t, Config{})
	e := arrived("1-a")
	e.Function = &gateway.Invocation{Warning: "an answer without statusCode, of which API Gateway makes a 200"}
	o.Observe(e)
	if got := o.one(t).Function.Warning; got != e.Function.Warning {
		t.Errorf("%q", got)
	}
}

func TestATransactionIsOneOperationThatTouchesSeveralTables(t *testing.T) {
	table := func(name string) string { return "arn:aws:dynamodb:r:1:table/" + name }
	got := touched([]iam.Need{
		{Action: "dynamodb:UpdateItem", Resource: table("Accounts")},
		{Action: "dynamodb:PutItem", Resource: table("Ledger")},
		{Action: "dynamodb:UpdateItem", Resource: table("Accounts")},
		{Action: "dynamodb:Query", Resource: table("Ledger/index/by-day")},
	})
	want := []touch{{"UpdateItem", "Accounts", 2}, {"PutItem", "Ledger", 1}, {"Query", "Ledger/index/by-day", 1}}
	testkit.Equal(t, want, got)
}

func TestARequestWithoutEndOfOperationsIsBounded(t *testing.T) {
	o := open(t, Config{})
	o.Observe(arrived("1-a"))
	for range mostOperations + 7 {
		o.Operate(iam.Operation{Trace: "1-a", Name: "GetItem"})
	}
	if r := o.one(t); len(r.Operations) != mostOperations || r.Unlisted != 7 {
		t.Errorf("%d listed, %d not", len(r.Operations), r.Unlisted)
	}
}
