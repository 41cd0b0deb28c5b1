package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"drawbridge/shared/access"
	"drawbridge/shared/approval"
	"drawbridge/shared/bridge"
	"drawbridge/shared/customer"
	"drawbridge/shared/customer/password"
	"drawbridge/shared/dynamo/dynamotest"
	"drawbridge/shared/identity"
	"drawbridge/shared/idtoken"
	"drawbridge/shared/issuer"
	"drawbridge/shared/rest"
	"drawbridge/shared/rest/resttest"
	"drawbridge/shared/session"
	"drawbridge/shared/testkit"
	"drawbridge/shared/token/tokentest"
)

const (
	alice, bob   = "1000000001", "1000000002"
	jane         = "samlp|acme|Jane Roe"
	bobSub       = "auth0|bob"
	client       = tokentest.ClientID
	minutesLater = freshFor + time.Second
)

// world has the customers alice, who has no identity, and bob, who has one. The route's clock can be ahead.
type world struct {
	Config
	issuer *tokentest.Issuer
	route  rest.Handler
	log    bytes.Buffer
	ahead  time.Duration
}

func newWorld(t *testing.T) *world {
	t.Helper()
	db := dynamotest.New(t)
	w := &world{issuer: tokentest.NewIssuer(t)}
	var err error
	w.IDTokens, err = idtoken.New(idtoken.Config{
		Issuers: []issuer.Issuer{{URL: w.issuer.URL, Tenant: identity.Main, KeySetURL: w.issuer.KeySetURL()}},
		Clients: []identity.ClientID{client},
	})
	testkit.Must(t, err)
	w.Nonces = bridge.New(bridge.Config{Client: db.Client, Table: db.Tables["NoncesTable"]})
	w.Sessions = session.New(session.Config{Client: db.Client, Table: db.Tables["SessionsTable"]})
	w.Customers = customer.New(customer.Config{
		Client: db.Client, Table: db.Tables["CustomersTable"], Hasher: password.NewInsecurelyCheap(),
	})
	w.Log = slog.New(slog.NewJSONHandler(&w.log, nil))
	w.Now = func() time.Time { return time.Now().Add(w.ahead) }
	w.route = New(w.Config)
	for _, id := range []string{alice, bob} {
		testkit.Must(t, w.Customers.Create(t.Context(), customer.Customer{ID: id}))
	}
	testkit.Must(t, w.Customers.Link(t.Context(), bob, bobSub))
	return w
}

// byPassword is a caller who has just logged in by password.
func (w *world) byPassword(t *testing.T, customerID string) session.Session {
	t.Helper()
	draft, err := w.Sessions.Issue(t.Context(), customerID)
	testkit.Must(t, err)
	return draft.Session
}

// byAuth0 is a caller who has just logged in by an identity.
func (w *world) byAuth0(t *testing.T, customerID string, sub identity.Person) session.Session {
	t.Helper()
	draft, err := w.Sessions.Draft(t.Context(), customerID, session.ByIdentity(sub))
	testkit.Must(t, err)
	sessionID := w.sessionID(t, sub)
	testkit.Must(t, w.Nonces.Redeem(t.Context(), sessionID, sub, client, draft.Writes...))
	return draft.Session
}

func (w *world) sessionID(t *testing.T, sub identity.Person) string {
	t.Helper()
	sessionID, _, err := w.Nonces.Issue(t.Context(), sub, client)
	testkit.Must(t, err)
	return sessionID
}

// fresh is an id_token of a login by sub a moment ago.
func (w *world) fresh(t *testing.T, sub identity.Person) string {
	t.Helper()
	return w.issuer.IDToken(tokentest.Claim("sub", sub), tokentest.Claim("session_id", w.sessionID(t, sub)))
}

func (w *world) call(t *testing.T, method string, by session.Session, sub identity.Person,
	idToken string) resttest.Answer {
	t.Helper()
	c := resttest.Call{Method: method, Path: "/identities", SourceIP: "192.0.2.1", Principal: access.Principal{
		Kind: access.KindSession, Subject: identity.Subject("customer|" + by.CustomerID), CustomerID: by.CustomerID,
		TokenID: by.ID, ExpiresAt: time.Now().Add(time.Hour).Truncate(time.Second),
		Scopes: []string{access.ScopeViewBalance},
	}}
	switch method {
	case "POST":
		c.Body = fmt.Sprintf(`{"id_token":%q}`, idToken)
	case "DELETE":
		c.Query = map[string]string{"sub": string(sub.Subject()), "tenant": string(sub.Tenant())}
		if sub.Tenant() == identity.Main {
			delete(c.Query, "tenant")
		}
	}
	return resttest.Do(t, w.route, c)
}

// links are a customer's, as GET lists them to any code of theirs.
func (w *world) links(t *testing.T, customerID string) (subjects []identity.Person) {
	t.Helper()
	answer := w.call(t, "GET", w.byAuth0(t, customerID, "auth0|any"), "", "")
	answer.Want(t, 200, "")
	var body list
	testkit.Must(t, json.Unmarshal([]byte(answer.Body), &body))
	for _, link := range body.Identities {
		subjects = append(subjects, identity.PersonOf(link.Tenant, link.Subject))
	}
	return subjects
}

// last is the last audit record.
func (w *world) last(t *testing.T) map[string]any {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(w.log.String()), "\n")
	var record map[string]any
	testkit.Must(t, json.Unmarshal([]byte(lines[len(lines)-1]), &record))
	return record
}

func TestACustomerLinksTheirOwnIdentityAndSeesIt(t *testing.T) {
	w := newWorld(t)
	if got := w.links(t, alice); len(got) != 0 {
		t.Fatalf("linked before: %q", got)
	}
	w.call(t, "POST", w.byPassword(t, alice), "", w.fresh(t, jane)).Want(t, 200, "")
	if got := w.links(t, alice); !slices.Equal(got, []identity.Person{jane}) {
		t.Errorf("linked: %q", got)
	}
	if who, err := w.Customers.ByIdentity(t.Context(), jane); err != nil || who.ID != alice {
		t.Errorf("%+v, %v", who, err)
	}
	if r := w.last(t); r["event"] != "identity_linked" || r["sub"] != jane || r["customer_id"] != alice ||
		r["ip"] != "192.0.2.1" {
		t.Errorf("recorded as %v", r)
	}
	if got := w.links(t, bob); !slices.Equal(got, []identity.Person{bobSub}) {
		t.Errorf("bob's: %q", got)
	}
}

func TestALinkTakesALoginByPasswordMinutesAgo(t *testing.T) {
	w := newWorld(t)
	testkit.Must(t, w.Customers.Link(t.Context(), alice, "auth0|old"))
	raw := w.fresh(t, jane)
	for _, method := range []string{"POST", "DELETE"} {
		w.call(t, method, w.byAuth0(t, alice, "auth0|old"), "auth0|old", raw).Want(t, 403, "password_login_needed")
		w.ahead = minutesLater
		w.call(t, method, w.byPassword(t, alice), "auth0|old", raw).Want(t, 403, "password_login_needed")
		w.ahead = 0
		ended := w.byPassword(t, alice)
		testkit.Must(t, w.Sessions.Revoke(t.Context(), ended.ID))
		w.call(t, method, ended, "auth0|old", raw).Want(t, 401, "invalid_token")
	}
	if got := w.links(t, alice); !slices.Equal(got, []identity.Person{"auth0|old"}) {
		t.Errorf("linked: %q", got)
	}
	w.call(t, "POST", w.byPassword(t, alice), "", raw).Want(t, 200, "") // and none of it used the session_id up
}

func TestALinkTakesAnIDTokenThatALoginWouldTake(t *testing.T) {
	w := newWorld(t)
	used := w.fresh(t, "auth0|other")
	w.call(t, "POST", w.byPassword(t, bob), "", used).Want(t, 200, "")
	testkit.Must(t, w.Customers.Unlink(t.Context(), bob, "auth0|other"))
	for name, c := range map[string]struct{ raw, reason string }{
		"used up":              {used, "session_id_unknown_or_used"},
		"without a session_id": {w.issuer.IDToken(tokentest.Claim("sub", jane)), "no_session_id"},
		"of another user's": {w.issuer.IDToken(tokentest.Claim("sub", jane),
			tokentest.Claim("session_id", w.sessionID(t, "auth0|x"))), "session_id_of_another_user"},
		"an access token": {w.issuer.AccessToken(), ""},
		"not a token":     {"a.b.c", ""},
		"issued a while ago": {w.issuer.IDToken(tokentest.Claim("sub", jane),
			tokentest.Claim("session_id", w.sessionID(t, jane)),
			tokentest.Claim("iat", time.Now().Add(-time.Minute).Unix())), "token_too_old"},
		"of a client elsewhere": {w.issuer.IDToken(tokentest.Claim("sub", jane),
			tokentest.Claim("session_id", w.sessionID(t, jane)), tokentest.Claim("aud", "elsewhere")), ""},
	} {
		w.call(t, "POST", w.byPassword(t, alice), "", c.raw).Want(t, 403, "login_failed")
		if r := w.last(t); r["event"] != "identity_refused" || c.reason != "" && r["reason"] != c.reason {
			t.Errorf("%s: recorded as %v", name, r)
		}
	}
	if got := w.links(t, alice); len(got) != 0 {
		t.Errorf("linked: %q", got)
	}
}

func TestAnIdentityOfAnotherCustomerIsNotLinkedAndItsSessionIDLives(t *testing.T) {
	w := newWorld(t)
	raw := w.fresh(t, bobSub)
	w.call(t, "POST", w.byPassword(t, alice), "", raw).Want(t, 409, "identity_linked_elsewhere")
	if who, err := w.Customers.ByIdentity(t.Context(), bobSub); err != nil || who.ID != bob {
		t.Errorf("%+v, %v", who, err)
	}
	w.call(t, "POST", w.byPassword(t, bob), "", raw).Want(t, 200, "")
}

func TestTheSameRequestAgainIsAnsweredTheSame(t *testing.T) {
	w := newWorld(t)
	raw, by := w.fresh(t, jane), w.byPassword(t, alice)
	first := w.call(t, "POST", by, "", raw)
	if again := w.call(t, "POST", by, "", raw); again.Status != 200 || again.Body != first.Body {
		t.Errorf("%d %s, first %s", again.Status, again.Body, first.Body)
	}
	for range 2 {
		w.call(t, "DELETE", by, jane, "").Want(t, 204, "")
	}
}

func TestFiveIdentitiesAreEnoughAndADisabledCustomerLinksNone(t *testing.T) {
	w := newWorld(t)
	for i := range customer.MaxIdentities {
		w.call(t, "POST", w.byPassword(t, alice), "", w.fresh(t, identity.Person(fmt.Sprint("auth0|", i)))).Want(t,
			200, "")
	}
	w.call(t, "POST", w.byPassword(t, alice), "", w.fresh(t, jane)).Want(t, 409, "too_many_identities")
	if customer.MaxIdentities != approval.MaxPeople {
		t.Errorf("%d identities, and an approval names %d", customer.MaxIdentities, approval.MaxPeople)
	}
	w.call(t, "POST", w.byPassword(t, alice), "", w.fresh(t, "auth0|3")).Want(t, 200, "") // that it has already
	by := w.byPassword(t, bob)
	testkit.Must(t, w.Customers.Disable(t.Context(), bob, noSessions{}))
	w.call(t, "POST", by, "", w.fresh(t, jane)).Want(t, 403, "not_a_customer")
}

func TestUnlinkingEndsTheIdentitysSessionsAndNoOthers(t *testing.T) {
	w := newWorld(t)
	testkit.Must(t, w.Customers.Link(t.Context(), alice, jane))
	testkit.Must(t, w.Customers.Link(t.Context(), alice, "auth0|work"))
	its, others, by := w.byAuth0(t, alice, jane), w.byAuth0(t, alice, "auth0|work"), w.byPassword(t, alice)
	w.call(t, "DELETE", by, jane, "").Want(t, 204, "")
	if _, err := w.Sessions.Get(t.Context(), its.ID); err == nil {
		t.Error("its session lives")
	}
	for _, s := range []session.Session{others, by} {
		if _, err := w.Sessions.Get(t.Context(), s.ID); err != nil {
			t.Errorf("the session opened by %s: %v", s.OpenedBy, err)
		}
	}
	if _, err := w.Customers.ByIdentity(t.Context(), jane); err == nil {
		t.Error("it is still linked")
	}
	if r := w.last(t); r["event"] != "identity_unlinked" || r["sub"] != jane || r["ended"] != 1.0 {
		t.Errorf("recorded as %v", r)
	}
}

func TestAnotherCustomersLinkIsAsIfItWereNotThere(t *testing.T) {
	w := newWorld(t)
	by := w.byPassword(t, alice)
	his, nobodys := w.call(t, "DELETE", by, bobSub, ""), w.call(t, "DELETE", by, "auth0|nobody", "")
	if his.Status != 204 || his.Status != nobodys.Status || his.Body != nobodys.Body {
		t.Errorf("%d %s and %d %s", his.Status, his.Body, nobodys.Status, nobodys.Body)
	}
	if who, err := w.Customers.ByIdentity(t.Context(), bobSub); err != nil || who.ID != bob {
		t.Errorf("%+v, %v", who, err)
	}
	w.call(t, "DELETE", by, "", "").Want(t, 400, "invalid_request")
}

type noSessions struct{}

func (noSessions) RevokeAll(context.Context, string) (int, error) { return 0, nil }
