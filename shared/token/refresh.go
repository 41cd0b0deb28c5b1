package token

import (
	"context"
	"runtime"
	"time"
)

// take starts a fetch. The caller holds the lock. The fetch outlives its request: others may wait for it.
func (s *KeyStore) take(ctx context.Context) {
	f := &flight{done: make(chan struct{}), ends: s.now().Add(fetchTimeout + archiveLimit)}
	s.flight = f
	s.fetches++
	ctx = context.WithoutCancel(ctx)
	go func() {
		keys, err := s.ask(ctx)
		if err != nil {
			s.fail(ctx, err)
		} else {
			s.succeed(f, keys)
		}
		s.mu.Lock()
		f.err = err
		if s.flight == f {
			s.flight = nil
		}
		s.mu.Unlock()
		close(f.done)
		if err == nil {
			runtime.Gosched() // callers who wait go first, also on one processor
			s.save(ctx, keys)
		}
	}()
}

func (s *KeyStore) ask(ctx context.Context) (*keys, error) {
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	asked := s.now()
	text, err := fetch(ctx, s.client, s.url)
	if err != nil {
		return nil, err
	}
	return readKeys(KeySet{JWKS: text, FetchedAt: asked})
}

// succeed takes the keys. Those of a flight that was given up count only if they are newer.
func (s *KeyStore) succeed(f *flight, keys *keys) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.flight != f && s.keys != nil && !keys.set.FetchedAt.After(s.keys.set.FetchedAt) {
		return
	}
	s.keys = keys
	s.failures, s.lastErr, s.retryAt = 0, nil, time.Time{}
}

// fail notes the failure, and takes newer keys from the archive: another process may have got them.
func (s *KeyStore) fail(ctx context.Context, err error) {
	archived := s.load(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	if archived != nil && (s.keys == nil || archived.set.FetchedAt.After(s.keys.set.FetchedAt)) {
		s.keys, s.saved = archived, archived.set
	}
	backOff, longest := firstBackOff<<min(s.failures, 10), longBackOff
	if s.age(now) >= maxStaleness {
		longest = shortBackOff
	}
	s.failed++
	s.failures++
	s.lastErr = err
	s.retryAt = now.Add(min(backOff, longest))
}

// load returns the keys of the archive, or nil if it has none that may be used.
func (s *KeyStore) load(ctx context.Context) *keys {
	if s.archive == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, archiveLimit)
	defer cancel()
	set, err := s.archive.Load(ctx)
	if err != nil || !within(maxStaleness, set.FetchedAt, s.now()) {
		return nil
	}
	keys, err := readKeys(set)
	if err != nil {
		return nil
	}
	return keys
}

// save puts the keys into the archive if they are new, or were put there an hour ago. It runs after the callers have
// their answer. Lambda may freeze it half way: then this one saving is lost.
func (s *KeyStore) save(ctx context.Context, keys *keys) {
	if s.archive == nil {
		return
	}
	set := keys.set
	s.mu.Lock()
	known := s.saved.JWKS == set.JWKS && within(saveEvery, s.saved.FetchedAt, set.FetchedAt)
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
