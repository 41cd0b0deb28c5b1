package token_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"drawbridge/shared/testkit"
	"drawbridge/shared/token"
	"drawbridge/shared/token/tokentest"
)

// answers is a transport that waits before each answer as long as after says, and then never answers again.
type answers struct {
	jwks  string
	after []time.Duration
	asked int
}

func (a *answers) RoundTrip(r *http.Request) (*http.Response, error) {
	if a.asked++; a.asked > len(a.after) {
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	time.Sleep(a.after[a.asked-1])
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(a.jwks)), Request: r}, nil
}

// withAnswers calls f with a key store and a kid of it, in a bubble whose time passes while all wait.
func withAnswers(t *testing.T, after []time.Duration, f func(t *testing.T, keys *token.KeyStore, kid string)) {
	t.Helper()
	key := tokentest.NewKey(t)
	synctest.Test(t, func(t *testing.T) {
		keys, err := token.NewKeyStore(token.KeyStoreConfig{
			URL:       "https://issuer.example/",
			Transport: &answers{jwks: quote(map[string]any{"keys": []any{tokentest.JWK(key)}}), after: after},
		})
		testkit.Must(t, err)
		if _, err := keys.Key(t.Context(), key.ID); err != nil {
			t.Fatal(err)
		}
		time.Sleep(10 * time.Minute)
		f(t, keys, key.ID)
		time.Sleep(time.Minute) // for a fetch to end
	})
}

// fallenSilent is withAnswers with keys that are ten minutes old, and an issuer that does not answer any more.
func fallenSilent(t *testing.T, f func(t *testing.T, keys *token.KeyStore, kid string)) {
	t.Helper()
	withAnswers(t, []time.Duration{0}, f)
}

func TestAllWhoWaitForAnAnswerThatLacksTheirKidLearnThatItIsUnknown(t *testing.T) {
	withAnswers(t, []time.Duration{0, time.Second}, func(t *testing.T, keys *token.KeyStore, _ string) {
		start := time.Now()
		errs := make(chan error, 10)
		for range cap(errs) {
			go func() {
				_, err := keys.Key(t.Context(), "unknown")
				errs <- err
			}()
		}
		for range cap(errs) {
			wantReason(t, <-errs, token.KeyUnknown)
		}
		if state := keys.Drain(); state.Fetches != 2 || time.Since(start) != time.Second {
			t.Errorf("%+v after %v", state, time.Since(start))
		}
	})
}

func TestACallerWhoseKeyIsInHandWaits200MillisecondsAtMost(t *testing.T) {
	fallenSilent(t, func(t *testing.T, keys *token.KeyStore, kid string) {
		for _, longest := range []time.Duration{200 * time.Millisecond, 0} { // the second finds a fetch under way
			start := time.Now()
			if _, err := keys.Key(t.Context(), kid); err != nil || time.Since(start) != longest {
				t.Errorf("after %v: %v, want the key after %v", time.Since(start), err, longest)
			}
		}
	})
}

// Lambda stops the process, and all of its timers, while a fetch is under way: the fetch would last for hours.
func TestAFetchThatTheProcessSleptThroughIsNotWaitedFor(t *testing.T) {
	old, next := tokentest.NewKey(t), tokentest.NewKey(t)
	synctest.Test(t, func(t *testing.T) {
		var slept, asked atomic.Int64
		keys, err := token.NewKeyStore(token.KeyStoreConfig{
			URL: "https://issuer.example/", Now: func() time.Time { return time.Now().Add(time.Duration(slept.Load())) },
			Transport: testkit.RoundTrip(func(r *http.Request) (*http.Response, error) {
				n := asked.Add(1)
				if n == 2 {
					time.Sleep(1900 * time.Millisecond) // it answers at last, with what was published then
				}
				set := quote(map[string]any{"keys": []any{tokentest.JWK([]tokentest.Key{old, old, next}[n-1])}})
				return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(set)), Request: r}, nil
			}),
		})
		testkit.Must(t, err)
		_, err = keys.Key(t.Context(), old.ID)
		time.Sleep(10 * time.Minute)
		if _, waited := keys.Key(t.Context(), old.ID); err != nil || waited != nil {
			t.Fatal(err, waited)
		}
		slept.Store(int64(time.Hour))
		if _, err := keys.Key(t.Context(), old.ID); err == nil {
			t.Error("a key that the issuer has withdrawn is still good")
		}
		time.Sleep(time.Minute)
		if _, err := keys.Key(t.Context(), next.ID); err != nil {
			t.Errorf("the fetch that was given up spoiled the next: %v", err)
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
