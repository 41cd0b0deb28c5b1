package token

import (
	"errors"

	"drawbridge/shared/strictjson"
)

// Unverified returns the iss that a token names, empty if it cannot be read. Anybody can write any iss. It chooses the
// Verifier, which compares it again.
func Unverified(raw string) (issuer string) {
	parts, err := split(raw)
	if err != nil {
		return ""
	}
	text, err := decode(parts.Payload)
	if err != nil {
		return ""
	}
	_ = claimLimits.Object(text, func(name string, value strictjson.Value) error {
		if name != claimText[claimIss] {
			return nil
		}
		issuer, _ = value.Text()
		return errFound
	})
	return issuer
}

var errFound = errors.New("found") // ends the reading early
