package token_test

import (
	"errors"
	"testing"

	"drawbridge/shared/testkit"
	"drawbridge/shared/token"
	"drawbridge/shared/token/tokentest"
)

const jkt = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I" // of RFC 9449 section 6.1

func TestOfCnfTheThumbprintAloneIsRead(t *testing.T) {
	issuer := tokentest.NewIssuer(t)
	verifier, err := token.New(token.Config{
		Issuer: issuer.URL, Audiences: []string{tokentest.Audience}, Dialect: token.RFC9068,
		Keys: newKeyStore(t, issuer, nil), Bound: true,
	})
	testkit.Must(t, err)
	f := &forge{t: t, issuer: issuer}
	for cnf, want := range map[string]token.Reason{
		`{"jkt":"` + jkt + `"}`:                         "",
		`{"x5t#S256":"x","jkt":"` + jkt + `","jwk":{}}`: "",

		`{}`: token.SenderConstrained, `{"x5t#S256":"x"}`: token.SenderConstrained,
		`{"JKT":"` + jkt + `"}`: token.SenderConstrained,
		`null`:                  token.ClaimWrongType, `"` + jkt + `"`: token.ClaimWrongType,
		`["jkt"]`: token.ClaimWrongType, `{"jkt":null}`: token.ClaimWrongType,
		`{"jkt":["` + jkt + `"]}`: token.ClaimWrongType,
		`{"jkt":""}`:              token.ClaimMalformed, `{"jkt":"` + jkt + `="}`: token.ClaimMalformed,
		`{"jkt":"` + jkt[:42] + `"}`: token.ClaimMalformed, `{"jkt":"` + jkt[:42] + `J"}`: token.ClaimMalformed,
		`{"jkt":"` + jkt + jkt + `"}`: token.ClaimMalformed, `{"jkt":"+` + jkt[1:] + `"}`: token.ClaimMalformed,
		`{"jkt":"` + jkt + `\n"}`:                           token.ClaimMalformed,
		`{"jkt":"` + jkt + `","jkt":"` + jkt + `"}`:         token.ClaimsNameRepeated,
		`{"jkt":"` + jkt + `","JKT":"` + jkt + `"}`:         token.ClaimsNameVariant,
		`{"jkt":"` + jkt + `"},"CNF":{"jkt":"` + jkt + `"}`: token.ClaimsNameVariant,
	} {
		claims, err := verifier.Verify(t.Context(), withPayload(member(`"cnf":`+cnf))(f))
		var refusal *token.Error
		switch {
		case want == "" && err != nil:
			t.Errorf("%s: %v", cnf, err)
		case want == "" && claims.Thumbprint != jkt:
			t.Errorf("%s: bound to %q", cnf, claims.Thumbprint)
		case want != "" && (!errors.As(err, &refusal) || refusal.Reason != want):
			t.Errorf("%s: want %s, got %v", cnf, want, err)
		}
	}
	raw := issuer.AccessToken(tokentest.Claim("cnf", map[string]string{"jkt": jkt}))
	for range 2 { // the second time from memory
		if claims, err := verifier.Verify(t.Context(), raw); err != nil || claims.Thumbprint != jkt {
			t.Errorf("%+v, %v", claims, err)
		}
	}
	if claims, err := verifier.Verify(t.Context(), issuer.AccessToken()); err != nil || claims.Thumbprint != "" {
		t.Errorf("an unbound token: %+v, %v", claims, err)
	}
}
