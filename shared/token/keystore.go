package token

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/MicahParks/jwkset"
	"github.com/MicahParks/keyfunc/v3"
	"github.com/golang-jwt/jwt/v5"
)

// The timing of a KeyStore.
const (
	maxAge       = 10 * time.Minute // a set is asked for anew when it is used at this age
	maxStaleness = 24 * time.Hour   // and, while the issuer is down, used up to this one
	cooldown     = 30 * time.Second // between two fetches for the sake of unknown kids
	fetchTimeout = 2 * time.Second
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
	Preset    KeySet            // used as if fetched at its FetchedAt; none if zero
	Archive   Archive           // none if nil
	Now       func() time.Time  // time.Now if nil
	Timeout   time.Duration     // of a fetch, its body included; 2 s if zero
}

// KeyStore holds an issuer's published keys. It stands in front of jwkset's memory, under keyfunc, and decides when
// the issuer is asked:
//
//   - Only when a token is at hand. Lambda freezes a process between requests: a background refresh would not run,
//     or run into dead connections.
//   - By one request at a time. The others use the keys that are there, or wait for that one's answer.
//   - When the set is 10 minutes old, or has not the kid asked for. The latter at most every 30 s after an answer that
//     had it neither: anyone can invent kids. The first unknown kid is asked for at once, so that a key that was
//     published a moment ago works a moment later.
//   - After a failure not for 1 s, then 2, 4 … up to 30 s (2 s while there are no keys at all).
//
// An answer counts only if it is a 200 of at most 256 KiB, within 2 s, with at least one usable key; it then
// replaces the set, so that a key that the issuer withdrew is dead. Any other leaves the set as it is. During an outage the keys stay
// good until their set is 24 h old. A process without keys takes the archive's during an outage.
//
// A kid that is not in the set is KeyUnknown only after an answer that was asked for since the token arrived. In all
// other cases it is KeysUnavailable: the key may have been published a moment ago, API Gateway would cache a Deny.
type KeyStore struct {
	keyfunc keyfunc.Keyfunc
	memory  *jwkset.MemoryJWKSet
	url     string
	client  *http.Client
	archive Archive
	now     func() time.Time
	timeout time.Duration

	mu        sync.Mutex
	fetchedAt time.Time // of the set in memory; zero if there is none
	missedAt  time.Time // of the last good answer that lacked the kid it was asked for
	retryAt   time.Time // no fetch before, after a failure
	failures  int       // in a row
	lastErr   error
	flight    *flight
	saved     KeySet // what is known to be in the archive
	fetches   int
	failed    int
}

// flight is a fetch under way.
type flight struct {
	done chan struct{}
	err  error // of the fetch; set before done is closed
}

// NewKeyStore returns a KeyStore that has asked nobody anything yet.
func NewKeyStore(c KeyStoreConfig) (*KeyStore, error) {
	if u, err := url.Parse(c.URL); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, errors.New("token: configuration: the key set's URL is not absolute")
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Timeout == 0 {
		c.Timeout = fetchTimeout
	}
	s := &KeyStore{
		memory: jwkset.NewMemoryStorage(), url: c.URL, client: newClient(c.Transport), archive: c.Archive, timeout: c.Timeout,
		// Round drops the monotonic reading, which may stand still while Lambda freezes the process.
		now: func() time.Time { return c.Now().Round(0) },
	}
	if c.Preset != (KeySet{}) {
		keys, err := readKeys(c.Preset.JWKS)
		if err != nil {
			return nil, err
		}
		s.install(keys, c.Preset.FetchedAt)
	}
	var err error
	s.keyfunc, err = keyfunc.New(keyfunc.Options{Storage: storage{s.memory, s}})
	return s, err
}

// KeyfuncCtx makes a KeyStore a KeySource, and golang-jwt's Keyfunc for anyone who wants to parse with jwt.Parse.
func (s *KeyStore) KeyfuncCtx(ctx context.Context) jwt.Keyfunc { return s.keyfunc.KeyfuncCtx(ctx) }

// State is what there is to count and to watch.
type State struct {
	FetchedAt time.Time // when the issuer gave the set in use; zero if there is none
	Fetches   int       // since the last Drain
	Failed    int       // of these, or of those before
}

// Drain returns the state and starts counting from zero.
func (s *KeyStore) Drain() State {
	s.mu.Lock()
	defer s.mu.Unlock()
	state := State{FetchedAt: s.fetchedAt, Fetches: s.fetches, Failed: s.failed}
	s.fetches, s.failed = 0, 0
	return state
}

// storage is the memory as keyfunc sees it: with the KeyStore's decisions before each read.
type storage struct {
	*jwkset.MemoryJWKSet
	store *KeyStore
}

func (s storage) KeyRead(ctx context.Context, kid string) (jwkset.JWK, error) {
	return s.store.read(ctx, kid)
}

// KeyReadAll is what keyfunc calls for a token without a kid, to try every key. We never do.
func (s storage) KeyReadAll(context.Context) ([]jwkset.JWK, error) {
	return nil, refuse(KeyIDMissing)
}

func (s *KeyStore) read(ctx context.Context, kid string) (jwkset.JWK, error) {
	s.mu.Lock()
	now := s.now()
	key, found := s.find(kid, now)
	if found && s.age(now) < maxAge {
		s.mu.Unlock()
		return key, nil
	}
	if !found && within(cooldown, s.missedAt, now) {
		s.mu.Unlock()
		return jwkset.JWK{}, unavailable(&FetchError{Failure: CoolingDown})
	}
	flight, mine := s.flight, false
	switch {
	case flight == nil && now.Before(s.retryAt):
		defer s.mu.Unlock()
		if found {
			return key, nil
		}
		return jwkset.JWK{}, unavailable(s.lastErr)
	case flight == nil:
		flight, mine = s.take(ctx), true
	case found:
		s.mu.Unlock()
		return key, nil // somebody else is asking already
	}
	s.mu.Unlock()

	select {
	case <-flight.done:
	case <-ctx.Done():
		return jwkset.JWK{}, unavailable(&FetchError{Failure: GivenUp})
	}

	s.mu.Lock()
	defer s.mu.Unlock()
	if key, found = s.find(kid, s.now()); found {
		return key, nil
	}
	if flight.err == nil {
		s.missedAt = s.fetchedAt
	}
	switch {
	case flight.err != nil:
		return jwkset.JWK{}, unavailable(flight.err)
	case !mine:
		return jwkset.JWK{}, unavailable(&FetchError{Failure: JustMissed})
	}
	return jwkset.JWK{}, refuse(KeyUnknown)
}

// find looks into the memory, unless that is too old to be believed.
func (s *KeyStore) find(kid string, now time.Time) (jwkset.JWK, bool) {
	if s.fetchedAt.IsZero() || s.age(now) >= maxStaleness {
		return jwkset.JWK{}, false
	}
	key, err := s.memory.KeyRead(context.Background(), kid)
	return key, err == nil
}

// age is that of the set in memory. A clock that was set back makes it old enough to be asked for again.
func (s *KeyStore) age(now time.Time) time.Duration {
	if now.Before(s.fetchedAt) {
		return maxAge
	}
	return now.Sub(s.fetchedAt)
}

// within tells whether less than d has passed from then to now.
func within(d time.Duration, then, now time.Time) bool {
	return !then.IsZero() && !now.Before(then) && now.Sub(then) < d
}
