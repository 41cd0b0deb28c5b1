package main

import (
	"testing"

	"drawbridge/shared/customer"
	"drawbridge/shared/identity"
	"drawbridge/shared/rest/resttest"
	"drawbridge/shared/testkit"
	"drawbridge/shared/token/tokentest"
)

const carolID, carolSub = "1000000003", "auth0|66f0a1c0de00000000000003"

// byAddress is a world where a verified address of auth0 links, with a customer whose identity nobody has linked.
func byAddress(t *testing.T) *world {
	t.Helper()
	w := newWorld(t, func(c *customer.Config) { c.Providers = []string{"auth0"} })
	testkit.Must(t,
		w.Customers.Create(t.Context(), customer.Customer{ID: carolID, Name: "Carol", Email: "carol@example.com"}))
	return w
}

// first is an id_token of Carol's first login.
func (w *world) first(t *testing.T, sub identity.Person) string {
	t.Helper()
	return w.idToken(w.nonce(t, sub, webClient), tokentest.Claim("sub", sub),
		tokentest.Claim("email", "Carol@example.com"), tokentest.Claim("email_verified", true))
}

func TestAVerifiedAddressLinksAtTheFirstLoginAndTheRecordSaysSo(t *testing.T) {
	w := byAddress(t)
	w.opens(t, w.post(t, byIDToken(w.first(t, carolSub))), carolID)
	if by := w.log.Last(t)["linked_by"]; by != "verified_email" {
		t.Errorf("linked by %v", by)
	}
	w.post(t, byIDToken(w.first(t, carolSub))).Want(t, 200, "")
	if by := w.log.Last(t)["linked_by"]; by != nil {
		t.Errorf("linked again by %v", by)
	}
	w.post(t, byIDToken(w.first(t, "auth0|another"))).Want(t, 403, "login_failed")
}

func TestTwoFirstLoginsOfOnePersonAtTheSameInstantAreBothIn(t *testing.T) {
	w := byAddress(t)
	tabs, raws := make([]resttest.Answer, 3), make([]string, 3)
	for i := range raws {
		raws[i] = w.first(t, carolSub)
	}
	testkit.Together(len(tabs), func(i int) { tabs[i] = w.post(t, byIDToken(raws[i])) })
	for _, tab := range tabs {
		w.opens(t, tab, carolID)
	}
}

func TestAFirstLoginThatIsRefusedLinksNothing(t *testing.T) {
	w := byAddress(t)
	raw := w.idToken(w.nonce(t, bobSub, webClient), tokentest.Claim("sub", carolSub),
		tokentest.Claim("email", "carol@example.com"), tokentest.Claim("email_verified", true))
	w.post(t, byIDToken(raw)).Want(t, 403, "login_failed")
	if owner, err := w.Customers.IdentityOwner(t.Context(), carolSub); owner != "" || err != nil {
		t.Errorf("linked to %q, %v", owner, err)
	}
}
