package main

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

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
	route  rest.Handler
	log    *logbook
}

func newWorld(t *testing.T, change ...func(*Config)) *world {
	t.Helper()
	return newWorldWith(t, func(c *customer.Config) { c.Hasher = password.NewInsecurelyCheap() }, change...)
}

// newWorldWith is newWorld with customers kept as the test says: strictly, with real hashes, unless it says otherwise.
func newWorldWith(t *testing.T, customers func(*customer.Config), change ...func(*Config)) *world {
	t.Helper()
	db := dynamotest.New(t)
	w := &world{db: db, issuer: tokentest.NewIssuer(t), log: new(logbook)}
	w.IDTokens = w.idTokens(t, 0)
	w.Nonces = bridge.New(bridge.Config{Client: db.Client, Table: db.Tables["NoncesTable"]})
	w.Sessions = session.New(session.Config{Client: db.Client, Table: db.Tables["SessionsTable"]})
	began := time.Now() // tries are counted in one window, however long the test runs
	directory := customer.Config{Client: db.Client, Table: db.Tables["CustomersTable"],
		Now: func() time.Time { return began }}
	customers(&directory)
	w.Customers = customer.New(directory)
	w.Log = slog.New(slog.NewJSONHandler(w.log, nil))
	w.Floor = time.Nanosecond
	for _, f := range change {
		f(&w.Config)
	}
	w.route = New(w.Config)

	for id, sub := range map[string]identity.Person{aliceID: aliceSub, bobID: bobSub} {
		testkit.Must(t, w.Customers.Create(t.Context(), customer.Customer{ID: id}))
		testkit.Must(t, w.Customers.Link(t.Context(), id, sub))
	}
	testkit.Must(t, w.Customers.SetPassword(t.Context(), aliceID, "alice", alicePassword))
	return w
}

// idTokens reads those of the world's issuer.
func (w *world) idTokens(t *testing.T, maxAuthAge time.Duration) *idtoken.Reader {
	t.Helper()
	reader, err := idtoken.New(idtoken.Config{
		Issuers:    []issuer.Issuer{{URL: w.issuer.URL, Tenant: identity.Main, KeySetURL: w.issuer.KeySetURL()}},
		Clients:    []identity.ClientID{webClient, mobileClient},
		MaxAuthAge: maxAuthAge,
	})
	testkit.Must(t, err)
	return reader
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

func (w *world) post(t *testing.T, body any) resttest.Answer {
	t.Helper()
	text, err := json.Marshal(body)
	testkit.Must(t, err)
	return w.send(t, string(text))
}

func (w *world) send(t *testing.T, body string) resttest.Answer {
	t.Helper()
	return resttest.Do(t, w.route, resttest.Call{Method: "POST", Path: "/login", Body: body, SourceIP: home})
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

// customerOf is whom the code of an accepted login opens.
func (w *world) customerOf(t *testing.T, answer resttest.Answer) string {
	t.Helper()
	answer.Want(t, 200, "")
	code, _ := answer.Member(t, "authorization_code").(string)
	s, err := w.Sessions.Verify(t.Context(), code)
	if err != nil {
		t.Fatalf("the code of an accepted login: %v", err)
	}
	return s.CustomerID
}

// logbook keeps what was logged.
type logbook struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (l *logbook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.Write(p)
}

func (l *logbook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.String()
}

// last is the last audit record.
func (l *logbook) last(t *testing.T) map[string]any {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(l.String()), "\n")
	var record map[string]any
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &record); err != nil || record["msg"] != "audit" {
		t.Fatalf("no audit record: %s", lines[len(lines)-1])
	}
	return record
}
