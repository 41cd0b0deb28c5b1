package main

import (
	"testing"
	"time"

	"drawbridge/shared/access"
	"drawbridge/shared/bank/banktest"
	"drawbridge/shared/customer"
	"drawbridge/shared/identity"
	"drawbridge/shared/rest"
	"drawbridge/shared/rest/resttest"
)

func person(sub string) access.Principal {
	return access.Principal{
		Kind: access.KindUser, Subject: identity.Subject(sub), TokenID: "token-1",
		Scopes:    []string{access.ScopeViewBalance},
		ExpiresAt: time.Now().Add(time.Hour),
	}
}

// handler serves a bank where auth0|alice is customer 1000000001, with an account in euros and one in yen.
func handler(t *testing.T) rest.Handler {
	f := banktest.New(t)
	f.Account(t, "1000000001-01", "EUR", 2500_07)
	f.Account(t, "1000000001-02", "JPY", 90000)
	f.Account(t, "1000000002-01", "EUR", 1)
	directory := customer.New(customer.Config{Client: f.DB.Client, Table: f.DB.Tables["CustomersTable"]})
	if err := directory.Create(t.Context(), customer.Customer{ID: "1000000001", Name: "Alice"}); err != nil {
		t.Fatal(err)
	}
	if err := directory.Link(t.Context(), "1000000001", "auth0|alice"); err != nil {
		t.Fatal(err)
	}
	return New(directory, f.Bank, time.Now)
}

func get(t *testing.T, p access.Principal) resttest.Answer {
	t.Helper()
	return resttest.Do(t, handler(t), resttest.Call{Method: "GET", Path: "/balance", Principal: p})
}

const accounts = `{"accounts":[{"account_id":"1000000001-01","currency":"EUR","balance":"2500.07"},` +
	`{"account_id":"1000000001-02","currency":"JPY","balance":"90000"}]}`

func TestAPersonSeesTheirAccountsAndNobodyElses(t *testing.T) {
	answer := get(t, person("auth0|alice"))
	answer.Want(t, 200, "")
	if answer.Body != accounts {
		t.Errorf("body %s", answer.Body)
	}
}

func TestASessionOfTheBankSeesTheSame(t *testing.T) {
	p := person("customer|1000000001")
	p.Kind, p.CustomerID = access.KindSession, "1000000001"
	if answer := get(t, p); answer.Body != accounts {
		t.Errorf("body %s", answer.Body)
	}
}

func TestALoginThatIsLinkedToNobodyIsRefused(t *testing.T) {
	get(t, person("auth0|mallory")).Want(t, 403, "not_a_customer")
}

func TestAMachineIsRefused(t *testing.T) {
	p := person("machine@clients")
	p.Kind = access.KindClient
	get(t, p).Want(t, 403, "insufficient_scope")
}

func TestAnotherScopeIsRefused(t *testing.T) {
	p := person("auth0|alice")
	p.Scopes = []string{access.ScopeTransferFunds}
	get(t, p).Want(t, 403, "insufficient_scope")
}

func TestAnExpiredTokenIsRefusedThoughTheAuthorizerLetItIn(t *testing.T) {
	p := person("auth0|alice")
	p.ExpiresAt = time.Now().Add(-time.Second)
	get(t, p).Want(t, 401, "invalid_token")
}
