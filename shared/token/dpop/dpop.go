// Package dpop checks the proof that a client sends with an access token which is bound to its key: DPoP, RFC 9449. A
// thief of such a token cannot use it without the key.
//
//	verifier, err := dpop.New(dpop.Config{Secret: secret, Bases: []string{"https://api.bank.example"}})
//	proof, err := verifier.Verify(headers, dpop.Request{…})
//	if err != nil { // an *Error: its Code is for the client, its Reason for the log
//		…
//	}
//
// # The order of the checks
//
// Cheapest first (RFC 9449 section 4.3). The token was verified before.
//
//  1. shape: one header, its size, three parts, base64url and nothing else
//  2. header: strict JSON; typ is dpop+jwt; alg is ES256; a jwk that is a public key of P-256 and has no private
//     member; nothing that changes the meaning or brings another key
//  3. claims: strict JSON; jti, htm, htu, iat and ath are there and of their own types
//  4. meaning: htm and htu are the request's, iat is near, ath is the token's, the key is the one that the token is
//     bound to, the nonce is ours and fresh
//  5. signature: golang-jwt's ES256
//
// # Replay
//
// A proof is good for its own token, method and URI alone, and as long as its nonce: [NonceLife] at most, by our clock
// (section 8). Within that time a thief who has both token and proof can read again what the client has just read, and
// ask for the approval of a transfer by the proof of one that was not made. For money there is [Proof.ID], which a
// transfer uses up in its own transaction.
//
// iat may be [Window] off in both directions. The clock of a person's computer may be wrong. The nonce tells the time
// instead, by our clock (RFC 9449 section 4.3, item 11): a narrower window would stop no thief. What is further off is
// refused, whatever its nonce.
package dpop

import (
	"errors"
	"time"

	"drawbridge/shared/digest"
	"drawbridge/shared/token/jws"

	"github.com/golang-jwt/jwt/v5"
)

// Window is how far iat may be from our clock.
const Window = time.Hour

// Config says what a Verifier compares with. Secret is needed.
type Config struct {
	Secret string   // makes the nonces; any number of verifiers share it
	Bases  []string // URLs without a slash at their end at which clients reach the API, beside API Gateway's own
	Now    func() time.Time
}

// Verifier checks proofs. It may be used by several goroutines.
type Verifier struct {
	nonces nonces
	bases  []string
	now    func() time.Time
}

// New returns a Verifier, or an error that names what the configuration lacks.
func New(c Config) (*Verifier, error) {
	if len(c.Secret) < minSecret {
		return nil, errors.New("dpop: configuration: the secret has fewer than 43 characters")
	}
	for _, base := range c.Bases {
		if _, ok := normalized(base); !ok {
			return nil, errors.New("dpop: configuration: a base is no absolute http or https URL")
		}
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Verifier{nonces: nonces{[]byte(c.Secret)}, bases: c.Bases, now: c.Now}, nil
}

// Request is the request that a proof came with. From the client it takes method, path and token alone: no Host and no
// forwarded header says where a request went.
type Request struct {
	Method      string
	Domain      string // API Gateway's requestContext.domainName
	ContextPath string // its requestContext.path: as the client wrote it, with the stage if that is in the URL
	Path        string // below a base, without the stage

	Token      string // as it stands in the Authorization header
	Issuer     string // of the verified token
	Thumbprint string // its cnf.jkt
}

// Proof is a good proof.
type Proof struct {
	ID string // hex SHA-256 of issuer, key and jti: used up, where a proof counts once
}

// Verify checks the values of all DPoP headers of a request. Its error is an [*Error].
func (v *Verifier) Verify(headers []string, r Request) (Proof, error) {
	switch len(headers) {
	case 0:
		return Proof{}, refuse(Missing)
	case 1:
	default:
		return Proof{}, refuse(Several)
	}
	parts, err := split(headers[0])
	if err != nil {
		return Proof{}, err
	}
	key, err := readHeader(parts.Header)
	if err != nil {
		return Proof{}, err
	}
	claims, err := readClaims(parts.Payload)
	if err != nil {
		return Proof{}, err
	}
	now := v.now()
	switch {
	case claims.method != r.Method:
		return Proof{}, refuse(WrongMethod)
	case claims.issuedAt.Before(now.Add(-Window)) || !claims.expiresAt.IsZero() && !now.Before(claims.expiresAt):
		return Proof{}, refuse(TooOld)
	case claims.issuedAt.After(now.Add(Window)) || claims.notBefore.After(now.Add(Window)):
		return Proof{}, refuse(TooEarly)
	}
	if err := v.checkURI(claims.uri, r); err != nil {
		return Proof{}, err
	}
	if key.thumbprint() != r.Thumbprint {
		return Proof{}, refuse(WrongKey)
	}
	if claims.tokenHash != hash(r.Token) {
		return Proof{}, refuse(WrongToken)
	}
	if err := v.nonces.check(claims.nonce, r.Thumbprint, now); err != nil {
		return Proof{}, err
	}
	if err := key.verify(parts); err != nil {
		return Proof{}, err
	}
	return Proof{ID: digest.Of(r.Issuer, r.Thumbprint, claims.id)}, nil
}

func (k key) verify(p jws.Parts) error {
	signature, err := jws.Base64url.DecodeString(p.Signature)
	switch {
	case err != nil:
		return refuse(WrongEncoding)
	case len(signature) != 2*coordinateSize:
		return refuse(SignatureSize)
	}
	public, err := k.public()
	if err != nil {
		return refuse(KeyRefused)
	}
	if err := jwt.SigningMethodES256.Verify(p.Signed, signature, public); err != nil {
		return refuse(SignatureMismatch)
	}
	return nil
}
