package main

import (
	"encoding/json"
	"testing"
	"time"

	"drawbridge/shared/issuer"
	"drawbridge/shared/rest/resttest"
	"drawbridge/shared/testkit"
)

var now = time.Date(2027, 3, 1, 0, 0, 0, 0, time.UTC)

// ask asks a route with three issuers, of which the last has ended.
func ask(t *testing.T, api string) resttest.Answer {
	t.Helper()
	route := New(api, []issuer.Issuer{
		{URL: "https://login.bank.example/", Audience: "https://my-banking-api"},
		{URL: "https://bank.eu.auth0.com/", Until: now.Add(time.Second)},
		{URL: "https://old.eu.auth0.com/", Until: now},
	}, func() time.Time { return now })
	return resttest.Do(t, route, resttest.Call{Method: "GET", Path: "/.well-known/oauth-protected-resource"})
}

func TestTheMetadataNamesTheIssuersInUseScopesAndMethods(t *testing.T) {
	answer := ask(t, "https://api.bank.example")
	answer.Want(t, 200, "")
	want := map[string]any{
		"resource":                 "https://api.bank.example",
		"authorization_servers":    []any{"https://login.bank.example/", "https://bank.eu.auth0.com/"},
		"scopes_supported":         []any{"view:balance", "transfer:funds", "create:session"},
		"bearer_methods_supported": []any{"header"}, "audience": "https://my-banking-api",
	}
	var got map[string]any
	testkit.Must(t, json.Unmarshal([]byte(answer.Body), &got))
	testkit.Equal(t, want, got)
}

func TestWithoutAConfiguredURLTheResourceIsWhereItWasAsked(t *testing.T) {
	if got := ask(t, "").Member(t, "resource"); got != resttest.Base {
		t.Errorf("resource %v", got)
	}
}
