package token

import (
	"encoding/base64"
	"strings"
)

const (
	maxSize = 8 << 10 // bytes of a token; API Gateway allows 10,240 for all headers together

	minSignature = 2048 / 8 // bytes; an RS256 signature is as long as its key's modulus
	maxSignature = 4096 / 8
)

// parts are those of the compact serialization (RFC 7515 section 7.1), still encoded.
type parts struct {
	header, payload, signature string
	signed                     string // header.payload, which the signature covers
}

// split finds the three parts. Header and payload must not be empty. An empty signature is refused later, so that
// "alg":"none" is the reason that is logged.
func split(raw string) (parts, error) {
	if len(raw) > maxSize {
		return parts{}, refuse(TooLarge)
	}
	header, rest, _ := strings.Cut(raw, ".")
	payload, signature, found := strings.Cut(rest, ".")
	if !found || header == "" || payload == "" || strings.IndexByte(signature, '.') >= 0 {
		return parts{}, refuse(WrongParts)
	}
	// encoding/base64 skips line breaks in each of its modes: one token would have many spellings.
	if strings.IndexByte(raw, '\n') >= 0 || strings.IndexByte(raw, '\r') >= 0 {
		return parts{}, refuse(WrongEncoding)
	}
	signed := raw[:len(header)+1+len(payload)]
	return parts{header: header, payload: payload, signature: signature, signed: signed}, nil
}

// base64url is that of RFC 7515 section 2: no padding, and no bits left over, which would spell the same bytes anew.
var base64url = base64.RawURLEncoding.Strict()

// decode returns the bytes of a part as a string. The JSON reader hands out pieces of it.
func decode(part string) (string, error) {
	var room [1024]byte // on the stack: the bytes of an ordinary token are copied once, into the string
	decoded, err := base64url.AppendDecode(room[:0], []byte(part))
	if err != nil || len(decoded) == 0 {
		return "", refuse(WrongEncoding)
	}
	return string(decoded), nil
}

func decodeSignature(part string) ([]byte, error) {
	signature, err := base64url.DecodeString(part)
	if err != nil {
		return nil, refuse(WrongEncoding)
	}
	if len(signature) < minSignature || len(signature) > maxSignature {
		return nil, refuse(SignatureSize)
	}
	return signature, nil
}
