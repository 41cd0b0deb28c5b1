package token_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"drawbridge/shared/token"
	"drawbridge/shared/token/tokentest"
)

// silence is an issuer that answers once, and never again.
type silence struct {
	jwks  string
	asked int
}

func (s *silence) RoundTrip(r *http.Request) (*http.Response, error) {
	if s.asked++; s.asked > 1 {
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(s.jwks)), Request: r}, nil
}

// falledSilent calls f in a bubble whose time passes by itself, with keys that are ten minutes old and a silent issuer.
func fallenSilent(t *testing.T, f func(t *testing.T, keys *token.KeyStore, kid string)) {
	t.Helper()
	key := tokentest.NewKey(t)
	synctest.Test(t, func(t *testing.T) {
		keys, err := token.NewKeyStore(token.KeyStoreConfig{
			URL: "https://issuer.example/", Transport: &silence{jwks: quote(map[string]any{"keys": []any{tokentest.JWK(key)}})},
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := keys.Key(t.Context(), key.ID); err != nil {
			t.Fatal(err)
		}
		time.Sleep(10 * time.Minute)
		f(t, keys, key.ID)
		time.Sleep(time.Minute) // the fetch ends
	})
}

func TestACallerWhoseKeyIsInHandWaits200MillisecondsAtMost(t *testing.T) {
	fallenSilent(t, func(t *testing.T, keys *token.KeyStore, kid string) {
		for _, longest := range []time.Duration{200 * time.Millisecond, 0} { // the second finds somebody asking
			start := time.Now()
			if _, err := keys.Key(t.Context(), kid); err != nil || time.Since(start) != longest {
				t.Errorf("after %v: %v, want the key after %v", time.Since(start), err, longest)
			}
		}
	})
}

func TestAKeyInHandIsNotWithheldFromACallerWhoCannotWait(t *testing.T) {
	fallenSilent(t, func(t *testing.T, keys *token.KeyStore, kid string) {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		start := time.Now()
		if _, err := keys.Key(ctx, kid); err != nil || time.Since(start) != 50*time.Millisecond {
			t.Errorf("after %v: %v", time.Since(start), err)
		}
	})
}

func TestACallerWithoutAKeyWaitsForTheIssuerTwoSecondsAtMost(t *testing.T) {
	fallenSilent(t, func(t *testing.T, keys *token.KeyStore, _ string) {
		start := time.Now()
		_, err := keys.Key(t.Context(), "unknown")
		if !errors.Is(err, token.ErrKeysUnavailable) || time.Since(start) != 2*time.Second {
			t.Errorf("after %v: %v", time.Since(start), err)
		}
	})
}
