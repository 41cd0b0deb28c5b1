package metering

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"drawbridge/local/gateway"
	"drawbridge/shared/dynamo"
	"drawbridge/shared/identity"
	"drawbridge/shared/session"
	"drawbridge/shared/testkit"
	"drawbridge/shared/token/tokentest"
)

// warm starts each function, and lets the authorizer save its key set: it does so after an answer, perhaps the next
// one.
func (s *system) warm() {
	s.t.Helper()
	warm := []call{
		get("/balance", s.looks(s.somebody())), get("/transfers", s.looks(s.somebody())),
		s.transfer(s.looks(s.somebody()), "1.00"),
		s.nonce(s.somebody()), login("nobody", "nothing"), {method: "POST", path: "/logout", bearer: s.looks(s.somebody())},
	}
	for _, c := range warm {
		s.send(c)
	}
	s.send(s.bridge(s.somebody())) // the login has the keys now, too
	testkit.Eventually(s.t, "the authorizer has saved its key set", func() bool {
		s.send(get("/balance", s.looks(s.somebody())))
		s.meter.mu.Lock()
		defer s.meter.mu.Unlock()
		return s.meter.largest[s.db.Tables["KeySetsTable"]] > 0
	})
}

func get(path, bearer string) call { return call{method: "GET", path: path, bearer: bearer} }

func login(username, password string) call {
	return call{method: "POST", path: "/login", body: map[string]string{"username": username, "password": password}}
}

func preflight() call {
	return call{method: "OPTIONS", path: "/transfer", header: map[string]string{
		"Access-Control-Request-Method":  "POST",
		"Access-Control-Request-Headers": "authorization,content-type,idempotency-key",
	}}
}

// somebody is a new identity of Alice's at Auth0, which no process has looked up.
func (s *system) somebody() (sub string) {
	s.t.Helper()
	sub = "auth0|" + rand.Text()[:24]
	testkit.Must(s.t, s.customers.Link(s.t.Context(), aliceID, identity.Person(sub)))
	return sub
}

func (s *system) looks(sub string) string { return s.issuer.AccessToken(tokentest.Claim("sub", sub)) }

func (s *system) pays(sub string) string {
	return s.issuer.AccessToken(tokentest.Claim("sub", sub), s.issuer.StepUp())
}

func (s *system) expired() string {
	now := s.issuer.Now().Unix()
	return s.issuer.AccessToken(tokentest.Claim("iat", now-7200), tokentest.Claim("exp", now-3600))
}

func (s *system) transfer(bearer, amount string) call {
	return call{
		method: "POST", path: "/transfer", bearer: bearer, header: map[string]string{"Idempotency-Key": rand.Text()},
		body: map[string]string{"from": string(alicePays), "to": string(bobIsPaid), "amount": amount, "currency": "EUR"},
	}
}

func (s *system) nonce(sub string) call {
	return call{
		method: "POST", path: "/nonce", bearer: s.issuer.AccessToken(tokentest.Machine(bridgeClient, "create:session")),
		body: map[string]string{"sub": sub, "client_id": tokentest.ClientID},
	}
}

// bridge is a login by an id_token, a moment after the Action has fetched the session_id for it.
func (s *system) bridge(sub string) call {
	s.t.Helper()
	made := s.send(s.nonce(sub))
	var answer struct {
		SessionID string `json:"session_id"`
	}
	if made.status != http.StatusCreated || json.Unmarshal(made.body, &answer) != nil {
		s.t.Fatalf("POST /nonce: %d %s", made.status, made.body)
	}
	return call{method: "POST", path: "/login", body: map[string]string{"id_token": s.issuer.IDToken(
		tokentest.Claim("sub", sub), tokentest.Claim("session_id", answer.SessionID),
		tokentest.Claim("auth_time", s.issuer.Now().Unix()),
	)}}
}

func (s *system) sessions() *session.Store {
	s.t.Helper()
	store := session.New(session.Config{Client: s.db.Client, Table: s.db.Tables["SessionsTable"]})
	return store
}

// code is that of a login just now.
func (s *system) code() string {
	s.t.Helper()
	draft, err := s.sessions().Issue(s.t.Context(), aliceID)
	testkit.Must(s.t, err)
	return draft.Code
}

// aged lets a code's idle clock show two minutes ago.
func (s *system) aged(code string) string {
	s.t.Helper()
	found, err := s.sessions().Verify(s.t.Context(), code)
	testkit.Must(s.t, err)
	table := s.db.Tables["SessionsTable"]
	_, err = s.db.Client.UpdateItem(s.t.Context(), &dynamodb.UpdateItemInput{
		TableName: &table, Key: dynamo.Item{"code_hash": dynamo.Text(found.ID)}, UpdateExpression: new("SET used_at = :then"),
		ExpressionAttributeValues: dynamo.Item{":then": dynamo.Seconds(time.Now().Add(-2 * time.Minute))},
	})
	testkit.Must(s.t, err)
	return code
}

// known makes the address one from which Alice has logged in, and ends her sessions.
func (s *system) known() {
	s.t.Helper()
	if u := s.send(login("alice", alicePassword)); u.status != http.StatusOK {
		s.t.Fatalf("POST /login: %d %s", u.status, u.body)
	}
	s.endSessions()
}

func (s *system) endSessions() {
	s.t.Helper()
	_, err := s.sessions().RevokeAll(s.t.Context(), aliceID)
	testkit.Must(s.t, err)
}

// fill gives Alice as many sessions as a customer may have.
func (s *system) fill() {
	s.t.Helper()
	for range session.MaxPerCustomer {
		s.code()
	}
}

// call is one request to the API.
type call struct {
	method, path string
	bearer       string
	header       map[string]string
	body         any
}

// eventOverhead is what CloudWatch Logs adds to the bytes of each event
// (https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html).
const eventOverhead = 26

// usage is what a request used.
type usage struct {
	status      int
	code        string // of a problem
	body        []byte // of the answer
	authorizer  consumption
	function    consumption
	invocations []string // the functions invoked
	logged      int      // bytes that they logged, as CloudWatch counts them
	sent        int      // bytes of the answer, its headers included
	exchange    gateway.Exchange
}

func (s *system) send(c call) usage {
	s.t.Helper()
	var body []byte
	if c.body != nil {
		var err error
		body, err = json.Marshal(c.body)
		testkit.Must(s.t, err)
	}
	r := httptest.NewRequest(c.method, "https://api.example"+c.path, bytes.NewReader(body))
	// What a browser sends besides; the functions' events carry it.
	r.Header.Set("User-Agent",
		"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36")
	r.Header.Set("Accept", "application/json")
	r.Header.Set("Origin", webOrigin)
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if c.bearer != "" {
		r.Header.Set("Authorization", "Bearer "+c.bearer)
	}
	for name, value := range c.header {
		r.Header.Set(name, value)
	}
	s.meter.reading()
	s.mu.Lock()
	s.lines = nil
	s.mu.Unlock()
	w := httptest.NewRecorder()
	s.gateway.ServeHTTP(w, r)

	u := usage{status: w.Code, body: w.Body.Bytes(), sent: len("HTTP/2 200\r\n\r\n") + w.Body.Len()}
	for name, values := range w.Header() {
		for _, value := range values {
			u.sent += len(name) + len(value) + len(": \r\n")
		}
	}
	used := s.meter.reading()
	var problem struct{ Code string }
	if json.Unmarshal(u.body, &problem) == nil {
		u.code = problem.Code
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	u.exchange = s.exchange
	if a := u.exchange.Authorizer; a != nil && a.Invocation.Function != "" {
		u.invocations = append(u.invocations, a.Invocation.Function)
		u.authorizer = used[a.Invocation.Function]
	}
	if f := u.exchange.Function; f != nil {
		u.invocations = append(u.invocations, f.Function)
		u.function = used[f.Function]
	}
	for _, line := range s.lines {
		u.logged += len(line.Text) + eventOverhead
	}
	return u
}
