package main

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"drawbridge/shared/dynamo/dynamotest"
	"drawbridge/shared/env"
	"drawbridge/shared/testkit"
	"drawbridge/shared/token/dpop/dpoptest"
	"drawbridge/shared/token/tokentest"
)

const (
	apiURL   = "https://api.bank.example"
	stageURL = "https://abc.execute-api.eu-central-1.amazonaws.com/prod"
	balance  = apiURL + "/balance"

	secretSetting = "DPOP_SECRET=a-secret-of-43-characters-as-the-template-asks"
)

// boundWorld is a world that takes bound tokens, and a client with a key.
type boundWorld struct {
	*world
	client *dpoptest.Client
}

func newBoundWorld(t testing.TB, mode string) *boundWorld {
	t.Helper()
	w := start(t, tokentest.NewIssuer(t), dynamotest.New(t), "DPOP="+mode, secretSetting, "API_URL="+apiURL,
		"OTHER_API_URLS=https://cdn.bank.example,https://www.bank.example/api")
	return &boundWorld{w, dpoptest.New(t)}
}

// token is bound to the client's key.
func (w *boundWorld) token(options ...tokentest.Option) string {
	bound := tokentest.Claim("cnf", map[string]string{"jkt": w.client.Thumbprint()})
	return w.issuer.AccessToken(append(options, bound)...)
}

// proof is a good one for GET /balance.
func (w *boundWorld) proof(token string) string {
	return w.client.Proof("GET", balance, token, w.proofs.Nonce(w.client.Thumbprint()))
}

// send sends GET /balance?x=1 with headers, each "name: value".
func (w *boundWorld) send(t testing.TB, headers ...string) (answer, error) {
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
			"path": "/prod/balance", "requestId": "request-1",
			"domainName": "abc.execute-api.eu-central-1.amazonaws.com",
		},
	})
	testkit.Must(t, err)
	out, err := w.Invoke(context.Background(), payload)
	var a answer
	if err == nil {
		err = json.Unmarshal(out, &a)
	}
	return a, err
}

// refused wants a Deny with a code for a reason, and a challenge of one scheme that has the code.
func (w *boundWorld) refused(t *testing.T, a answer, err error, code, reason, scheme string) {
	t.Helper()
	wantDeny(t, a, err, code)
	if line := w.lastLine(t); line["reason"] != reason || line["kind"] != nil {
		t.Errorf("logged as %v, want %s", line, reason)
	}
	challenge, _ := a.Context["challenge"].(string)
	if !strings.HasPrefix(challenge, scheme+` realm="drawbridge", error="`+code+`", `) ||
		!strings.Contains(challenge, `resource_metadata="`+apiURL+`/.well-known/oauth-protected-resource"`) ||
		!strings.Contains(challenge, `algs="ES256"`) {
		t.Errorf("challenge %s", challenge)
	}
}

func TestABoundTokenWithItsProofIsAllowed(t *testing.T) {
	w := newBoundWorld(t, "allowed")
	raw := w.token()
	nonce := w.proofs.Nonce(w.client.Thumbprint())
	proofs := map[string]bool{}
	for _, base := range []string{apiURL, stageURL, "https://cdn.bank.example", "https://www.bank.example/api"} {
		for _, scheme := range []string{"DPoP ", "dpop ", "DPOP   "} {
			a, err := w.send(t, "authorization: "+scheme+raw, "dpop: "+w.client.Proof("GET", base+"/balance", raw, nonce))
			if err != nil || a.PolicyDocument.Statement[0].Effect != "Allow" {
				t.Fatalf("%s %s: %v, %v: %v", scheme, base, a, err, w.lastLine(t))
			}
			if a.Context["jkt"] != w.client.Thumbprint() || a.Context["kind"] != "user" || a.Context["dpop_nonce"] != nonce {
				t.Errorf("context %v", a.Context)
			}
			proofs[a.Context["dpop_proof"].(string)] = true
		}
	}
	if len(proofs) != 12 {
		t.Errorf("%d names for 12 proofs", len(proofs))
	}
}

func TestABoundTokenIsRefusedUnlessItsProofCameWithIt(t *testing.T) {
	w := newBoundWorld(t, "allowed")
	raw, thief := w.token(), dpoptest.New(t)
	nonce := w.proofs.Nonce(w.client.Thumbprint())
	good := func() string { return "dpop: " + w.proof(raw) }
	evil := "dpop: " + w.client.Proof("GET", "https://evil.example/balance", raw, nonce)
	for name, c := range map[string]struct {
		code, reason string
		headers      []string
	}{
		"no proof":                 {"invalid_dpop_proof", "proof_missing", nil},
		"an empty proof":           {"invalid_dpop_proof", "proof_wrong_parts", []string{"dpop: "}},
		"two proofs":               {"invalid_dpop_proof", "proof_several", []string{good(), good()}},
		"two spellings":            {"invalid_dpop_proof", "proof_several", []string{good(), "DPoP: " + w.proof(raw)}},
		"a proof and an empty one": {"invalid_dpop_proof", "proof_several", []string{good(), "dpop: "}},
		"another key's": {
			"invalid_token", "proof_wrong_key", []string{"dpop: " + thief.Proof("GET", balance, raw, nonce)},
		},
		"no nonce": {
			"use_dpop_nonce", "proof_nonce_missing", []string{"dpop: " + w.client.Proof("GET", balance, raw, "")},
		},
		"another nonce": {
			"use_dpop_nonce", "proof_nonce_refused", []string{"dpop: " + w.client.Proof("GET", balance, raw, "n")},
		},
		"by Host and X-Forwarded-Host": {"invalid_dpop_proof", "proof_wrong_uri", []string{evil}},
	} {
		a, err := w.send(t, append(c.headers, "authorization: DPoP "+raw)...)
		w.refused(t, a, err, c.code, c.reason, "DPoP")
		if a.Context["dpop_nonce"] != nonce {
			t.Errorf("%s: no nonce for the next proof: %v", name, a.Context)
		}
	}
}

func TestATokenComesByItsOwnSchemeAlone(t *testing.T) {
	for _, mode := range []string{"allowed", "required"} {
		w := newBoundWorld(t, mode)
		raw := w.token()
		a, err := w.send(t, "authorization: Bearer "+raw, "dpop: "+w.proof(raw))
		w.refused(t, a, err, "invalid_token", "bound_as_bearer", "DPoP")
		if strings.Contains(a.Context["challenge"].(string), "Bearer") {
			t.Errorf("the holder of a bound token hears of Bearer: %v", a.Context)
		}
		machine := w.token(tokentest.Machine("bridge", "create:session"))
		a, err = w.send(t, "authorization: Bearer "+machine)
		w.refused(t, a, err, "invalid_token", "bound_as_bearer", "DPoP")
		unbound := w.issuer.AccessToken()
		a, err = w.send(t, "authorization: DPoP "+unbound, "dpop: "+w.proof(unbound))
		w.refused(t, a, err, "invalid_token", "not_bound", "DPoP")
		draft, err := w.sessions.Issue(t.Context(), "1000000001")
		testkit.Must(t, err)
		a, err = w.send(t, "authorization: DPoP "+draft.Code, "dpop: "+w.proof(draft.Code))
		w.refused(t, a, err, "invalid_token", "not_bound", "DPoP")
		a, err = w.send(t, "authorization: DPoP "+raw, "authorization: DPoP "+raw, "dpop: "+w.proof(raw))
		w.refused(t, a, err, "invalid_token", "several_credentials", "Bearer")
		a, err = w.send(t, "authorization: DPoP", "dpop: "+w.proof(raw))
		w.refused(t, a, err, "invalid_token", "not_bearer", "DPoP")
		a, err = w.send(t, "authorization: DPoP "+w.token(tokentest.Claim("aud", "https://other")), "dpop: "+w.proof(raw))
		w.refused(t, a, err, "invalid_token", "wrong_audience", "DPoP")
	}
}

func TestWhereBindingIsAllowedABearerIsServedAndHearsOfDPoP(t *testing.T) {
	w := newBoundWorld(t, "allowed")
	for _, headers := range [][]string{nil, {"dpop: junk"}, {"dpop: junk", "dpop: more"}} {
		a, err := w.send(t, append(headers, "authorization: Bearer "+w.issuer.AccessToken())...)
		if err != nil || a.Context["kind"] != "user" || a.Context["dpop_nonce"] != nil || a.Context["jkt"] != nil {
			t.Errorf("%v, %v", a.Context, err)
		}
	}
	a, err := w.send(t, "authorization: Bearer "+w.issuer.AccessToken(tokentest.Claim("aud", "https://other")))
	w.refused(t, a, err, "invalid_token", "wrong_audience", "Bearer")
	if !strings.HasSuffix(a.Context["challenge"].(string), `, DPoP algs="ES256"`) || a.Context["dpop_nonce"] != nil {
		t.Errorf("%v", a.Context)
	}
}

func TestWhereBindingIsRequiredPeopleAloneMustHaveIt(t *testing.T) {
	w := newBoundWorld(t, "required")
	a, err := w.send(t, "authorization: Bearer "+w.issuer.AccessToken())
	w.refused(t, a, err, "invalid_token", "binding_required", "DPoP")
	a, err = w.send(t, "authorization: Bearer "+w.issuer.AccessToken(tokentest.Machine("bridge", "create:session")))
	if err != nil || a.Context["kind"] != "client" {
		t.Errorf("a machine: %v, %v", a.Context, err)
	}
	draft, err := w.sessions.Issue(t.Context(), "1000000001")
	testkit.Must(t, err)
	if a, err = w.send(t, "authorization: Bearer "+draft.Code); err != nil || a.Context["kind"] != "session" {
		t.Errorf("the bank's code: %v, %v", a.Context, err)
	}
	raw := w.token()
	if a, err = w.send(t, "authorization: DPoP "+raw, "dpop: "+w.proof(raw)); err != nil || a.Context["kind"] != "user" {
		t.Errorf("a bound one: %v, %v", a.Context, err)
	}
}

func TestWhereBindingIsOffABoundTokenIsRefusedAndDPoPIsAnotherScheme(t *testing.T) {
	w := &boundWorld{newWorld(t), dpoptest.New(t)}
	a, err := w.send(t, "authorization: Bearer "+w.token())
	wantDeny(t, a, err, "invalid_token")
	if w.lastLine(t)["reason"] != "sender_constrained" || a.Context["challenge"] != nil {
		t.Errorf("%v, %v", w.lastLine(t), a.Context)
	}
	if _, err := w.send(t, "authorization: DPoP "+w.token()); err != errUnauthorized {
		t.Errorf("%v", err)
	}
}

func TestNothingOfAProofIsLogged(t *testing.T) {
	w := newBoundWorld(t, "allowed")
	raw := w.token()
	proof := w.proof(raw)
	for _, headers := range [][]string{{"dpop: " + proof}, {"dpop: " + proof + "x"}} {
		if _, err := w.send(t, append(headers, "authorization: DPoP "+raw)...); err != nil {
			t.Fatal(err)
		}
	}
	for _, secret := range []string{proof[:60], proof[len(proof)-60:], raw[:60], w.client.Thumbprint(), "a-secret-of"} {
		if strings.Contains(w.lines.String(), secret) {
			t.Errorf("%s is in the log", secret)
		}
	}
}

func TestWhatCannotHoldIsRefusedAtTheStart(t *testing.T) {
	issuer, db := tokentest.NewIssuer(t), dynamotest.New(t)
	for name, change := range map[string]map[string]string{
		"AUTHORIZER_CACHE_SECONDS above 0 needs DPOP=off": {"AUTHORIZER_CACHE_SECONDS": "1"},
		"DPOP_SECRET":                           {"DPOP_SECRET": ""},
		"DPOP_SECRET or":                        {"DPOP_SECRET": strings.Repeat("s", 42)},
		"KEY_SETS_SECRET":                       {"KEY_SETS_SECRET": strings.Repeat("s", 42)},
		"DPOP must be one of":                   {"DPOP": "on"},
		"DPOP is not set":                       {"DPOP": "-"},
		"OTHER_API_URLS has an item that is no": {"OTHER_API_URLS": "https://a.example,http://b.example"},
		"OTHER_API_URLS has":                    {"OTHER_API_URLS": "https://a.example/"},
	} {
		variables := map[string]string{
			"TOKEN_ISSUERS": issuer.URL, "TOKEN_AUDIENCE": tokentest.Audience, "SESSIONS_TABLE": "s", "KEY_SETS_TABLE": "k",
			"METRICS_NAMESPACE": "a-stack", "AUTHORIZER_CACHE_SECONDS": "0", "DPOP": "required",
			"DPOP_SECRET": strings.Repeat("s", 43),
		}
		for name, value := range change {
			variables[name] = value
		}
		reader := env.New(func(name string) (string, bool) {
			value, ok := variables[name]
			return value, ok && value != "-"
		})
		if _, err := fromEnv(reader, db.Client, new(bytes.Buffer)); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("want %q, got %v", name, err)
		}
	}
}

// A cold start elsewhere with the same secret takes the nonce, and the token is remembered: neither replaces the proof.
func TestARememberedTokenNeedsAFreshProofEachTime(t *testing.T) {
	w := newBoundWorld(t, "allowed")
	raw := w.token()
	if a, err := w.send(t, "authorization: DPoP "+raw, "dpop: "+w.proof(raw)); err != nil || a.Context["kind"] != "user" {
		t.Fatalf("%v, %v", a, err)
	}
	a, err := w.send(t, "authorization: DPoP "+raw)
	w.refused(t, a, err, "invalid_dpop_proof", "proof_missing", "DPoP")
	w.client.Now = func() time.Time { return time.Now().Add(-2 * time.Hour) }
	a, err = w.send(t, "authorization: DPoP "+raw, "dpop: "+w.proof(raw))
	w.refused(t, a, err, "invalid_dpop_proof", "proof_too_old", "DPoP")
}
