// Package backchanneltest is an Auth0 tenant with the back channel, for tests: it refuses all that Auth0 documents as
// refused, and all that Auth0 leaves open.
//
//	tenant := backchanneltest.New(t)
//	phone := backchannel.New(tenant.Config)
//	...
//	tenant.Approve(t) // what the person says on the phone
//
// https://auth0.com/docs/api/authentication/login/start-back-channel-login and check-back-channel-login-status
// https://auth0.com/docs/get-started/apis/configure-rich-authorization-requests
package backchanneltest

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"testing"
	"time"

	"drawbridge/shared/backchannel"
	"drawbridge/shared/identity"
	"drawbridge/shared/issuer"
	"drawbridge/shared/testkit"
	"drawbridge/shared/token"
	"drawbridge/shared/token/tokentest"
)

// ClientID is the client that the tenant lets ask.
const ClientID identity.ClientID = "drawbridge-approvals"

// Interval is what the tenant asks for between two polls.
const Interval = 5 * time.Second

const perMinute = 5 // requests a user

// Tenant is the tenant. Its fields may be changed before it is used.
type Tenant struct {
	*tokentest.Issuer
	Config backchannel.Config // of the client that it lets ask
	Phones map[string]bool    // subs that have one

	mu      sync.Mutex
	used    map[string]bool        // jti of the assertions
	rang    map[string][]time.Time // by sub
	pushes  []*Push
	instead http.HandlerFunc
	edit    []tokentest.Option
}

// Push is a request on a phone.
type Push struct {
	ID, Sub, BindingMessage string
	Details                 []map[string]any

	asked    time.Time
	polled   time.Time
	interval time.Duration
	answer   string // approved, denied; then spent
}

// New returns a tenant in which tokentest.Subject has a phone.
func New(t testing.TB) *Tenant {
	t.Helper()
	at := tokentest.NewIssuer(t)
	tenant := &Tenant{Issuer: at, Phones: map[string]bool{tokentest.Subject: true}, used: map[string]bool{},
		rang: map[string][]time.Time{}}
	now := func() time.Time { return at.Now() }
	tokens, err := issuer.Trust(issuer.Config{Now: now, Issuers: []issuer.Issuer{{
		URL: at.URL, Audience: tokentest.Audience, Dialect: token.RFC9068, KeySetURL: at.KeySetURL(),
	}}})
	testkit.Must(t, err)
	tenant.Config = backchannel.Config{Issuer: at.URL, Audience: tokentest.Audience, ClientID: ClientID,
		Key: tokentest.NewKey(t).Private, Tokens: tokens, Now: now}
	at.Handle("bc-authorize", tenant.endpoint(tenant.ask))
	at.Handle("oauth/token", tenant.endpoint(tenant.poll))
	return tenant
}

// Pushes are all requests that reached a phone, in their order.
func (t *Tenant) Pushes() []*Push {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([]*Push(nil), t.pushes...)
}

// Approve is what the person says to the last request.
func (t *Tenant) Approve(tb testing.TB) { t.say(tb, "approved") }

// Deny is what the person says to the last request.
func (t *Tenant) Deny(tb testing.TB) { t.say(tb, "denied") }

// ApproveAll approves every push that rings, as a careless person would. It returns how many requests did.
func (t *Tenant) ApproveAll() (n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, push := range t.pushes {
		if push.answer == "" {
			push.answer = "approved"
			n++
		}
	}
	return n
}

func (t *Tenant) say(tb testing.TB, word string) {
	tb.Helper()
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.pushes) == 0 || t.pushes[len(t.pushes)-1].answer != "" {
		tb.Fatal("no phone is ringing")
	}
	t.pushes[len(t.pushes)-1].answer = word
}

// Break makes h answer instead of both endpoints; nil mends them. What h does not answer, they do.
func (t *Tenant) Break(h http.HandlerFunc) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.instead = h
}

// Forge changes the tokens that the tenant gives from now on.
func (t *Tenant) Forge(options ...tokentest.Option) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.edit = options
}

// fault is an answer of an endpoint that is no success.
type fault struct {
	status     int
	code, text string
	retryAfter time.Duration
}

func (t *Tenant) endpoint(serve func(form url.Values) (any, *fault)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		t.mu.Lock()
		instead := t.instead
		t.mu.Unlock()
		if instead != nil {
			seen := &touched{ResponseWriter: w}
			instead(seen, r)
			if seen.answered {
				return
			}
		}
		t.mu.Lock()
		defer t.mu.Unlock()
		w.Header().Set("Content-Type", "application/json")
		form, bad := t.form(r)
		var answer any
		if bad == nil {
			answer, bad = serve(form)
		}
		if bad == nil {
			_ = json.NewEncoder(w).Encode(answer)
			return
		}
		if bad.retryAfter > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(int(bad.retryAfter/time.Second)))
		}
		w.WriteHeader(bad.status)
		fmt.Fprintf(w, `{"error":%q,"error_description":%q}`, bad.code, bad.text)
	}
}

type touched struct {
	http.ResponseWriter
	answered bool
}

func (t *touched) WriteHeader(status int) { t.answered = true; t.ResponseWriter.WriteHeader(status) }
func (t *touched) Write(b []byte) (int, error) {
	t.answered = true
	return t.ResponseWriter.Write(b)
}

// poll answers oauth/token. It counts the interval from one request to the next, as CIBA Core section 7.3 wants it.
func (t *Tenant) poll(form url.Values) (any, *fault) {
	if form.Get("grant_type") != "urn:openid:params:grant-type:ciba" {
		return nil, &fault{status: 403, code: "unauthorized_client", text: "no such grant for this client"}
	}
	now := t.Now()
	var push *Push
	for _, p := range t.pushes {
		if p.ID == form.Get("auth_req_id") {
			push = p
		}
	}
	if push == nil || push.answer == "spent" {
		return nil, &fault{status: 400, code: "invalid_grant", text: "unknown or used auth_req_id"}
	}
	since := now.Sub(push.polled)
	push.polled = now
	switch {
	case since < push.interval:
		push.interval += 5 * time.Second
		return nil, &fault{400, "slow_down", fmt.Sprintf("You are polling faster than allowed. Try again in %d seconds.",
			int(push.interval/time.Second)), push.interval}
	case push.answer == "denied" || now.Sub(push.asked) >= 300*time.Second:
		return nil, &fault{status: 400, code: "access_denied", text: "denied the request or it has been expired"}
	case push.answer == "":
		return nil, &fault{status: 400, code: "authorization_pending", text: "The end-user authorization is pending"}
	}
	push.answer = "spent"
	options := append([]tokentest.Option{
		tokentest.Claim("sub", push.Sub), tokentest.Claim("client_id", string(ClientID)),
		tokentest.Claim("scope", "openid transfer:funds"), tokentest.Claim("authorization_details", push.Details),
	}, t.edit...)
	return map[string]any{
		"access_token": t.AccessToken(options...), "id_token": "not looked at", "expires_in": 300, "token_type": "Bearer",
		"scope": "openid transfer:funds", "authorization_details": push.Details,
	}, nil
}

// ask answers bc-authorize.
func (t *Tenant) ask(form url.Values) (any, *fault) {
	sub, bad := t.judge(form)
	if bad != nil {
		return nil, bad
	}
	now := t.Now()
	recent := 0
	for _, at := range t.rang[sub] {
		if now.Sub(at) < time.Minute {
			recent++
		}
	}
	if recent >= perMinute {
		return nil, &fault{429, "too_many_requests", "Global limit has been reached", time.Minute}
	}
	t.rang[sub] = append(t.rang[sub], now)
	push := &Push{ID: rand.Text(), Sub: sub, BindingMessage: form.Get("binding_message"), asked: now, polled: now,
		interval: Interval}
	_ = json.Unmarshal([]byte(form.Get("authorization_details")), &push.Details) // judge has read it
	t.pushes = append(t.pushes, push)
	return map[string]any{"auth_req_id": push.ID, "expires_in": 300, "interval": int(Interval / time.Second)}, nil
}
