package session

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"strings"

	"drawbridge/shared/digest"
)

// A code is the prefix, then 64 characters of base32 (a-z, 2-7): 32 random bytes and 8 bytes of checksum. 40 bytes
// fill the 64 characters exactly, so that every code has one spelling and no bits are left over.
const (
	prefix      = "dbc_"
	secretBytes = 32
	checkBytes  = 8
	codeLength  = len(prefix) + (secretBytes+checkBytes)*8/5
)

var encoding = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// IsCode tells whether s is spelt as a code: prefix, length, alphabet and checksum. It says nothing about whether
// the code was ever issued, and reads nothing to tell.
func IsCode(s string) bool {
	if len(s) != codeLength || !strings.HasPrefix(s, prefix) {
		return false
	}
	raw, err := encoding.DecodeString(s[len(prefix):])
	if err != nil || len(raw) != secretBytes+checkBytes { // the decoder skips line breaks: the length tells
		return false
	}
	return subtle.ConstantTimeCompare(raw[secretBytes:], checksum(raw[:secretBytes])) == 1
}

func newCode() string {
	secret := make([]byte, secretBytes, secretBytes+checkBytes)
	rand.Read(secret) // never fails: crypto/rand ends the process rather than return an error
	return prefix + encoding.EncodeToString(append(secret, checksum(secret)...))
}

// checksum is part of a hash under a name of its own. It is no secret: it tells a typing error and a stranger's
// string from a code, and anyone may compute it.
func checksum(secret []byte) []byte {
	sum := sha256.Sum256(append([]byte("drawbridge code checksum\x00"), secret...))
	return sum[:checkBytes]
}

// idOf is what the table knows of a code. A plain hash is enough: there is nothing to guess in 256 random bits.
func idOf(code string) string { return digest.Of(code) }
