package token_test

import (
	"errors"
	"math/rand/v2"
	"net/http"
	"testing"
	"time"

	"drawbridge/shared/token"
	"drawbridge/shared/token/tokentest"
)

// One simulated hour with an issuer that keeps getting into trouble of every kind, rotates its keys, and is asked by
// processes that start all the time. An issuer in trouble does not rotate: what it cannot publish, nobody can know.
func TestThroughAnHourOfChaosNoGoodTokenIsRefusedAndNoBadOneAccepted(t *testing.T) {
	w := newWorld(t)
	archive := newShelf()
	w.archive = archive
	w.startProcess()
	answers := spoiled(t, w.issuer)
	names := sortedKeys(answers)
	random := rand.New(rand.NewPCG(1, 2))
	stranger := tokentest.NewKey(t)

	type process struct {
		keys     *token.KeyStore
		verifier *token.Verifier
	}
	var processes []process
	good := w.issuer.AccessToken()
	var trouble http.HandlerFunc
	accepted, refused, put, starts := 0, 0, 0, 0

	for second := range 3600 {
		if second%20 == 0 { // a process starts, and after a minute it is the oldest that ends
			w.startProcess()
			processes = append(processes, process{w.keys, w.verifier})
			if len(processes) > 3 {
				processes = processes[1:]
			}
			starts++
		}
		if second%60 == 30 { // trouble begins or ends, or is another one; the first two minutes are quiet
			trouble = nil
			if second > 120 && random.IntN(3) > 0 {
				trouble = answers[names[random.IntN(len(names))]]
			}
			w.issuer.Answer(trouble)
		}
		if trouble == nil && second%600 == 599 {
			w.issuer.Rotate(t)
			good = w.issuer.AccessToken()
		}
		p := processes[random.IntN(len(processes))]
		switch _, err := p.verifier.Verify(t.Context(), good); {
		case err == nil:
			accepted++
		case errors.Is(err, token.ErrKeysUnavailable):
			put++
			t.Errorf("second %d: a good token was put off: %v", second, err)
		default:
			refused++
			t.Errorf("second %d: a good token was refused: %v", second, err)
		}
		if second%10 == 0 {
			for name, bad := range forgeries(t, w.issuer, stranger, good) {
				if _, err := p.verifier.Verify(t.Context(), bad); err == nil {
					t.Errorf("second %d: accepted a token %s", second, name)
				}
			}
		}
		w.clock.Pass(time.Second)
	}
	t.Logf("%d processes, %d fetches: %d good tokens accepted, %d put off, %d refused", starts, w.issuer.Fetches(),
		accepted, put, refused)
}

// forgeries are tokens that come as close to good as one gets without the issuer's key, or with it to other ends.
func forgeries(t testing.TB, issuer *tokentest.Issuer, stranger tokentest.Key, good string) map[string]string {
	header, payload := (&forge{t: t}).texts(good)
	return map[string]string{
		"signed by a stranger": tokentest.SignRaw(stranger.Private, header, payload),
		"under a stranger's kid": tokentest.SignRaw(stranger.Private, replaceMember(header, "kid", quote(stranger.ID)),
			payload),
		"with another's audience": tokentest.SignRaw(issuer.Keys()[0].Private, header,
			setMember(payload, "aud", `"https://other"`)),
	}
}
