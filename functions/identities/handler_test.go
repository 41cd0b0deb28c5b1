package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"drawbridge/shared/approval"
	"drawbridge/shared/bridge"
	"drawbridge/shared/customer"
	"drawbridge/shared/customer/customertest"
	"drawbridge/shared/dynamo/dynamotest"
	"drawbridge/shared/identity"
	"drawbridge/shared/idtoken"
	"drawbridge/shared/issuer"
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
	log    testkit.Log
	ahead  time.Duration
}

func newWorld(t *testing.T) *world {
	t.Helper()
	db := dynamotest.New(t)
	w := &world{issuer: tokentest.NewIssuer(t)}
	w.trust(t, w.issuer.Entry(identity.Main))
	w.Nonces = bridge.New(bridge.Config{Client: db.Client, Table: db.Tables["NoncesTable"]})
	w.Sessions = session.New(session.Config{Client: db.Client, Table: db.Tables["SessionsTable"]})
	w.Customers = customertest.On(t, db, map[string]identity.Person{alice: "", bob: bobSub})
	w.Log = w.log.Logger()
	w.Now = func() time.Time { return time.Now().Add(w.ahead) }
	return w
}

func (w *world) trust(t *testing.T, issuers ...issuer.Issuer) {
	t.Helper()
	var err error
	w.IDTokens, err = idtoken.New(idtoken.Config{Issuers: issuers, Clients: []identity.ClientID{client}})
	testkit.Must(t, err)
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

// fresh is an id_token of a login by sub a moment ago, but for the changes.
func (w *world) fresh(t *testing.T, sub identity.Person, options ...tokentest.Option) string {
	t.Helper()
	return w.issuer.IDToken(append([]tokentest.Option{
		tokentest.Claim("sub", sub), tokentest.Claim("session_id", w.sessionID(t, sub)),
	}, options...)...)
}

func (w *world) call(t *testing.T, method string, by session.Session, sub identity.Person,
	idToken string) resttest.Answer {
	t.Helper()
	c := resttest.Call{Method: method, Path: "/identities", SourceIP: "192.0.2.1"}
	c.Principal = resttest.Session(by.CustomerID)
	c.Principal.TokenID = by.ID
	switch method {
	case "POST":
		c.Body = fmt.Sprintf(`{"id_token":%q}`, idToken)
	case "DELETE":
		c.Query = map[string]string{"sub": string(sub.Subject()), "tenant": string(sub.Tenant())}
		if sub.Tenant() == identity.Main {
			delete(c.Query, "tenant")
		}
	}
	return resttest.Do(t, New(w.Config), c)
}

// links fails the test unless these are a customer's, as GET lists them to any code of theirs.
func (w *world) links(t *testing.T, customerID string, want ...identity.Person) {
	t.Helper()
	answer := w.call(t, "GET", w.byAuth0(t, customerID, "auth0|any"), "", "")
	answer.Want(t, 200, "")
	var body list
	testkit.Must(t, json.Unmarshal([]byte(answer.Body), &body))
	var got []identity.Person
	for _, link := range body.Identities {
		got = append(got, identity.PersonOf(link.Tenant, link.Subject))
	}
	if !slices.Equal(got, want) {
		t.Errorf("%s has %q, want %q", customerID, got, want)
	}
}

// owner fails the test unless the identity is the customer's.
func (w *world) owner(t *testing.T, person identity.Person, want string) {
	t.Helper()
	if id, err := w.Customers.IdentityOwner(t.Context(), person); id != want || err != nil {
		t.Errorf("%s is %q's, %v, want %q's", person, id, err, want)
	}
}

func TestACustomerLinksTheirOwnIdentityAndSeesIt(t *testing.T) {
	w := newWorld(t)
	w.links(t, alice)
	w.call(t, "POST", w.byPassword(t, alice), "", w.fresh(t, jane)).Want(t, 200, "")
	w.links(t, alice, jane)
	w.owner(t, jane, alice)
	if r := w.log.Last(t); r["event"] != "identity_linked" || r["sub"] != jane || r["customer_id"] != alice ||
		r["ip"] != "192.0.2.1" {
		t.Errorf("recorded as %v", r)
	}
	w.links(t, bob, bobSub)
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
	w.links(t, alice, "auth0|old")
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
		"of another user's": {w.fresh(t, jane, tokentest.Claim("session_id", w.sessionID(t, "auth0|x"))),
			"session_id_of_another_user"},
		"an access token": {w.issuer.AccessToken(), ""},
		"not a token":     {"a.b.c", ""},
		"issued a while ago": {w.fresh(t, jane, tokentest.Claim("iat", time.Now().Add(-time.Minute).Unix())),
			"token_too_old"},
		"of a client elsewhere": {w.fresh(t, jane, tokentest.Claim("aud", "elsewhere")), ""},
	} {
		w.call(t, "POST", w.byPassword(t, alice), "", c.raw).Want(t, 403, "login_failed")
		if r := w.log.Last(t); r["event"] != "identity_refused" || c.reason != "" && r["reason"] != c.reason {
			t.Errorf("%s: recorded as %v", name, r)
		}
	}
	w.links(t, alice)
}

func TestAnIdentityOfAnotherCustomerIsNotLinkedAndItsSessionIDLives(t *testing.T) {
	w := newWorld(t)
	raw := w.fresh(t, bobSub)
	w.call(t, "POST", w.byPassword(t, alice), "", raw).Want(t, 409, "identity_linked_elsewhere")
	w.owner(t, bobSub, bob)
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

// Else a customer who links again what the bank has linked could not pay with it for a day.
func TestALinkThatIsThereStaysAsItIs(t *testing.T) {
	w := newWorld(t)
	before, err := w.Customers.Links(t.Context(), bob)
	testkit.Must(t, err)
	w.call(t, "POST", w.byPassword(t, bob), "", w.fresh(t, bobSub)).Want(t, 200, "")
	after, err := w.Customers.Links(t.Context(), bob)
	testkit.Must(t, err)
	if !slices.Equal(before, after) || after[0].LinkedBy != "operator" {
		t.Errorf("%+v, before %+v", after, before)
	}
	if approves, err := w.Customers.Approves(t.Context(), bobSub, bob); !approves || err != nil {
		t.Errorf("it approves no more: %v", err)
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
	w.owner(t, jane, "")
	if r := w.log.Last(t); r["event"] != "identity_unlinked" || r["sub"] != jane || r["ended"] != 1.0 {
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
	w.owner(t, bobSub, bob)
	w.call(t, "DELETE", by, "", "").Want(t, 400, "invalid_request")
}

type noSessions struct{}

func (noSessions) RevokeAll(context.Context, string) (int, error) { return 0, nil }
