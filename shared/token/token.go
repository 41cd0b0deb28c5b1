// Package token verifies the JSON Web Tokens of one issuer: access tokens for this API, and id_tokens. Package issuer
// has several.
//
//	keys, err := token.NewKeyStore(token.KeyStoreConfig{URL: token.KeySetURL(issuer)})
//	verifier, err := token.New(token.Config{
//		Issuer: issuer, Audiences: []string{"https://my-banking-api"}, Dialect: token.RFC9068, Keys: keys,
//	})
//	claims, err := verifier.Verify(ctx, raw)
//	switch {
//	case errors.Is(err, token.ErrKeysUnavailable): // the token may be good: ask again later
//	case err != nil: // an *Error; its Stage and Reason say why, and hold nothing of the token
//	}
//
// # The order of the checks
//
// Cheapest first, the network last, so that a bad token costs next to nothing:
//
//  1. shape: size, three parts, base64url and nothing else (RFC 7515 section 2, RFC 7519 section 7.2)
//  2. header: strict JSON; alg is RS256; typ is the dialect's; no parameter that changes the meaning (crit, b64, zip,
//     enc, cty) or brings a key along (jwk, jku, x5u, x5c); a kid
//  3. claims: strict JSON; each claim of its own type; iss, aud, the kind of token, the times, sub
//  4. key: by kid, from the issuer's published set ([KeyStore])
//  5. signature: golang-jwt's RS256 over the very bytes that were parsed
//
// The token is decoded once. No claim leaves this package before the signature holds.
//
// # Three dialects
//
// A [Dialect] is the kind of token that a Verifier takes. No token is of two kinds, whatever its audiences: [RFC9068]
// has a typ of its own. [Auth0] and [IDToken] share theirs; an access token must have scope, gty or permissions and
// must not have nonce, at_hash, c_hash or s_hash, an id_token must not have any of the first three.
//
// # What is remembered
//
// A Verifier remembers the tokens that it verified by their SHA-256, and does not repeat the RSA check for each
// request of a burst. It remembers 128 good tokens, forgets a token with its key, and checks the times at each use.
package token

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"time"

	"drawbridge/shared/strictjson"

	"github.com/golang-jwt/jwt/v5"
)

// Config says which tokens are good. All fields up to Keys are needed, but for Until.
type Config struct {
	Issuer    string    // compared byte for byte: Auth0's ends with a slash
	Until     time.Time // from when every token of the issuer is refused; zero for never
	Audiences []string  // any one of them will do; for an id_token these are client ids
	Dialect   Dialect
	Keys      *KeyStore
	Now       func() time.Time // time.Now if nil

	// Bound takes tokens that are bound to a key by cnf.jkt. A caller who sets it checks the proof of each token that has
	// a Thumbprint (package dpop). Without it a token with cnf is refused.
	Bound bool
}

// Verifier verifies tokens. It may be used by several goroutines.
type Verifier struct {
	issuer    string
	until     time.Time
	audiences []string
	dialect   dialect
	bound     bool
	members   strictjson.Members[claim]
	keys      *KeyStore
	now       func() time.Time
	verified  *cache
}

// New returns a Verifier, or an error that names everything the configuration lacks.
func New(c Config) (*Verifier, error) {
	dialect, known := dialects[c.Dialect]
	err := errors.Join(
		unless(c.Issuer != "", "no issuer"),
		unless(len(c.Audiences) > 0, "no audience"),
		unless(known, "no such dialect"),
		unless(c.Keys != nil, "no keys"),
	)
	for _, audience := range c.Audiences {
		err = errors.Join(err, unless(audience != "", "an empty audience"))
	}
	if err != nil {
		return nil, err
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Verifier{
		issuer: c.Issuer, until: c.Until, audiences: c.Audiences, dialect: dialect, bound: c.Bound,
		members: claimNames(c.Audiences[0]), keys: c.Keys, now: c.Now, verified: newCache(cacheSize),
	}, nil
}

func unless(ok bool, problem string) error {
	if ok {
		return nil
	}
	return errors.New("token: configuration: " + problem)
}

// Verify returns the claims of a good token, and an [*Error] for every other.
func (v *Verifier) Verify(ctx context.Context, raw string) (*Claims, error) {
	parts, err := split(raw)
	if err != nil {
		return nil, err
	}
	kid, err := v.dialect.readHeader(parts.Header)
	if err != nil {
		return nil, err
	}
	now := v.now()
	var room [1024]byte // on the stack: an ordinary token is hashed without a piece of the heap
	digest := sha256.Sum256(append(room[:0], raw...))
	if known := v.verified.get(digest); known != nil && !v.ended(now) {
		return v.again(ctx, digest, known, now)
	}

	claims, err := v.readClaims(parts.Payload, now)
	if err != nil {
		return nil, err
	}
	signature, err := decodeSignature(parts.Signature)
	if err != nil {
		return nil, err
	}
	key, err := v.keys.Key(ctx, kid)
	if err != nil {
		return nil, err
	}
	if err := jwt.SigningMethodRS256.Verify(parts.Signed, signature, key); err != nil {
		return nil, refuse(SignatureMismatch)
	}
	if claims.ID == "" {
		claims.ID = hex.EncodeToString(digest[:])
	}
	claims.KeyID, claims.key = kid, key
	v.verified.put(digest, claims)
	return claims.clone(), nil
}

// again judges a token that was good before: its key must still be published, and its times must hold now.
func (v *Verifier) again(ctx context.Context, digest [sha256.Size]byte, claims *Claims, now time.Time) (*Claims,
	error) {
	if err := claims.checkTimes(now); err != nil {
		v.verified.forget(digest)
		return nil, err
	}
	key, err := v.keys.Key(ctx, claims.KeyID)
	if err != nil {
		return nil, err
	}
	if key != claims.key && !key.Equal(claims.key) {
		v.verified.forget(digest)
		return nil, refuse(SignatureMismatch)
	}
	return claims.clone(), nil
}
