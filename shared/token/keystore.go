package token

import (
	"context"
	"crypto/rsa"
	"errors"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// The timing of a KeyStore.
const (
	maxAge       = 10 * time.Minute // a set is asked for anew when it is used at this age
	maxStaleness = 24 * time.Hour   // while the issuer is down, a set is used up to this age
	cooldown     = 30 * time.Second // between two fetches for the sake of unknown kids
	fetchTimeout = 2 * time.Second  // for the whole answer
	patience     = 200 * time.Millisecond
	archiveLimit = time.Second // for one use of the archive
	saveEvery    = time.Hour   // an unchanged set is saved again

	firstBackOff = time.Second // after a failed fetch, doubled after each further one
	longBackOff  = 30 * time.Second
	shortBackOff = 2 * time.Second // the longest while there is no key at all
)

// KeySetURL is where an Auth0 tenant publishes its keys.
func KeySetURL(issuer string) string { return issuer + ".well-known/jwks.json" }

// KeyStoreConfig says where keys come from. Only URL is needed.
type KeyStoreConfig struct {
	URL       string
	Transport http.RoundTripper // one of our own if nil
	Archive   Archive           // none if nil
	Now       func() time.Time  // time.Now if nil
}

// KeyStore holds an issuer's published keys, which keyfunc reads, and decides when the issuer is asked for them:
//
//   - When a token is at hand. Lambda freezes a process between requests: a background refresh would not run, or would
//     run into dead connections.
//   - By one request at a time. The others use the keys that are there, or wait for the same answer.
//   - When the set is 10 minutes old, or lacks the kid asked for. An attacker can invent kids: after an answer that
//     lacked a kid, the issuer is not asked for any other kid for 30 s. The first one is asked for at once, so that a
//     key works a moment after it is published.
//   - After a failure not for 1 s, then 2, 4 … up to 30 s (2 s while there are no keys at all).
//
// An answer counts if it is a 200 of at most 256 KiB, within 2 s, with at least one usable key. It replaces the set, so
// that a key that the issuer withdrew is dead. Any other answer leaves the set as it is. During an outage the keys stay
// good until their set is 24 h old, and a process without keys takes those of the archive.
//
// A caller whose key is in the set gets the key, after 200 ms at most. A kid that the issuer's answer lacks is
// KeyUnknown, also during the 30 s without a new fetch: a key that is published in that time is refused until it is
// over. After a failed fetch the kid is KeysUnavailable, since its token may be good.
type KeyStore struct {
	url     string
	client  *http.Client
	archive Archive
	now     func() time.Time

	mu       sync.Mutex
	keys     *keys     // nil if there are none
	missedAt time.Time // when the last good answer that lacked a kid was asked for
	retryAt  time.Time // no fetch before, after a failure
	failures int       // in a row
	lastErr  error
	flight   *flight
	saved    KeySet // what is known to be in the archive
	fetches  int
	failed   int
}

// flight is a fetch under way.
type flight struct {
	done chan struct{}
	err  error     // of the fetch; set before done is closed
	ends time.Time // by the wall clock: a process that Lambda freezes stops the timer too
}

// NewKeyStore returns a KeyStore without keys. The first token makes it ask for them.
func NewKeyStore(c KeyStoreConfig) (*KeyStore, error) {
	if u, err := url.Parse(c.URL); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, errors.New("token: configuration: the key set's URL is not absolute")
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return &KeyStore{
		url: c.URL, client: newClient(c.Transport), archive: c.Archive,
		// Round drops the monotonic reading, which may stand still while Lambda freezes the process.
		now: func() time.Time { return c.Now().Round(0) },
	}, nil
}

// State is for metrics.
type State struct {
	FetchedAt time.Time // when the issuer gave the set in use; zero if there is none
	Fetches   int       // since the last Drain
	Failed    int       // of these, or of those before
}

// Drain returns the state and starts counting from zero.
func (s *KeyStore) Drain() State {
	s.mu.Lock()
	defer s.mu.Unlock()
	state := State{Fetches: s.fetches, Failed: s.failed}
	if s.keys != nil {
		state.FetchedAt = s.keys.set.FetchedAt
	}
	s.fetches, s.failed = 0, 0
	return state
}

// Key returns the key of a kid, or an [*Error] with the reason KeyUnknown or KeysUnavailable.
func (s *KeyStore) Key(ctx context.Context, kid string) (*rsa.PublicKey, error) {
	key, flight, err := s.look(ctx, kid)
	if flight == nil {
		return key, err
	}
	if key != nil {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, patience)
		defer cancel()
	}
	select {
	case <-flight.done:
		return s.lookAgain(kid, flight)
	case <-ctx.Done():
		if key != nil {
			return key, nil
		}
		return nil, unavailable(&FetchError{Failure: GivenUp})
	}
}

// look returns what we know of a kid, and the fetch under way if the caller has to wait for its answer.
func (s *KeyStore) look(ctx context.Context, kid string) (*rsa.PublicKey, *flight, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	if s.flight != nil && now.After(s.flight.ends) {
		s.flight = nil
	}
	key, backingOff := s.find(kid, now), s.flight == nil && now.Before(s.retryAt)
	switch {
	case key != nil && (s.age(now) < maxAge || s.flight != nil || backingOff):
		return key, nil, nil
	case key == nil && within(cooldown, s.missedAt, now):
		return nil, nil, refuse(KeyUnknown)
	case backingOff:
		return nil, nil, unavailable(s.lastErr)
	case s.flight == nil:
		s.take(ctx)
	}
	return key, s.flight, nil
}

// lookAgain returns what we know of a kid after a fetch.
func (s *KeyStore) lookAgain(kid string, flight *flight) (*rsa.PublicKey, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := s.find(kid, s.now())
	switch {
	case key != nil:
		return key, nil
	case flight.err != nil:
		return nil, unavailable(flight.err)
	}
	s.missedAt = s.keys.set.FetchedAt
	return nil, refuse(KeyUnknown)
}

// find returns the key of a kid, or nil. Keys of 24 hours are too old to be believed.
func (s *KeyStore) find(kid string, now time.Time) *rsa.PublicKey {
	if s.age(now) >= maxStaleness {
		return nil
	}
	return s.keys.byID[kid]
}

// age is that of the keys. A clock that was set back makes them old enough to be asked for again.
func (s *KeyStore) age(now time.Time) time.Duration {
	switch {
	case s.keys == nil:
		return maxStaleness
	case now.Before(s.keys.set.FetchedAt):
		return maxAge
	}
	return now.Sub(s.keys.set.FetchedAt)
}

// within tells whether less than d has passed since then.
func within(d time.Duration, then, now time.Time) bool {
	return !then.IsZero() && !now.Before(then) && now.Sub(then) < d
}
