package token

import (
	"encoding/base64"
	"strings"
)

const (
	maxSize = 8 << 10 // of a token, in bytes: what API Gateway lets through in all headers together is 10,240

	minSignature = 2048 / 8 // bytes; an RS256 signature is as long as its key's modulus
	maxSignature = 4096 / 8
)

// parts are those of the compact serialization (RFC 7515 section 7.1), still encoded.
type parts struct {
	header, payload, signature string
	signed                     string // header.payload, what the signature is over
}

// split finds the three parts. An empty header or payload is none; an empty signature is told apart later, because
// "alg":"none" is the better reason.
func split(raw string) (parts, error) {
	if len(raw) > maxSize {
		return parts{}, refuse(TooLarge)
	}
	header, rest, _ := strings.Cut(raw, ".")
	payload, signature, found := strings.Cut(rest, ".")
	if !found || header == "" || payload == "" || strings.IndexByte(signature, '.') >= 0 {
		return parts{}, refuse(WrongParts)
	}
	// encoding/base64 skips line breaks, whatever its mode; one token must not have two spellings.
	if strings.IndexByte(raw, '\n') >= 0 || strings.IndexByte(raw, '\r') >= 0 {
		return parts{}, refuse(WrongEncoding)
	}
	signed := raw[:len(header)+1+len(payload)]
	return parts{header: header, payload: payload, signature: signature, signed: signed}, nil
}

// base64url is RFC 7515's: no padding, and no bits left over, which would be a second spelling of the same bytes.
var base64url = base64.RawURLEncoding.Strict()

// decode returns the bytes of a part as a string, which the JSON reader hands out pieces of.
func decode(part string) (string, error) {
	var room [1024]byte // on the stack: an ordinary token is copied once, into the string
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
