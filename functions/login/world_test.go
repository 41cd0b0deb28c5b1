package main

import (
	"encoding/json"
	"testing"
	"time"

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
	aliceID, bobID = "1000000001", "1000000002"
	aliceSub       = tokentest.Subject
	bobSub         = "auth0|66f0a1c0de00000000000002"
	alicePassword  = "alice-at-the-bank"
	webClient      = tokentest.ClientID
	mobileClient   = "m7PhoneClient00000000000000000002"
	home           = "192.0.2.1"
)

// world is the route with everything behind it: a tenant that signs, the tables on the real engine, two customers.
type world struct {
	Config
	db     *dynamotest.DB
	issuer *tokentest.Issuer
	log    testkit.Log
}

func newWorld(t *testing.T, change ...func(*customer.Config)) *world {
	t.Helper()
	db := dynamotest.New(t)
	w := &world{db: db, issuer: tokentest.NewIssuer(t)}
	w.trust(t, 0, w.issuer.Entry(identity.Main))
	w.Nonces = bridge.New(bridge.Config{Client: db.Client, Table: db.Tables["NoncesTable"]})
	w.Sessions = session.New(session.Config{Client: db.Client, Table: db.Tables["SessionsTable"]})
	began := time.Now() // tries are counted in one window, however long the test runs
	w.Customers = customertest.On(t, db, map[string]identity.Person{aliceID: aliceSub, bobID: bobSub},
		append(change, func(c *customer.Config) { c.Now = func() time.Time { return began } })...)
	w.Log = w.log.Logger()
	w.Floor = time.Nanosecond
	testkit.Must(t, w.Customers.SetPassword(t.Context(), aliceID, "alice", alicePassword))
	return w
}

// trust makes the route take the id_tokens of the issuers.
func (w *world) trust(t *testing.T, maxAuthAge time.Duration, issuers ...issuer.Issuer) {
	t.Helper()
	var err error
	w.IDTokens, err = idtoken.New(idtoken.Config{
		Issuers: issuers, Clients: []identity.ClientID{webClient, mobileClient}, MaxAuthAge: maxAuthAge,
	})
	testkit.Must(t, err)
}

// nonce is what the login-bridge Action gets while sub logs in at client.
func (w *world) nonce(t *testing.T, sub identity.Person, client identity.ClientID) string {
	t.Helper()
	sessionID, _, err := w.Nonces.Issue(t.Context(), sub, client)
	testkit.Must(t, err)
	return sessionID
}

// idToken is that of a login by alice at the web app, a moment ago, with the given session_id.
func (w *world) idToken(sessionID string, options ...tokentest.Option) string {
	return w.issuer.IDToken(append([]tokentest.Option{tokentest.Claim("session_id", sessionID)}, options...)...)
}

// first is an id_token of a login by sub at the web app, a moment ago.
func (w *world) first(t *testing.T, sub identity.Person, options ...tokentest.Option) credentials {
	t.Helper()
	options = append([]tokentest.Option{tokentest.Claim("sub", sub)}, options...)
	return byIDToken(w.idToken(w.nonce(t, sub, webClient), options...))
}

func (w *world) post(t *testing.T, body any) resttest.Answer {
	t.Helper()
	text, err := json.Marshal(body)
	testkit.Must(t, err)
	return w.send(t, string(text), home)
}

func (w *world) send(t *testing.T, body, address string) resttest.Answer {
	t.Helper()
	return resttest.Do(t, New(w.Config), resttest.Call{Method: "POST", Path: "/login", Body: body, SourceIP: address})
}

func byIDToken(raw string) credentials { return credentials{IDToken: raw} }

func (c credentials) MarshalJSON() ([]byte, error) {
	body := map[string]string{}
	for name, value := range map[string]string{"username": c.Username, "password": c.Password, "id_token": c.IDToken} {
		if value != "" {
			body[name] = value
		}
	}
	return json.Marshal(body)
}

// opens fails the test unless the login is accepted, with a code of that customer.
func (w *world) opens(t *testing.T, answer resttest.Answer, customerID string) {
	t.Helper()
	answer.Want(t, 200, "")
	code, _ := answer.Member(t, "authorization_code").(string)
	s, err := w.Sessions.Verify(t.Context(), code)
	testkit.Must(t, err)
	if s.CustomerID != customerID {
		t.Errorf("the code is %s's", s.CustomerID)
	}
}
