// Package tokentest is an issuer for tests: it publishes keys over HTTP and signs what it is told to, good or bad.
//
//	issuer := tokentest.NewIssuer(t)
//	good := issuer.AccessToken()
//	expired := issuer.AccessToken(tokentest.Claim("exp", issuer.Now().Unix()))
package tokentest

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"drawbridge/shared/identity"
	"drawbridge/shared/issuer"
	"drawbridge/shared/testkit"
	"drawbridge/shared/token"
)

// What the tokens say unless told otherwise.
const (
	Audience = "https://my-banking-api"
	ClientID = "k2bQvTz8WebClient0000000000000001"
	Subject  = "auth0|66f0a1c0de00000000000001"
	Scope    = "openid profile view:balance"
)

// Issuer is a tenant with two published keys, of which the first signs. Its fields may be changed before it is used.
type Issuer struct {
	URL      string        // the issuer, with its trailing slash
	Dialect  token.Dialect // of AccessToken; RFC9068 unless changed
	Now      func() time.Time
	Lifetime time.Duration // of the tokens

	mu      sync.Mutex
	keys    []Key // published; the first one signs
	answer  http.Handler
	fetches int
	others  http.ServeMux // endpoints beside the key set
}

// Key is a signing key and its kid.
type Key struct {
	ID      string
	Private *rsa.PrivateKey
}

// NewIssuer starts an issuer on a loopback port, with discovery and a key set. It ends with the test.
func NewIssuer(t testing.TB) *Issuer {
	t.Helper()
	i := &Issuer{Dialect: token.RFC9068, Now: time.Now, Lifetime: time.Hour, keys: []Key{newKey(t), newKey(t)}}
	server := httptest.NewServer(http.HandlerFunc(i.serve))
	t.Cleanup(server.Close)
	i.URL = server.URL + "/"
	return i
}

// KeySetURL is where the keys are.
func (i *Issuer) KeySetURL() string { return token.KeySetURL(i.URL) }

// Entry is the issuer in the list of those that are trusted, of the given tenant.
func (i *Issuer) Entry(tenant identity.Tenant) issuer.Issuer {
	return issuer.Issuer{
		URL: i.URL, Tenant: tenant, Audience: Audience, Dialect: i.Dialect, KeySetURL: i.KeySetURL(),
	}
}

// Keys returns the published keys; the first one signs.
func (i *Issuer) Keys() []Key {
	i.mu.Lock()
	defer i.mu.Unlock()
	return append([]Key(nil), i.keys...)
}

// Rotate makes the next key the current one, publishes a new next one and withdraws the old one, as Auth0 does when
// the old one is revoked too.
func (i *Issuer) Rotate(t testing.TB) {
	t.Helper()
	next := newKey(t)
	i.mu.Lock()
	defer i.mu.Unlock()
	i.keys = []Key{i.keys[1], next}
}

// Publish replaces the keys.
func (i *Issuer) Publish(keys ...Key) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.keys = keys
}

// Answer makes h answer instead of the key set; nil brings the key set back.
func (i *Issuer) Answer(h http.HandlerFunc) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.answer = nil
	if h != nil {
		i.answer = h
	}
}

// Handle makes h answer at a path under the URL.
func (i *Issuer) Handle(path string, h http.HandlerFunc) { i.others.HandleFunc("/"+path, h) }

// Fetches is how often the key set was asked for.
func (i *Issuer) Fetches() int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.fetches
}

// JWKS is the key set as it is published.
func (i *Issuer) JWKS() string {
	var list []map[string]any
	for _, key := range i.Keys() {
		list = append(list, JWK(key))
	}
	return encode(map[string]any{"keys": list})
}

// JWK is the public half of key, as Auth0 publishes it.
func JWK(key Key) map[string]any {
	public := key.Private.PublicKey
	return map[string]any{
		"kty": "RSA", "use": "sig", "alg": "RS256", "kid": key.ID,
		"n": base64.RawURLEncoding.EncodeToString(public.N.Bytes()),
		"e": base64.RawURLEncoding.EncodeToString(big.NewInt(int64(public.E)).Bytes()),
	}
}

func (i *Issuer) serve(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/.well-known/jwks.json":
		i.mu.Lock()
		i.fetches++
		answer := i.answer
		i.mu.Unlock()
		if answer != nil {
			answer.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, i.JWKS())
	case "/.well-known/openid-configuration":
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, encode(map[string]any{
			"issuer": i.URL, "jwks_uri": i.KeySetURL(), "id_token_signing_alg_values_supported": []string{"RS256"},
		}))
	default:
		i.others.ServeHTTP(w, r)
	}
}

// Sign returns a token of this header and these claims, signed by the current key.
func (i *Issuer) Sign(header, claims map[string]any) string {
	return SignRaw(i.Keys()[0].Private, encode(header), encode(claims))
}

// SignRaw signs a header and a payload that need not be JSON.
func SignRaw(key *rsa.PrivateKey, header, payload string) string {
	signed := base64.RawURLEncoding.EncodeToString([]byte(header)) + "." +
		base64.RawURLEncoding.EncodeToString([]byte(payload))
	return signed + "." + SignatureOver(key, signed)
}

// SignatureOver is the encoded RS256 signature over any text.
func SignatureOver(key *rsa.PrivateKey, text string) string {
	digest := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, digest[:])
	if err != nil {
		panic(err) // a key too small for a digest: no test has one
	}
	return base64.RawURLEncoding.EncodeToString(signature)
}

func encode(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // the caller's value is no JSON
	}
	return string(text)
}

// pool keeps keys for the next issuer of this process: making one takes a tenth of a second. Two issuers
// at the same time never share one.
var pool struct {
	sync.Mutex
	keys []*rsa.PrivateKey
}

// newKey returns a key with a new kid.
func newKey(t testing.TB) Key {
	t.Helper()
	pool.Lock()
	defer pool.Unlock()
	var private *rsa.PrivateKey
	if last := len(pool.keys) - 1; last >= 0 {
		private, pool.keys = pool.keys[last], pool.keys[:last]
	} else {
		var err error
		private, err = rsa.GenerateKey(rand.Reader, 2048)
		testkit.Must(t, err)
	}
	t.Cleanup(func() {
		pool.Lock()
		defer pool.Unlock()
		pool.keys = append(pool.keys, private)
	})
	return Key{ID: rand.Text()[:21], Private: private}
}

// NewKey returns a key that nobody publishes.
func NewKey(t testing.TB) Key {
	t.Helper()
	return newKey(t)
}
