package gateway_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"drawbridge/local/lambda"
)

const internalError = `{"message": "Internal server error"}`

// broken is a function that fails with a message, which becomes a 502.
func broken(message string) check {
	return func(t *testing.T, b *bench) {
		b.echo = fails(message)
		status(t, b.get("/balance"), http.StatusBadGateway, internalError)
	}
}

var integrating = []behaviour{
	{"function error: 502", recorded("DataBiosphere/azul#7470"), broken("boom")},
	{"a function's own timeout: 502", knowledgeCentre,
		broken("RequestId: 1 Error: Task timed out after 3.00 seconds")},
	{"failed init: 502", lambdaErrors, broken("RequestId: 1 Error: Runtime exited with error: exit status 1")},
	{"an invocation that Lambda rejects: 500", lambdaErrors, func(t *testing.T, b *bench) {
		for _, err := range []error{lambda.ErrThrottled, errors.New("anything")} {
			b.echo = rejects(err)
			status(t, b.get("/balance"), http.StatusInternalServerError, internalError)
		}
	}},
	{"an invocation is not retried", lambdaErrors, func(t *testing.T, b *bench) {
		b.echo = fails("boom")
		b.get("/balance")
		b.invocations(echoName, 1)
	}},
	{"after 29 s: 504 Endpoint request timed out", recorded("DataBiosphere/azul#6284"), func(t *testing.T, b *bench) {
		b.echo = hangs
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			status(t, b.get("/balance"), http.StatusGatewayTimeout, `{"message": "Endpoint request timed out"}`)
			equal(t, "waited", time.Since(start), 29*time.Second)
		})
		equal(t, "type", b.seen[0].GatewayResponse, "INTEGRATION_TIMEOUT")
	}},
	{"a method may have a shorter time", quotas, func(t *testing.T, b *bench) {
		b.echo = hangs
		for range 2 { // whether it stands before or after ANY in the template
			slices.Reverse(b.stack.Routes)
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				status(t, b.do("PUT", "/public", ""), http.StatusGatewayTimeout, "")
				equal(t, "waited", time.Since(start), time.Second)
			})
		}
	}},
	{"the invocation outlives its client", observed, func(t *testing.T, b *bench) {
		b.echo = func(ctx context.Context) (lambda.Result, error) {
			if ctx.Err() != nil {
				t.Error("the invocation ended with its client")
			}
			return lambda.Result{Payload: []byte(`{"statusCode":204}`)}, nil
		}
		b.get("/balance") // builds the gateway
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		b.serve(ctx, "GET", "/balance")
		b.invocations(echoName, 2)
	}},
	{"an answer above 6 MB: 502", lambdaQuotas, func(t *testing.T, b *bench) {
		b.echo = says(`{"statusCode":200,"body":"` + strings.Repeat("x", 6<<20+100) + `"}`)
		status(t, b.get("/balance"), http.StatusBadGateway, internalError)
	}},
	{"invoked by the physical name", proxyPage, func(t *testing.T, b *bench) {
		b.get("/balance")
		b.invocations(echoName, 1)
	}},
}
