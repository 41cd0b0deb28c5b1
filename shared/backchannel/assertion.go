package backchannel

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

const (
	assertionLife = time.Minute // Auth0 allows five, and advises one at most

	minModulus, maxModulus = 2048, 4096 // bits
)

// ErrKey means that a text is not the private key of a client. Its message shows nothing of the text, and completes a
// sentence that begins with the text's name.
var ErrKey = errors.New("not an RSA key of 2048 to 4096 bits, PKCS #8 as base64 in one line")

// ParseKey reads the client's private key: base64 of the DER that `openssl pkcs8 -topk8 -nocrypt -outform DER` writes.
func ParseKey(text string) (*rsa.PrivateKey, error) {
	der, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil || strings.ContainsAny(text, "\r\n") { // which encoding/base64 passes over
		return nil, ErrKey
	}
	parsed, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return nil, ErrKey
	}
	key, ok := parsed.(*rsa.PrivateKey)
	if !ok || key.N.BitLen() < minModulus || key.N.BitLen() > maxModulus {
		return nil, ErrKey
	}
	return key, nil
}

// assertion says who the client is, for one request. Auth0 makes the kid of a key itself, so the header names none, and
// each key of the client is tried.
func (c *Client) assertion(now time.Time) (string, error) {
	signed, err := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{
		"iss": string(c.ClientID), "sub": string(c.ClientID), "aud": c.Issuer, "jti": rand.Text(),
		"iat": now.Unix(), "exp": now.Add(assertionLife).Unix(),
	}).SignedString(c.Key)
	if err != nil {
		return "", fmt.Errorf("backchannel: failed to sign an assertion: %w", err)
	}
	return signed, nil
}
