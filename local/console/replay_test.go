package console

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"drawbridge/local/gateway"
	"drawbridge/local/lambda"
	"drawbridge/shared/testkit"
)

// functions answer as they are told and keep the event that they got last.
type functions struct {
	event  []byte
	answer string
}

func (f *functions) Invoke(_ context.Context, _ string, payload []byte) (lambda.Result, error) {
	f.event = payload
	return lambda.Result{Payload: []byte(f.answer)}, nil
}

// behindTheAuthorizer is an event of POST /transfer with members of the test's own in place of its body.
func behindTheAuthorizer(body string) string {
	return `{"httpMethod":"POST","path":"/transfer",
		"headers":{"Authorization":"Bearer ` + jwt("{}", "{}") + `","authorization":"x",
			"cookie":"hunter","Idempotency-Key":"rent"},
		"multiValueHeaders":{"Authorization":["Bearer x"],"Idempotency-Key":["rent"]},"queryStringParameters":null,
		"requestContext":{"requestId":"r","authorizer":{"sub":"auth0|alice"}},"body":` + body + `}`
}

// kept is a Console that has seen a request with an event.
func kept(t *testing.T, event string) (*Console, *functions) {
	t.Helper()
	o, f := open(t, Config{}), &functions{answer: `{"statusCode":201,"body":"{}"}`}
	e := arrived("1-a")
	e.RequestID, e.Method, e.Route = "r", "POST", "/transfer"
	o.Receive(e, http.Header{}, nil)
	if _, err := o.Keep(f).Invoke(t.Context(), "TransferFunction", []byte(event)); err != nil {
		t.Fatal(err)
	}
	o.Observe(e)
	f.event = nil
	return o, f
}

func post(o *Console, path string) *http.Response {
	w := httptest.NewRecorder()
	o.ServeHTTP(w, httptest.NewRequest(http.MethodPost, Root+path, nil))
	return w.Result()
}

func TestAReplayIsARequestOfItsOwnWithTheSameEvent(t *testing.T) {
	o, f := kept(t, behindTheAuthorizer(`"{\"amount\":\"10.00\"}"`))
	if got := post(o, "/requests/r/replay").StatusCode; got != http.StatusNoContent {
		t.Fatal(got)
	}
	var event struct {
		Body           string
		Headers        map[string]string
		RequestContext struct {
			RequestID  string
			Authorizer map[string]string
		}
	}
	testkit.Must(t, json.Unmarshal(f.event, &event))
	if event.Body != `{"amount":"10.00"}` || event.Headers["Idempotency-Key"] != "rent" ||
		event.RequestContext.Authorizer["sub"] != "auth0|alice" || event.RequestContext.RequestID == "r" {
		t.Errorf("%s", f.event)
	}
	again, found := o.find(event.RequestContext.RequestID)
	if !found || again.ReplayOf != 1 || again.Number != 2 || again.Answer.Status != 201 || !again.Replayable {
		t.Errorf("%+v", again)
	}
}

func TestAReplayHasNoCredential(t *testing.T) {
	o, f := kept(t, behindTheAuthorizer("null"))
	post(o, "/requests/r/replay")
	for _, secret := range []string{"Bearer", "hunter", "uthorization"} {
		if strings.Contains(string(f.event), secret) {
			t.Errorf("%q is in %s", secret, f.event)
		}
	}
}

func TestWhatMayHoldACredentialIsNotKept(t *testing.T) {
	plain := behindTheAuthorizer("null")
	for name, event := range map[string]string{
		"a code in a query's first value": strings.Replace(plain, `"queryStringParameters":null`,
			`"queryStringParameters":{"a":"x"},"multiValueQueryStringParameters":{"a":["`+aCode+`","x"]}`, 1),
		"a code in a header's first value": strings.Replace(plain, `["rent"]`, `["`+aCode+`","rent"]`, 1),
		"a code in another header": strings.Replace(plain, `"Idempotency-Key":["rent"]`,
			`"Accept":["`+aCode+`","*/*"]`, 1),
		"no authorizer": `{"headers":{},"multiValueHeaders":{},"requestContext":{"requestId":"r"},` +
			`"body":"{\"password\":\"hunter\"}"}`,
		"a token":           behindTheAuthorizer(`"{\"id_token\":\"` + jwt("{}", "{}") + `\"}"`),
		"a code":            behindTheAuthorizer(`"` + aCode + `"`),
		"for an authorizer": `{"type":"REQUEST","headers":{},"requestContext":{"requestId":"r"}}`,
		"no event of ours":  `7`,
	} {
		o, f := kept(t, event)
		if got := post(o, "/requests/r/replay").StatusCode; got != http.StatusConflict || f.event != nil {
			t.Errorf("%s: %d", name, got)
		}
	}
}

func TestALongIdempotencyKeyIsNoCredential(t *testing.T) {
	event := strings.ReplaceAll(behindTheAuthorizer("null"), "rent", strings.Repeat("k", 64))
	o, f := kept(t, event)
	if got := post(o, "/requests/r/replay").StatusCode; got != http.StatusNoContent || f.event == nil {
		t.Error(got)
	}
}

func TestARequestThatIsGoneIsNotReplayed(t *testing.T) {
	o, _ := kept(t, behindTheAuthorizer("null"))
	if got := post(o, "/requests/s/replay").StatusCode; got != http.StatusConflict {
		t.Error(got)
	}
}

func TestAFunctionThatFailsInAReplayIsShown(t *testing.T) {
	o, f := kept(t, behindTheAuthorizer("null"))
	f.answer = `"no answer for API Gateway"`
	post(o, "/requests/r/replay")
	events, _ := o.ring.after(0)
	for _, e := range events {
		if r, ok := e.value.(request); ok && r.ReplayOf == 1 {
			if r.Answer.Status != http.StatusBadGateway || r.Function.Error == "" {
				t.Errorf("%+v", r)
			}
			return
		}
	}
	t.Error("there is no replay")
}

var _ gateway.Observer = (*Console)(nil)
