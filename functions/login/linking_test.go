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

// carols is an id_token of a login by sub with Carol's address.
func (w *world) carols(t *testing.T, sub identity.Person, options ...tokentest.Option) credentials {
	t.Helper()
	return w.first(t, sub, append(options, tokentest.Claim("email", "Carol@example.com"))...)
}

func TestAVerifiedAddressLinksAtTheFirstLoginAndTheRecordSaysSo(t *testing.T) {
	w := byAddress(t)
	w.opens(t, w.post(t, w.carols(t, carolSub)), carolID)
	if by := w.log.Last(t)["linked_by"]; by != "verified_email" {
		t.Errorf("linked by %v", by)
	}
	w.post(t, w.carols(t, carolSub)).Want(t, 200, "")
	if by := w.log.Last(t)["linked_by"]; by != nil {
		t.Errorf("linked again by %v", by)
	}
	w.post(t, w.carols(t, "auth0|another")).Want(t, 403, "login_failed")
}

func TestTwoFirstLoginsOfOnePersonAtTheSameInstantAreBothIn(t *testing.T) {
	w := byAddress(t)
	tabs := make([]resttest.Answer, 3)
	testkit.Together(len(tabs), func(i int) { tabs[i] = w.post(t, w.carols(t, carolSub)) })
	for _, tab := range tabs {
		w.opens(t, tab, carolID)
	}
}

func TestAFirstLoginThatIsRefusedLinksNothing(t *testing.T) {
	w := byAddress(t)
	w.post(t, w.carols(t, bobSub, tokentest.Claim("sub", carolSub))).Want(t, 403, "login_failed")
	if owner, err := w.Customers.IdentityOwner(t.Context(), carolSub); owner != "" || err != nil {
		t.Errorf("linked to %q, %v", owner, err)
	}
}
