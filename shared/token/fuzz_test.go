package token_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"drawbridge/shared/token"
	"drawbridge/shared/token/tokentest"
)

// fuzzTime is the time in fuzz tests; the seeds in testdata/fuzz are good at it.
const fuzzTime = 1_800_000_000

const fuzzIssuer = "https://tenant.eu.auth0.com/"

func fuzzVerifier(f *testing.F, dialect token.Dialect) (*token.Verifier, tokentest.Key) {
	key := tokentest.Key{ID: "key", Private: tokentest.NewKey(f).Private}
	now := func() time.Time { return time.Unix(fuzzTime, 0) }
	keys, err := token.NewKeyStore(token.KeyStoreConfig{
		URL: "https://127.0.0.1:1/", Now: now,
		Preset: token.KeySet{JWKS: quote(map[string]any{"keys": []any{tokentest.JWK(key)}}), FetchedAt: now()},
	})
	if err != nil {
		f.Fatal(err)
	}
	verifier, err := token.New(token.Config{Issuer: fuzzIssuer, Audiences: []string{tokentest.Audience}, Dialect: dialect, Keys: keys, Now: now})
	if err != nil {
		f.Fatal(err)
	}
	return verifier, key
}

// FuzzToken shows a verifier texts that nobody signed: each is refused, for a reason of the list, without a word of its content.
func FuzzToken(f *testing.F) {
	verifier, _ := fuzzVerifier(f, token.RFC9068)
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

// FuzzSigned shows a verifier whatever headers and payloads, well signed. What it accepts has to be good by the
// understanding of encoding/json too, read into a map: by no reading may it be anything else.
func FuzzSigned(f *testing.F) {
	verifier, key := fuzzVerifier(f, token.RFC9068)
	f.Add(`{"alg":"RS256","typ":"at+jwt","kid":"key"}`, `{"iss":"https://tenant.eu.auth0.com/","aud":["https://my-banking-api"],"sub":"auth0|a",`+
		`"client_id":"c","jti":"j","iat":1800000000,"exp":1800003600,"scope":"view:balance"}`)
	f.Fuzz(func(t *testing.T, header, payload string) {
		claims, err := verifier.Verify(context.Background(), tokentest.SignRaw(key.Private, header, payload))
		if err != nil {
			return
		}
		var h, p map[string]any
		if json.Unmarshal([]byte(header), &h) != nil || json.Unmarshal([]byte(payload), &p) != nil {
			t.Fatalf("accepted what is no JSON: %q %q", header, payload)
		}
		typ, _ := h["typ"].(string)
		if h["alg"] != "RS256" || h["kid"] != "key" || !strings.HasSuffix(strings.ToLower(typ), "at+jwt") || h["crit"] != nil {
			t.Errorf("accepted the header %q", header)
		}
		audiences, isList := p["aud"].([]any)
		exp, _ := p["exp"].(float64)
		if p["iss"] != fuzzIssuer || exp <= fuzzTime || p["sub"] != claims.Subject || claims.Subject == "" ||
			p["aud"] != tokentest.Audience && !(isList && slices.Contains(audiences, any(tokentest.Audience))) {
			t.Errorf("accepted the payload %q as %+v", payload, claims)
		}
		if scope, _ := p["scope"].(string); scope != strings.Join(claims.Scopes, " ") {
			t.Errorf("scopes of %q read as %q", payload, claims.Scopes)
		}
	})
}
