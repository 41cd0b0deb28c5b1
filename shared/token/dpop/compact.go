package dpop

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"
)

const maxSize = 4 << 10 // bytes of a proof; an ordinary one has 600

// parts are those of the compact serialization (RFC 7515 section 7.1), still encoded.
type parts struct {
	header, payload, signature string
	signed                     string // header.payload, which the signature covers
}

func split(raw string) (parts, error) {
	if len(raw) > maxSize {
		return parts{}, refuse(TooLarge)
	}
	header, rest, _ := strings.Cut(raw, ".")
	payload, signature, found := strings.Cut(rest, ".")
	if !found || header == "" || payload == "" || strings.IndexByte(signature, '.') >= 0 {
		return parts{}, refuse(WrongParts)
	}
	// encoding/base64 skips line breaks in each of its modes.
	if strings.ContainsAny(raw, "\r\n") {
		return parts{}, refuse(WrongEncoding)
	}
	signed := raw[:len(header)+1+len(payload)]
	return parts{header: header, payload: payload, signature: signature, signed: signed}, nil
}

// base64url is that of RFC 7515 section 2: no padding, and no bits left over, which would spell the same bytes anew.
var base64url = base64.RawURLEncoding.Strict()

func decode(part string) (string, error) {
	var room [1024]byte // on the stack: the bytes of an ordinary proof are copied once, into the string
	decoded, err := base64url.AppendDecode(room[:0], []byte(part))
	if err != nil {
		return "", refuse(WrongEncoding)
	}
	return string(decoded), nil
}

// hash is how RFC 9449 writes a hash of the token (ath, section 4.2) and RFC 7638 one of the key.
func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
