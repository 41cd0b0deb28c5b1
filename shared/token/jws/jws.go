// Package jws takes the compact serialization of a signed token apart (RFC 7515 section 7.1). It takes one spelling:
// RFC 7515 section 2 has base64url without padding, and encoding/base64 is laxer than that in two ways. It takes bits
// that no byte needs, and it skips line breaks. Then one token would have many spellings.
package jws

import (
	"encoding/base64"
	"errors"
	"strings"
)

// The errors of a text that is no signed token. They are returned as they are.
var (
	ErrSize     = errors.New("jws: too large")
	ErrParts    = errors.New("jws: not header.payload.signature")
	ErrEncoding = errors.New("jws: not base64url")
)

// Base64url refuses padding, and bits left over. It skips line breaks: [Split] refuses them.
var Base64url = base64.RawURLEncoding.Strict()

// Parts are those of a token, still encoded.
type Parts struct {
	Header, Payload, Signature string
	Signed                     string // header.payload, which the signature covers
}

// Split finds the three parts of a token of at most so many bytes. Header and payload are not empty; the signature of a
// token with "alg":"none" is.
func Split(raw string, most int) (Parts, error) {
	if len(raw) > most {
		return Parts{}, ErrSize
	}
	header, rest, _ := strings.Cut(raw, ".")
	payload, signature, found := strings.Cut(rest, ".")
	if !found || header == "" || payload == "" || strings.IndexByte(signature, '.') >= 0 {
		return Parts{}, ErrParts
	}
	if strings.IndexByte(raw, '\n') >= 0 || strings.IndexByte(raw, '\r') >= 0 {
		return Parts{}, ErrEncoding
	}
	signed := raw[:len(header)+1+len(payload)]
	return Parts{Header: header, Payload: payload, Signature: signature, Signed: signed}, nil
}

// Decode returns the bytes of a part as a string, pieces of which the JSON reader hands out.
func Decode(part string) (string, error) {
	var room [1024]byte // on the stack: the bytes of an ordinary token are copied once, into the string
	decoded, err := Base64url.AppendDecode(room[:0], []byte(part))
	if err != nil {
		return "", ErrEncoding
	}
	return string(decoded), nil
}
