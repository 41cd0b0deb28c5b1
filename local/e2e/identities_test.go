package e2e

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// Carol is a user of the tenant and, from here on, a customer: no operator ever hears how the two belong together.
func TestACustomerLinksTheirOwnAuth0LoginAndEndsTheLink(t *testing.T) {
	const id, account, sub = "1000000888", "1000000888-01", "auth0|66f0a1c0de00000000000003"
	carol := person{email: "carol@example.com", password: "carol-at-auth0", username: "carol",
		bankPassword: "carol-at-the-bank"}
	shared.done(t, map[string]any{"command": "create_customer", "customer_id": id, "name": "Carol Clark"})
	shared.done(t, map[string]any{
		"command": "set_password", "customer_id": id, "username": carol.username, "password": carol.bankPassword,
	})
	shared.done(t, map[string]any{"command": "open_account", "account_id": account, "currency": "EUR"})
	byAuth0 := func() (idToken, accessToken string) {
		tokens := shared.daily(t, carol)
		return tokens.IDToken, tokens.AccessToken
	}
	identities := func(method, query, code string, body any) reply {
		return shared.call(t, method, shared.API+"/identities"+query, bearer(code), body)
	}
	idToken, accessToken := byAuth0()
	wantRefusal(t, shared.balance(t, accessToken), http.StatusForbidden, "not_a_customer")
	wantRefusal(t, identities("GET", "", accessToken, nil), http.StatusForbidden, "insufficient_scope")

	code := shared.directLogin(t, carol)
	linked := identities("POST", "", code, map[string]string{"id_token": idToken})
	wantStatus(t, linked, http.StatusOK)
	if !strings.Contains(linked.body, sub) || identities("GET", "", code, nil).body != linked.body {
		t.Errorf("linked %s", linked.body)
	}
	wantRefusal(t, shared.trade(t, idToken), http.StatusForbidden, "login_failed")
	if got := shared.balances(t, accessToken); got[account] == "" {
		t.Errorf("%v", got)
	}
	idToken, _ = byAuth0()
	opened := shared.trade(t, idToken)
	wantStatus(t, opened, http.StatusOK)
	its, _ := opened.member(t, "authorization_code").(string)
	query := "?sub=" + url.QueryEscape(sub)
	wantRefusal(t, identities("DELETE", query, its, nil), http.StatusForbidden, "password_login_needed")

	wantStatus(t, identities("DELETE", query, code, nil), http.StatusNoContent)
	wantStatus(t, shared.balance(t, its), http.StatusUnauthorized)
	wantStatus(t, shared.balance(t, code), http.StatusOK)
	idToken, _ = byAuth0()
	wantRefusal(t, shared.trade(t, idToken), http.StatusForbidden, "login_failed")
}
