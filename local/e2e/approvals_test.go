package e2e

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"drawbridge/shared/testkit"
)

const stretched = "openid offline_access view:balance transfer:funds"

// TestOneApprovalPaysOnceHoweverItIsStretched walks each response type that the tenant knows with one approval, makes
// of it as many tokens as it can, and pays with all of them: one after the other, and at the same instant.
func TestOneApprovalPaysOnceHoweverItIsStretched(t *testing.T) {
	var tenant struct {
		ResponseTypes []string `json:"response_types_supported"`
	}
	shared.call(t, "GET", shared.Tenant+"/.well-known/openid-configuration", nil, nil).decode(t, &tenant)
	paying := []string{"code", "token", "token id_token"} // hybrid flows keep no scope
	for _, kind := range tenant.ResponseTypes {
		for manner, pay := range map[string]func(*testing.T, []string) []reply{
			"one after the other": payInTurn, "at the same instant": payAtOnce,
		} {
			t.Run(kind+", "+manner, func(t *testing.T) {
				made := map[string]int{}
				for _, r := range pay(t, stretch(t, newBrowser(t, shared), kind)) {
					if r.status == http.StatusCreated {
						made[r.body]++
						continue
					}
					code := codeOf(r)
					if code != "insufficient_scope" && code != "insufficient_user_authentication" {
						t.Errorf("%d %s", r.status, r.body)
					}
				}
				want := 0
				if slices.Contains(paying, kind) {
					want = 1
				}
				if len(made) != want {
					t.Errorf("%d transfers were made, want %d: %v", len(made), want, made)
				}
			})
		}
	}
	for _, kind := range paying {
		if !slices.Contains(tenant.ResponseTypes, kind) {
			t.Errorf("the tenant does not know %q", kind)
		}
	}
}

// stretch returns all access tokens that one approval can be made into: of the front channel, of the code and of the
// same code again, of the refresh token with the scope and without, and of silent logins in the same browser.
func stretch(t *testing.T, browser *browser, kind string) (bearers []string) {
	t.Helper()
	add := func(token string) {
		if token != "" {
			bearers = append(bearers, token)
		}
	}
	verifier := random()
	challenge := sha256.Sum256([]byte(verifier))
	request := url.Values{
		"response_type": {kind}, "scope": {stretched}, "client_id": {shared.ClientID}, "audience": {shared.Audience},
		"redirect_uri": {shared.Web + "/callback"}, "state": {random()}, "nonce": {random()},
	}
	if strings.Contains(kind, "code") {
		request.Set("code_challenge", base64.RawURLEncoding.EncodeToString(challenge[:]))
		request.Set("code_challenge_method", "S256")
	}
	back := browser.authorize(request, alice, approves)
	if back.Get("error") != "" {
		t.Fatalf("%s: %v", kind, back)
	}
	add(back.Get("access_token"))
	exchange := url.Values{
		"grant_type": {"authorization_code"}, "code": {back.Get("code")}, "code_verifier": {verifier},
		"redirect_uri": {shared.Web + "/callback"}, "client_id": {shared.ClientID},
	}
	if back.Get("code") != "" {
		got := shared.token(t, exchange)
		add(got.AccessToken)
		for _, scope := range []string{"", stretched} {
			form := url.Values{
				"grant_type": {"refresh_token"}, "client_id": {shared.ClientID}, "refresh_token": {got.RefreshToken},
			}
			if scope != "" {
				form.Set("scope", scope)
			}
			if refreshed := shared.token(t, form); refreshed.AccessToken != "" {
				add(refreshed.AccessToken)
				got.RefreshToken = refreshed.RefreshToken
			}
		}
		if again := shared.token(t, exchange); again.AccessToken != "" || again.Error == "" {
			t.Errorf("the code was exchanged twice: %+v", again)
		}
	}
	for _, scope := range []string{stretched, viewBalance} {
		silent := url.Values{"scope": {scope}, "prompt": {"none"}}
		add(browser.tryLogin(silent, alice, isNotAsked).AccessToken)
	}
	return bearers
}

// payInTurn sends two transfers with each token.
func payInTurn(t *testing.T, bearers []string) (answers []reply) {
	for range 2 {
		for _, token := range bearers {
			answers = append(answers, shared.transfer(t, token, random(), payment{alice.account, bob.account, "0.01", "EUR"}))
		}
	}
	return answers
}

func payAtOnce(t *testing.T, bearers []string) []reply {
	answers := make([]reply, 2*len(bearers))
	testkit.Together(len(answers), func(i int) {
		answers[i] = shared.transfer(t, bearers[i/2], random(), payment{alice.account, bob.account, "0.01", "EUR"})
	})
	return answers
}

// TestUnderRequiredOnlyAnApprovalThatNamesItsTransferPays walks a stack and a tenant of production's binding.
func TestUnderRequiredOnlyAnApprovalThatNamesItsTransferPays(t *testing.T) {
	t.Parallel()
	s := startOne(t, "--parameter", "ApprovalBinding=required")
	browser := newBrowser(t, s)
	daily := browser.login(viewBalance, alice, isNotAsked).AccessToken
	key, rent := random(), payment{alice.account, bob.account, "25", "EUR"}
	stepUp := func(text string) tokens {
		more := url.Values{"scope": {stepUpScope}}
		if text != "" {
			more.Set("ext-transfer", text)
			return browser.tryLogin(more, alice, approves)
		}
		return browser.tryLogin(more, alice, isNotAsked)
	}

	if got := stepUp(""); got.Error != "access_denied" {
		t.Errorf("without a transfer: %+v", got)
	}
	challenge := s.transfer(t, daily, key, rent)
	wantRefusal(t, challenge, http.StatusForbidden, "insufficient_scope")
	text, _ := challenge.member(t, "transfer").(string)
	approved := stepUp(text)
	if approved.AccessToken == "" {
		t.Fatalf("%+v", approved)
	}
	for name, other := range map[string]struct {
		key string
		payment
	}{
		"a cent more":   {key, payment{alice.account, bob.account, "25.01", "EUR"}},
		"another payee": {key, payment{alice.account, "1000000001-02", "25.00", "EUR"}},
		"another key":   {random(), rent},
	} {
		refused := s.transfer(t, approved.AccessToken, other.key, other.payment)
		wantRefusal(t, refused, http.StatusUnauthorized, "approval_mismatch")
		if refused.member(t, "transfer") == text {
			t.Errorf("%s: the challenge names the old transfer", name)
		}
	}
	changes := map[string]any{s.Audience + "/transfer": nil, "jti": random()}
	unbound := newForger(t, s).sign(t, like(t, approved.AccessToken, changes))
	wantRefusal(t, s.transfer(t, unbound, key, rent), http.StatusUnauthorized, "approval_not_bound")

	paid := s.transfer(t, approved.AccessToken, key, payment{rent.From, rent.To, "25.00", "EUR"})
	wantStatus(t, paid, http.StatusCreated)
	if again := s.transfer(t, daily, key, rent); again.status != http.StatusCreated || again.body != paid.body {
		t.Errorf("the same without an approval: %d %s", again.status, again.body)
	}
	broke := payment{alice.account, bob.account, "1000000.00", "EUR"}
	wantRefusal(t, s.transfer(t, daily, random(), broke), http.StatusUnprocessableEntity, "insufficient_funds")
}
