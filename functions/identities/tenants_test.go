package main

import (
	"net/http"
	"slices"
	"testing"

	"drawbridge/shared/identity"
	"drawbridge/shared/idtoken"
	"drawbridge/shared/issuer"
	"drawbridge/shared/testkit"
	"drawbridge/shared/token/tokentest"
)

func TestALoginOfAnotherTenantIsLinkedListedAndUnlinkedWithItsTenant(t *testing.T) {
	w, acme := newWorld(t), tokentest.NewIssuer(t)
	var err error
	w.IDTokens, err = idtoken.New(idtoken.Config{
		Issuers: []issuer.Issuer{
			{URL: w.issuer.URL, Tenant: identity.Main, KeySetURL: w.issuer.KeySetURL()},
			{URL: acme.URL, Tenant: "acme", KeySetURL: acme.KeySetURL()},
		},
		Clients: []identity.ClientID{client},
	})
	testkit.Must(t, err)
	w.route = New(w.Config)
	theirs := identity.PersonOf("acme", jane)
	raw := acme.IDToken(tokentest.Claim("sub", jane), tokentest.Claim("session_id", w.sessionID(t, theirs)))
	w.call(t, http.MethodPost, w.byPassword(t, alice), "", raw).Want(t, 200, "")
	w.call(t, http.MethodPost, w.byPassword(t, bob), "", w.fresh(t, jane)).Want(t, 200, "")
	if got := w.links(t, alice); !slices.Equal(got, []identity.Person{theirs}) {
		t.Errorf("alice's are %q", got)
	}
	w.call(t, http.MethodDelete, w.byPassword(t, alice), jane, "").Want(t, 204, "") // bob's, so nobody's to her
	if got := w.links(t, alice); len(got) != 1 {
		t.Errorf("the main tenant's sub unlinked acme's: %q", got)
	}
	w.call(t, http.MethodDelete, w.byPassword(t, alice), theirs, "").Want(t, 204, "")
	if got := w.links(t, alice); len(got) != 0 {
		t.Errorf("left: %q", got)
	}
	if got := w.links(t, bob); !slices.Contains(got, identity.Person(jane)) {
		t.Errorf("bob's are %q", got)
	}
	w.call(t, http.MethodDelete, w.byPassword(t, alice), identity.PersonOf("No Tenant", jane), "").Want(t, 400,
		"invalid_request")
}
