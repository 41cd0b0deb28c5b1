package e2e

import (
	"math/big"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestMoneyMovesOnceAfterAStepUp(t *testing.T) {
	browser := newBrowser(t, shared)
	rent := payment{From: alice.account, To: bob.account, Amount: "25.00", Currency: "EUR"}
	key := random()

	daily := browser.login(viewBalance, alice, isNotAsked)
	if hasScope(daily.Scope, "transfer:funds") || claims(t, daily.AccessToken)["scope"] != "openid view:balance" {
		t.Fatalf("a daily login got scope %q", daily.Scope)
	}
	before := shared.balances(t, daily.AccessToken)
	bobs := shared.daily(t, bob)
	bobBefore := shared.balances(t, bobs.AccessToken)[bob.account]

	refused := shared.transfer(t, daily.AccessToken, key, rent)
	wantRefusal(t, refused, http.StatusForbidden, "insufficient_scope")
	if refused.member(t, "scope") != "transfer:funds" {
		t.Fatalf("the challenge asks for %v", refused.member(t, "scope"))
	}
	header := refused.header.Get("X-Amzn-Remapped-Www-Authenticate")
	if !strings.Contains(header, `error="insufficient_scope", `) {
		t.Errorf("challenge header %q", header)
	}

	stepUp := browser.login("openid "+refused.member(t, "scope").(string), alice, approves)
	if !hasScope(claims(t, stepUp.AccessToken)["scope"].(string), "transfer:funds") {
		t.Fatalf("the step-up got %+v", stepUp)
	}
	first := shared.transfer(t, stepUp.AccessToken, key, rent)
	wantStatus(t, first, http.StatusCreated)

	left := plus(t, before[alice.account], "-25.00")
	if got := shared.balances(t, daily.AccessToken)[alice.account]; got != left {
		t.Errorf("alice has %s, want %s", got, left)
	}
	if got, want := shared.balances(t, bobs.AccessToken)[bob.account], plus(t, bobBefore, "25.00"); got != want {
		t.Errorf("bob has %s, want %s", got, want)
	}
	for name, token := range map[string]string{"alice": daily.AccessToken, "bob": bobs.AccessToken} {
		ledger := shared.call(t, "GET", shared.API+"/transfers?limit=1", bearer(token), nil)
		wantStatus(t, ledger, http.StatusOK)
		if id := first.member(t, "transfer_id").(string); !strings.Contains(ledger.body, id) {
			t.Errorf("%s's newest ledger entry is not of %s: %s", name, id, ledger.body)
		}
	}

	again := shared.transfer(t, stepUp.AccessToken, key, rent)
	if again.status != first.status || again.body != first.body {
		t.Errorf("the same request again: %d %s, first %d %s", again.status, again.body, first.status, first.body)
	}
	other := rent
	other.Amount = "26.00"
	reused := shared.transfer(t, stepUp.AccessToken, key, other)
	wantRefusal(t, reused, http.StatusUnprocessableEntity, "idempotency_key_reused")

	second := shared.transfer(t, stepUp.AccessToken, random(), rent)
	wantRefusal(t, second, http.StatusUnauthorized, "insufficient_user_authentication")
	const multiFactor = "http://schemas.openid.net/pape/policies/2007/06/multi-factor"
	if second.member(t, "acr_values") != multiFactor || second.member(t, "max_age") == nil {
		t.Errorf("challenge %s", second.body)
	}
	if got := shared.balances(t, daily.AccessToken)[alice.account]; got != left {
		t.Errorf("after a replay and two refusals alice has %s, want %s", got, left)
	}
}

func TestTheDocumentsTwoAuthorizeRequestsYieldWhatItSays(t *testing.T) {
	browser := newBrowser(t, shared)
	request := url.Values{
		"audience": {shared.Audience}, "scope": {"openid view:balance"}, "response_type": {"id_token token"},
		"client_id": {shared.ClientID}, "redirect_uri": {shared.Web + "/callback"}, "nonce": {random()}, "state": {random()},
	}
	login := browser.authorize(request, alice, isNotAsked)
	if got := claims(t, login.Get("access_token"))["scope"]; got != "openid view:balance" {
		t.Errorf("scope %v", got)
	}
	if got := claims(t, login.Get("id_token"))["nonce"]; got != request.Get("nonce") {
		t.Errorf("nonce %v", got)
	}
	shared.balances(t, login.Get("access_token"))

	request.Set("scope", "openid transfer:funds")
	stepUp := browser.authorize(request, alice, approves)
	paid := shared.transfer(t, stepUp.Get("access_token"), random(), payment{alice.account, bob.account, "1.00", "EUR"})
	wantStatus(t, paid, http.StatusCreated)
}

func TestADeniedPushYieldsNoToken(t *testing.T) {
	browser := newBrowser(t, shared)
	browser.login(viewBalance, alice, isNotAsked)
	got := browser.tryLogin(url.Values{"scope": {stepUpScope}}, alice, denies)
	if got.Error != "access_denied" || got.AccessToken != "" {
		t.Errorf("got %+v", got)
	}
}

func TestARefreshTokenNeverYieldsTransferFunds(t *testing.T) {
	got := newBrowser(t, shared).login("openid offline_access view:balance transfer:funds", alice, approves)
	if got.RefreshToken == "" || !hasScope(claims(t, got.AccessToken)["scope"].(string), "transfer:funds") {
		t.Fatalf("the step-up got %+v", got)
	}
	for _, scope := range []string{"", "openid view:balance transfer:funds"} {
		form := url.Values{
			"grant_type": {"refresh_token"}, "client_id": {shared.ClientID}, "refresh_token": {got.RefreshToken},
		}
		if scope != "" {
			form.Set("scope", scope)
		}
		refreshed := shared.token(t, form)
		if refreshed.AccessToken == "" {
			t.Fatalf("refresh failed: %+v", refreshed)
		}
		if granted := claims(t, refreshed.AccessToken)["scope"].(string); hasScope(granted, "transfer:funds") {
			t.Errorf("refreshed with scope %q: got %q", scope, granted)
		}
		refused := shared.transfer(t, refreshed.AccessToken, random(), payment{alice.account, bob.account, "1.00", "EUR"})
		wantRefusal(t, refused, http.StatusForbidden, "insufficient_scope")
		got.RefreshToken = refreshed.RefreshToken
	}
}

func TestASilentLoginNeverYieldsTransferFunds(t *testing.T) {
	browser := newBrowser(t, shared)
	browser.login(stepUpScope, alice, approves)
	silent := browser.tryLogin(url.Values{"scope": {stepUpScope}, "prompt": {"none"}}, alice, isNotAsked)
	if silent.Error != "login_required" || silent.Description != "Multifactor authentication required" {
		t.Errorf("got %+v", silent)
	}
	daily := browser.tryLogin(url.Values{"scope": {viewBalance}, "prompt": {"none"}}, alice, isNotAsked)
	if hasScope(claims(t, daily.AccessToken)["scope"].(string), "transfer:funds") {
		t.Errorf("a silent daily login got %+v", daily)
	}
}

// plus adds two amounts of two decimals.
func plus(t *testing.T, a, b string) string {
	t.Helper()
	x, okX := new(big.Rat).SetString(a)
	y, okY := new(big.Rat).SetString(b)
	if !okX || !okY {
		t.Fatalf("not amounts: %q, %q", a, b)
	}
	return x.Add(x, y).FloatString(2)
}
