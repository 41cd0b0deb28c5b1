package main

import (
	"strings"

	"drawbridge/shared/rest"
)

const maxKey = 128

// idempotencyKey reads the Idempotency-Key header: a string in quotes as the IETF draft writes it, or bare as most
// clients do; both are the same key. A header that was sent twice has a comma in it, and is refused for that.
//
// https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/ section 2.1
func idempotencyKey(header string) (string, error) {
	if header == "" {
		return "", rest.Refuse("missing_idempotency_key", "Send a new random Idempotency-Key with each transfer, and the same one with each repetition of it.")
	}
	key := header
	if inner, quoted := strings.CutPrefix(header, `"`); quoted {
		if key, quoted = strings.CutSuffix(inner, `"`); !quoted {
			return "", malformedKey()
		}
	}
	if key == "" || len(key) > maxKey {
		return "", malformedKey()
	}
	for i := range len(key) {
		if c := key[i]; c <= ' ' || c > '~' || c == '"' || c == '\\' || c == ',' {
			return "", malformedKey()
		}
	}
	return key, nil
}

func malformedKey() error {
	return rest.Refuse("invalid_idempotency_key", "An Idempotency-Key is 1 to 128 visible ASCII characters without quotes, backslashes or commas; a UUID will do.")
}
