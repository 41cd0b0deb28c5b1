package main

import (
	"net/http"
	"slices"
	"testing"

	"drawbridge/shared/dynamo"
	"drawbridge/shared/dynamo/dynamotest"
	"drawbridge/shared/testkit"
	"drawbridge/shared/token/tokentest"
)

// another is a world that trusts the tenant acme as well, which is not the bank's own.
func another(t *testing.T) (w *world, acme *tokentest.Issuer) {
	t.Helper()
	acme = tokentest.NewIssuer(t)
	return withIssuer(t, tokentest.NewIssuer(t), dynamotest.New(t), acme.URL+";tenant=acme"), acme
}

func TestTheContextNamesTheIssuerAndItsTenant(t *testing.T) {
	w, acme := another(t)
	for tenant, issuer := range map[string]*tokentest.Issuer{"main": w.issuer, "acme": acme} {
		a, err := w.ask(t, "Bearer "+issuer.AccessToken())
		testkit.Must(t, err)
		if a.Context["issuer"] != issuer.URL || a.Context["tenant"] != tenant || a.Context["sub"] != tokentest.Subject {
			t.Errorf("%s: %v", tenant, a.Context)
		}
	}
}

func TestATokenOfOneTenantSignedByAnotherIsDenied(t *testing.T) {
	w, acme := another(t)
	for _, pair := range [][2]*tokentest.Issuer{{w.issuer, acme}, {acme, w.issuer}} {
		a, err := w.ask(t, "Bearer "+pair[0].AccessToken(tokentest.Claim("iss", pair[1].URL)))
		wantDeny(t, a, err, "invalid_token")
		if line := w.lastLine(t); line["reason"] != "key_unknown" || line["issuer"] != pair[1].URL {
			t.Errorf("%v", line)
		}
	}
}

// A stranger can write any iss: it makes no fetch, no line in a log and no metric of CloudWatch.
func TestAnIssuerThatIsNotOursLeavesNoTrace(t *testing.T) {
	w, acme := another(t)
	a, err := w.ask(t, "Bearer "+acme.AccessToken(tokentest.Claim("iss", "https://evil.example/")))
	wantDeny(t, a, err, "invalid_token")
	line := w.lastLine(t)
	if line["reason"] != "wrong_issuer" || line["issuer"] != nil || w.issuer.Fetches()+acme.Fetches() != 0 {
		t.Errorf("%v", line)
	}
	for _, d := range line["_aws"].(map[string]any)["CloudWatchMetrics"].([]any) {
		for _, set := range d.(map[string]any)["Dimensions"].([]any) {
			if slices.Contains(set.([]any), any("issuer")) {
				t.Errorf("a metric by issuer: %v", d)
			}
		}
	}
}

func TestEachIssuersHealthIsItsOwn(t *testing.T) {
	w, acme := another(t)
	acme.Answer(func(answer http.ResponseWriter, _ *http.Request) { answer.WriteHeader(http.StatusBadGateway) })
	_, err := w.ask(t, "Bearer "+w.issuer.AccessToken())
	testkit.Must(t, err)
	if line := w.lastLine(t); line["issuer"] != w.issuer.URL || line["key_set_failures"] != 0.0 ||
		line["key_set_age_s"] != 0.0 {
		t.Errorf("%v", line)
	}
	if _, err := w.ask(t, "Bearer "+acme.AccessToken()); err != errUnavailable {
		t.Error(err)
	}
	if line := w.lastLine(t); line["issuer"] != acme.URL || line["decision"] != "error" ||
		line["key_set_failures"] != 1.0 || line["key_set_age_s"] != nil {
		t.Errorf("%v", line)
	}
	_, err = w.ask(t, "Bearer "+w.issuer.AccessToken())
	testkit.Must(t, err)
}

func TestAnIssuerThatHasEndedIsDeniedByThatReasonAndNotAsked(t *testing.T) {
	old := tokentest.NewIssuer(t)
	w := withIssuer(t, tokentest.NewIssuer(t), dynamotest.New(t), old.URL+";tenant=main;until=2020-01-01")
	a, err := w.ask(t, "Bearer "+old.AccessToken())
	wantDeny(t, a, err, "invalid_token")
	if line := w.lastLine(t); line["reason"] != "issuer_ended" || line["issuer"] != old.URL || old.Fetches() != 0 ||
		line["key_set_age_s"] != nil {
		t.Errorf("%v", line)
	}
}

func TestEachIssuersKeysAreKeptForAnOutageAndServeNoOther(t *testing.T) {
	w, acme := another(t)
	tokens := map[*tokentest.Issuer]string{w.issuer: w.issuer.AccessToken(), acme: acme.AccessToken()}
	for issuer, raw := range tokens {
		_, err := w.ask(t, "Bearer "+raw)
		testkit.Must(t, err)
		keptOf(w, issuer, "").waitKept(t)
		issuer.Answer(func(answer http.ResponseWriter, _ *http.Request) { answer.WriteHeader(http.StatusBadGateway) })
	}
	second := withIssuer(t, w.issuer, w.db, acme.URL+";tenant=acme")
	for _, raw := range tokens {
		_, err := second.ask(t, "Bearer "+raw)
		testkit.Must(t, err)
	}
	// moved to another issuer's item, a kept set breaks its seal
	theirs, err := keptOf(w, acme, "").Load(t.Context())
	testkit.Must(t, err)
	ours := kept(w, "")
	ours.change(t, "jwks", dynamo.Text(theirs.JWKS))
	ours.change(t, "seal", dynamo.Text(keptOf(w, acme, "").seal.over(theirs)))
	ours.change(t, "fetched_at", dynamo.Seconds(theirs.FetchedAt))
	if _, err := ours.Load(t.Context()); err != errTampered {
		t.Errorf("want %v, got %v", errTampered, err)
	}
}

// withIssuer is start with a second entry of TOKEN_ISSUERS.
func withIssuer(t *testing.T, issuer *tokentest.Issuer, db *dynamotest.DB, entry string) *world {
	t.Helper()
	return start(t, issuer, db, "TOKEN_ISSUERS="+trusted(issuer)+","+entry)
}
