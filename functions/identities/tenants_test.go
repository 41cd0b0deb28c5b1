package main

import (
	"net/http"
	"testing"

	"drawbridge/shared/identity"
	"drawbridge/shared/token/tokentest"
)

func TestALoginOfAnotherTenantIsLinkedListedAndUnlinkedWithItsTenant(t *testing.T) {
	w, acme := newWorld(t), tokentest.NewIssuer(t)
	w.trust(t, w.issuer.Entry(identity.Main), acme.Entry("acme"))
	theirs := identity.PersonOf("acme", jane)
	raw := acme.IDToken(tokentest.Claim("sub", jane), tokentest.Claim("session_id", w.sessionID(t, theirs)))
	w.call(t, http.MethodPost, w.byPassword(t, alice), "", raw).Want(t, 200, "")
	w.call(t, http.MethodPost, w.byPassword(t, bob), "", w.fresh(t, jane)).Want(t, 200, "")
	w.links(t, alice, theirs)
	w.call(t, http.MethodDelete, w.byPassword(t, alice), jane, "").Want(t, 204, "") // bob's, so nobody's to her
	w.links(t, alice, theirs)
	w.call(t, http.MethodDelete, w.byPassword(t, alice), theirs, "").Want(t, 204, "")
	w.links(t, alice)
	w.links(t, bob, bobSub, jane)
	w.call(t, http.MethodDelete, w.byPassword(t, alice), identity.PersonOf("No Tenant", jane), "").Want(t, 400,
		"invalid_request")
}
