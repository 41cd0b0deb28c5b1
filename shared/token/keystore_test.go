package token_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"drawbridge/shared/testkit"
	"drawbridge/shared/token"
	"drawbridge/shared/token/tokentest"
)

// world is an issuer and one process that verifies its tokens, under a clock. A fetch may take a tenth of a second.
type world struct {
	t        testing.TB
	issuer   *tokentest.Issuer
	clock    *testkit.Clock
	archive  token.Archive
	keys     *token.KeyStore
	verifier *token.Verifier
}

// impatient is a transport that gives up after a tenth of a second: no test waits for the two seconds of a fetch.
type impatient struct{}

func (impatient) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancelCause(r.Context())
	time.AfterFunc(100*time.Millisecond, func() { cancel(context.DeadlineExceeded) })
	return http.DefaultTransport.RoundTrip(r.WithContext(ctx))
}

func newWorld(t testing.TB) *world {
	w := &world{t: t, issuer: tokentest.NewIssuer(t), clock: testkit.NewClock()}
	w.issuer.Now, w.issuer.Lifetime = w.clock.Now, 30*24*time.Hour
	w.startProcess()
	return w
}

// startProcess forgets all that the process before had in memory.
func (w *world) startProcess() {
	w.t.Helper()
	var err error
	w.keys, err = token.NewKeyStore(token.KeyStoreConfig{
		URL: w.issuer.KeySetURL(), Archive: w.archive, Now: w.clock.Now, Transport: impatient{},
	})
	testkit.Must(w.t, err)
	w.verifier = verifierOver(w.t, w.issuer, token.RFC9068, w.keys)
}

func (w *world) verify(raw string) error {
	_, err := w.verifier.Verify(context.Background(), raw)
	return err
}

func (w *world) wantAccepted(raw string) {
	w.t.Helper()
	if err := w.verify(raw); err != nil {
		w.t.Fatalf("a good token: %v", err)
	}
}

func (w *world) wantUnavailable(raw string) {
	w.t.Helper()
	if err := w.verify(raw); !errors.Is(err, token.ErrKeysUnavailable) {
		w.t.Fatalf("want keys out of reach, got %v", err)
	}
}

func (w *world) wantFetches(want int) {
	w.t.Helper()
	if got := w.issuer.Fetches(); got != want {
		w.t.Fatalf("the issuer was asked %d times, want %d", got, want)
	}
}

// unknown is a token under a kid that was never published.
func (w *world) unknown() string { return w.issuer.AccessToken(tokentest.Header("kid", "unknown")) }

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

func body(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, text) }
}

func hang(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

func TestKeysAreFetchedOnceAndAgainWhenUsedAfterTenMinutes(t *testing.T) {
	w := newWorld(t)
	w.wantFetches(0)
	for range 10 {
		w.wantAccepted(w.issuer.AccessToken())
	}
	w.wantFetches(1)
	w.clock.Pass(10*time.Minute - time.Second)
	w.wantAccepted(w.issuer.AccessToken())
	w.wantFetches(1)
	w.clock.Pass(time.Second)
	w.wantAccepted(w.issuer.AccessToken())
	w.wantFetches(2)
}

func TestARotatedKeyWorksAtOnceForAllWhoAskAtOnce(t *testing.T) {
	w := newWorld(t)
	w.wantAccepted(w.issuer.AccessToken())
	w.clock.Pass(time.Minute)
	w.issuer.Rotate(t)
	w.issuer.Rotate(t) // so that the signing key was not there as the next one
	var failed atomic.Int32
	var group sync.WaitGroup
	for range 20 {
		raw := w.issuer.AccessToken()
		group.Go(func() {
			if w.verify(raw) != nil {
				failed.Add(1)
			}
		})
	}
	group.Wait()
	if failed.Load() != 0 {
		t.Errorf("%d of 20 good tokens failed", failed.Load())
	}
	w.wantFetches(2)
}

func TestAKeyThatTheIssuerWithdrewIsDeadAlsoForARememberedToken(t *testing.T) {
	w := newWorld(t)
	raw := w.issuer.AccessToken()
	w.wantAccepted(raw)
	w.wantAccepted(raw)
	w.issuer.Rotate(t)
	w.clock.Pass(10 * time.Minute)
	wantReason(t, w.verify(raw), token.KeyUnknown)
}

func TestAKeyReplacedUnderItsKidDoesNotVouchForARememberedToken(t *testing.T) {
	w := newWorld(t)
	raw := w.issuer.AccessToken()
	w.wantAccepted(raw)
	other := tokentest.NewKey(t)
	w.issuer.Publish(tokentest.Key{ID: w.issuer.Keys()[0].ID, Private: other.Private})
	w.clock.Pass(10 * time.Minute)
	wantReason(t, w.verify(raw), token.SignatureMismatch)
	wantReason(t, w.verify(raw), token.SignatureMismatch)
}

func TestARememberedTokenIsRefusedAtItsExp(t *testing.T) {
	w := newWorld(t)
	w.issuer.Lifetime = time.Minute
	raw := w.issuer.AccessToken()
	w.wantAccepted(raw)
	w.clock.Pass(time.Minute - time.Nanosecond)
	w.wantAccepted(raw)
	w.clock.Pass(time.Nanosecond)
	wantReason(t, w.verify(raw), token.Expired)
}

func TestARememberedTokenIsRefusedBeforeItsTimeOnAClockThatWasSetBack(t *testing.T) {
	w := newWorld(t)
	raw := w.issuer.AccessToken()
	w.wantAccepted(raw)
	w.clock.Pass(-time.Minute)
	wantReason(t, w.verify(raw), token.IssuedInFuture)
}

func TestWhatACallerDoesToHisClaimsStaysWithHim(t *testing.T) {
	w := newWorld(t)
	raw := w.issuer.AccessToken()
	for range 2 {
		claims, err := w.verifier.Verify(context.Background(), raw)
		if err != nil || claims.Subject != tokentest.Subject || claims.Scopes[0] != "openid" ||
			claims.Audience[0] != tokentest.Audience {
			t.Fatalf("%+v, %v", claims, err)
		}
		claims.Subject, claims.Scopes[0], claims.Audience[0] = "x", "x", "x"
	}
}

func TestAnUnknownKidIsUnknownUntilTheIssuerIsAskedAgain(t *testing.T) {
	w := newWorld(t)
	w.wantAccepted(w.issuer.AccessToken())
	for range 32 {
		wantReason(t, w.verify(w.unknown()), token.KeyUnknown)
		w.clock.Pass(time.Second - time.Millisecond)
	}
	w.wantFetches(3) // one for the good token, one at once, one after 30 s
}

func TestAKeyPublishedDuringAFloodOfUnknownKidsIsTakenWithin30Seconds(t *testing.T) {
	w := newWorld(t)
	wantReason(t, w.verify(w.unknown()), token.KeyUnknown)
	w.clock.Pass(time.Second)
	w.issuer.Rotate(t)
	w.issuer.Rotate(t)
	good := w.issuer.AccessToken()
	for range 29 {
		wantReason(t, w.verify(good), token.KeyUnknown)
		wantReason(t, w.verify(w.unknown()), token.KeyUnknown)
		w.clock.Pass(time.Second)
	}
	w.wantAccepted(good)
	w.wantFetches(2)
}

func TestAKeyThatWasPublishedAMomentAgoWorksAtOnce(t *testing.T) {
	w := newWorld(t)
	w.wantAccepted(w.issuer.AccessToken())
	w.issuer.Rotate(t)
	w.issuer.Rotate(t) // what signs now was not yet published when the keys were fetched, this very second
	w.wantAccepted(w.issuer.AccessToken())
	w.wantFetches(2)
}

func TestAnUnknownKidNextToAFailedFetchIsUndecided(t *testing.T) {
	w := newWorld(t)
	w.wantAccepted(w.issuer.AccessToken())
	w.clock.Pass(time.Minute)
	w.issuer.Answer(status(500))
	w.wantUnavailable(w.unknown()) // the fetch fails
	w.wantUnavailable(w.unknown()) // and is not tried again
	w.wantFetches(2)
	w.wantAccepted(w.issuer.AccessToken())
}

// spoiled are answers of an issuer in trouble, or of an attacker in its place.
func spoiled(t testing.TB, issuer *tokentest.Issuer) map[string]http.HandlerFunc {
	other := tokentest.NewIssuer(t)
	weak := tokentest.JWK(other.Keys()[0])
	weak["e"] = "Aw"
	one, two := tokentest.JWK(other.Keys()[0]), tokentest.JWK(other.Keys()[1])
	two["kid"] = one["kid"]
	keys := func(list ...any) string { return quote(map[string]any{"keys": list}) }
	return map[string]http.HandlerFunc{
		"500": status(500),
		"503": status(503),
		"404": status(404),
		"204": status(204),
		"206 with the keys": func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(206)
			_, _ = io.WriteString(w, issuer.JWKS())
		},
		"hangs": hang,
		"hangs after the header": func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, `{"keys":[`)
			w.(http.Flusher).Flush()
			hang(w, r)
		},
		"breaks off": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "5000")
			_, _ = io.WriteString(w, `{"keys":[`)
		},
		"redirects to another issuer": func(w http.ResponseWriter,
			r *http.Request) {
			http.Redirect(w, r, other.KeySetURL(), http.StatusFound)
		},
		"redirects to itself": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, r.URL.Path, http.StatusTemporaryRedirect)
		},
		"200 MB": func(w http.ResponseWriter, _ *http.Request) {
			chunk := make([]byte, 1<<20)
			for range 200 {
				if _, err := w.Write(chunk); err != nil {
					return
				}
			}
		},
		"a key set with a large member": body(`{"x":"` + string(make([]byte, 300<<10)) + `"}`),
		"nothing":                       body(""),
		"{}":                            body("{}"),
		"null":                          body("null"),
		"[]":                            body("[]"),
		"an empty set":                  body(`{"keys":[]}`),
		"keys is null":                  body(`{"keys":null}`),
		"keys is an object":             body(`{"keys":{}}`),
		"KEYS":                          body(`{"KEYS":[]}`),
		"keys twice":                    body(`{"keys":[],"keys":[]}`),
		"HTML":                          body("<!doctype html><title>Sign in</title>"),
		"cut short":                     body(issuer.JWKS()[:100]),
		"two documents":                 body(issuer.JWKS() + issuer.JWKS()),
		"deep nesting":                  body(`{"keys":` + fmt.Sprintf("%0100000d", 0) + `}`),
		"weak keys alone":               body(keys(weak)),
		"one kid for two keys":          body(keys(one, two)),
	}
}

func TestASpoiledAnswerChangesNothing(t *testing.T) {
	w := newWorld(t)
	answers := spoiled(t, w.issuer)
	for _, name := range sortedKeys(answers) {
		w.issuer.Answer(nil)
		w.startProcess()
		good := w.issuer.AccessToken()
		w.wantAccepted(good)
		w.clock.Pass(10 * time.Minute)
		before := w.issuer.Fetches()
		w.issuer.Answer(answers[name])
		if err := w.verify(good); err != nil {
			t.Errorf("%s: a good token: %v", name, err)
		}
		if err := w.verify(w.unknown()); !errors.Is(err, token.ErrKeysUnavailable) {
			t.Errorf("%s: an unknown kid: %v", name, err)
		}
		if w.issuer.Fetches() == before && name != "redirects to itself" {
			t.Errorf("%s: nobody asked", name)
		}
	}
}

func TestAProcessThatStartsOnASpoiledAnswerDecidesNothing(t *testing.T) {
	w := newWorld(t)
	answers := spoiled(t, w.issuer)
	for _, name := range sortedKeys(answers) {
		w.issuer.Answer(answers[name])
		w.startProcess()
		if err := w.verify(w.issuer.AccessToken()); !errors.Is(err, token.ErrKeysUnavailable) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestARedirectIsNotFollowed(t *testing.T) {
	w := newWorld(t)
	other := tokentest.NewIssuer(t)
	other.Now = w.clock.Now
	w.issuer.Answer(func(rw http.ResponseWriter, r *http.Request) {
		http.Redirect(rw, r, other.KeySetURL(), http.StatusFound)
	})
	w.wantUnavailable(other.AccessToken(tokentest.Claim("iss", w.issuer.URL)))
	if other.Fetches() != 0 {
		t.Error("the other issuer was asked")
	}
}

func TestALargeAnswerIsNotReadToItsEnd(t *testing.T) {
	w := newWorld(t)
	var sent atomic.Int64
	w.issuer.Answer(func(rw http.ResponseWriter, _ *http.Request) {
		chunk := make([]byte, 64<<10)
		for range 3200 {
			n, err := rw.Write(chunk)
			sent.Add(int64(n))
			if err != nil {
				return
			}
		}
	})
	w.wantUnavailable(w.issuer.AccessToken())
	if sent.Load() > 16<<20 {
		t.Errorf("%d bytes were taken", sent.Load())
	}
}

func TestKeysStayGoodThroughAnOutageForADay(t *testing.T) {
	w := newWorld(t)
	good := w.issuer.AccessToken()
	w.wantAccepted(good)
	w.issuer.Answer(status(500))
	for range 24*60 - 1 {
		w.clock.Pass(time.Minute)
		w.wantAccepted(good)
	}
	w.clock.Pass(time.Minute)
	w.wantUnavailable(good)
}

func TestAnOutageIsOverASecondAfterItEnds(t *testing.T) {
	w := newWorld(t)
	w.issuer.Answer(status(500))
	w.wantUnavailable(w.issuer.AccessToken())
	w.issuer.Answer(nil)
	w.wantUnavailable(w.issuer.AccessToken()) // within the back-off
	w.clock.Pass(time.Second)
	w.wantAccepted(w.issuer.AccessToken())
}

func TestTheBackOffGrowsWhileThereAreKeysAndStaysShortWhileThereAreNone(t *testing.T) {
	for name, c := range map[string]struct {
		keys bool
		most int
	}{"with keys": {true, 26}, "without": {false, 301}} {
		w := newWorld(t)
		good := w.issuer.AccessToken()
		if c.keys {
			w.wantAccepted(good)
			w.clock.Pass(10 * time.Minute)
		}
		w.issuer.Answer(status(500))
		before := w.issuer.Fetches()
		for range 600 {
			_ = w.verify(good)
			w.clock.Pass(time.Second)
		}
		if tried := w.issuer.Fetches() - before; tried > c.most || tried < c.most*3/4 {
			t.Errorf("%s: asked %d times in ten minutes, want about %d", name, tried, c.most)
		}
	}
}

func TestACallerWhoGivesUpDoesNotEndTheFetchForOthers(t *testing.T) {
	w := newWorld(t)
	release := make(chan struct{})
	w.issuer.Answer(func(rw http.ResponseWriter, _ *http.Request) {
		<-release
		_, _ = io.WriteString(rw, w.issuer.JWKS())
	})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	raw := w.issuer.AccessToken()
	if _, err := w.verifier.Verify(ctx, raw); !errors.Is(err, token.ErrKeysUnavailable) {
		t.Fatalf("got %v", err)
	}
	close(release)
	w.wantAccepted(raw)
	w.wantFetches(1)
}

func TestAFloodOfUnknownKidsCausesOneFetchIn30Seconds(t *testing.T) {
	w := newWorld(t)
	const flood, every = 10_000, 12 * time.Millisecond     // two minutes
	_, rest, _ := strings.Cut(w.issuer.AccessToken(), ".") // nobody gets as far as the signature
	underKid := func(kid string) string {
		return base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"RS256","typ":"at+jwt","kid":"`+kid+`"}`)) + "."
	}
	longest := time.Duration(0)
	for i := range flood {
		_ = w.verify(underKid(fmt.Sprint("kid", i)) + rest)
		if i%100 == 0 {
			start := time.Now()
			w.wantAccepted(w.issuer.AccessToken())
			longest = max(longest, time.Since(start))
		}
		w.clock.Pass(every)
	}
	if most := 1 + int(flood*every/(30*time.Second)); w.issuer.Fetches() > most {
		t.Errorf("asked %d times, want %d at most", w.issuer.Fetches(), most)
	}
	if longest > 100*time.Millisecond+time.Second {
		t.Errorf("a good token waited %v", longest)
	}
}

func TestAKeySetsURLHasToBeAbsolute(t *testing.T) {
	for _, url := range []string{"", "jwks.json", "/jwks.json", "file:///jwks.json", "https://", "://x"} {
		if _, err := token.NewKeyStore(token.KeyStoreConfig{URL: url}); err == nil {
			t.Errorf("%q was accepted", url)
		}
	}
}

func TestAClockThatWasSetBackMakesTheKeysBeAskedForAgain(t *testing.T) {
	w := newWorld(t)
	w.wantAccepted(w.issuer.AccessToken())
	w.clock.Pass(-time.Hour)
	w.wantAccepted(w.issuer.AccessToken())
	w.wantFetches(2)
}

func TestDrainCountsEachFetchOnce(t *testing.T) {
	w := newWorld(t)
	w.issuer.Answer(status(500))
	w.wantUnavailable(w.issuer.AccessToken())
	if state := w.keys.Drain(); state.Fetches != 1 || state.Failed != 1 || !state.FetchedAt.IsZero() {
		t.Errorf("%+v", state)
	}
	w.issuer.Answer(nil)
	w.clock.Pass(time.Second)
	w.wantAccepted(w.issuer.AccessToken())
	if state := w.keys.Drain(); state.Fetches != 1 || state.Failed != 0 || !state.FetchedAt.Equal(w.clock.Now()) {
		t.Errorf("%+v", state)
	}
	if state := w.keys.Drain(); state.Fetches != 0 {
		t.Errorf("%+v", state)
	}
}
