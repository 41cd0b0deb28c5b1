package token_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"drawbridge/shared/token"
	"drawbridge/shared/token/tokentest"
)

// shelf is an archive that a test looks into. The one that is deployed is in authorizer/, over DynamoDB.
type shelf struct {
	mu    sync.Mutex
	set   token.KeySet
	saves int
	loads int
	fails bool
	saved chan struct{} // has an element after a Save
}

func newShelf() *shelf { return &shelf{saved: make(chan struct{}, 1)} }

func (s *shelf) Load(context.Context) (token.KeySet, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.loads++
	if s.fails || s.set == (token.KeySet{}) {
		return token.KeySet{}, errors.New("nothing there")
	}
	return s.set, nil
}

func (s *shelf) Save(_ context.Context, set token.KeySet) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fails {
		return errors.New("no room")
	}
	s.saves++
	if !set.FetchedAt.Before(s.set.FetchedAt) {
		s.set = set
	}
	select {
	case s.saved <- struct{}{}:
	default:
	}
	return nil
}

func (s *shelf) count() (saves, loads int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.saves, s.loads
}

// waitSaves waits for what a key store saves after it has answered.
func (s *shelf) waitSaves(t *testing.T, want int) {
	t.Helper()
	for late := time.After(10 * time.Second); ; {
		if saves, _ := s.count(); saves >= want {
			return
		}
		select {
		case <-s.saved:
		case <-late:
			t.Fatalf("not saved %d times", want)
		}
	}
}

// newShelvedWorld is a world with an archive, in which a first process has saved the keys and ended.
func newShelvedWorld(t *testing.T) (*world, *shelf) {
	t.Helper()
	w, s := newWorld(t), newShelf()
	w.archive = s
	w.startProcess()
	w.wantAccepted(w.issuer.AccessToken())
	s.waitSaves(t, 1)
	w.startProcess()
	return w, s
}

func TestAProcessThatStartsInAnOutageUsesTheArchive(t *testing.T) {
	w, _ := newShelvedWorld(t)
	w.issuer.Answer(status(500))
	w.wantAccepted(w.issuer.AccessToken())
	wrong := w.issuer.AccessToken(tokentest.Header("kid", w.issuer.Keys()[1].ID))
	wantReason(t, w.verify(wrong), token.SignatureMismatch)
	w.wantUnavailable(w.unknown())
}

func TestTheArchiveIsLeftAloneWhileTheIssuerAnswers(t *testing.T) {
	w, s := newShelvedWorld(t)
	w.wantAccepted(w.issuer.AccessToken())
	if _, loads := s.count(); loads != 0 {
		t.Errorf("loaded %d times", loads)
	}
}

func TestAnArchivedSetIsUsedUntilItIsADayOld(t *testing.T) {
	w, _ := newShelvedWorld(t)
	good := w.issuer.AccessToken()
	w.issuer.Answer(status(500))
	w.clock.Pass(24*time.Hour - time.Second)
	w.wantAccepted(good)
	w.clock.Pass(time.Second)
	w.wantUnavailable(good)
	w.startProcess()
	w.wantUnavailable(good)
}

func TestAnArchivedSetFromTheFutureOrOfNoUseIsRefused(t *testing.T) {
	w, s := newShelvedWorld(t)
	w.issuer.Answer(status(500))
	good, kept := w.issuer.AccessToken(), s.set
	for name, set := range map[string]token.KeySet{
		"from the future": {JWKS: kept.JWKS, FetchedAt: kept.FetchedAt.Add(time.Hour)},
		"without a time":  {JWKS: kept.JWKS},
		"empty":           {JWKS: `{"keys":[]}`, FetchedAt: kept.FetchedAt},
		"garbage":         {JWKS: "x", FetchedAt: kept.FetchedAt},
	} {
		s.set = set
		w.startProcess()
		if err := w.verify(good); !errors.Is(err, token.ErrKeysUnavailable) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAnArchiveThatFailsHindersNobody(t *testing.T) {
	w, s := newShelvedWorld(t)
	s.fails = true
	w.startProcess()
	w.wantAccepted(w.issuer.AccessToken())
	w.startProcess()
	w.issuer.Answer(status(500))
	w.wantUnavailable(w.issuer.AccessToken())
}

func TestAKeyThatAnotherProcessSawBeforeTheOutageIsFoundInTheArchive(t *testing.T) {
	w, s := newShelvedWorld(t)
	w.wantAccepted(w.issuer.AccessToken())
	older := w.verifier
	w.issuer.Rotate(t)
	w.issuer.Rotate(t)
	w.clock.Pass(time.Minute)
	w.startProcess()
	w.wantAccepted(w.issuer.AccessToken())
	s.waitSaves(t, 2)
	w.issuer.Answer(status(500))
	if _, err := older.Verify(t.Context(), w.issuer.AccessToken()); err != nil {
		t.Error(err)
	}
}

func TestAnOlderArchivedSetDoesNotReplaceTheKeysInMemory(t *testing.T) {
	w, s := newShelvedWorld(t)
	older := s.set
	w.issuer.Rotate(t)
	w.issuer.Rotate(t)
	w.clock.Pass(time.Minute)
	good := w.issuer.AccessToken()
	w.wantAccepted(good)
	s.waitSaves(t, 2)
	s.mu.Lock()
	s.set = older
	s.mu.Unlock()
	w.issuer.Answer(status(500))
	w.clock.Pass(10 * time.Minute)
	w.wantAccepted(good) // the fetch fails, the archive is read
	w.wantAccepted(good)
}

func TestASetIsSavedWhenItIsNewAndOnceAnHour(t *testing.T) {
	w, s := newShelvedWorld(t)
	good := w.issuer.AccessToken()
	w.wantAccepted(good)
	s.waitSaves(t, 2) // a process does not know what others saved
	for range 5 {
		w.clock.Pass(10 * time.Minute)
		w.wantAccepted(good)
	}
	if saves, _ := s.count(); saves != 2 {
		t.Errorf("%d saves of an unchanged set within the hour", saves)
	}
	w.clock.Pass(10 * time.Minute)
	w.wantAccepted(good)
	s.waitSaves(t, 3)
	w.issuer.Rotate(t)
	w.clock.Pass(10 * time.Minute)
	w.wantAccepted(w.issuer.AccessToken())
	s.waitSaves(t, 4)
}
