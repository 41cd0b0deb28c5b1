package main

import (
	"strings"
	"testing"
	"time"

	"drawbridge/shared/dynamo/dynamotest"
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

// refused sends what is denied with a code for a reason, and a challenge of one scheme that has the code.
func (w *boundWorld) refused(t *testing.T, code, reason, scheme string, headers ...string) answer {
	t.Helper()
	a, err := w.send(t, headers...)
	wantDeny(t, a, err, code)
	if line := w.lines.Last(t); line["reason"] != reason || line["kind"] != nil {
		t.Errorf("logged as %v, want %s", line, reason)
	}
	challenge, _ := a.Context["challenge"].(string)
	if !strings.HasPrefix(challenge, scheme+` realm="drawbridge", error="`+code+`", `) ||
		!strings.Contains(challenge, `resource_metadata="`+apiURL+`/.well-known/oauth-protected-resource"`) ||
		!strings.Contains(challenge, `algs="ES256"`) {
		t.Errorf("challenge %s", challenge)
	}
	return a
}

// kind sends what is allowed as a caller of that kind.
func (w *boundWorld) kind(t *testing.T, want string, headers ...string) answer {
	t.Helper()
	a, err := w.send(t, headers...)
	if err != nil || a.Context["kind"] != want {
		t.Fatalf("want a %s, got %v, %v", want, a.Context, err)
	}
	return a
}

// code is an authorization code of the bank.
func (w *world) code(t *testing.T) string {
	t.Helper()
	draft, err := w.sessions.Issue(t.Context(), "1000000001")
	testkit.Must(t, err)
	return draft.Code
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
				t.Fatalf("%s %s: %v, %v: %v", scheme, base, a, err, w.lines.Last(t))
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
	proof := func(method, uri, token, nonce string) []string {
		return []string{"dpop: " + w.client.Proof(method, uri, token, nonce)}
	}
	for name, c := range map[string]struct {
		code, reason, says string
		headers            []string
	}{
		"no proof":                 {"invalid_dpop_proof", "proof_missing", descriptionProof, nil},
		"an empty proof":           {"invalid_dpop_proof", "proof_wrong_parts", descriptionProof, []string{"dpop: "}},
		"two proofs":               {"invalid_dpop_proof", "proof_several", descriptionProof, []string{good(), good()}},
		"a proof and an empty one": {"invalid_dpop_proof", "proof_several", descriptionProof, []string{good(), "dpop: "}},
		"two spellings": {
			"invalid_dpop_proof", "proof_several", descriptionProof, []string{good(), "DPoP: " + w.proof(raw)},
		},
		"another key's": {
			"invalid_token", "proof_wrong_key", descriptionOtherKey,
			[]string{"dpop: " + thief.Proof("GET", balance, raw, nonce)},
		},
		"no nonce":      {"use_dpop_nonce", "proof_nonce_missing", descriptionUseNonce, proof("GET", balance, raw, "")},
		"another nonce": {"use_dpop_nonce", "proof_nonce_refused", descriptionUseNonce, proof("GET", balance, raw, "n")},
		"another method": {
			"invalid_dpop_proof", "proof_wrong_method", descriptionOtherRequest, proof("PUT", balance, raw, nonce),
		},
		"another token": {
			"invalid_dpop_proof", "proof_wrong_token", descriptionOtherRequest, proof("GET", balance, raw+"x", nonce),
		},
		"by Host and X-Forwarded-Host": {
			"invalid_dpop_proof", "proof_wrong_uri", descriptionOtherRequest,
			proof("GET", "https://evil.example/balance", raw, nonce),
		},
	} {
		a := w.refused(t, c.code, c.reason, "DPoP", append(c.headers, "authorization: DPoP "+raw)...)
		if a.Context["dpop_nonce"] != nonce {
			t.Errorf("%s: no nonce for the next proof: %v", name, a.Context)
		}
		testkit.Equal(t, any(c.says), a.Context["error_description"])
	}
}

func TestATokenComesByItsOwnSchemeAlone(t *testing.T) {
	for _, mode := range []string{"allowed", "required"} {
		w := newBoundWorld(t, mode)
		raw := w.token()
		a := w.refused(t, "invalid_token", "bound_as_bearer", "DPoP", "authorization: Bearer "+raw, "dpop: "+w.proof(raw))
		if strings.Contains(a.Context["challenge"].(string), "Bearer") {
			t.Errorf("the holder of a bound token hears of Bearer: %v", a.Context)
		}
		machine := w.token(tokentest.Machine("bridge", "create:session"))
		w.refused(t, "invalid_token", "bound_as_bearer", "DPoP", "authorization: Bearer "+machine)
		unbound := w.issuer.AccessToken()
		w.refused(t, "invalid_token", "not_bound", "DPoP", "authorization: DPoP "+unbound, "dpop: "+w.proof(unbound))
		code := w.code(t)
		w.refused(t, "invalid_token", "not_bound", "DPoP", "authorization: DPoP "+code, "dpop: "+w.proof(code))
		twice := []string{"authorization: DPoP " + raw, "authorization: DPoP " + raw, "dpop: " + w.proof(raw)}
		w.refused(t, "invalid_token", "several_credentials", "Bearer", twice...)
		w.refused(t, "invalid_token", "not_bearer", "DPoP", "authorization: DPoP", "dpop: "+w.proof(raw))
		other := w.token(tokentest.Claim("aud", "https://other"))
		w.refused(t, "invalid_token", "wrong_audience", "DPoP", "authorization: DPoP "+other, "dpop: "+w.proof(raw))
	}
}

func TestWhereBindingIsAllowedABearerIsServedAndHearsOfDPoP(t *testing.T) {
	w := newBoundWorld(t, "allowed")
	for _, headers := range [][]string{nil, {"dpop: junk"}, {"dpop: junk", "dpop: more"}} {
		a := w.kind(t, "user", append(headers, "authorization: Bearer "+w.issuer.AccessToken())...)
		if a.Context["dpop_nonce"] != nil || a.Context["jkt"] != nil {
			t.Errorf("%v", a.Context)
		}
	}
	other := w.issuer.AccessToken(tokentest.Claim("aud", "https://other"))
	a := w.refused(t, "invalid_token", "wrong_audience", "Bearer", "authorization: Bearer "+other)
	if !strings.HasSuffix(a.Context["challenge"].(string), `, DPoP algs="ES256"`) || a.Context["dpop_nonce"] != nil {
		t.Errorf("%v", a.Context)
	}
}

func TestWhereBindingIsRequiredPeopleAloneMustHaveIt(t *testing.T) {
	w := newBoundWorld(t, "required")
	w.refused(t, "invalid_token", "binding_required", "DPoP", "authorization: Bearer "+w.issuer.AccessToken())
	machine := w.issuer.AccessToken(tokentest.Machine("bridge", "create:session"))
	w.kind(t, "client", "authorization: Bearer "+machine)
	w.kind(t, "session", "authorization: Bearer "+w.code(t))
	raw := w.token()
	w.kind(t, "user", "authorization: DPoP "+raw, "dpop: "+w.proof(raw))
}

func TestWhereBindingIsOffABoundTokenIsRefusedAndDPoPIsAnotherScheme(t *testing.T) {
	w := &boundWorld{newWorld(t), dpoptest.New(t)}
	a, err := w.send(t, "authorization: Bearer "+w.token())
	wantDeny(t, a, err, "invalid_token")
	if w.lines.Last(t)["reason"] != "sender_constrained" || a.Context["challenge"] != nil {
		t.Errorf("%v, %v", w.lines.Last(t), a.Context)
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
	for _, c := range []struct{ setting, says string }{
		{"AUTHORIZER_CACHE_SECONDS=1", "AUTHORIZER_CACHE_SECONDS above 0 needs DPOP=off"},
		{"DPOP_SECRET=", "DPOP_SECRET"},
		{"DPOP_SECRET=" + strings.Repeat("s", 42), "DPOP_SECRET or"},
		{"KEY_SETS_SECRET=" + strings.Repeat("s", 42), "KEY_SETS_SECRET"},
		{"DPOP=on", "DPOP must be one of"},
		{"DPOP", "DPOP is not set"},
		{"OTHER_API_URLS=https://a.example,http://b.example", "OTHER_API_URLS has an item that is no"},
		{"OTHER_API_URLS=https://a.example/", "OTHER_API_URLS has"},
	} {
		_, err := fromEnv(environment(issuer, db, "DPOP=required", secretSetting, c.setting), db.Client, new(testkit.Log))
		testkit.Refused(t, err, c.says)
	}
}

// A cold start elsewhere with the same secret takes the nonce, and the token is remembered: neither replaces the proof.
func TestARememberedTokenNeedsAFreshProofEachTime(t *testing.T) {
	w := newBoundWorld(t, "allowed")
	raw := w.token()
	w.kind(t, "user", "authorization: DPoP "+raw, "dpop: "+w.proof(raw))
	w.refused(t, "invalid_dpop_proof", "proof_missing", "DPoP", "authorization: DPoP "+raw)
	for reason, late := range map[string]time.Duration{"proof_too_old": -2 * time.Hour, "proof_too_early": 2 * time.Hour} {
		w.client.Now = func() time.Time { return time.Now().Add(late) }
		a := w.refused(t, "invalid_dpop_proof", reason, "DPoP", "authorization: DPoP "+raw, "dpop: "+w.proof(raw))
		testkit.Equal(t, any(descriptionOtherTime), a.Context["error_description"])
	}
}
