package main

import (
	"slices"
	"strings"
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
		for name, want := range map[string]string{"issuer": issuer.URL, "tenant": tenant, "sub": tokentest.Subject} {
			testkit.Equal(t, any(want), w.allowed(t, issuer.AccessToken()).Context[name])
		}
	}
}

func TestATokenOfOneTenantSignedByAnotherIsDenied(t *testing.T) {
	w, acme := another(t)
	for _, pair := range [][2]*tokentest.Issuer{{w.issuer, acme}, {acme, w.issuer}} {
		w.denied(t, pair[0].AccessToken(tokentest.Claim("iss", pair[1].URL)), "key_unknown")
		if line := w.lines.Last(t); line["issuer"] != pair[1].URL {
			t.Errorf("%v", line)
		}
	}
}

// A stranger can write any iss: it makes no fetch, no line in a log and no metric of CloudWatch.
func TestAnIssuerThatIsNotOursLeavesNoTrace(t *testing.T) {
	w, acme := another(t)
	w.denied(t, acme.AccessToken(tokentest.Claim("iss", "https://evil.example/")), "wrong_issuer")
	line := w.lines.Last(t)
	if line["issuer"] != nil || w.issuer.Fetches()+acme.Fetches() != 0 {
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
	outage(acme)
	w.allowed(t, w.issuer.AccessToken())
	if line := w.lines.Last(t); line["issuer"] != w.issuer.URL || line["key_set_failures"] != 0.0 ||
		line["key_set_age_s"] != 0.0 {
		t.Errorf("%v", line)
	}
	if _, err := w.ask(t, "Bearer "+acme.AccessToken()); err != errUnavailable {
		t.Error(err)
	}
	if line := w.lines.Last(t); line["issuer"] != acme.URL || line["decision"] != "error" ||
		line["key_set_failures"] != 1.0 || line["key_set_age_s"] != nil {
		t.Errorf("%v", line)
	}
	w.allowed(t, w.issuer.AccessToken())
}

func TestAnIssuerThatHasEndedIsDeniedByThatReasonAndNotAsked(t *testing.T) {
	old := tokentest.NewIssuer(t)
	w := withIssuer(t, tokentest.NewIssuer(t), dynamotest.New(t), old.URL+";tenant=main;until=2020-01-01")
	w.denied(t, old.AccessToken(), "issuer_ended")
	if line := w.lines.Last(t); line["issuer"] != old.URL || old.Fetches() != 0 || line["key_set_age_s"] != nil {
		t.Errorf("%v", line)
	}
	if strings.Contains(w.lines.String(), `"Name":"key_set`) {
		t.Errorf("a metric of its keys: %s", w.lines)
	}
}

func TestEachIssuersKeysAreKeptForAnOutageAndServeNoOther(t *testing.T) {
	w, acme := another(t)
	tokens := map[*tokentest.Issuer]string{w.issuer: w.issuer.AccessToken(), acme: acme.AccessToken()}
	for issuer, raw := range tokens {
		w.allowed(t, raw)
		keptOf(w, issuer, "").waitKept(t)
		outage(issuer)
	}
	second := withIssuer(t, w.issuer, w.db, acme.URL+";tenant=acme")
	for _, raw := range tokens {
		second.allowed(t, raw)
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
