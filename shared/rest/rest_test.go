package rest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"drawbridge/shared/access"
	"drawbridge/shared/rest"
	"drawbridge/shared/testkit"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

var now = time.Unix(1_800_000_000, 0)

// answer is a proxy response as API Gateway reads it, and what was logged on the way.
type answer struct {
	StatusCode int
	Headers    map[string]string
	Body       string
	log        string
}

func (a answer) member(t *testing.T, name string) any {
	t.Helper()
	var body map[string]any
	if err := json.Unmarshal([]byte(a.Body), &body); err != nil {
		t.Fatalf("body %q: %v", a.Body, err)
	}
	return body[name]
}

func invoke(t *testing.T, event map[string]any, h rest.Handler) answer {
	t.Helper()
	var log bytes.Buffer
	function := rest.New(rest.Options{
		Origin: "https://bank.example", Log: slog.New(slog.NewJSONHandler(&log, nil)),
	}, h)
	payload, err := json.Marshal(event)
	testkit.Must(t, err)
	out, err := function.Invoke(context.Background(), payload)
	testkit.Must(t, err)
	a := answer{}
	testkit.Must(t, json.Unmarshal(out, &a))
	a.log = log.String()
	return a
}

func post(contentType, body string) map[string]any {
	return map[string]any{
		"httpMethod": "POST", "path": "/transfer", "resource": "/transfer", "body": body,
		"multiValueHeaders": map[string]any{
			"content-type": []string{contentType}, "authorization": []string{"Bearer secret-token"},
		},
		"requestContext": map[string]any{
			"requestId": "request-1", "authorizer": map[string]any{"integrationLatency": 7},
		},
	}
}

func withPrincipal(event map[string]any, p access.Principal) map[string]any {
	event["requestContext"].(map[string]any)["authorizer"] = p.Context()
	return event
}

func user() access.Principal {
	return access.Principal{
		Kind: access.KindUser, Subject: "auth0|alice", TokenID: "token-1", Scopes: []string{"view:balance"},
		ExpiresAt: now.Add(time.Minute),
	}
}

func fails(err error) rest.Handler {
	return func(context.Context, *rest.Request) (rest.Response, error) { return rest.Response{}, err }
}

func TestAnAnswerCarriesCORSAndSecurityHeaders(t *testing.T) {
	a := invoke(t, post("application/json", "{}"), func(context.Context, *rest.Request) (rest.Response, error) {
		return rest.JSON(201, map[string]string{"a": "b"}), nil
	})
	if a.StatusCode != 201 || a.Body != `{"a":"b"}` {
		t.Errorf("got %d %s", a.StatusCode, a.Body)
	}
	for name, want := range map[string]string{
		"Content-Type": "application/json", "Cache-Control": "no-store",
		"Access-Control-Allow-Origin": "https://bank.example", "Vary": "Origin",
	} {
		if got := a.Headers[name]; got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestAProblemIsAnsweredByTheTable(t *testing.T) {
	a := invoke(
		t, post("application/json", "{}"),
		fails(rest.Refuse("unavailable", "Send it again.").After(1500*time.Millisecond)),
	)
	if a.StatusCode != 503 || a.Headers["Content-Type"] != "application/problem+json" ||
		a.Headers["Retry-After"] != "2" {
		t.Errorf("got %d %v", a.StatusCode, a.Headers)
	}
	if a.member(t, "code") != "unavailable" || a.member(t, "detail") != "Send it again." ||
		a.member(t, "status") != 503.0 {
		t.Errorf("body %s", a.Body)
	}
}

func TestAForeignErrorIsLoggedAndNeverShown(t *testing.T) {
	a := invoke(t, post("application/json", "{}"), fails(errors.New("table accounts-prod is on fire")))
	if a.StatusCode != 500 || a.member(t, "code") != "internal_error" || strings.Contains(a.Body, "fire") {
		t.Errorf("got %d %s", a.StatusCode, a.Body)
	}
	if !strings.Contains(a.log, "on fire") || !strings.Contains(a.log, `"level":"ERROR"`) {
		t.Errorf("log %s", a.log)
	}
}

func TestACodeThatIsNotInTheTableIsAnInternalError(t *testing.T) {
	if a := invoke(t, post("application/json", "{}"), fails(rest.Refuse("no_such_code", "x"))); a.StatusCode != 500 {
		t.Errorf("got %d", a.StatusCode)
	}
}

// RFC 9110 section 15.5.2: a 401 says what credential would be accepted.
func TestEvery401HasAChallenge(t *testing.T) {
	for code, status := range rest.Codes() {
		if status != http.StatusUnauthorized {
			continue
		}
		a := invoke(t, post("application/json", "{}"), fails(&access.Challenge{Code: code}))
		if a.StatusCode != status || a.Headers["WWW-Authenticate"] == "" {
			t.Errorf("%s: %d %v", code, a.StatusCode, a.Headers)
		}
		if a := invoke(t, post("application/json", "{}"), fails(rest.Refuse(code, ""))); a.StatusCode == status {
			t.Errorf("%s is answered without one", code)
		}
	}
}

func TestADeadlineIsAnsweredWithTryAgain(t *testing.T) {
	a := invoke(t, post("application/json", "{}"), fails(context.DeadlineExceeded))
	if a.StatusCode != 503 || a.Headers["Retry-After"] == "" {
		t.Errorf("got %d %v", a.StatusCode, a.Headers)
	}
}

func TestAChallengeStandsInTheHeaderAndInTheBody(t *testing.T) {
	a := invoke(t, post("application/json", "{}"), fails(access.InsufficientScope("transfer:funds")))
	if a.StatusCode != 403 || !strings.Contains(a.Headers["WWW-Authenticate"], `scope="transfer:funds"`) {
		t.Errorf("got %d %v", a.StatusCode, a.Headers)
	}
	if a.member(t, "code") != "insufficient_scope" || a.member(t, "error") != "insufficient_scope" ||
		a.member(t, "scope") != "transfer:funds" {
		t.Errorf("body %s", a.Body)
	}
}

// RFC 9449 section 8.2: the nonce for the next proof comes with every answer, whatever the answer is.
func TestAnAnswerToABoundTokenCarriesTheNextNonceAndItsScheme(t *testing.T) {
	p := user()
	p.Thumbprint, p.ProofID = "thumbprint", "proof"
	authorized := p.Context()
	authorized.Nonce = "next"
	event := post("application/json", "{}")
	event["requestContext"].(map[string]any)["authorizer"] = authorized
	clock := func() time.Time { return now }
	for status, h := range map[int]rest.Handler{
		204: func(context.Context, *rest.Request) (rest.Response, error) { return rest.NoContent(), nil },
		422: fails(rest.Refuse("insufficient_funds", "")), 401: fails(access.ApprovalUsed(time.Minute)),
		500: fails(errors.New("fire")),
	} {
		a := invoke(t, event, rest.Authenticated(clock, h))
		if a.StatusCode != status || a.Headers["DPoP-Nonce"] != "next" ||
			!strings.Contains(a.Headers["Access-Control-Expose-Headers"], "DPoP-Nonce") {
			t.Errorf("%d: %d %v", status, a.StatusCode, a.Headers)
		}
		challenge := a.Headers["WWW-Authenticate"]
		if status == 401 && (!strings.HasPrefix(challenge, "DPoP ") || !strings.Contains(challenge, `algs="ES256"`)) {
			t.Errorf("challenge %s", challenge)
		}
	}
	if a := invoke(t, post("application/json", "{}"), fails(nil)); a.Headers["DPoP-Nonce"] != "" {
		t.Errorf("without a proof: %v", a.Headers)
	}
}

func TestTheLogHoldsNoHeaderAndNoBody(t *testing.T) {
	a := invoke(t, post("application/json", `{"password":"hunter2"}`), fails(rest.Refuse("login_failed", "")))
	if strings.Contains(a.log, "secret-token") || strings.Contains(a.log, "hunter2") {
		t.Errorf("log %s", a.log)
	}
	for _, want := range []string{
		`"request_id":"request-1"`, `"route":"POST /transfer"`, `"status":403`, `"code":"login_failed"`,
	} {
		if !strings.Contains(a.log, want) {
			t.Errorf("log lacks %s: %s", want, a.log)
		}
	}
}

func TestAPayloadThatIsNoProxyEventIsAnError(t *testing.T) {
	function := rest.New(rest.Options{}, fails(nil))
	for _, payload := range []string{``, `[]`, `{}`, `{"httpMethod":"GET"}`} {
		if out, err := function.Invoke(context.Background(), []byte(payload)); err == nil {
			t.Errorf("%q was answered with %s", payload, out)
		}
	}
}

func TestAHeaderSentTwiceIsNeitherOfTheTwo(t *testing.T) {
	event := post("application/json", "{}")
	event["multiValueHeaders"] = map[string]any{"idempotency-KEY": []string{"a", "b"}}
	invoke(t, event, func(_ context.Context, r *rest.Request) (rest.Response, error) {
		if got := r.Header("Idempotency-Key"); got != "a, b" {
			t.Errorf("got %q", got)
		}
		return rest.NoContent(), nil
	})
}

func TestAQueryParameterSentTwiceIsRefused(t *testing.T) {
	event := post("application/json", "{}")
	event["multiValueQueryStringParameters"] = map[string]any{"limit": []string{"1", "2"}}
	if a := invoke(t, event, fails(nil)); a.StatusCode != 400 || a.member(t, "code") != "invalid_request" {
		t.Errorf("got %d %s", a.StatusCode, a.Body)
	}
}

func TestATableThatCannotBeAskedNowIsUnavailableUnlessTheHandlerSaidMore(t *testing.T) {
	lost := fmt.Errorf("failed to read: %w", &types.ProvisionedThroughputExceededException{})
	a := invoke(t, post("application/json", "{}"), fails(lost))
	if a.StatusCode != 503 || a.Headers["Retry-After"] != "1" || !strings.Contains(a.log, "failed to read") {
		t.Errorf("got %d %v, log %s", a.StatusCode, a.Headers, a.log)
	}
	a = invoke(t, post("application/json", "{}"), fails(rest.Refuse("too_many_approvals", "Wait.").Because(lost)))
	if a.StatusCode != 429 || a.member(t, "detail") != "Wait." {
		t.Errorf("got %d %s", a.StatusCode, a.Body)
	}
}
