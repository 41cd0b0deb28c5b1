package main

import (
	"sync"
	"testing"

	"drawbridge/shared/customer"
	"drawbridge/shared/customer/password"
	"drawbridge/shared/rest/resttest"
	"drawbridge/shared/token/tokentest"
)

func TestTwoFirstLoginsOfOnePersonAtTheSameInstantAreOneCustomer(t *testing.T) {
	w := newWorldWith(t, func(c *customer.Config) {
		c.Linking, c.Hasher = customer.CreateCustomers, password.NewInsecurelyCheap()
	})
	const newcomer = "auth0|newcomer"
	tabs := make([]resttest.Answer, 3)
	var all sync.WaitGroup
	for i := range tabs {
		raw := w.idToken(w.nonce(t, newcomer, webClient), tokentest.Claim("sub", newcomer))
		all.Go(func() { tabs[i] = w.post(t, byIDToken(raw)) })
	}
	all.Wait()
	for _, tab := range tabs {
		if got, first := w.customerOf(t, tab), w.customerOf(t, tabs[0]); got != first {
			t.Errorf("customers %s and %s", got, first)
		}
	}
}

func TestAReplayedFirstLoginMakesNoCustomer(t *testing.T) {
	w := newWorldWith(t, func(c *customer.Config) {
		c.Linking, c.Hasher = customer.CreateCustomers, password.NewInsecurelyCheap()
	})
	raw := w.idToken(w.nonce(t, bobSub, webClient), tokentest.Claim("sub", "auth0|somebody-else"))
	w.post(t, byIDToken(raw)).Want(t, 401, "login_failed")
	if _, err := w.Customers.ByIdentity(t.Context(), "auth0|somebody-else"); err == nil {
		t.Error("a refused login made a customer")
	}
}
