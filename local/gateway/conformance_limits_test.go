package gateway_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"drawbridge/local/lambda"
	"drawbridge/local/template"
)

const tooMany = `{"message":"Too Many Requests"}`

// limited gives the routes of a path a rate and a burst.
func (b *bench) limited(path string, rate float64, burst int) {
	for i := range b.stack.Routes {
		if b.stack.Routes[i].Path == path {
			b.stack.Routes[i].Throttle = &template.Throttle{Rate: rate, Burst: burst}
		}
	}
}

var limits = []behaviour{
	{"a method takes its burst, then its rate", throttlePage, func(t *testing.T, b *bench) {
		b.limited("/balance", 2, 3)
		for range 3 {
			status(t, b.get("/balance"), http.StatusOK, "")
		}
		status(t, b.get("/balance"), http.StatusTooManyRequests, "")
		b.now = b.now.Add(500 * time.Millisecond)
		status(t, b.get("/balance"), http.StatusOK, "")
		status(t, b.get("/balance"), http.StatusTooManyRequests, "")
	}},
	{"what is unused adds up to the burst", throttlePage, func(t *testing.T, b *bench) {
		b.limited("/balance", 10, 2)
		b.get("/balance")
		b.now = b.now.Add(time.Hour)
		for _, want := range []int{200, 200, 429} {
			status(t, b.get("/balance"), want, "")
		}
	}},
	{"each method has its own bucket", throttlePage, func(t *testing.T, b *bench) {
		b.limited("/balance", 1, 1)
		b.limited("/transfer", 1, 1)
		for _, want := range []int{200, 429} {
			status(t, b.get("/balance"), want, "")
			status(t, b.do("POST", "/transfer", "{}", "Authorization", "x"), want, "")
			status(t, b.do("OPTIONS", "/balance", ""), want, "")
		}
	}},
	{"a rate of 0 closes a method", throttlePage, func(t *testing.T, b *bench) {
		b.limited("/balance", 0, 0)
		status(t, b.get("/balance"), http.StatusTooManyRequests, "")
		b.now = b.now.Add(time.Hour)
		status(t, b.get("/balance"), http.StatusTooManyRequests, "")
	}},
	{"throttled: 429 THROTTLED, TooManyRequestsException", unknown("as localstack's code"), func(t *testing.T, b *bench) {
		b.limited("/balance", 1, 0)
		w := b.get("/balance")
		status(t, w, http.StatusTooManyRequests, tooMany)
		errorType(t, w, "TooManyRequestsException")
		equal(t, "type", b.seen[0].GatewayResponse, "THROTTLED")
		equal(t, "Retry-After", w.Header().Get("Retry-After"), "")
	}},
	{"a throttled request reaches no authorizer", unknown(""), func(t *testing.T, b *bench) {
		b.limited("/balance", 1, 0)
		b.get("/balance")
		b.invocations(guardName, 0)
		b.invocations(echoName, 0)
	}},
	{"THROTTLED answers, else DEFAULT_4XX", responseTypes, func(t *testing.T, b *bench) {
		b.limited("/balance", 1, 0)
		b.responds(template.GatewayResponse{Type: "DEFAULT_4XX", Templates: jsonBody(`{"a":1}`)})
		status(t, b.get("/balance"), http.StatusTooManyRequests, `{"a":1}`)
		b.responds(template.GatewayResponse{Type: "THROTTLED", Status: 420})
		status(t, b.get("/balance"), 420, tooMany)
	}},
	{"an unknown path is refused, not throttled", unknown(""), func(t *testing.T, b *bench) {
		for i := range b.stack.Routes {
			b.stack.Routes[i].Throttle = &template.Throttle{}
		}
		status(t, b.get("/nowhere"), http.StatusForbidden, missingToken)
	}},
	{"a body above 10 MB: 413, no invocation", quotas, func(t *testing.T, b *bench) {
		w := b.do("POST", "/transfer", strings.Repeat("x", 10<<20+1), "Authorization", "x")
		status(t, w, http.StatusRequestEntityTooLarge, `{"message":"Request Too Long"}`)
		b.invocations(guardName, 0)
		b.invocations(echoName, 0)
	}},
	{"a body of 10 MB passes", quotas, func(t *testing.T, b *bench) {
		status(t, b.do("POST", "/transfer", strings.Repeat("x", 10<<20), "Authorization", "x"), http.StatusOK, "")
	}},
	{"an event above Lambda's 6 MB: 413", lambdaQuotas, func(t *testing.T, b *bench) {
		b.echo = rejects(lambda.ErrRequestTooLarge)
		status(t, b.get("/balance"), http.StatusRequestEntityTooLarge, `{"message":"Request Too Long"}`)
	}},
	{"this answer cannot be customized", recorded("reapit/foundations#4338"), func(t *testing.T, b *bench) {
		b.responds(template.GatewayResponse{Type: "DEFAULT_4XX", Status: 400, Templates: jsonBody(`{}`)})
		b.echo = rejects(lambda.ErrRequestTooLarge)
		status(t, b.get("/balance"), http.StatusRequestEntityTooLarge, `{"message":"Request Too Long"}`)
	}},
}

func TestATestOfLoadCanLeaveTheRatesOut(t *testing.T) {
	b := newBench(t)
	b.limited("/balance", 1, 0)
	b.unthrottled = true
	status(t, b.get("/balance"), http.StatusOK, "")
}
