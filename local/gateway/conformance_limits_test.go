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
	{"a method takes its burst at once, and then what its rate brings", throttlePage, func(t *testing.T, b *bench) {
		b.limited("/balance", 2, 3)
		for range 3 {
			status(t, b.get("/balance"), http.StatusOK, "")
		}
		status(t, b.get("/balance"), http.StatusTooManyRequests, "")
		b.now = b.now.Add(500 * time.Millisecond)
		status(t, b.get("/balance"), http.StatusOK, "")
		status(t, b.get("/balance"), http.StatusTooManyRequests, "")
	}},
	{"what has not been used does not add up beyond the burst", throttlePage, func(t *testing.T, b *bench) {
		b.limited("/balance", 10, 2)
		b.get("/balance")
		b.now = b.now.Add(time.Hour)
		for _, want := range []int{200, 200, 429} {
			status(t, b.get("/balance"), want, "")
		}
	}},
	{"each method of the stage has a bucket of its own", throttlePage, func(t *testing.T, b *bench) {
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
	{"a throttled request is 429 THROTTLED with TooManyRequestsException",
		unknown("so the code of localstack has it; no recording"),
		func(t *testing.T, b *bench) {
			b.limited("/balance", 1, 0)
			w := b.get("/balance")
			status(t, w, http.StatusTooManyRequests, tooMany)
			errorType(t, w, "TooManyRequestsException")
			equal(t, "type", b.seen[0].GatewayResponse, "THROTTLED")
			equal(t, "Retry-After", w.Header().Get("Retry-After"), "")
		}},
	{"a throttled request asks no authorizer and invokes no function", unknown("so here"), func(t *testing.T, b *bench) {
		b.limited("/balance", 1, 0)
		b.get("/balance")
		b.invocations(guardName, 0)
		b.invocations(echoName, 0)
	}},
	{"a THROTTLED of the template's answers, else DEFAULT_4XX", responseTypes, func(t *testing.T, b *bench) {
		b.limited("/balance", 1, 0)
		b.responds(template.GatewayResponse{Type: "DEFAULT_4XX", Templates: map[string]string{"application/json": `{"a":1}`}})
		status(t, b.get("/balance"), http.StatusTooManyRequests, `{"a":1}`)
		b.responds(template.GatewayResponse{Type: "THROTTLED", Status: 420})
		status(t, b.get("/balance"), 420, tooMany)
	}},
	{"a path that is no route is refused and not throttled", unknown("so here"), func(t *testing.T, b *bench) {
		for i := range b.stack.Routes {
			b.stack.Routes[i].Throttle = &template.Throttle{}
		}
		status(t, b.get("/nowhere"), http.StatusForbidden, missingToken)
	}},
	{"a body of more than 10 MB is 413 and nothing is invoked", quotas, func(t *testing.T, b *bench) {
		w := b.do("POST", "/transfer", strings.Repeat("x", 10<<20+1), "Authorization", "x")
		status(t, w, http.StatusRequestEntityTooLarge, `{"message":"Request Too Long"}`)
		b.invocations(guardName, 0)
		b.invocations(echoName, 0)
	}},
	{"a body of exactly 10 MB is not too large for the gateway", quotas, func(t *testing.T, b *bench) {
		status(t, b.do("POST", "/transfer", strings.Repeat("x", 10<<20), "Authorization", "x"), http.StatusOK, "")
	}},
	{"an event that Lambda finds too large (6 MB) is 413", lambdaQuotas, func(t *testing.T, b *bench) {
		b.echo = rejects(lambda.ErrRequestTooLarge)
		status(t, b.get("/balance"), http.StatusRequestEntityTooLarge, `{"message":"Request Too Long"}`)
	}},
	{"the answer to too large a request cannot be customized", recorded("reapit/foundations#4338"),
		func(t *testing.T, b *bench) {
			b.responds(defaults4XX)
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
