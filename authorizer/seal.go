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
// What it protects against depends on the secret (KEY_SETS_SECRET). With one, nobody who can write to the table, but
// does not have the secret, can plant a key, make an old set look new, or move a set from one issuer or environment to
// another. Without one the seal is a checksum: it finds damage, hand edits and mix-ups, but whoever knows this code can
// make it. Then all rests on the table's IAM policy, by which the authorizer's role alone may write. In neither case
// does it keep anyone who may write from putting back a set that was genuine within the last 24 hours, and with it a key
// that the issuer has withdrawn since; and a kept set counts at all only while the issuer itself cannot be asked.
type seal struct {
	issuer, url string
	secret      []byte
}

func (s seal) sum(set token.KeySet) []byte {
	mac := hmac.New(sha256.New, s.secret)
	for _, field := range []string{"drawbridge key set 1", s.issuer, s.url, set.JWKS} {
		_ = binary.Write(mac, binary.BigEndian, uint64(len(field))) // lengths first: no field can pass for two
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
