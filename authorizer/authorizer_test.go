package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"drawbridge/shared/dynamo/dynamotest"
	"drawbridge/shared/env"
	"drawbridge/shared/testkit"
	"drawbridge/shared/token/tokentest"

	"github.com/google/go-cmp/cmp"
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
	lines  *bytes.Buffer
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
	w := &world{issuer: issuer, db: db, lines: new(bytes.Buffer)}
	variables := map[string]string{
		"TOKEN_ISSUERS": trusted(issuer), "TOKEN_AUDIENCE": tokentest.Audience,
		"SESSIONS_TABLE": db.Tables["SessionsTable"], "KEY_SETS_TABLE": db.Tables["KeySetsTable"],
		"METRICS_NAMESPACE":        "a-stack",
		"AUTHORIZER_CACHE_SECONDS": "0",
		"DPOP":                     "off",
	}
	for _, setting := range settings {
		name, value, _ := strings.Cut(setting, "=")
		variables[name] = value
	}
	reader := env.New(func(name string) (string, bool) {
		value, ok := variables[name]
		return value, ok
	})
	var err error
	w.Authorizer, err = fromEnv(reader, db.Client, w.lines)
	testkit.Must(t, err)
	return w
}

// trusted is the entry of TOKEN_ISSUERS for an issuer of tenant main.
func trusted(issuer *tokentest.Issuer) string {
	return issuer.URL + ";tenant=main;dialect=" + string(issuer.Dialect)
}

func requestEvent(t testing.TB, authorization ...string) []byte {
	t.Helper()
	headers, multiple := map[string]string{"Accept": "*/*", "Host": "api.example"},
		map[string][]string{"Accept": {"*/*"}}
	for _, value := range authorization {
		headers["authorization"] = value
		multiple["authorization"] = append(multiple["authorization"], value)
	}
	payload, err := json.Marshal(map[string]any{
		"type": "REQUEST", "methodArn": methodARN, "resource": "/balance", "path": "/balance", "httpMethod": "GET",
		"headers": headers, "multiValueHeaders": multiple,
		"requestContext": map[string]any{"requestId": "request-1",
			"identity": map[string]any{"sourceIp": "203.0.113.7"}},
	})
	testkit.Must(t, err)
	return payload
}

// ask sends one request's Authorization headers.
func (w *world) ask(t testing.TB, authorization ...string) (answer, error) {
	t.Helper()
	out, err := w.Invoke(context.Background(), requestEvent(t, authorization...))
	var a answer
	if err == nil {
		testkit.Must(t, json.Unmarshal(out, &a))
	}
	return a, err
}

// lastLine is the log line of the last decision.
func (w *world) lastLine(t testing.TB) map[string]any {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(w.lines.String()), "\n")
	var line map[string]any
	testkit.Must(t, json.Unmarshal([]byte(lines[len(lines)-1]), &line))
	return line
}

func wantDeny(t testing.TB, a answer, err error, code string) {
	t.Helper()
	testkit.Must(t, err)
	if diff := cmp.Diff(one("Deny"), a.PolicyDocument); diff != "" {
		t.Fatalf("(-want +got):\n%s", diff)
	}
	if a.Context["error"] != code || a.Context["error_description"] == "" {
		t.Fatalf("want %s, got %v", code, a.Context)
	}
}

func TestAGoodTokenIsAllowedTheWholeStage(t *testing.T) {
	w := newWorld(t)
	const transfer = "1000000001-01 1000000002-01 10.00 EUR rent"
	a, err := w.ask(t, "Bearer "+w.issuer.AccessToken(tokentest.Claim("jti", "token-1"), w.issuer.StepUpFor(transfer),
		tokentest.Claim(tokentest.Audience+"/approval_id", "approval-0123456789abcdef")))
	testkit.Must(t, err)
	testkit.Equal(t, one("Allow"), a.PolicyDocument)
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
	a, err := w.ask(t, "Bearer "+w.issuer.AccessToken(tokentest.Claim("sub", sub)))
	if err != nil || a.PrincipalID != sub || a.Context["sub"] != sub {
		t.Errorf("%+v, %v", a, err)
	}
}

func TestAMachinesTokenIsAClients(t *testing.T) {
	w := newWorld(t)
	a, err := w.ask(t, "Bearer "+w.issuer.AccessToken(tokentest.Machine("bridge", "create:session")))
	if err != nil || a.Context["kind"] != "client" || a.Context["scope"] != "create:session" ||
		a.Context["mfa_at"] != nil {
		t.Errorf("%v, %v", a.Context, err)
	}
}

func TestASubThatOnlyLooksLikeAClientsIsAUser(t *testing.T) {
	w := newWorld(t)
	a, err := w.ask(t, "Bearer "+w.issuer.AccessToken(tokentest.Claim("sub", "bridge@clients")))
	if err != nil || a.Context["kind"] != "user" {
		t.Errorf("%v, %v", a.Context, err)
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
	a, err := w.ask(t, "Bearer "+w.issuer.AccessToken(tokentest.Claim("aud", "https://other-api")))
	wantDeny(t, a, err, "invalid_token")
	if a.Context["error_description"] != descriptionInvalid {
		t.Errorf("%v", a.Context)
	}
	if line := w.lastLine(t); line["reason"] != "wrong_audience" || line["decision"] != "deny" {
		t.Errorf("logged as %v", line)
	}
}

func TestAnExpiredTokenIsDeniedAsThat(t *testing.T) {
	w := newWorld(t)
	now := time.Now().Unix()
	a, err := w.ask(t, "Bearer "+w.issuer.AccessToken(tokentest.Claim("iat", now-3600), tokentest.Claim("exp", now-1)))
	wantDeny(t, a, err, "invalid_token")
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
			a, err := w.ask(t, "Bearer "+credential())
			wantDeny(t, a, err, "invalid_token")
			w.cached = true
			if _, err := w.ask(t, "Bearer "+credential()); err != errUnauthorized {
				t.Errorf("%s: want 401 that is not cached, got %v", reason, err)
			}
			if line := w.lastLine(t); line["reason"] != reason || line["decision"] != "unauthenticated" {
				t.Errorf("logged as %v", line)
			}
		}
	}
	a, err := w.ask(t, "Bearer "+w.issuer.AccessToken(tokentest.Claim("aud", "https://other-api")))
	wantDeny(t, a, err, "invalid_token")
}

func TestKeysOutOfReachAreAnErrorAndNeverADeny(t *testing.T) {
	w := newWorld(t)
	w.issuer.Answer(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) })
	_, err := w.ask(t, "Bearer "+w.issuer.AccessToken())
	if err == nil || strings.Contains(err.Error(), "Unauthorized") {
		t.Errorf("want an error that API Gateway turns into AUTHORIZER_FAILURE, got %v", err)
	}
	line := w.lastLine(t)
	if line["decision"] != "error" || line["reason"] != "keys_unavailable" || line["cause"] != "wrong_status" {
		t.Errorf("logged as %v", line)
	}
}

func TestSessionsThatCannotBeReadAreAnErrorAndNeverADeny(t *testing.T) {
	w := newWorld(t)
	draft, err := w.sessions.Issue(t.Context(), "1000000001")
	testkit.Must(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if out, err := w.Invoke(ctx, requestEvent(t, "Bearer "+draft.Code)); err != errUnavailable {
		t.Errorf("%s, %v", out, err)
	}
}

func TestASessionsCodeIsAllowedToViewBalancesUntilItIsRevoked(t *testing.T) {
	w := newWorld(t)
	draft, err := w.sessions.Issue(t.Context(), "1000000001")
	testkit.Must(t, err)
	a, err := w.ask(t, "Bearer "+draft.Code)
	testkit.Must(t, err)
	want := map[string]any{
		"kind": "session", "sub": "customer|1000000001", "scope": "view:balance", "customer_id": "1000000001",
		"token_id": draft.Session.ID,
		"exp":      strconv.FormatInt(draft.Session.ExpiresAt.Unix(), 10),
	}
	testkit.Equal(t, want, a.Context)
	testkit.Must(t, w.sessions.Revoke(t.Context(), draft.Session.ID))
	a, err = w.ask(t, "Bearer "+draft.Code)
	wantDeny(t, a, err, "invalid_token")
}
