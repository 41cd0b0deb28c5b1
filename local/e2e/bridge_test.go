package e2e

import (
	"net/http"
	"strings"
	"testing"
)

func TestAnAuth0LoginIsTradedForTheCodeOfADirectLogin(t *testing.T) {
	idToken := shared.daily(t, alice).IDToken
	if id, _ := claims(t, idToken)["session_id"].(string); len(id) < 43 {
		t.Fatalf("session_id in the id_token: %q", id)
	}

	traded := shared.trade(t, idToken)
	wantStatus(t, traded, http.StatusOK)
	direct := shared.post(t, "/login", map[string]string{"username": alice.username, "password": alice.bankPassword})
	wantStatus(t, direct, http.StatusOK)

	for name, login := range map[string]reply{"traded": traded, "direct": direct} {
		if login.member(t, "token_type") != "Bearer" || login.member(t, "expires_in").(float64) <= 0 {
			t.Errorf("%s: %s", name, login.body)
		}
		code := login.member(t, "authorization_code").(string)
		if !strings.HasPrefix(code, "dbc_") {
			t.Errorf("%s: code of another kind: %q", name, code[:4])
		}
		if shared.balances(t, code)[alice.account] == "" {
			t.Errorf("%s: the code does not show alice's balance", name)
		}
		refused := shared.transfer(t, code, random(), payment{alice.account, bob.account, "1.00", "EUR"})
		wantRefusal(t, refused, http.StatusForbidden, "insufficient_scope")
	}
}

// A bank that has customers with addresses and no identities takes the tenant's word for the address, once a customer.
func TestAVerifiedAddressMakesAnExistingCustomerOfATenantsUser(t *testing.T) {
	t.Parallel()
	s := startOne(t, "--parameter", "VerifiedEmailProviders=auth0")
	const withEmail = viewBalance + " email"
	carol := person{email: "carol@example.com", password: "carol-at-auth0"}
	byAuth0 := func(who person, scope string) reply {
		return s.trade(t, newBrowser(t, s).login(scope, who, isNotAsked).IDToken)
	}
	wantRefusal(t, byAuth0(carol, withEmail), http.StatusForbidden, "login_failed") // no customer has her address

	const id, account = "1000000555", "1000000555-01"
	s.done(t, map[string]any{"command": "create_customer", "customer_id": id, "name": "Carol Clark", "email": carol.email})
	s.done(t, map[string]any{"command": "open_account", "account_id": account, "currency": "EUR"})
	wantRefusal(t, byAuth0(carol, viewBalance), http.StatusForbidden, "login_failed") // the token does not show it
	for range 2 {
		linked := byAuth0(carol, withEmail)
		wantStatus(t, linked, http.StatusOK)
		code, _ := linked.member(t, "authorization_code").(string)
		if got := s.balances(t, code); got[account] == "" {
			t.Errorf("%v", got)
		}
	}
	sub := "auth0|66f0a1c0de00000000000003"
	s.done(t, map[string]any{"command": "unlink_identity", "customer_id": id, "sub": sub})
	wantRefusal(t, byAuth0(carol, withEmail), http.StatusForbidden, "login_failed")
}

func TestAnIDTokenIsTradedOnce(t *testing.T) {
	idToken := shared.daily(t, alice).IDToken
	wantStatus(t, shared.trade(t, idToken), http.StatusOK)
	wantRefusal(t, shared.trade(t, idToken), http.StatusForbidden, "login_failed")
}

func TestACodeIsDeadTheMomentItsOwnerLogsOut(t *testing.T) {
	code := shared.directLogin(t, bob)
	other := shared.directLogin(t, bob)
	shared.balances(t, code)

	wantStatus(t, shared.call(t, "POST", shared.API+"/logout", bearer(code), nil), http.StatusNoContent)
	wantRefusal(t, shared.balance(t, code), http.StatusUnauthorized, "invalid_token")
	wantRefusal(t, shared.call(t, "POST", shared.API+"/logout", bearer(code), nil), http.StatusUnauthorized,
		"invalid_token")
	shared.balances(t, other)
}

func TestEveryFailedLoginIsAnsweredAlike(t *testing.T) {
	accessToken := shared.daily(t, bob).AccessToken
	var first reply
	for name, body := range map[string]map[string]string{
		"wrong password":               {"username": bob.username, "password": "not-bobs-password"},
		"unknown user":                 {"username": "mallory", "password": bob.bankPassword},
		"the tenant's password":        {"username": bob.username, "password": bob.password},
		"an access token":              {"id_token": accessToken},
		"not a token":                  {"id_token": "a.b.c"},
		"a code in place of the token": {"id_token": shared.directLogin(t, bob)},
	} {
		got := shared.post(t, "/login", body)
		wantRefusal(t, got, http.StatusForbidden, "login_failed")
		if first.body == "" {
			first = got
		}
		if got.body != first.body {
			t.Errorf("%s is answered %s, another failure %s", name, got.body, first.body)
		}
	}
}

func TestOnlyAMachineMakesNonces(t *testing.T) {
	user := shared.daily(t, alice)
	request := map[string]string{"sub": "auth0|66f0a1c0de00000000000001", "client_id": shared.ClientID}
	got := shared.call(t, "POST", shared.API+"/nonce", bearer(user.AccessToken), request)
	wantRefusal(t, got, http.StatusForbidden, "insufficient_scope")
}

// post sends JSON to the API without a token.
func (s *system) post(t *testing.T, path string, body any) reply {
	t.Helper()
	return s.call(t, "POST", s.API+path, nil, body)
}

// trade is a login by an id_token.
func (s *system) trade(t *testing.T, idToken string) reply {
	t.Helper()
	return s.post(t, "/login", map[string]string{"id_token": idToken})
}

// directLogin returns the code that username and password yield.
func (s *system) directLogin(t *testing.T, who person) string {
	t.Helper()
	r := s.post(t, "/login", map[string]string{"username": who.username, "password": who.bankPassword})
	wantStatus(t, r, http.StatusOK)
	return r.member(t, "authorization_code").(string)
}
