package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"drawbridge/shared/access"
	"drawbridge/shared/bridge"
	"drawbridge/shared/dynamo/dynamotest"
	"drawbridge/shared/identity"
	"drawbridge/shared/rest"
	"drawbridge/shared/rest/resttest"
)

const (
	aliceSub  = "auth0|66f0a1c0de00000000000001"
	webClient = "k2bQvTz8WebClient0000000000000001"
)

func newRoute(t *testing.T) (rest.Handler, *bridge.Bridge, *bytes.Buffer) {
	t.Helper()
	db := dynamotest.New(t)
	nonces := bridge.New(bridge.Config{Client: db.Client, Table: db.Tables["NoncesTable"]})
	log := new(bytes.Buffer)
	return New(nonces, []identity.ClientID{webClient, "other"}, slog.New(slog.NewJSONHandler(log, nil)),
		time.Now), nonces, log
}

// machine is the principal of the login-bridge Action.
func machine() access.Principal {
	return access.Principal{
		Kind: access.KindClient, Subject: "bridge@clients", ClientID: "bridge",
		Scopes:    []string{access.ScopeCreateSession},
		ExpiresAt: time.Now().Add(time.Hour).Truncate(time.Second), TokenID: "token-1",
	}
}

func call(t *testing.T, route rest.Handler, caller access.Principal, body string) resttest.Answer {
	t.Helper()
	return resttest.Do(t, route,
		resttest.Call{Method: "POST", Path: "/nonce", Principal: caller, Body: body, SourceIP: "192.0.2.9"})
}

const good = `{"sub":"` + aliceSub + `","client_id":"` + webClient + `"}`

func TestAMachineGetsASessionIDThatCanBeRedeemedOnce(t *testing.T) {
	route, nonces, _ := newRoute(t)
	answer := call(t, route, machine(), good)
	answer.Want(t, 201, "")
	if answer.Member(t, "expires_in") != bridge.Lifetime.Seconds() {
		t.Errorf("got %s", answer.Body)
	}
	sessionID := answer.Member(t, "session_id").(string)
	if err := nonces.Redeem(t.Context(), sessionID, aliceSub, webClient); err != nil {
		t.Error(err)
	}
	if err := nonces.Redeem(t.Context(), sessionID, aliceSub, webClient); err == nil {
		t.Error("redeemed twice")
	}
}

func TestAnyNameThatAnIdentityCanHaveGetsOne(t *testing.T) {
	route, nonces, _ := newRoute(t)
	for _, sub := range []string{"samlp|acme|Jane Roe", "samlp|acme|Jörg Müller", "waad|x,y;z",
		strings.Repeat("x", 255)} {
		answer := call(t, route, machine(), strings.Replace(good, aliceSub, sub, 1))
		answer.Want(t, 201, "")
		sessionID, _ := answer.Member(t, "session_id").(string)
		if err := nonces.Redeem(t.Context(), sessionID, identity.Person(sub), webClient); err != nil {
			t.Errorf("%s: %v", sub, err)
		}
	}
}

func TestNobodyButAMachineWithTheScopeGetsOne(t *testing.T) {
	route, _, log := newRoute(t)
	for name, change := range map[string]func(*access.Principal){
		"a person with the scope": func(p *access.Principal) { p.Kind, p.Subject = access.KindUser, aliceSub },
		"a session with the scope": func(p *access.Principal) {
			p.Kind, p.Subject, p.CustomerID = access.KindSession, "customer|1000000001", "1000000001"
		},
		"a machine with another scope": func(p *access.Principal) { p.Scopes = []string{access.ScopeViewBalance} },
		"a machine without a scope":    func(p *access.Principal) { p.Scopes = nil },
	} {
		p := machine()
		change(&p)
		if answer := call(t, route, p, good); answer.Status != 403 {
			t.Errorf("%s: %d %s", name, answer.Status, answer.Body)
		}
	}
	expired := machine()
	expired.ExpiresAt = time.Now().Add(-time.Second).Truncate(time.Second)
	call(t, route, expired, good).Want(t, 401, "invalid_token")
	call(t, route, access.Principal{}, good).Want(t, 500, "internal_error") // no authorizer in front: never served
	if strings.Contains(log.String(), "nonce_issued") {
		t.Error("a session_id was made")
	}
}

func TestAMalformedRequestIsRefused(t *testing.T) {
	route, _, _ := newRoute(t)
	replace := func(old, new string) string { return strings.Replace(good, old, new, 1) }
	for name, body := range map[string]string{
		"empty": `{}`, "no sub": replace(`"sub":"`+aliceSub+`",`, ""), "empty sub": replace(aliceSub, ""),
		"a sub with space around it":    replace(aliceSub, " a"),
		"a sub with a line break":       replace(aliceSub, `a\nb`),
		"a long sub":                    replace(aliceSub, strings.Repeat("x", 256)),
		"a sub with a zero-width space": replace(aliceSub, "a\u200bb"),
		"another client":                replace(webClient, "evil"), "no client": replace(webClient, ""),
		"two clients":       replace(webClient, webClient+",other"),
		"an unknown member": replace("{", `{"transaction_id":"6f3c",`), "a sub twice": replace("{", `{"sub":"x",`),
	} {
		if answer := call(t, route, machine(), body); answer.Status != 400 {
			t.Errorf("%s: %d %s", name, answer.Status, answer.Body)
		}
	}
}

func TestTheRecordSaysForWhomAndHoldsNoSessionID(t *testing.T) {
	route, _, log := newRoute(t)
	sessionID := call(t, route, machine(), good).Member(t, "session_id").(string)
	if strings.Contains(log.String(), sessionID) {
		t.Error("the session_id is in the log")
	}
	var record map[string]any
	if err := json.Unmarshal(log.Bytes(), &record); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]any{
		"event": "nonce_issued", "by": "bridge", "sub": aliceSub, "client_id": webClient, "ip": "192.0.2.9",
		"nonce": bridge.ID(sessionID)[:16],
	} {
		if record[name] != want {
			t.Errorf("%s is %v, want %v", name, record[name], want)
		}
	}
}

func TestAMachineVouchesForThePeopleOfItsOwnTenantAlone(t *testing.T) {
	route, nonces, log := newRoute(t)
	theirs := machine()
	theirs.Issuer, theirs.Tenant = "https://acme.us.auth0.com/", "acme"
	sessionID := call(t, route, theirs, good).Member(t, "session_id").(string)
	if err := nonces.Redeem(t.Context(), sessionID, aliceSub, webClient); !errors.Is(err, bridge.ErrOtherSubject) {
		t.Errorf("the main tenant's user has it: %v", err)
	}
	if err := nonces.Redeem(t.Context(), sessionID, identity.PersonOf("acme", aliceSub), webClient); err != nil {
		t.Error(err)
	}
	if !strings.Contains(log.String(), `"sub":"`+aliceSub+`","tenant":"acme"`) {
		t.Errorf("the record does not name the tenant: %s", log)
	}
}
