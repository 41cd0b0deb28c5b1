package token

import (
	"context"
	"runtime"
	"time"

	"github.com/MicahParks/jwkset"
)

// take starts a fetch. The caller holds the lock. The fetch outlives the request that caused it: others may wait for it.
func (s *KeyStore) take(ctx context.Context) *flight {
	f := &flight{done: make(chan struct{})}
	s.flight = f
	s.fetches++
	ctx = context.WithoutCancel(ctx)
	go func() {
		asked := s.now()
		keys, err := s.ask(ctx)
		if err != nil {
			s.fail(ctx, err)
		} else {
			s.succeed(keys, asked)
		}
		s.mu.Lock()
		f.err = err
		s.flight = nil
		s.mu.Unlock()
		close(f.done)
		if err == nil {
			runtime.Gosched() // those who wait go first, also on one processor
			s.save(ctx, asked)
		}
	}()
	return f
}

func (s *KeyStore) ask(ctx context.Context) ([]jwkset.JWK, error) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	text, err := fetch(ctx, s.client, s.url)
	if err != nil {
		return nil, err
	}
	return readKeys(text)
}

func (s *KeyStore) succeed(keys []jwkset.JWK, asked time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.install(keys, asked)
	s.failures, s.lastErr, s.retryAt = 0, nil, time.Time{}
}

// fail notes the failure, and looks whether the archive has a newer set: another process may have been luckier.
func (s *KeyStore) fail(ctx context.Context, err error) {
	archived, keys := s.load(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	if keys != nil && archived.FetchedAt.After(s.fetchedAt) {
		s.install(keys, archived.FetchedAt)
		s.saved = archived
	}
	backOff, longest := firstBackOff<<min(s.failures, 10), longBackOff
	if s.fetchedAt.IsZero() || s.age(now) >= maxStaleness {
		longest = shortBackOff
	}
	s.failed++
	s.failures++
	s.lastErr = err
	s.retryAt = now.Add(min(backOff, longest))
}

// load reads the archive. It returns no keys if there are none that may be used.
func (s *KeyStore) load(ctx context.Context) (KeySet, []jwkset.JWK) {
	if s.archive == nil {
		return KeySet{}, nil
	}
	ctx, cancel := context.WithTimeout(ctx, archiveLimit)
	defer cancel()
	set, err := s.archive.Load(ctx)
	if err != nil || !within(maxStaleness, set.FetchedAt, s.now()) {
		return KeySet{}, nil
	}
	keys, err := readKeys(set.JWKS)
	if err != nil {
		return KeySet{}, nil
	}
	return set, keys
}

// install replaces the set in memory. The caller holds the lock, or the store is not shared yet.
func (s *KeyStore) install(keys []jwkset.JWK, fetchedAt time.Time) {
	_ = s.memory.KeyReplaceAll(context.Background(), keys) // never fails: it assigns a slice
	s.fetchedAt = fetchedAt.Round(0)
}

// save puts the set into the archive if it is a new one or has not been put there for an hour. It runs after the
// answer has been given to those who wait; that Lambda may freeze it half way costs nothing but this one saving.
func (s *KeyStore) save(ctx context.Context, fetchedAt time.Time) {
	if s.archive == nil {
		return
	}
	text, err := s.memory.JSONPublic(ctx)
	if err != nil {
		return
	}
	set := KeySet{JWKS: string(text), FetchedAt: fetchedAt}
	s.mu.Lock()
	known := s.saved.JWKS == set.JWKS && within(saveEvery, s.saved.FetchedAt, fetchedAt)
	s.mu.Unlock()
	if known {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, archiveLimit)
	defer cancel()
	if s.archive.Save(ctx, set) == nil {
		s.mu.Lock()
		s.saved = set
		s.mu.Unlock()
	}
}
