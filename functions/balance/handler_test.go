package main

import (
	"testing"
	"time"

	"drawbridge/shared/access"
	"drawbridge/shared/bank/banktest"
	"drawbridge/shared/customer/customertest"
	"drawbridge/shared/identity"
	"drawbridge/shared/rest/resttest"
)

// get asks a bank where auth0|alice is customer 1000000001, with an account in euros and one in yen.
func get(t *testing.T, p access.Principal) resttest.Answer {
	t.Helper()
	f := banktest.New(t)
	f.Account(t, "1000000001-01", "EUR", 2500_07)
	f.Account(t, "1000000001-02", "JPY", 90000)
	f.Account(t, "1000000002-01", "EUR", 1)
	directory := customertest.On(t, f.DB, map[string]identity.Person{"1000000001": "auth0|alice"})
	call := resttest.Call{Method: "GET", Path: "/balance", Principal: p}
	return resttest.Do(t, New(directory, f.Bank, time.Now), call)
}

func alice() access.Principal { return resttest.User("auth0|alice", access.ScopeViewBalance) }

func TestAPersonSeesTheirAccountsAndNobodyElsesByEitherLogin(t *testing.T) {
	const want = `{"accounts":[{"account_id":"1000000001-01","currency":"EUR","balance":"2500.07"},` +
		`{"account_id":"1000000001-02","currency":"JPY","balance":"90000"}]}`
	for _, p := range []access.Principal{alice(), resttest.Session("1000000001")} {
		answer := get(t, p)
		if answer.Want(t, 200, ""); answer.Body != want {
			t.Errorf("%s: body %s", p.Kind, answer.Body)
		}
	}
}

func TestWhoMayNotLookIsRefused(t *testing.T) {
	expired := alice()
	expired.ExpiresAt = time.Now().Add(-time.Second) // though the authorizer, which remembers, let it in
	for _, c := range []struct {
		caller access.Principal
		status int
		code   string
	}{
		{resttest.User("auth0|mallory", access.ScopeViewBalance), 403, "not_a_customer"}, // a login linked to nobody
		{resttest.Machine("m", access.ScopeViewBalance), 403, "insufficient_scope"},
		{resttest.User("auth0|alice", access.ScopeTransferFunds), 403, "insufficient_scope"},
		{expired, 401, "invalid_token"},
	} {
		get(t, c.caller).Want(t, c.status, c.code)
	}
}
