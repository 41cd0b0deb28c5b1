package token_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"drawbridge/shared/testkit"
	"drawbridge/shared/token"
	"drawbridge/shared/token/tokentest"
)

func fuzzVerifier(f *testing.F, dialect token.Dialect) *token.Verifier {
	key := tokentest.Key{ID: "key", Private: tokentest.NewKey(f).Private}
	now := func() time.Time { return time.Unix(1_800_000_000, 0) }
	keys, err := token.NewKeyStore(token.KeyStoreConfig{
		URL: "https://issuer.example/", Now: now,
		Transport: &answers{jwks: quote(map[string]any{"keys": []any{tokentest.JWK(key)}}), after: []time.Duration{0}},
	})
	testkit.Must(f, err)
	verifier, err := token.New(token.Config{Issuer: "https://tenant.eu.auth0.com/",
		Audiences: []string{tokentest.Audience}, Dialect: dialect, Keys: keys, Now: now})
	testkit.Must(f, err)
	return verifier
}

// FuzzToken shows a verifier texts without a good signature: each is refused, for a reason of the list.
func FuzzToken(f *testing.F) {
	verifier := fuzzVerifier(f, token.RFC9068)
	f.Add("eyJhbGciOiJSUzI1NiIsInR5cCI6ImF0K2p3dCIsImtpZCI6ImtleSJ9.e30.AAAA")
	f.Add("..")
	f.Fuzz(func(t *testing.T, raw string) {
		_, err := verifier.Verify(context.Background(), raw)
		var refusal *token.Error
		if !errors.As(err, &refusal) || !slices.Contains(token.Reasons(), refusal.Reason) {
			t.Fatalf("%q: %v", raw, err)
		}
	})
}
