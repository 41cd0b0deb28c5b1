package main

import (
	"testing"
)

func TestACustomerIsCreatedOnce(t *testing.T) {
	w := empty(t)
	carl := ofBob.with("name", "Carl Carlsson").with("email", "Carl@example.com")
	g := w.once("create_customer", carl, change{Of: "customer " + bob, What: "name", To: "Carl Carlsson"})
	if g.change("email").To != "Carl@example.com" {
		t.Error(g.text)
	}
}

func TestACustomerIDInUseIsRefused(t *testing.T) {
	w := newWorld(t)
	for _, f := range []fields{
		{"customer_id": alice, "name": "Alice Archer"}, // without the address that she has
		{"customer_id": alice, "name": "Somebody Else", "email": "alice@example.com"},
		{"customer_id": bob, "name": "Bob Baker", "email": "bob@example.com"},
		{"customer_id": bob, "name": "Bob Baker", "email": "alice@example.com"},
	} {
		w.refuses(customerExists, "create_customer", f)
	}
}

func TestAnAddressInUseIsRefused(t *testing.T) {
	newWorld(t).refuses(emailInUse, "create_customer",
		fields{"customer_id": "1000000003", "name": "Carl", "email": "ALICE@example.com"})
}

func TestADisabledCustomerIsOutUntilEnabled(t *testing.T) {
	w := newWorld(t)
	code := w.login(alice)
	if g := w.plan("disable_customer", ofAlice); g.change("sessions").From != "1" {
		t.Error(g.text)
	}
	w.once("disable_customer", ofAlice, change{Of: "customer " + alice, What: "status", From: "enabled", To: "disabled"})
	w.lives(false, code)
	if there, err := w.direct.directory.Get(t.Context(), alice); err != nil || !there.Disabled {
		t.Errorf("%+v, %v", there, err)
	}
	code = w.login(alice) // as if the command had ended half-way
	w.done("disable_customer", ofAlice)
	w.lives(false, code)
	w.once("enable_customer", ofAlice, change{Of: "customer " + alice, What: "status", From: "disabled", To: "enabled"})
}

func TestAPasswordThatIsSetOpens(t *testing.T) {
	w := newWorld(t)
	if g := w.plan("set_password", login); g.change("username").To != "alice" {
		t.Error(g.text)
	}
	for range 2 { // the same again does the same
		w.done("set_password", login)
		who, err := w.direct.directory.Authenticate(t.Context(), "alice", "alice-at-the-bank", "192.0.2.1")
		if err != nil || who.CustomerID != alice {
			t.Errorf("%+v, %v", who, err)
		}
	}
}

func TestANewPasswordEndsTheSessionsUnlessToldNotTo(t *testing.T) {
	w := newWorld(t)
	code, other := w.login(alice), w.login(bob)
	w.done("set_password", login.with("keep_sessions", true))
	w.lives(true, code)
	if g := w.plan("set_password", login.with("keep_sessions", false)); g.change("sessions").From != "1" {
		t.Error(g.text)
	}
	w.lives(true, code)
	for _, f := range []fields{login.with("keep_sessions", false), login} {
		code := w.login(alice)
		w.done("set_password", f)
		w.lives(false, code)
	}
	w.lives(false, code)
	w.lives(true, other)
	for _, odd := range []any{"true", "", nil, 1, 0, []any{true}, map[string]any{}} {
		w.refuses(invalidRequest, "set_password", login.with("keep_sessions", odd))
	}
	w.refuses(invalidRequest, "enable_customer", ofAlice.with("keep_sessions", true))
}

func TestANewUsernameTakesThePlaceOfTheOldOne(t *testing.T) {
	w := newWorld(t)
	w.done("set_password", login)
	if g := w.done("set_password", login.with("username", "archer")); g.change("username").From != "alice" {
		t.Error(g.text)
	}
	if owner, err := w.direct.directory.UsernameOwner(t.Context(), "alice"); owner != "" || err != nil {
		t.Errorf("the old one is %q's, %v", owner, err)
	}
}

func TestALoginThatNobodyMayChooseIsRefused(t *testing.T) {
	w := newWorld(t)
	for _, f := range []fields{
		login.with("password", "password"), login.with("password", "short"), login.with("username", "a lice"),
	} {
		w.refuses(loginNotAllowed, "set_password", f)
	}
}

func TestAUsernameInUseIsRefused(t *testing.T) {
	w := newWorld(t)
	w.done("set_password", login)
	w.refuses(usernameInUse, "set_password", login.with("customer_id", bob).with("username", "Alice"))
}

func TestEverySessionIsRevokedAndNoOtherCustomers(t *testing.T) {
	w := newWorld(t)
	codes, other := []string{w.login(alice), w.login(alice)}, w.login(bob)
	w.once("revoke_sessions", ofAlice, change{Of: "customer " + alice, What: "sessions", From: "2", To: "0"})
	w.lives(false, codes...)
	w.lives(true, other)
}

func TestWhoIsNoCustomerIsSaidSo(t *testing.T) {
	w := empty(t)
	for command, f := range map[string]fields{
		"disable_customer": {}, "enable_customer": {}, "revoke_sessions": {}, "show_customer": {},
		"set_password": login, "link_identity": hers, "unlink_identity": hers,
	} {
		w.refuses(noSuchCustomer, command, f.with("customer_id", "1000000009"))
	}
	w.refuses(noSuchCustomer, "open_account", fields{"account_id": "1000000009-01", "currency": "EUR"})
}
