package main

import (
	"encoding/json"
	"testing"

	"drawbridge/shared/rest/resttest"

	"github.com/google/go-cmp/cmp"
)

func TestTheMetadataNamesIssuerScopesAndMethods(t *testing.T) {
	config := Config{"https://api.bank.example", []string{"https://tenant.example/"}, "https://my-banking-api"}
	answer := resttest.Do(t, New(config),
		resttest.Call{Method: "GET", Path: "/.well-known/oauth-protected-resource"})
	answer.Want(t, 200, "")
	want := map[string]any{
		"resource": "https://api.bank.example", "authorization_servers": []any{"https://tenant.example/"},
		"scopes_supported":         []any{"view:balance", "transfer:funds", "create:session"},
		"bearer_methods_supported": []any{"header"}, "audience": "https://my-banking-api",
	}
	var got map[string]any
	if err := json.Unmarshal([]byte(answer.Body), &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestWithoutAConfiguredURLTheResourceIsWhereItWasAsked(t *testing.T) {
	answer := resttest.Do(t, New(Config{Issuers: []string{"https://tenant.example/"}, Audience: "a"}),
		resttest.Call{Method: "GET", Path: "/.well-known/oauth-protected-resource"})
	if got := answer.Member(t, "resource"); got != resttest.Base {
		t.Errorf("resource %v", got)
	}
}
