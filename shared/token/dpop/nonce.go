package dpop

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"time"

	"drawbridge/shared/token/jws"
)

const (
	// NonceStep is how often a key's nonce changes.
	NonceStep = time.Minute
	// NonceLife is how long a nonce is good at most: in its own step and in the next. It is good for one step at least.
	NonceLife = 2 * NonceStep

	minSecret = 43 // characters: 256 bits in base64url

	stepSize, nonceSize = 4, 24 // bytes; the rest is the MAC, 160 bits of it
)

// nonces makes and checks nonces that are kept nowhere: the number of the step, and a MAC over it and the thumbprint of
// the key. A nonce is no secret. It shows that the proof was made after the step began, for this key.
type nonces struct{ secret []byte }

// Nonce is what a client whose key has this thumbprint puts into its next proof.
func (v *Verifier) Nonce(thumbprint string) string { return v.nonces.at(stepOf(v.now()), thumbprint) }

func stepOf(now time.Time) uint32 { return uint32(now.Unix() / int64(NonceStep/time.Second)) }

func (n nonces) at(step uint32, thumbprint string) string {
	mac := hmac.New(sha256.New, n.secret)
	nonce := binary.BigEndian.AppendUint32(make([]byte, 0, stepSize+sha256.Size), step)
	mac.Write([]byte("drawbridge dpop nonce 1\x00"))
	mac.Write(nonce)
	mac.Write([]byte(thumbprint))
	return jws.Base64url.EncodeToString(mac.Sum(nonce)[:nonceSize])
}

func (n nonces) check(nonce, thumbprint string, now time.Time) error {
	if nonce == "" {
		return refuse(NonceMissing)
	}
	for _, step := range []uint32{stepOf(now), stepOf(now) - 1} {
		if hmac.Equal([]byte(nonce), []byte(n.at(step, thumbprint))) {
			return nil
		}
	}
	return refuse(NonceRefused)
}
