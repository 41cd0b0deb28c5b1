package main

import (
	"drawbridge/shared/bank"
	"drawbridge/shared/rest"
)

// idempotencyKey reads the Idempotency-Key header.
func idempotencyKey(header string) (bank.IdempotencyKey, error) {
	if header == "" {
		return "", rest.Refuse("missing_idempotency_key",
			"Send a new random Idempotency-Key with each transfer, and the same one with each repetition of it.")
	}
	key, err := bank.ParseIdempotencyKey(header)
	if err != nil {
		return "", rest.Refuse("invalid_idempotency_key", "The Idempotency-Key is "+err.Error()+"; a UUID will do.")
	}
	return key, nil
}
