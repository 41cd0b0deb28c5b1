package token

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"drawbridge/shared/testkit"
)

// FuzzParse shows the parser headers and payloads as if they were well signed. What it accepts must be good as
// encoding/json reads it too, into a map: no reader may find another meaning.
func FuzzParse(f *testing.F) {
	const issuer, audience, now = "https://tenant.eu.auth0.com/", "https://my-banking-api", 1_800_000_000
	keys, err := NewKeyStore(KeyStoreConfig{URL: "https://issuer.invalid/"})
	testkit.Must(f, err)
	verifier, err := New(Config{Issuer: issuer, Audiences: []string{audience}, Dialect: RFC9068, Keys: keys})
	testkit.Must(f, err)
	f.Add(`{"alg":"RS256","typ":"at+jwt","kid":"key"}`,
		`{"iss":"https://tenant.eu.auth0.com/","aud":["https://my-banking-api"],"sub":"auth0|a",`+
			`"client_id":"c","jti":"j","iat":1800000000,"exp":1800003600,"scope":"view:balance"}`)
	f.Fuzz(func(t *testing.T, header, payload string) {
		kid, headerErr := verifier.dialect.readHeader(base64.RawURLEncoding.EncodeToString([]byte(header)))
		claims, claimsErr := verifier.readClaims(base64.RawURLEncoding.EncodeToString([]byte(payload)),
			time.Unix(now, 0))
		var h, p map[string]any
		if headerErr == nil {
			if json.Unmarshal([]byte(header), &h) != nil {
				t.Fatalf("accepted a header that is no JSON: %q", header)
			}
			typ, _ := h["typ"].(string)
			if h["alg"] != "RS256" || h["kid"] != kid || kid == "" ||
				!strings.HasSuffix(strings.ToLower(typ), "at+jwt") || h["crit"] != nil || h["jwk"] != nil {
				t.Errorf("accepted the header %q", header)
			}
		}
		if claimsErr != nil {
			return
		}
		if json.Unmarshal([]byte(payload), &p) != nil {
			t.Fatalf("accepted a payload that is no JSON: %q", payload)
		}
		audiences, isList := p["aud"].([]any)
		exp, _ := p["exp"].(float64)
		if p["iss"] != issuer || exp <= now || p["sub"] != string(claims.Subject) || claims.Subject == "" ||
			p["aud"] != audience && !(isList && slices.Contains(audiences, any(audience))) {
			t.Errorf("accepted the payload %q as %+v", payload, claims)
		}
		if scope, _ := p["scope"].(string); scope != strings.Join(claims.Scopes, " ") {
			t.Errorf("scopes of %q read as %q", payload, claims.Scopes)
		}
	})
}
