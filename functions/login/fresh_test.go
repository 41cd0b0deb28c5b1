package main

import (
	"testing"
	"time"

	"drawbridge/shared/token/tokentest"
)

func TestWithAMaximumAgeTheUserMustHaveLoggedInLately(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.MaxAuthAge = 5 * time.Minute })
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
		answer := w.post(t, byIDToken(w.idToken(w.nonce(t, aliceSub, webClient), c.option)))
		if c.reason == "" {
			answer.Want(t, 200, "")
			continue
		}
		answer.Want(t, 401, "login_failed")
		if got := w.log.last(t)["reason"]; got != c.reason {
			t.Errorf("%s: refused for %v, want %s", c.name, got, c.reason)
		}
	}
}
