package token

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"drawbridge/shared/strictjson"
	"drawbridge/shared/testkit"

	"github.com/golang-jwt/jwt/v5"
)

// The published examples are no access tokens: they have neither typ nor aud, and one is no JSON. What can be shown
// with them is that each step does what the RFC says on the RFC's own bytes, and that the whole refuses them.

const (
	rfc7515Key = `{"kty":"RSA","kid":"a2","e":"AQAB","n":"` +
		`ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZ` +
		`S-pCgNMsD1W_YpRP` +
		`EwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdV` +
		`MTBQY4uDZlxvb3qCo` +
		`5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"}`
	rfc7515Token = `eyJhbGciOiJSUzI1NiJ9` +
		`.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ` +
		`.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9C` +
		`UAr7t1dnZcAcQjbKB` +
		`YNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-e` +
		`OkHWEsqtFZESc6BfI` +
		`7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw`

	rfc7520Key = `{"kty":"RSA","kid":"bilbo.baggins@hobbiton.example","use":"sig","e":"AQAB","n":"` +
		`n4EPtAOCc9AlkeQHPzHStgAbgs7bTZLwUBZdR8_KuKPEHLd4rHVTeT-O-XV2jRojdNhxJWTDvNd7nqQ0VEiZQHz_AJmSCpMaJMRBSFKrKb2w` +
		`qVwGU_NsYOYL-Qti` +
		`WN2lbzcEe6XC0dApr5ydQLrHqkHHig3RBordaZ6Aj-oBHqFEHYpPe7Tpe-OfVfHd1E6cS6M1FZcD1NNLYD5lFHpPI9bTwJlsde3uhGqC0ZCu` +
		`EHg8lhzwOHrtIQbS0` +
		`FVbb9k3-tVTU4fg_3L_vniUFAKwuCLqKnS2BYwdq_mzSnbLY7h_qixoR7jig3__kRhuaxwUkRz5iaiQkqgc5gHdrNP5zw"}`
	rfc7520Token = `eyJhbGciOiJSUzI1NiIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZSJ9` +
		`.SXTigJlzIGEgZGFuZ2Vyb3VzIGJ1c2luZXNzLCBGcm9kbywgZ29pbmcgb3V0IHlvdXIgZG9vci4gWW91IHN0ZXAgb250byB0aGUgcm9hZCw` +
		`gYW5kIGlmIHlvdSBk` +
		`b24ndCBrZWVwIHlvdXIgZmVldCwgdGhlcmXigJlzIG5vIGtub3dpbmcgd2hlcmUgeW91IG1pZ2h0IGJlIHN3ZXB0IG9mZiB0by4` +
		`.MRjdkly7_-oTPTS3AXP41iQIGKa80A0ZmTuV5MEaHoxnW2e5CZ5NlKtainoFmKZopdHM1O2U4mwzJdQx996ivp83xuglII7PNDi84wnB-BD` +
		`koBwA78185hX-Es4J` +
		`IwmDLJK3lfWRa-XtL0RnltuYv746iYTh_qHRD68BNt1uSNCrUCTJDt5aAE6x8wW1Kt9eRo4QPocSadnHXFxnt8Is9UzpERV0ePPQdLuW3IS_` +
		`de3xyIrDaLGdjluPxUAhb6L2aXic1U12` +
		`podGU0KLUQSE_oI-ZnmKJ3F4uOZDnd6QZWJushZ41Axf_fcIe8u9ipH84ogoree7vjbU5y18kDquDg`
)

// signatureHolds takes the steps of Verify that concern the signature: it reads parts and key set strictly, finds the
// key by its kid, and checks RS256.
func signatureHolds(t *testing.T, key, kid, raw string) bool {
	t.Helper()
	parts, err := split(raw)
	testkit.Must(t, err)
	signature, err := decodeSignature(parts.Signature)
	testkit.Must(t, err)
	keys, err := readKeys(KeySet{JWKS: `{"keys":[` + key + `]}`})
	testkit.Must(t, err)
	return jwt.SigningMethodRS256.Verify(parts.Signed, signature, keys.byID[kid]) == nil
}

func TestTheExampleOfRFC7515AppendixA2Verifies(t *testing.T) {
	if !signatureHolds(t, rfc7515Key, "a2", rfc7515Token) {
		t.Error("the signature does not hold")
	}
	if signatureHolds(t, rfc7515Key, "a2", strings.Replace(rfc7515Token, "pc19yb290Ijp0", "pc19yb290Ijpm", 1)) {
		t.Error("another payload holds too")
	}
}

func TestTheExampleOfRFC7515AppendixA2IsGoodUntilItsExp(t *testing.T) {
	parts, err := split(rfc7515Token)
	testkit.Must(t, err)
	payload, err := decode(parts.Payload)
	testkit.Must(t, err)
	claims := new(Claims)
	err = claimLimits.Object(payload, func(name string, value strictjson.Value) error {
		if name == "exp" {
			claims.ExpiresAt = (&claimReader{values: claimValues{claimExp: value}}).time(claimExp)
		}
		return nil
	})
	if err != nil || claims.ExpiresAt.Unix() != 1300819380 {
		t.Fatalf("exp read as %v, %v", claims.ExpiresAt, err)
	}
	if err := claims.checkTimes(claims.ExpiresAt.Add(-time.Second)); err != nil {
		t.Errorf("a second before: %v", err)
	}
	if err := claims.checkTimes(claims.ExpiresAt); err == nil {
		t.Error("good at its exp")
	}
}

func TestTheExampleOfRFC7520Section41Verifies(t *testing.T) {
	if !signatureHolds(t, rfc7520Key, "bilbo.baggins@hobbiton.example", rfc7520Token) {
		t.Error("the signature does not hold")
	}
}

func TestTheExamplesOfTheRFCsAreNoAccessTokens(t *testing.T) {
	keys, err := NewKeyStore(KeyStoreConfig{URL: "https://issuer.invalid/"}) // which no token gets as far as
	testkit.Must(t, err)
	for _, dialect := range []Dialect{RFC9068, Auth0, IDToken} {
		verifier, err := New(Config{Issuer: "joe", Audiences: []string{"x"}, Dialect: dialect, Keys: keys})
		testkit.Must(t, err)
		for _, raw := range []string{rfc7515Token, rfc7520Token} {
			var refusal *Error
			if _, err := verifier.Verify(context.Background(), raw); !errors.As(err, &refusal) ||
				refusal.Reason != WrongTokenType {
				t.Errorf("%s: got %v", dialect, err)
			}
		}
	}
}
