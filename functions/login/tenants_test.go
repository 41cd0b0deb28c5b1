package main

import (
	"testing"

	"drawbridge/shared/bridge"
	"drawbridge/shared/identity"
	"drawbridge/shared/idtoken"
	"drawbridge/shared/testkit"
	"drawbridge/shared/token/tokentest"
)

// trusting is a world whose login takes a second issuer, of the given tenant.
func trusting(t *testing.T, tenant identity.Tenant) (w *world, second *tokentest.Issuer) {
	t.Helper()
	w, second = newWorld(t), tokentest.NewIssuer(t)
	w.trust(t, 0, w.issuer.Entry(identity.Main), second.Entry(tenant))
	return w, second
}

// While a tenant changes its name, the Action may call by one name and the id_token come by the other.
func TestALoginUnderEitherNameOfATenantIsTheSamePersons(t *testing.T) {
	w, renamed := trusting(t, identity.Main)
	for _, by := range []*tokentest.Issuer{w.issuer, renamed} {
		raw := by.IDToken(tokentest.Claim("session_id", w.nonce(t, aliceSub, webClient)))
		w.post(t, byIDToken(raw)).Want(t, 200, "")
		if named := w.log.Last(t)["issuer"]; named != by.URL {
			t.Errorf("the record names the issuer %v", named)
		}
	}
}

func TestTheSameSubAtAnotherTenantIsNotTheCustomer(t *testing.T) {
	w, acme := trusting(t, "acme")
	theirs := identity.PersonOf("acme", aliceSub)
	sessionID := w.nonce(t, theirs, webClient)
	raw := acme.IDToken(tokentest.Claim("session_id", sessionID))
	w.post(t, byIDToken(raw)).Want(t, 403, "login_failed")
	if reason := w.log.Last(t)["reason"]; reason != "unknown_identity" {
		t.Errorf("refused for %v", reason)
	}
	// it has used nothing up: linked to bob, the person logs in as bob
	testkit.Must(t, w.Customers.Link(t.Context(), bobID, theirs))
	w.opens(t, w.post(t, byIDToken(raw)), bobID)
}

func TestASessionIDOfOneTenantsUserServesNoOtherTenants(t *testing.T) {
	w, acme := trusting(t, "acme")
	testkit.Must(t, w.Customers.Link(t.Context(), bobID, identity.PersonOf("acme", aliceSub)))
	sessionID := w.nonce(t, aliceSub, webClient)
	w.post(t, byIDToken(acme.IDToken(tokentest.Claim("session_id", sessionID)))).Want(t, 403, "login_failed")
	if reason, _ := idtoken.Reason(bridge.ErrOtherSubject); w.log.Last(t)["reason"] != reason {
		t.Errorf("refused for %v", w.log.Last(t)["reason"])
	}
	w.post(t, byIDToken(w.idToken(sessionID))).Want(t, 200, "")
}
