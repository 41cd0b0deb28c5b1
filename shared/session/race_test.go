package session_test

import (
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"drawbridge/shared/dynamo/dynamotest"
	"drawbridge/shared/session"
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

// Sessions are verified, and their clocks moved, while they are revoked one by one and all at once.
func TestEachCodeIsLinearizable(t *testing.T) {
	const codes, verifiers = 60, 6
	b := newBank(t)
	began := time.Now()
	history := make([][]porcupine.Operation, codes)
	drafts := make([]session.Draft, codes)
	customers := make([]string, codes)
	for i := range drafts {
		customers[i] = string(rune('a' + i/6)) // six codes a customer
		var err error
		if drafts[i], err = b.Issue(t.Context(), customers[i]); err != nil {
			t.Fatal(err)
		}
	}
	b.Pass(2 * time.Minute) // from now on a use moves the clock

	var mu sync.Mutex
	var opened, refused atomic.Int64
	record := func(i, client int, u use, call time.Duration, result bool) {
		returned := time.Since(began)
		mu.Lock()
		defer mu.Unlock()
		history[i] = append(history[i], porcupine.Operation{
			ClientId: client, Input: u, Call: int64(call), Output: result, Return: int64(returned),
		})
	}
	var all sync.WaitGroup
	for i, draft := range drafts {
		for v := range verifiers {
			all.Go(func() {
				for range 3 {
					time.Sleep(rand.N(40 * time.Millisecond))
					call := time.Since(began)
					_, err := b.Verify(t.Context(), draft.Code)
					switch {
					case err == nil:
						opened.Add(1)
					case errors.Is(err, session.ErrInvalid):
						refused.Add(1)
					default:
						t.Error(err)
						return
					}
					record(i, v, verify, call, err == nil)
				}
			})
		}
		if i%6 == 0 { // a customer's first code: all of the customer's end at once
			all.Go(func() {
				time.Sleep(60*time.Millisecond + rand.N(60*time.Millisecond))
				call := time.Since(began)
				if _, err := b.RevokeAll(t.Context(), customers[i]); err != nil {
					t.Error(err)
				}
				for same := i; same < i+6; same++ {
					record(same, verifiers, revoke, call, true)
				}
			})
		}
		if i%6 > 2 {
			all.Go(func() {
				time.Sleep(rand.N(80 * time.Millisecond))
				call := time.Since(began)
				if err := b.Revoke(t.Context(), draft.Session.ID); err != nil {
					t.Error(err)
				}
				record(i, verifiers+1, revoke, call, true)
			})
		}
	}
	all.Wait()
	for i, operations := range history {
		if !porcupine.CheckOperations(aCode, operations) {
			t.Errorf("code %d: %+v", i, operations)
		}
	}
	if opened.Load() == 0 || refused.Load() == 0 {
		t.Errorf("opened %d, refused %d: the history shows little", opened.Load(), refused.Load())
	}
}

func TestLoginsAtTheInstantOfLoggingOutEverywhereAreEitherEndedOrKept(t *testing.T) {
	b := newBank(t)
	var codes sync.Map
	var all sync.WaitGroup
	for range 40 {
		all.Go(func() {
			time.Sleep(rand.N(20 * time.Millisecond))
			draft, err := b.Issue(t.Context(), alice)
			if err != nil {
				t.Error(err)
				return
			}
			codes.Store(draft.Code, true)
		})
	}
	time.Sleep(10 * time.Millisecond)
	if _, err := b.RevokeAll(t.Context(), alice); err != nil {
		t.Fatal(err)
	}
	all.Wait()
	// Whatever survived is still in the customer's set: a second call ends it.
	if _, err := b.RevokeAll(t.Context(), alice); err != nil {
		t.Fatal(err)
	}
	codes.Range(func(code, _ any) bool {
		b.mustRefuse(t, code.(string))
		return true
	})
}

// interposed does something of the test's just before the first transaction is carried out.
type interposed struct {
	next http.RoundTripper
	once sync.Once
	do   func()
}

func (i *interposed) RoundTrip(r *http.Request) (*http.Response, error) {
	if i.do != nil && r.Header.Get("X-Amz-Target") == "DynamoDB_20120810.TransactWriteItems" {
		i.once.Do(i.do)
	}
	return i.next.RoundTrip(r)
}

// between verifies a code that is due to have its clock moved, with do between the read and the move.
func between(t *testing.T, do func(b *bank, s session.Session, code string)) (*bank, session.Session, error) {
	t.Helper()
	b := newBank(t)
	code, issued := b.login(t, alice)
	b.Pass(2 * time.Minute)
	slow := session.New(session.Config{Table: b.db.Tables["SessionsTable"], Now: b.Now, Client: b.db.Through(
		&interposed{next: dynamotest.Transport(), do: func() { do(b, issued, code) }},
	)})
	s, err := slow.Verify(t.Context(), code)
	return b, s, err
}

func TestACodeRevokedBetweenTheReadAndTheMoveOfTheClockIsRefusedAndStaysDead(t *testing.T) {
	var code string
	b, _, err := between(t, func(b *bank, s session.Session, c string) {
		code = c
		if err := b.Revoke(t.Context(), s.ID); err != nil {
			t.Error(err)
		}
	})
	if !errors.Is(err, session.ErrInvalid) {
		t.Errorf("got %v", err)
	}
	b.mustRefuse(t, code)
}

func TestAClockThatAnotherRequestMovedFurtherIsNotTurnedBack(t *testing.T) {
	b, s, err := between(t, func(b *bank, _ session.Session, code string) {
		b.Pass(10 * time.Second)
		b.mustOpen(t, code)
	})
	if err != nil || !s.UsedAt.Equal(b.Now()) {
		t.Errorf("used at %v, want %v (%v)", s.UsedAt, b.Now(), err)
	}
}

// silent carries every transaction out and never answers.
type silent struct{ next http.RoundTripper }

func (s silent) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := s.next.RoundTrip(r)
	if err == nil && r.Header.Get("X-Amz-Target") == "DynamoDB_20120810.TransactWriteItems" {
		_, _ = io.Copy(io.Discard, response.Body)
		_ = response.Body.Close()
		return nil, errors.New("connection reset by peer")
	}
	return response, err
}

func TestALoginWhoseEveryAnswerIsLostIsALogin(t *testing.T) {
	b := newBankOn(t, dynamotest.NewWithTransport(t, silent{dynamotest.Transport()}))
	code, _ := b.login(t, alice)
	b.mustOpen(t, code)
}
