// Package dpoptest is a client that makes DPoP proofs (RFC 9449), for tests.
package dpoptest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"drawbridge/shared/testkit"
)

// Client has a key of P-256. Its tokens are bound to it by Thumbprint.
type Client struct {
	Key *ecdsa.PrivateKey
	Now func() time.Time // time.Now if nil
}

// New returns a client with a key of its own.
func New(t testing.TB) *Client {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	testkit.Must(t, err)
	return &Client{Key: key, Now: time.Now}
}

// JWK is the public key as a proof's header has it.
func (c *Client) JWK() string {
	x, y := c.coordinates()
	return fmt.Sprintf(`{"kty":"EC","crv":"P-256","x":"%s","y":"%s"}`, x, y)
}

// Thumbprint is what cnf.jkt has of the key (RFC 7638).
func (c *Client) Thumbprint() string {
	x, y := c.coordinates()
	return Hash(fmt.Sprintf(`{"crv":"P-256","kty":"EC","x":"%s","y":"%s"}`, x, y))
}

func (c *Client) coordinates() (x, y string) {
	point, err := c.Key.PublicKey.Bytes()
	if err != nil {
		panic(err) // a key of a curve with a name
	}
	return base64.RawURLEncoding.EncodeToString(point[1:33]), base64.RawURLEncoding.EncodeToString(point[33:])
}

// Header is a proof's header.
func (c *Client) Header() string { return `{"typ":"dpop+jwt","alg":"ES256","jwk":` + c.JWK() + `}` }

// Payload is a proof's payload. Without a nonce it has none.
func (c *Client) Payload(method, uri, token, nonce string) string {
	members := map[string]any{
		"jti": rand.Text(), "htm": method, "htu": uri, "iat": c.Now().Unix(), "ath": Hash(token),
	}
	if nonce != "" {
		members["nonce"] = nonce
	}
	text, err := json.Marshal(members)
	if err != nil {
		panic(err) // texts and a number
	}
	return string(text)
}

// Proof is a proof for one request with a token.
func (c *Client) Proof(method, uri, token, nonce string) string {
	return c.Sign(c.Header(), c.Payload(method, uri, token, nonce))
}

// Sign signs a header and a payload that need not be JSON.
func (c *Client) Sign(header, payload string) string {
	signed := base64.RawURLEncoding.EncodeToString([]byte(header)) + "." +
		base64.RawURLEncoding.EncodeToString([]byte(payload))
	signature, err := jwt.SigningMethodES256.Sign(signed, c.Key)
	if err != nil {
		panic(err) // the key is of the algorithm's curve
	}
	return signed + "." + base64.RawURLEncoding.EncodeToString(signature)
}

// Hash is base64url(SHA-256(text)): an ath, a thumbprint.
func Hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
