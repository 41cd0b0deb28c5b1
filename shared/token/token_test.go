package token_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"drawbridge/shared/testkit"
	"drawbridge/shared/token"
	"drawbridge/shared/token/tokentest"
)

// newVerifier returns a verifier of the issuer's tokens in a dialect, over a key store of its own.
func newVerifier(t testing.TB, issuer *tokentest.Issuer, dialect token.Dialect) *token.Verifier {
	t.Helper()
	return verifierOver(t, issuer, dialect, newKeyStore(t, issuer, nil))
}

func newKeyStore(t testing.TB, issuer *tokentest.Issuer, archive token.Archive) *token.KeyStore {
	t.Helper()
	keys, err := token.NewKeyStore(token.KeyStoreConfig{
		URL: issuer.KeySetURL(), Archive: archive, Now: func() time.Time { return issuer.Now() },
	})
	testkit.Must(t, err)
	return keys
}

func verifierOver(t testing.TB, issuer *tokentest.Issuer, dialect token.Dialect, keys *token.KeyStore) *token.Verifier {
	t.Helper()
	audience := tokentest.Audience
	if dialect == token.IDToken {
		audience = tokentest.ClientID
	}
	verifier, err := token.New(token.Config{
		Issuer: issuer.URL, Audiences: []string{audience}, Dialect: dialect, Keys: keys,
		Now: func() time.Time { return issuer.Now() },
	})
	testkit.Must(t, err)
	return verifier
}

// wantReason fails the test unless err is the refusal named.
func wantReason(t testing.TB, err error, want token.Reason) {
	t.Helper()
	var refusal *token.Error
	if !errors.As(err, &refusal) {
		t.Fatalf("want %s, got %v", want, err)
	}
	if refusal.Reason != want || refusal.Stage != want.Stage() {
		t.Fatalf("want %s: %s, got %v", want.Stage(), want, err)
	}
}

func TestAnAccessTokenIsAcceptedWithItsClaims(t *testing.T) {
	for _, dialect := range []token.Dialect{token.RFC9068, token.Auth0} {
		issuer := tokentest.NewIssuer(t)
		issuer.Dialect = dialect
		claims, err := newVerifier(t, issuer, dialect).Verify(context.Background(), issuer.AccessToken(issuer.StepUp()))
		if err != nil {
			t.Fatalf("%s: %v", dialect, err)
		}
		if claims.Subject != tokentest.Subject || claims.ClientID != tokentest.ClientID || len(claims.Scopes) != 4 ||
			claims.MFAAt.Unix() != claims.IssuedAt.Unix() || claims.ID == "" || claims.KeyID != issuer.Keys()[0].ID {
			t.Errorf("%s: %+v", dialect, claims)
		}
	}
}

func TestAnIDTokenIsAcceptedAsOneAndNeverAsAnAccessToken(t *testing.T) {
	issuer := tokentest.NewIssuer(t)
	raw := issuer.IDToken(tokentest.Claim("session_id", "abc"))
	claims, err := newVerifier(t, issuer, token.IDToken).Verify(context.Background(), raw)
	testkit.Must(t, err)
	if claims.SessionID != "abc" || claims.Email != "alice@example.com" || !claims.EmailVerified {
		t.Errorf("%+v", claims)
	}
	_, err = newVerifier(t, issuer, token.Auth0).Verify(context.Background(), raw)
	wantReason(t, err, token.WrongAudience)
	_, err = newVerifier(t, issuer, token.RFC9068).Verify(context.Background(), raw)
	wantReason(t, err, token.WrongTokenType)
}

func TestFromItsEndAnIssuersTokensAreRefusedThoseRememberedToo(t *testing.T) {
	issuer := tokentest.NewIssuer(t)
	now := time.Now()
	end := now.Add(time.Minute)
	verifier, err := token.New(token.Config{
		Issuer: issuer.URL, Until: end, Audiences: []string{tokentest.Audience}, Dialect: token.RFC9068,
		Keys: newKeyStore(t, issuer, nil), Now: func() time.Time { return now },
	})
	testkit.Must(t, err)
	remembered, fresh := issuer.AccessToken(), issuer.AccessToken()
	now = end.Add(-time.Nanosecond)
	_, err = verifier.Verify(t.Context(), remembered)
	testkit.Must(t, err)
	fetches := issuer.Fetches()
	now = end
	for _, raw := range []string{remembered, fresh} {
		_, err = verifier.Verify(t.Context(), raw)
		wantReason(t, err, token.IssuerEnded)
	}
	if issuer.Fetches() != fetches {
		t.Error("keys were asked for")
	}
}
