package main

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"drawbridge/shared/identity"
	"drawbridge/shared/rest/resttest"
	"drawbridge/shared/session"
	"drawbridge/shared/testkit"
	"drawbridge/shared/token/tokentest"
)

func TestAPasswordIsTradedForACode(t *testing.T) {
	w := newWorld(t)
	answer := w.post(t, credentials{Username: "alice", Password: alicePassword})
	w.opens(t, answer, aliceID)
	if answer.Member(t, "token_type") != "Bearer" || answer.Member(t, "expires_in") != session.AbsoluteLimit.Seconds() {
		t.Errorf("got %s", answer.Body)
	}
}

func TestAnIDTokenOfEachClientIsTradedForACodeOfTheSameKind(t *testing.T) {
	w := newWorld(t)
	for _, client := range []identity.ClientID{webClient, mobileClient} {
		raw := w.idToken(w.nonce(t, aliceSub, client), tokentest.Claim("aud", client), tokentest.Claim("azp", client))
		w.opens(t, w.post(t, byIDToken(raw)), aliceID)
	}
}

func TestARepeatedExchangeYieldsNothing(t *testing.T) {
	w := newWorld(t)
	body := w.first(t, aliceSub)
	w.post(t, body).Want(t, 200, "")
	for range 3 {
		w.post(t, body).Want(t, 403, "login_failed")
	}
	if got := w.log.Last(t)["reason"]; got != "session_id_unknown_or_used" {
		t.Errorf("the reason on record is %v", got)
	}
}

func TestEveryRefusalIsTheSameToTheByte(t *testing.T) {
	w := newWorld(t)
	testkit.Must(t, w.Customers.SetPassword(t.Context(), bobID, "bob", "bob-at-the-bank"))
	testkit.Must(t, w.Customers.Disable(t.Context(), bobID, w.Sessions))
	var first string
	for name, body := range map[string]credentials{
		"unknown user":               {Username: "nobody", Password: alicePassword},
		"wrong password":             {Username: "alice", Password: "alice-at-the-bonk"},
		"disabled, right password":   {Username: "bob", Password: "bob-at-the-bank"},
		"disabled identity":          w.first(t, bobSub),
		"unknown identity":           w.first(t, "auth0|x"),
		"no session_id":              byIDToken(w.issuer.IDToken()),
		"an unknown session_id":      byIDToken(w.idToken(strings.Repeat("A", 43))),
		"garbage":                    byIDToken("a.b.c"),
		"a password that is no text": {Username: "alice", Password: strings.Repeat("\u0000", 300)},
	} {
		answer := w.post(t, body)
		answer.Want(t, 403, "login_failed")
		if first == "" {
			first = answer.Body
		}
		if answer.Body != first || answer.Header["WWW-Authenticate"] != "" {
			t.Errorf("%s: %v %s", name, answer.Header, answer.Body)
		}
	}
}

func TestARefusalTakesItsTimeWhateverItWas(t *testing.T) {
	const floor = 150 * time.Millisecond
	w := newWorld(t)
	w.Floor = floor
	for name, body := range map[string]credentials{
		"garbage": byIDToken("a.b.c"), "wrong password": {Username: "alice", Password: "alice-at-the-bonk"},
	} {
		began := time.Now()
		w.post(t, body).Want(t, 403, "login_failed")
		if took := time.Since(began); took < floor {
			t.Errorf("%s: refused after %v", name, took)
		}
	}
}

func TestTooManyTriesAreToldWhenToComeBack(t *testing.T) {
	w := newWorld(t)
	for range 5 {
		w.post(t, credentials{Username: "alice", Password: "a-wrong-guess"}).Want(t, 403, "login_failed")
	}
	answer := w.post(t, credentials{Username: "alice", Password: alicePassword})
	answer.Want(t, 429, "too_many_attempts")
	seconds, err := strconv.Atoi(answer.Header["Retry-After"])
	if err != nil || seconds < 1 || seconds > 15*60 {
		t.Errorf("Retry-After: %s", answer.Header["Retry-After"])
	}
	if record := w.log.Last(t); record["event"] != "login_throttled" || record["limit"] != "pair" {
		t.Errorf("on record: %v", record)
	}
}

func TestAThrottledOwnerStillLogsInByAuth0(t *testing.T) {
	w := newWorld(t)
	for range 6 {
		w.post(t, credentials{Username: "alice", Password: "a-wrong-guess"})
	}
	w.post(t, w.first(t, aliceSub)).Want(t, 200, "")
}

func TestKeysThatCannotBeHadAreOurFaultAndUseNothingUp(t *testing.T) {
	w := newWorld(t)
	w.issuer.Answer(func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusBadGateway) })
	body := w.first(t, aliceSub)
	answer := w.post(t, body)
	answer.Want(t, 503, "unavailable")
	if answer.Header["Retry-After"] == "" {
		t.Error("not told when to come back")
	}
	w.issuer.Answer(nil)
	for began := time.Now(); answer.Status == 503 && time.Since(began) < 10*time.Second; { // the key store's back-off
		answer = w.post(t, body)
	}
	answer.Want(t, 200, "")
}

// A disabled customer's session_id is not used up by the refusal, and none of their codes outlives the disabling.
func TestALoginAtTheInstantOfDisablingDoesNotSurviveIt(t *testing.T) {
	w := newWorld(t)
	begun, done := make(chan struct{}), make(chan []resttest.Answer)
	go func() {
		var answers []resttest.Answer
		for i := range 50 {
			answers = append(answers, w.post(t, credentials{Username: "alice", Password: alicePassword}))
			if i == 4 {
				close(begun)
			}
		}
		done <- answers
	}()
	<-begun
	testkit.Must(t, w.Customers.Disable(t.Context(), aliceID, w.Sessions))
	accepted := 0
	for _, answer := range <-done {
		if answer.Status != 200 {
			continue
		}
		accepted++
		code, _ := answer.Member(t, "authorization_code").(string)
		if _, err := w.Sessions.Verify(t.Context(), code); !errors.Is(err, session.ErrInvalid) {
			t.Errorf("a code outlived the disabling: %v", err)
		}
	}
	if accepted < 5 {
		t.Errorf("%d logins were accepted, want those before the disabling", accepted)
	}
}

func TestTheRecordSaysWhoWhenAndFromWhereAndNoSecret(t *testing.T) {
	w := newWorld(t)
	nonce := w.nonce(t, aliceSub, webClient)
	raw := w.idToken(nonce)
	byToken := w.post(t, byIDToken(raw))
	record := w.log.Last(t)
	for name, want := range map[string]any{
		"event": "login_accepted", "by": "id_token", "sub": aliceSub, "client_id": webClient, "customer_id": aliceID,
		"ip": home, "request_id": "request-1", "user_agent": "resttest",
	} {
		if record[name] != want {
			t.Errorf("%s is %v, want %v", name, record[name], want)
		}
	}
	if record["time"] == nil || record["session"] == nil || record["nonce"] == nil {
		t.Errorf("incomplete: %v", record)
	}
	byPassword := w.post(t, credentials{Username: "alice", Password: alicePassword})
	w.post(t, credentials{Username: "hunter2-in-the-wrong-field", Password: "a-wrong-guess"}).Want(t, 403, "")
	if record := w.log.Last(t); record["event"] != "login_refused" || record["reason"] != "unknown_username" {
		t.Errorf("on record: %v", record)
	}
	for name, secret := range map[string]string{
		"the session_id": nonce, "the id_token": raw, "its signature": raw[strings.LastIndexByte(raw, '.')+1:],
		"the password":                        alicePassword,
		"a code":                              byToken.Member(t, "authorization_code").(string),
		"another code":                        byPassword.Member(t, "authorization_code").(string),
		"what was typed into the wrong field": "hunter2", "a wrong password": "a-wrong-guess",
	} {
		if strings.Contains(w.log.String(), secret) {
			t.Errorf("%s is in the log", name)
		}
	}
}
