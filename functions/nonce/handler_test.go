package main

import (
	"strings"
	"testing"
	"time"

	"drawbridge/shared/access"
	"drawbridge/shared/bridge"
	"drawbridge/shared/dynamo/dynamotest"
	"drawbridge/shared/identity"
	"drawbridge/shared/rest/resttest"
	"drawbridge/shared/testkit"
	"drawbridge/shared/token/tokentest"
)

const aliceSub, webClient = tokentest.Subject, tokentest.ClientID

// world is the route, what it makes and what it logs.
type world struct {
	*bridge.Bridge
	log testkit.Log
}

func newWorld(t *testing.T) *world {
	t.Helper()
	db := dynamotest.New(t)
	return &world{Bridge: bridge.New(bridge.Config{Client: db.Client, Table: db.Tables["NoncesTable"]})}
}

// machine is the principal of the login-bridge Action.
func machine() access.Principal { return resttest.Machine("bridge", access.ScopeCreateSession) }

func (w *world) call(t *testing.T, caller access.Principal, body string) resttest.Answer {
	t.Helper()
	route := New(w.Bridge, []identity.ClientID{webClient, "other"}, w.log.Logger(), time.Now)
	return resttest.Do(t, route,
		resttest.Call{Method: "POST", Path: "/nonce", Principal: caller, Body: body, SourceIP: "192.0.2.9"})
}

const good = `{"sub":"` + aliceSub + `","client_id":"` + webClient + `"}`

func TestAMachineGetsASessionIDThatCanBeRedeemedOnce(t *testing.T) {
	w := newWorld(t)
	answer := w.call(t, machine(), good)
	answer.Want(t, 201, "")
	if answer.Member(t, "expires_in") != bridge.Lifetime.Seconds() {
		t.Errorf("got %s", answer.Body)
	}
	sessionID := answer.Member(t, "session_id").(string)
	testkit.Must(t, w.Redeem(t.Context(), sessionID, aliceSub, webClient))
	testkit.WantError(t, w.Redeem(t.Context(), sessionID, aliceSub, webClient), bridge.ErrUnknown)
}

func TestAnyNameThatAnIdentityCanHaveGetsOne(t *testing.T) {
	w := newWorld(t)
	for _, sub := range []string{"samlp|acme|Jane Roe", "samlp|acme|Jörg Müller", "waad|x,y;z",
		strings.Repeat("x", 255)} {
		answer := w.call(t, machine(), strings.Replace(good, aliceSub, sub, 1))
		answer.Want(t, 201, "")
		sessionID, _ := answer.Member(t, "session_id").(string)
		testkit.WantError(t, w.Redeem(t.Context(), sessionID, identity.Person(sub), webClient), nil)
	}
}

func TestNobodyButAMachineWithTheScopeGetsOne(t *testing.T) {
	w := newWorld(t)
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
		if answer := w.call(t, p, good); answer.Status != 403 {
			t.Errorf("%s: %d %s", name, answer.Status, answer.Body)
		}
	}
	expired := machine()
	expired.ExpiresAt = time.Now().Add(-time.Second)
	w.call(t, expired, good).Want(t, 401, "invalid_token")
	w.call(t, access.Principal{}, good).Want(t, 500, "internal_error") // no authorizer in front: never served
	if strings.Contains(w.log.String(), "nonce_issued") {
		t.Error("a session_id was made")
	}
}

func TestAMalformedRequestIsRefused(t *testing.T) {
	w := newWorld(t)
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
		if answer := w.call(t, machine(), body); answer.Status != 400 {
			t.Errorf("%s: %d %s", name, answer.Status, answer.Body)
		}
	}
}

func TestTheRecordSaysForWhomAndHoldsNoSessionID(t *testing.T) {
	w := newWorld(t)
	sessionID := w.call(t, machine(), good).Member(t, "session_id").(string)
	if strings.Contains(w.log.String(), sessionID) {
		t.Error("the session_id is in the log")
	}
	record := w.log.Last(t)
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
	w := newWorld(t)
	theirs := machine()
	theirs.Issuer, theirs.Tenant = "https://acme.us.auth0.com/", "acme"
	sessionID := w.call(t, theirs, good).Member(t, "session_id").(string)
	// it is not the main tenant's user who has it
	testkit.WantError(t, w.Redeem(t.Context(), sessionID, aliceSub, webClient), bridge.ErrOtherSubject)
	testkit.Must(t, w.Redeem(t.Context(), sessionID, identity.PersonOf("acme", aliceSub), webClient))
	if record := w.log.Last(t); record["sub"] != aliceSub || record["tenant"] != "acme" {
		t.Errorf("on record: %v", record)
	}
}
