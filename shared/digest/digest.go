// Package digest names things by their hash: secrets in tables and logs, requests by their meaning.
package digest

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// Of returns the hex SHA-256 of its parts, joined with NUL. It is injective as long as no part holds a NUL. Of a single
// part it is the plain hash: enough to store a secret under, for there is nothing to guess in 256 random bits.
func Of(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:])
}
