package main

import (
	"errors"
	"testing"

	"drawbridge/shared/session"
	"drawbridge/shared/testkit"
)

func TestACustomerIsCreatedOnce(t *testing.T) {
	w := empty(t)
	carl := fields{"customer_id": bob, "name": "Carl Carlsson", "email": "Carl@example.com"}
	if g := w.plan(t, "create_customer", carl); g.change(t, "name").To != "Carl Carlsson" ||
		g.change(t, "email").To != "Carl@example.com" {
		t.Error(g.text)
	}
	w.do(t, "create_customer", carl).want(t, done)
	w.do(t, "create_customer", carl).want(t, unchanged)
	w.plan(t, "create_customer", carl).want(t, unchanged)
}

func TestACustomerIDInUseIsRefused(t *testing.T) {
	w := aBank(t)
	for _, f := range []fields{
		{"customer_id": alice, "name": "Alice Archer"}, // without the address that she has
		{"customer_id": alice, "name": "Somebody Else", "email": "alice@example.com"},
		{"customer_id": bob, "name": "Bob Baker", "email": "bob@example.com"},
		{"customer_id": bob, "name": "Bob Baker", "email": "alice@example.com"},
	} {
		w.do(t, "create_customer", f).refused(t, customerExists)
	}
}

func TestAnAddressInUseIsRefused(t *testing.T) {
	w := aBank(t)
	f := fields{"customer_id": "1000000003", "name": "Carl", "email": "ALICE@example.com"}
	w.do(t, "create_customer", f).refused(t, emailInUse)
	w.plan(t, "create_customer", f).refused(t, emailInUse)
}

func TestADisabledCustomerIsOutUntilEnabled(t *testing.T) {
	w := aBank(t)
	code := w.login(t, alice)
	of := fields{"customer_id": alice}
	if g := w.plan(t, "disable_customer", of); g.change(t, "status").To != "disabled" ||
		g.change(t, "sessions").From != "1" {
		t.Error(g.text)
	}
	w.do(t, "disable_customer", of).want(t, done)
	w.do(t, "disable_customer", of).want(t, unchanged)
	if _, err := w.direct.sessions.Verify(t.Context(), code); !errors.Is(err, session.ErrInvalid) {
		t.Errorf("the session lives: %v", err)
	}
	if there, err := w.direct.directory.Get(t.Context(), alice); err != nil || !there.Disabled {
		t.Errorf("%+v, %v", there, err)
	}
	w.plan(t, "enable_customer", of).want(t, planned)
	w.do(t, "enable_customer", of).want(t, done)
	w.do(t, "enable_customer", of).want(t, unchanged)
}

func TestADisabledCustomerWithSessionsLeftLosesThem(t *testing.T) {
	w := aBank(t)
	w.do(t, "disable_customer", fields{"customer_id": alice}).want(t, done)
	code := w.login(t, alice) // as if the first command had ended half-way
	w.do(t, "disable_customer", fields{"customer_id": alice}).want(t, done)
	if _, err := w.direct.sessions.Verify(t.Context(), code); !errors.Is(err, session.ErrInvalid) {
		t.Errorf("the session lives: %v", err)
	}
}

func TestAPasswordThatIsSetOpens(t *testing.T) {
	w := aBank(t)
	login := fields{"customer_id": alice, "username": "alice", "password": "alice-at-the-bank"}
	if g := w.plan(t, "set_password", login); g.change(t, "username").To != "alice" {
		t.Error(g.text)
	}
	w.do(t, "set_password", login).want(t, done)
	w.do(t, "set_password", login).want(t, done) // the same again does the same
	if who, err := w.direct.directory.Authenticate(t.Context(), "alice", "alice-at-the-bank",
		"192.0.2.1"); err != nil || who.CustomerID != alice {
		t.Errorf("%+v, %v", who, err)
	}
}

func TestANewPasswordEndsTheSessionsUnlessToldNotTo(t *testing.T) {
	w := aBank(t)
	login := fields{"customer_id": alice, "username": "alice", "password": "alice-at-the-bank"}
	code, other := w.login(t, alice), w.login(t, bob)
	open := func(code string) bool {
		_, err := w.direct.sessions.Verify(t.Context(), code)
		return err == nil
	}
	login["keep_sessions"] = true
	if w.do(t, "set_password", login).want(t, done); !open(code) {
		t.Error("a session was ended")
	}
	login["keep_sessions"] = false
	g := w.plan(t, "set_password", login)
	if g.change(t, "sessions").From != "1" || !open(code) {
		t.Error(g.text)
	}
	if w.do(t, "set_password", login).want(t, done); open(code) || !open(other) {
		t.Error("alice's session lives, or bob's is ended")
	}
	delete(login, "keep_sessions")
	code = w.login(t, alice)
	if w.do(t, "set_password", login).want(t, done); open(code) {
		t.Error("a session lives")
	}
	for _, odd := range []any{"true", "", nil, 1, 0, []any{true}, map[string]any{}} {
		login["keep_sessions"] = odd
		w.do(t, "set_password", login).refused(t, invalidRequest)
	}
	w.do(t, "enable_customer", fields{"customer_id": alice, "keep_sessions": true}).refused(t, invalidRequest)
}

func TestANewUsernameTakesThePlaceOfTheOldOne(t *testing.T) {
	w := aBank(t)
	w.do(t, "set_password", fields{"customer_id": alice, "username": "alice", "password": "alice-at-the-bank"}).want(t,
		done)
	g := w.do(t, "set_password", fields{"customer_id": alice, "username": "archer", "password": "alice-at-the-bank"})
	if g.want(t, done); g.change(t, "username").From != "alice" {
		t.Error(g.text)
	}
	if owner, err := w.direct.directory.UsernameOwner(t.Context(), "alice"); owner != "" || err != nil {
		t.Errorf("the old one is %q's, %v", owner, err)
	}
}

func TestALoginThatNobodyMayChooseIsRefused(t *testing.T) {
	w := aBank(t)
	for _, f := range []fields{
		{"username": "alice", "password": "password"},
		{"username": "alice", "password": "short"},
		{"username": "a lice", "password": "alice-at-the-bank"},
	} {
		f["customer_id"] = alice
		w.do(t, "set_password", f).refused(t, loginNotAllowed)
		w.plan(t, "set_password", f).refused(t, loginNotAllowed)
	}
}

func TestAUsernameInUseIsRefused(t *testing.T) {
	w := aBank(t)
	w.do(t, "set_password", fields{"customer_id": alice, "username": "alice", "password": "alice-at-the-bank"}).want(t,
		done)
	w.do(t, "set_password", fields{"customer_id": bob, "username": "Alice", "password": "bob-at-the-bank"}).refused(t,
		usernameInUse)
}

func TestEverySessionIsRevokedAndNoOtherCustomers(t *testing.T) {
	w := aBank(t)
	codes, other := []string{w.login(t, alice), w.login(t, alice)}, w.login(t, bob)
	if g := w.plan(t, "revoke_sessions", fields{"customer_id": alice}); g.change(t, "sessions").From != "2" {
		t.Error(g.text)
	}
	w.do(t, "revoke_sessions", fields{"customer_id": alice}).want(t, done)
	w.do(t, "revoke_sessions", fields{"customer_id": alice}).want(t, unchanged)
	for _, code := range codes {
		if _, err := w.direct.sessions.Verify(t.Context(), code); !errors.Is(err, session.ErrInvalid) {
			t.Errorf("a session lives: %v", err)
		}
	}
	if _, err := w.direct.sessions.Verify(t.Context(), other); err != nil {
		t.Errorf("bob's: %v", err)
	}
}

func TestWhoIsNoCustomerIsSaidSo(t *testing.T) {
	w := empty(t)
	for command, f := range map[string]fields{
		"disable_customer": {}, "enable_customer": {}, "revoke_sessions": {}, "show_customer": {},
		"set_password":  {"username": "carl", "password": "carl-at-the-bank"},
		"link_identity": {"sub": sub}, "unlink_identity": {"sub": sub},
	} {
		f["customer_id"] = "1000000009"
		w.do(t, command, f).refused(t, noSuchCustomer)
		w.plan(t, command, f).refused(t, noSuchCustomer)
	}
	w.do(t, "open_account", fields{"account_id": "1000000009-01", "currency": "EUR"}).refused(t, noSuchCustomer)
}

func (w *world) login(t *testing.T, customerID string) (code string) {
	t.Helper()
	draft, err := w.direct.sessions.Issue(t.Context(), customerID)
	testkit.Must(t, err)
	return draft.Code
}
