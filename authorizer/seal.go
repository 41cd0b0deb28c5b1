package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"io"

	"drawbridge/shared/token"
)

// seal ties a kept key set to its issuer, its URL and the time when it was fetched, by an HMAC-SHA256.
//
// With the secret KEY_SETS_SECRET, an attacker who can write to the table and lacks the secret can neither plant a
// key, nor make an old set look new, nor move a set from one issuer or environment to another. Without a secret the
// seal is a checksum against damage, edits by hand and mix-ups: anyone who knows this code can make it, and the
// table's IAM policy is all that protects the set, by which the authorizer's role alone may write.
//
// Either way an attacker who can write to the table can put back a set that was genuine within the last 24 hours, and
// with it a key that the issuer has withdrawn since. A kept set counts only while the issuer cannot be asked.
type seal struct {
	issuer, url string
	secret      []byte
}

// minSecret is 256 bits in base64url: a reader of the table could try guesses at a seal.
const minSecret = 43

func (s seal) sum(set token.KeySet) []byte {
	mac := hmac.New(sha256.New, s.secret)
	for _, field := range []string{"drawbridge key set 1", s.issuer, s.url, set.JWKS} {
		_ = binary.Write(mac, binary.BigEndian, uint64(len(field))) // lengths first: two fields never read as one
		_, _ = io.WriteString(mac, field)
	}
	_ = binary.Write(mac, binary.BigEndian, set.FetchedAt.Unix())
	return mac.Sum(nil)
}

func (s seal) over(set token.KeySet) string { return hex.EncodeToString(s.sum(set)) }

func (s seal) holds(set token.KeySet, sealed string) bool {
	sum, err := hex.DecodeString(sealed)
	return err == nil && hmac.Equal(sum, s.sum(set))
}
