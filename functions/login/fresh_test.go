package main

import (
	"testing"
	"time"

	"drawbridge/shared/bridge"
	"drawbridge/shared/identity"
	"drawbridge/shared/testkit"
	"drawbridge/shared/token/tokentest"
)

func TestWithAMaximumAgeTheUserMustHaveLoggedInLately(t *testing.T) {
	w := newWorld(t)
	w.trust(t, 5*time.Minute, w.issuer.Entry(identity.Main))
	ago := func(d time.Duration) tokentest.Option { return tokentest.Claim("auth_time", time.Now().Add(-d).Unix()) }
	for _, c := range []struct {
		name   string
		option tokentest.Option
		reason string // empty: let in
	}{
		{"a minute ago", ago(time.Minute), ""},
		{"just within when the token was issued", ago(5 * time.Minute), ""},
		{"an hour ago", ago(time.Hour), "login_too_old"},
		{"in a minute", ago(-time.Minute), "logged_in_in_future"},
		{"not said", tokentest.NoClaim("auth_time"), "no_auth_time"},
		{"said as text", tokentest.Claim("auth_time", "now"), "token_claim_wrong_type"},
	} {
		answer := w.post(t, w.first(t, aliceSub, c.option))
		if c.reason == "" {
			answer.Want(t, 200, "")
			continue
		}
		answer.Want(t, 403, "login_failed")
		if got := w.log.Last(t)["reason"]; got != c.reason {
			t.Errorf("%s: refused for %v, want %s", c.name, got, c.reason)
		}
	}
}

// An attacker who keeps an authorization code of the tenant back gets an id_token that looks new. The session_id in it
// is not.
func TestASessionIDThatWasKeptBackIsRefusedHoweverNewTheToken(t *testing.T) {
	w := newWorld(t)
	for seconds, want := range map[int]int{
		-5: 200, 0: 200, 1: 200, 10: 200, 25: 200, 31: 403, 46: 403, 60: 403, 90: 403, 119: 403, 121: 403, 3600: 403,
	} {
		then := bridge.New(bridge.Config{
			Client: w.db.Client, Table: w.db.Tables["NoncesTable"],
			Now: func() time.Time { return time.Now().Add(-time.Duration(seconds) * time.Second) },
		})
		sessionID, _, err := then.Issue(t.Context(), aliceSub, webClient)
		testkit.Must(t, err)
		answer := w.post(t, byIDToken(w.idToken(sessionID)))
		if answer.Status != want || want == 403 && w.log.Last(t)["reason"] != "session_id_expired" {
			t.Errorf("%d s old: %d %s", seconds, answer.Status, answer.Body)
		}
	}
}
