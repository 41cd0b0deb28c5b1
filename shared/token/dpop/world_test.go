package dpop_test

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"drawbridge/shared/testkit"
	"drawbridge/shared/token/dpop"
	"drawbridge/shared/token/dpop/dpoptest"
)

const (
	secret = "a-secret-of-43-characters-as-the-template-asks"
	token  = "eyJ0eXAiOiJhdCtqd3QifQ.e30.c2lnbmF0dXJl"
	issuer = "https://login.bank.example/"
	base   = "https://api.bank.example"
	page   = base + "/transfers"
)

var start = time.Unix(1_800_000_000, 0)

// world is a client whose token is bound to its key, and a verifier.
type world struct {
	*dpoptest.Client
	thief    *dpoptest.Client // who has the token and another key
	verifier *dpop.Verifier
	now      time.Time
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{Client: dpoptest.New(t), thief: dpoptest.New(t), now: start}
	w.Client.Now = func() time.Time { return w.now }
	w.thief.Now = w.Client.Now
	var err error
	w.verifier, err = dpop.New(dpop.Config{Secret: secret, Bases: []string{base}, Now: w.Client.Now})
	testkit.Must(t, err)
	return w
}

// request is GET /transfers?limit=5 with the token.
func (w *world) request() dpop.Request {
	return dpop.Request{
		Method: "GET", Domain: "abc.execute-api.eu-central-1.amazonaws.com", ContextPath: "/prod/transfers",
		Path: "/transfers", Token: token, Issuer: issuer, Thumbprint: w.Thumbprint(),
	}
}

func (w *world) nonce() string { return w.verifier.Nonce(w.Thumbprint()) }

// payload is that of a good proof for the request.
func (w *world) payload() string { return w.Payload("GET", page, token, w.nonce()) }

func (w *world) good() string { return w.Sign(w.Header(), w.payload()) }

// verify shows the verifier proofs for the request.
func (w *world) verify(headers ...string) error {
	_, err := w.verifier.Verify(headers, w.request())
	return err
}

// reason is why a proof was refused; empty if it was not.
func reason(err error) dpop.Reason {
	var refusal *dpop.Error
	if errors.As(err, &refusal) {
		return refusal.Reason
	}
	return ""
}

// nonceAt is the nonce of another time.
func (w *world) nonceAt(offset time.Duration) string {
	w.now = w.now.Add(offset)
	defer func() { w.now = w.now.Add(-offset) }()
	return w.nonce()
}

// swap replaces the first occurrence of a text that must be there.
func swap(text, old, new string) string {
	if !strings.Contains(text, old) {
		panic("no " + old + " in " + text)
	}
	return strings.Replace(text, old, new, 1)
}

// with gives a claim another value, in JSON.
func with(payload, name, value string) string {
	var members map[string]json.RawMessage
	if err := json.Unmarshal([]byte(payload), &members); err != nil {
		panic(err)
	}
	delete(members, name)
	rest, err := json.Marshal(members)
	if err != nil {
		panic(err)
	}
	return string(rest[:len(rest)-1]) + `,"` + name + `":` + value + "}"
}

// many are n members that mean nothing.
func many(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(`,"member` + strconv.Itoa(i) + `":1`)
	}
	return b.String()
}

// nextLetter is another letter of base64url, one bit away.
func nextLetter(c byte) string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	return string(letters[strings.IndexByte(letters, c)^1])
}
