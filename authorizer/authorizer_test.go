package main

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"time"

	"drawbridge/shared/dynamo/dynamotest"
	"drawbridge/shared/env"
	"drawbridge/shared/testkit"
	"drawbridge/shared/token/tokentest"
)

const (
	methodARN = "arn:aws:execute-api:eu-central-1:123456789012:abcdef1234/prod/GET/balance"
	stageARN  = "arn:aws:execute-api:eu-central-1:123456789012:abcdef1234/prod/*"
)

// world is an authorizer with all that it stands on: an issuer, the tables, and what it wrote to its log.
type world struct {
	*Authorizer
	issuer *tokentest.Issuer
	db     *dynamotest.DB
	lines  *testkit.Log
}

// answer is the policy as API Gateway reads it.
type answer struct {
	PrincipalID    string         `json:"principalId"`
	PolicyDocument document       `json:"policyDocument"`
	Context        map[string]any `json:"context"`
}

type document struct {
	Version   string
	Statement []permission
}

type permission struct {
	Action, Effect, Resource string
}

// one is the document with one statement, for the whole stage.
func one(effect string) document {
	return document{Version: "2012-10-17", Statement: []permission{{"execute-api:Invoke", effect, stageARN}}}
}

func newWorld(t testing.TB) *world {
	t.Helper()
	return start(t, tokentest.NewIssuer(t), dynamotest.New(t))
}

// start is the cold start of another process, which trusts the issuer for tenant main. settings, as DPOP=required, go
// before the usual ones.
func start(t testing.TB, issuer *tokentest.Issuer, db *dynamotest.DB, settings ...string) *world {
	t.Helper()
	w := &world{issuer: issuer, db: db, lines: new(testkit.Log)}
	var err error
	w.Authorizer, err = fromEnv(environment(issuer, db, settings...), db.Client, w.lines)
	testkit.Must(t, err)
	return w
}

// environment has the usual settings, but for those that are given. One without an = is unset.
func environment(issuer *tokentest.Issuer, db *dynamotest.DB, settings ...string) *env.Reader {
	variables := map[string]string{
		"TOKEN_ISSUERS": trusted(issuer), "TOKEN_AUDIENCE": tokentest.Audience,
		"SESSIONS_TABLE": db.Tables["SessionsTable"], "KEY_SETS_TABLE": db.Tables["KeySetsTable"],
		"METRICS_NAMESPACE": "a-stack", "AUTHORIZER_CACHE_SECONDS": "0", "DPOP": "off",
	}
	for _, setting := range settings {
		name, value, set := strings.Cut(setting, "=")
		if variables[name] = value; !set {
			delete(variables, name)
		}
	}
	return env.New(func(name string) (string, bool) {
		value, ok := variables[name]
		return value, ok
	})
}

// trusted is the entry of TOKEN_ISSUERS for an issuer of tenant main.
func trusted(issuer *tokentest.Issuer) string {
	return issuer.URL + ";tenant=main;dialect=" + string(issuer.Dialect)
}

// requestEvent is GET /balance?x=1 with headers, each "name: value".
func requestEvent(t testing.TB, headers ...string) []byte {
	t.Helper()
	multiple := map[string][]string{"host": {"evil.example"}, "x-forwarded-host": {"evil.example"}}
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ": ")
		multiple[name] = append(multiple[name], value)
	}
	payload, err := json.Marshal(map[string]any{
		"type": "REQUEST", "methodArn": methodARN, "resource": "/balance", "path": "/balance", "httpMethod": "GET",
		"queryStringParameters": map[string]string{"x": "1"}, "multiValueHeaders": multiple,
		"requestContext": map[string]any{
			"path": "/prod/balance", "requestId": "request-1", "identity": map[string]any{"sourceIp": "203.0.113.7"},
			"domainName": "abc.execute-api.eu-central-1.amazonaws.com",
		},
	})
	testkit.Must(t, err)
	return payload
}

// send sends one request.
func (w *world) send(t testing.TB, headers ...string) (a answer, err error) {
	t.Helper()
	out, err := w.Invoke(context.Background(), requestEvent(t, headers...))
	if err == nil {
		testkit.Must(t, json.Unmarshal(out, &a))
	}
	return a, err
}

// ask sends one request's Authorization headers.
func (w *world) ask(t testing.TB, authorization ...string) (answer, error) {
	t.Helper()
	headers := make([]string, len(authorization))
	for i, value := range authorization {
		headers[i] = "authorization: " + value
	}
	return w.send(t, headers...)
}

// allowed sends a token that is allowed.
func (w *world) allowed(t testing.TB, raw string) answer {
	t.Helper()
	a, err := w.ask(t, "Bearer "+raw)
	testkit.Must(t, err)
	testkit.Equal(t, one("Allow"), a.PolicyDocument)
	return a
}

// denied sends a token that is denied as an invalid one, for the reason that the log has.
func (w *world) denied(t testing.TB, raw, reason string) answer {
	t.Helper()
	a, err := w.ask(t, "Bearer "+raw)
	wantDeny(t, a, err, "invalid_token")
	if line := w.lines.Last(t); line["reason"] != reason || line["decision"] != "deny" {
		t.Errorf("logged as %v, want %s", line, reason)
	}
	return a
}

func wantDeny(t testing.TB, a answer, err error, code string) {
	t.Helper()
	testkit.Must(t, err)
	testkit.Equal(t, one("Deny"), a.PolicyDocument)
	if a.Context["error"] != code || a.Context["error_description"] == "" {
		t.Fatalf("want %s, got %v", code, a.Context)
	}
}

func TestAGoodTokenIsAllowedTheWholeStage(t *testing.T) {
	w := newWorld(t)
	const transfer = "1000000001-01 1000000002-01 10.00 EUR rent"
	a := w.allowed(t, w.issuer.AccessToken(tokentest.Claim("jti", "token-1"), w.issuer.StepUpFor(transfer),
		tokentest.Claim(tokentest.Audience+"/approval_id", "approval-0123456789abcdef")))
	now := time.Now().Unix()
	for name, want := range map[string]any{
		"kind": "user", "sub": tokentest.Subject, "client_id": tokentest.ClientID, "token_id": "token-1",
		"scope": tokentest.Scope + " transfer:funds", "transfer": transfer,
		"approval_id": "approval-0123456789abcdef",
	} {
		if a.Context[name] != want {
			t.Errorf("%s is %v, want %v", name, a.Context[name], want)
		}
	}
	for name, want := range map[string]int64{"exp": now + 3600, "mfa_at": now} {
		text, _ := a.Context[name].(string)
		if got, err := strconv.ParseInt(text, 10, 64); err != nil || got > want || got < want-60 {
			t.Errorf("%s is %v, want about %d as a string", name, a.Context[name], want)
		}
	}
}

func TestASubBeyondASCIIReachesTheContextUnchanged(t *testing.T) {
	w := newWorld(t)
	const sub = `samlp|"Übung"\<名前>`
	a := w.allowed(t, w.issuer.AccessToken(tokentest.Claim("sub", sub)))
	if a.PrincipalID != sub || a.Context["sub"] != sub {
		t.Errorf("%+v", a)
	}
}

func TestAMachinesTokenIsAClients(t *testing.T) {
	w := newWorld(t)
	a := w.allowed(t, w.issuer.AccessToken(tokentest.Machine("bridge", "create:session")))
	if a.Context["kind"] != "client" || a.Context["scope"] != "create:session" || a.Context["mfa_at"] != nil {
		t.Errorf("%v", a.Context)
	}
}

func TestASubThatOnlyLooksLikeAClientsIsAUser(t *testing.T) {
	w := newWorld(t)
	if a := w.allowed(t, w.issuer.AccessToken(tokentest.Claim("sub", "bridge@clients"))); a.Context["kind"] != "user" {
		t.Errorf("%v", a.Context)
	}
}

func TestTheSchemesCaseDoesNotMatter(t *testing.T) {
	w := newWorld(t)
	for _, scheme := range []string{"bearer ", "BEARER ", "Bearer   "} {
		if _, err := w.ask(t, scheme+w.issuer.AccessToken()); err != nil {
			t.Errorf("%q: %v", scheme, err)
		}
	}
}

func TestABadTokenIsDeniedWithoutSayingWhy(t *testing.T) {
	w := newWorld(t)
	a := w.denied(t, w.issuer.AccessToken(tokentest.Claim("aud", "https://other-api")), "wrong_audience")
	if a.Context["error_description"] != descriptionInvalid {
		t.Errorf("%v", a.Context)
	}
}

func TestAnExpiredTokenIsDeniedAsThat(t *testing.T) {
	w := newWorld(t)
	now := time.Now().Unix()
	a := w.denied(t, w.issuer.AccessToken(tokentest.Claim("iat", now-3600), tokentest.Claim("exp", now-1)), "expired")
	if a.Context["error_description"] != descriptionExpired {
		t.Errorf("%v", a.Context)
	}
}

func TestWhatIsNoBearerTokenIsAnInvalidToken(t *testing.T) {
	w := newWorld(t)
	good := w.issuer.AccessToken()
	for _, headers := range [][]string{
		{good}, {"Bearer"}, {"Bearer "}, {"bearer"}, {"Bearer\t" + good}, {"Bearer:" + good}, {"Bearer=" + good},
		{"dbc_" + good}, {"Bearer, Basic x"},
		{strings.Repeat("a", 33)},
		{" Bearer " + good}, {"Bearer " + good, "Bearer " + good}, {"Basic YWxpY2U6c2VjcmV0", "Bearer " + good},
	} {
		a, err := w.ask(t, headers...)
		wantDeny(t, a, err, "invalid_token")
	}
}

func TestARequestWithoutABearerTokenIsUnauthorizedAndNothingElse(t *testing.T) {
	w := newWorld(t)
	good := w.issuer.AccessToken()
	for _, headers := range [][]string{
		nil, {""}, {"Basic YWxpY2U6c2VjcmV0"}, {"basic x"},
		{`Digest username="alice", realm="drawbridge", uri="/balance"`}, {"DPoP " + good},
		{"Negotiate"}, {"Negotiate YII="}, {"SCRAM-SHA-256 data=x"}, {"AWS4-HMAC-SHA256 Credential=x"},
		{"Token " + good}, {"BearerX " + good}, {"Basic"},
		{strings.Repeat("a", 32)},
	} {
		_, err := w.ask(t, headers...)
		if err == nil || err.Error() != "Unauthorized" {
			t.Errorf("%q: want the error that API Gateway turns into 401, got %v", headers, err)
		}
	}
}

func TestWhatPassesByItselfIsNoDenyWhereADenyIsCached(t *testing.T) {
	w := newWorld(t)
	early := func(name string) func() string {
		return func() string {
			return w.issuer.AccessToken(tokentest.Claim(name, w.issuer.Now().Add(time.Minute).Unix()),
				tokentest.Claim("exp", w.issuer.Now().Add(time.Hour).Unix()))
		}
	}
	forged := func() string { return early("nbf")() + "AA" }
	unknown := func() string { return w.issuer.AccessToken(tokentest.Header("kid", "unknown")) }
	for reason, credentials := range map[string][]func() string{
		"not_yet_valid": {early("nbf"), forged}, "issued_in_future": {early("iat")}, "key_unknown": {unknown, unknown},
	} {
		for _, credential := range credentials {
			w.cached = false
			w.denied(t, credential(), reason)
			w.cached = true
			if _, err := w.ask(t, "Bearer "+credential()); err != errUnauthorized {
				t.Errorf("%s: want 401 that is not cached, got %v", reason, err)
			}
			if line := w.lines.Last(t); line["reason"] != reason || line["decision"] != "unauthenticated" {
				t.Errorf("logged as %v", line)
			}
		}
	}
	w.denied(t, w.issuer.AccessToken(tokentest.Claim("aud", "https://other-api")), "wrong_audience")
}

func TestKeysOutOfReachAreAnErrorAndNeverADeny(t *testing.T) {
	w := newWorld(t)
	outage(w.issuer)
	_, err := w.ask(t, "Bearer "+w.issuer.AccessToken())
	if err == nil || strings.Contains(err.Error(), "Unauthorized") {
		t.Errorf("want an error that API Gateway turns into AUTHORIZER_FAILURE, got %v", err)
	}
	line := w.lines.Last(t)
	for name, want := range map[string]any{
		"decision": "error", "level": "ERROR", "reason": "keys_unavailable", "cause": "wrong_status",
	} {
		testkit.Equal(t, want, line[name])
	}
}

func TestSessionsThatCannotBeReadAreAnErrorAndNeverADeny(t *testing.T) {
	w := newWorld(t)
	draft, err := w.sessions.Issue(t.Context(), "1000000001")
	testkit.Must(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if out, err := w.Invoke(ctx, requestEvent(t, "authorization: Bearer "+draft.Code)); err != errUnavailable {
		t.Errorf("%s, %v", out, err)
	}
	if line := w.lines.Last(t); line["reason"] != "sessions_unavailable" || line["cause"] == nil {
		t.Errorf("logged as %v", line)
	}
}

func TestAnEventThatCannotBeReadIsAnErrorThatIsLogged(t *testing.T) {
	w := newWorld(t)
	if out, err := w.Invoke(t.Context(), []byte(`{}`)); err != errEvent {
		t.Errorf("%s, %v", out, err)
	}
	if line := w.lines.Last(t); line["decision"] != "error" || line["reason"] != "bad_event" || line["cause"] == nil {
		t.Errorf("logged as %v", line)
	}
}

func TestASessionsCodeIsAllowedToViewBalancesUntilItIsRevoked(t *testing.T) {
	w := newWorld(t)
	draft, err := w.sessions.Issue(t.Context(), "1000000001")
	testkit.Must(t, err)
	a := w.allowed(t, draft.Code)
	want := map[string]any{
		"kind": "session", "sub": "customer|1000000001", "scope": "view:balance", "customer_id": "1000000001",
		"token_id": draft.Session.ID,
		"exp":      strconv.FormatInt(draft.Session.ExpiresAt.Unix(), 10),
	}
	testkit.Equal(t, want, a.Context)
	testkit.Must(t, w.sessions.Revoke(t.Context(), draft.Session.ID))
	w.denied(t, draft.Code, "session_invalid")
}
