package session_test

import (
	"errors"
	"io"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"drawbridge/shared/dynamo/dynamotest"
	"drawbridge/shared/session"
	"drawbridge/shared/testkit"
)

// use is what is done with one code.
type use int

const (
	verify use = iota
	revoke
)

// aCode is what one code must look like to everybody together: it opens until it is revoked, and never again.
var aCode = porcupine.Model{
	Init: func() any { return true },
	Step: func(state, input, output any) (bool, any) {
		alive, opened := state.(bool), output.(bool)
		if input.(use) == revoke {
			return true, false
		}
		return opened == alive, alive
	},
}

// history is what everybody saw of the codes.
type history struct {
	mu    sync.Mutex
	began time.Time
	codes [][]porcupine.Operation
}

// record calls f, which is something done with these codes, and keeps what each of them was seen to be.
func (h *history) record(u use, f func() (opened bool), codes ...int) (opened bool) {
	call := time.Since(h.began)
	opened = f()
	returned := time.Since(h.began)
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, i := range codes {
		h.codes[i] = append(h.codes[i], porcupine.Operation{
			ClientId: len(h.codes[i]), Input: u, Call: int64(call), Output: opened, Return: int64(returned),
		})
	}
	return opened
}

// Sessions are verified, and their clocks moved, while they are revoked one by one and all at once. Each is verified
// until it is refused, and is revoked once it has opened.
func TestEachCodeIsLinearizable(t *testing.T) {
	const customers, each, verifiers = 10, 6, 6
	s := newStore(t)
	h := &history{began: time.Now(), codes: make([][]porcupine.Operation, customers*each)}
	drafts := make([]session.Draft, customers*each)
	opened := make([]sync.WaitGroup, customers*each)
	for i := range drafts {
		var err error
		drafts[i], err = s.Issue(t.Context(), string(rune('a'+i/each)))
		testkit.Must(t, err)
		opened[i].Add(1)
	}
	s.Pass(2 * time.Minute) // from now on a use moves the clock

	var all sync.WaitGroup
	for i, draft := range drafts {
		once := sync.OnceFunc(opened[i].Done)
		for range verifiers {
			all.Go(func() {
				defer once()
				for range 500 {
					if !h.record(verify, func() bool {
						_, err := s.Verify(t.Context(), draft.Code)
						if err != nil {
							testkit.WantError(t, err, session.ErrInvalid)
						}
						return err == nil
					}, i) {
						return
					}
					once()
				}
				t.Errorf("code %d was never refused", i)
			})
		}
		if i%each > 2 {
			all.Go(func() {
				opened[i].Wait()
				h.record(revoke, func() bool {
					testkit.WantError(t, s.Revoke(t.Context(), draft.Session.ID), nil)
					return true
				}, i)
			})
		}
		if i%each == 0 { // a customer's first code: all of the customer's end at once
			all.Go(func() {
				var its []int
				for same := i; same < i+each; same++ {
					opened[same].Wait()
					its = append(its, same)
				}
				h.record(revoke, func() bool {
					_, err := s.RevokeAll(t.Context(), draft.Session.CustomerID)
					testkit.WantError(t, err, nil)
					return true
				}, its...)
			})
		}
	}
	all.Wait()
	for i, operations := range h.codes {
		if !porcupine.CheckOperations(aCode, operations) {
			t.Errorf("code %d: %+v", i, operations)
		}
	}
}

func TestLoginsAtTheInstantOfLoggingOutEverywhereAreEitherEndedOrKept(t *testing.T) {
	s := newStore(t)
	var codes [40]string
	testkit.Together(len(codes)+1, func(i int) {
		if i == len(codes) {
			_, err := s.RevokeAll(t.Context(), alice)
			testkit.WantError(t, err, nil)
			return
		}
		draft, err := s.Issue(t.Context(), alice)
		testkit.WantError(t, err, nil)
		codes[i] = draft.Code
	})
	// Whatever survived is still in the customer's set: a second call ends it.
	_, err := s.RevokeAll(t.Context(), alice)
	testkit.Must(t, err)
	s.refuse(codes[:]...)
}

// between verifies a code that is due to have its clock moved, with do between the read and the move.
func between(t *testing.T, do func(s *store, issued session.Session, code string)) (*store, session.Session, error) {
	t.Helper()
	s := newStore(t)
	code, issued := s.login(alice)
	s.Pass(2 * time.Minute)
	next, once := dynamotest.Transport(), sync.OnceFunc(func() { do(s, issued, code) })
	slow := s.through(s.db.Through(testkit.RoundTrip(func(r *http.Request) (*http.Response, error) {
		if dynamotest.Operation(r) == "TransactWriteItems" {
			once()
		}
		return next.RoundTrip(r)
	})))
	opened, err := slow.Verify(t.Context(), code)
	return s, opened, err
}

func TestACodeRevokedBetweenTheReadAndTheMoveOfTheClockIsRefusedAndStaysDead(t *testing.T) {
	var code string
	s, _, err := between(t, func(s *store, issued session.Session, c string) {
		code = c
		testkit.WantError(t, s.Revoke(t.Context(), issued.ID), nil)
	})
	testkit.WantError(t, err, session.ErrInvalid)
	s.refuse(code)
}

func TestAClockThatAnotherRequestMovedFurtherIsNotTurnedBack(t *testing.T) {
	s, opened, err := between(t, func(s *store, _ session.Session, code string) {
		s.Pass(10 * time.Second)
		s.open(code)
	})
	if err != nil || !opened.UsedAt.Equal(s.Now()) {
		t.Errorf("used at %v, want %v (%v)", opened.UsedAt, s.Now(), err)
	}
}

func TestALoginWhoseEveryAnswerIsLostIsALogin(t *testing.T) {
	s := newStore(t)
	next := dynamotest.Transport()
	silent := s.through(s.db.Through(testkit.RoundTrip(func(r *http.Request) (*http.Response, error) {
		response, err := next.RoundTrip(r)
		if err == nil && dynamotest.Operation(r) == "TransactWriteItems" {
			_, _ = io.Copy(io.Discard, response.Body)
			_ = response.Body.Close()
			return nil, errors.New("connection reset by peer")
		}
		return response, err
	})))
	draft, err := silent.Issue(t.Context(), alice)
	testkit.Must(t, err)
	s.open(draft.Code)
}
