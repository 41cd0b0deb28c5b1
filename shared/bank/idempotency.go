package bank

import (
	"errors"
	"strings"
)

// IdempotencyKey names one transfer request among those of its customer.
type IdempotencyKey string

// ErrIdempotencyKey means that a text is not of an idempotency key's form.
var ErrIdempotencyKey = errors.New("not 1 to 128 visible ASCII characters without quotes, backslashes and commas")

const longestIdempotencyKey = 128

// ParseIdempotencyKey reads the value of an Idempotency-Key header: a string in quotes, as the IETF draft writes it, or
// bare, as most clients do. Both are the same key. A header that was sent twice has a comma in it and is refused.
//
// https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/ section 2.1
func ParseIdempotencyKey(text string) (IdempotencyKey, error) {
	key := text
	if inner, quoted := strings.CutPrefix(text, `"`); quoted {
		if key, quoted = strings.CutSuffix(inner, `"`); !quoted {
			return "", ErrIdempotencyKey
		}
	}
	if key == "" || len(key) > longestIdempotencyKey || strings.ContainsFunc(key, notOfAKey) {
		return "", ErrIdempotencyKey
	}
	return IdempotencyKey(key), nil
}

func notOfAKey(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(`"\,`, r) }
