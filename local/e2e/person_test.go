package e2e

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"drawbridge/shared/testkit"
)

// person is somebody of local/seed.yaml.
type person struct {
	email, password        string // at the tenant
	username, bankPassword string // at the bank's own login
	account                string // the account they pay from
}

var (
	alice = person{"alice@example.com", "alice-at-auth0", "alice", "alice-at-the-bank", "1000000001-01"}
	bob   = person{"bob@example.com", "bob-at-auth0", "bob", "bob-at-the-bank", "1000000002-01"}
)

// onThePhone is what a person does when the phone asks.
type onThePhone string

const (
	approves    onThePhone = "approve"
	denies      onThePhone = "deny"
	isNotAsked  onThePhone = "is not asked"
	viewBalance            = "openid view:balance"
	stepUpScope            = "openid transfer:funds"
)

// authorize sends the browser to /authorize and walks on, through the login form and past the phone, until it is
// back at the web app. It returns the parameters that came back, from the query or the fragment.
func (b *browser) authorize(parameters url.Values, who person, phone onThePhone) url.Values {
	b.t.Helper()
	p := b.get(b.system.Tenant + "/authorize?" + parameters.Encode())
	for range 10 {
		switch {
		case p.back != nil:
			return answer(b.t, p.back, parameters)
		case p.form.isLogin():
			p = b.submit(p.form, p.form.filledBy(who))
		default:
			if phone == isNotAsked {
				b.t.Fatalf("a page where none was expected: %d %s\n%s", p.status, p.url, p.body)
			}
			b.system.decideOnPhone(b.t, phone)
			p = b.get(p.url.String())
		}
	}
	b.t.Fatalf("still at %s after ten pages:\n%s", p.url, p.body)
	return nil
}

func answer(t *testing.T, back *url.URL, sent url.Values) url.Values {
	t.Helper()
	values := back.Query()
	if back.Fragment != "" {
		var err error
		if values, err = url.ParseQuery(back.EscapedFragment()); err != nil {
			t.Fatal(err)
		}
	}
	if values.Get("state") != sent.Get("state") {
		t.Fatalf("sent state %q, got %q back", sent.Get("state"), values.Get("state"))
	}
	return values
}

// decideOnPhone approves or denies the one push that waits.
func (s *system) decideOnPhone(t *testing.T, decision onThePhone) {
	t.Helper()
	var pushes []waiting
	testkit.Eventually(t, "a push arrives at the phone", func() bool {
		s.call(t, "GET", s.Tenant+"/phone/challenges", nil, nil).decode(t, &pushes)
		return len(pushes) > 0
	})
	s.decide(t, pushes[0], decision)
}

// decide answers a request that waits on the phone.
func (s *system) decide(t *testing.T, of waiting, decision onThePhone) {
	t.Helper()
	body := map[string]string{"decision": string(decision)}
	wantStatus(t, s.call(t, "POST", s.Tenant+"/phone/challenges/"+of.ID, nil, body), http.StatusOK)
}

// tokens are what /oauth/token answers.
type tokens struct {
	AccessToken  string `json:"access_token"`
	IDToken      string `json:"id_token"`
	RefreshToken string `json:"refresh_token"`
	Scope        string `json:"scope"`
	Error        string `json:"error"`
	Description  string `json:"error_description"`
}

// login walks the code flow with PKCE and returns the tokens.
func (b *browser) login(scope string, who person, phone onThePhone) tokens {
	b.t.Helper()
	got := b.tryLogin(url.Values{"scope": {scope}}, who, phone)
	if got.Error != "" || got.AccessToken == "" || got.IDToken == "" {
		b.t.Fatalf("login with scope %q: %s %s; granted %q", scope, got.Error, got.Description, got.Scope)
	}
	return got
}

// daily is a login of a browser of its own for every day.
func (s *system) daily(t *testing.T, who person) tokens {
	t.Helper()
	return newBrowser(t, s).login(viewBalance, who, isNotAsked)
}

// stepUp is the access token of one that the phone approved.
func (s *system) stepUp(t *testing.T, who person) string {
	t.Helper()
	return newBrowser(t, s).login(stepUpScope, who, approves).AccessToken
}

// tryLogin is login with more, or other, parameters at /authorize; it returns the error if one comes back.
func (b *browser) tryLogin(more url.Values, who person, phone onThePhone) tokens {
	b.t.Helper()
	verifier := random()
	challenge := sha256.Sum256([]byte(verifier))
	parameters := url.Values{
		"response_type": {"code"}, "max_age": {"300"}, "client_id": {b.system.ClientID}, "audience": {b.system.Audience},
		"redirect_uri": {b.system.Web + "/callback"}, "state": {random()}, "nonce": {random()},
		"code_challenge": {base64.RawURLEncoding.EncodeToString(challenge[:])}, "code_challenge_method": {"S256"},
	}
	for name, values := range more {
		parameters[name] = values
	}
	back := b.authorize(parameters, who, phone)
	if back.Get("error") != "" {
		return tokens{Error: back.Get("error"), Description: back.Get("error_description")}
	}
	return b.system.token(b.t, url.Values{
		"grant_type": {"authorization_code"}, "code": {back.Get("code")}, "code_verifier": {verifier},
		"redirect_uri": {b.system.Web + "/callback"}, "client_id": {b.system.ClientID},
	})
}

// token posts a form to /oauth/token.
func (s *system) token(t *testing.T, form url.Values) tokens {
	t.Helper()
	response, err := http.PostForm(s.Tenant+"/oauth/token", form)
	testkit.Must(t, err)
	defer response.Body.Close()
	var got tokens
	testkit.Must(t, json.NewDecoder(response.Body).Decode(&got))
	return got
}

// headerOf and claims return a token's parts, unverified: the tests look at what was issued.
func headerOf(t *testing.T, token string) map[string]any { return part(t, token, 0) }
func claims(t *testing.T, token string) map[string]any   { return part(t, token, 1) }

func part(t *testing.T, token string, i int) map[string]any {
	t.Helper()
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		t.Fatalf("not a JWT: %q", token)
	}
	decoded, err := base64.RawURLEncoding.DecodeString(parts[i])
	testkit.Must(t, err)
	var set map[string]any
	testkit.Must(t, json.Unmarshal(decoded, &set))
	return set
}

func hasScope(scopes, scope string) bool { return slices.Contains(strings.Fields(scopes), scope) }

func random() string {
	return rand.Text() + rand.Text()
}
