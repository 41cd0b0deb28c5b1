package session_test

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"drawbridge/shared/dynamo"
	"drawbridge/shared/dynamo/dynamotest"
	"drawbridge/shared/session"
	"drawbridge/shared/testkit"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

const alice, bob = "1000000001", "1000000002"

// store is one on the real engine, with a clock that the test moves.
type store struct {
	*session.Store
	*testkit.Clock
	t  *testing.T
	db *dynamotest.DB
}

func newStore(t *testing.T) *store {
	t.Helper()
	s := &store{t: t, db: dynamotest.New(t), Clock: testkit.NewClock()}
	s.Store = s.through(s.db.Client)
	return s
}

// through is a store on the same table whose requests go another way.
func (s *store) through(client *dynamodb.Client) *session.Store {
	return session.New(session.Config{Client: client, Table: s.db.Tables["SessionsTable"], Now: s.Now})
}

func (s *store) login(customerID string) (code string, issued session.Session) {
	s.t.Helper()
	draft, err := s.Issue(s.t.Context(), customerID)
	testkit.Must(s.t, err)
	return draft.Code, draft.Session
}

func (s *store) open(code string) session.Session {
	s.t.Helper()
	opened, err := s.Verify(s.t.Context(), code)
	testkit.Must(s.t, err)
	return opened
}

func (s *store) refuse(codes ...string) {
	s.t.Helper()
	for _, code := range codes {
		if opened, err := s.Verify(s.t.Context(), code); !errors.Is(err, session.ErrInvalid) {
			s.t.Fatalf("want ErrInvalid, got %+v, %v", opened, err)
		}
	}
}

func (s *store) revokeAll(customerID string, want int) {
	s.t.Helper()
	if n, err := s.RevokeAll(s.t.Context(), customerID); n != want || err != nil {
		s.t.Fatalf("revoked %d, %v, want %d", n, err, want)
	}
}

// use opens a session every four minutes for as long as that is before its end.
func (s *store) use(code string, end time.Time) {
	s.t.Helper()
	for s.Now().Add(4 * time.Minute).Before(end) {
		s.Pass(4 * time.Minute)
		if opened := s.open(code); opened.ExpiresAt.After(opened.EndsAt) {
			s.t.Fatalf("expires at %v, after the absolute end %v", opened.ExpiresAt, opened.EndsAt)
		}
	}
}

func TestACodeOpensTheSessionOfItsCustomer(t *testing.T) {
	s := newStore(t)
	code, issued := s.login(alice)
	got := s.open(code)
	if got != issued || got.CustomerID != alice {
		t.Errorf("issued %+v, opened %+v", issued, got)
	}
	if now := s.Now(); !got.ExpiresAt.Equal(now.Add(5*time.Minute)) || !got.EndsAt.Equal(now.Add(12*time.Hour)) {
		t.Errorf("at %v it expires at %v, and ends at %v", now, got.ExpiresAt, got.EndsAt)
	}
}

func TestASessionGoesIdleAfterFiveMinutes(t *testing.T) {
	s := newStore(t)
	code, _ := s.login(alice)
	s.use(code, s.Now().Add(time.Hour)) // which keeps it alive
	s.Pass(5 * time.Minute)
	s.refuse(code)
}

func TestASessionEndsAfterTwelveHoursHoweverMuchItIsUsed(t *testing.T) {
	s := newStore(t)
	code, issued := s.login(alice)
	s.use(code, issued.EndsAt)
	s.Pass(issued.EndsAt.Sub(s.Now()) - 30*time.Second)
	s.open(code) // a moment before
	s.Pass(30 * time.Second)
	s.refuse(code)
}

func TestTheClockIsMovedAtMostOnceAMinute(t *testing.T) {
	s := newStore(t)
	code, issued := s.login(alice)
	s.Pass(59 * time.Second)
	if opened := s.open(code); !opened.UsedAt.Equal(issued.UsedAt) {
		t.Error("the clock was moved within the minute")
	}
	s.Pass(time.Second)
	if opened := s.open(code); !opened.UsedAt.Equal(s.Now()) {
		t.Error("the clock was not moved after a minute")
	}
}

func TestARevokedCodeIsRefused(t *testing.T) {
	s := newStore(t)
	code, issued := s.login(alice)
	other, _ := s.login(alice)
	for range 2 { // the second time there is none to revoke
		testkit.Must(t, s.Revoke(t.Context(), issued.ID))
		s.refuse(code)
		s.open(other)
	}
}

func TestLoggingOutEverywhereEndsAllSessionsOfThatCustomerAlone(t *testing.T) {
	s := newStore(t)
	var codes []string
	for range 5 {
		code, _ := s.login(alice)
		codes = append(codes, code)
	}
	kept, _ := s.login(bob)
	for _, want := range []int{5, 0} {
		if n, err := s.Count(t.Context(), alice); n != want || err != nil {
			t.Errorf("%d are counted, %v, want %d", n, err, want)
		}
		s.revokeAll(alice, want)
	}
	s.refuse(codes...)
	s.open(kept)
}

func TestTheSessionsOpenedInOneWayEndAndThoseThatDoNotSayHow(t *testing.T) {
	s := newStore(t)
	mine, issued := s.login(alice)
	older, unsaid := s.login(alice)
	s.db.Update(t, "SessionsTable", dynamo.Item{"code_hash": dynamo.Text(unsaid.ID)},
		"REMOVE opened_by SET note = :value", dynamo.Text("opened before this was kept"))
	if n, err := s.RevokeOpenedBy(t.Context(), alice, session.ByIdentity("auth0|a")); n != 1 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	s.refuse(older)
	s.open(mine)
	if n, err := s.RevokeOpenedBy(t.Context(), alice, issued.OpenedBy); n != 1 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	s.refuse(mine)
}

func TestASessionOfWhichNobodyKnowsHowItWasOpenedIsEndedWithThoseOfAnIdentity(t *testing.T) {
	s := newStore(t)
	codes := map[string]string{}
	a, other := session.ByIdentity("auth0|a"), session.ByIdentity("auth0|b")
	for _, openedBy := range []string{a, other, session.ByPassword, ""} {
		draft, err := s.Draft(t.Context(), alice, openedBy)
		testkit.Must(t, err)
		testkit.Must(t, dynamo.Transact(t.Context(), s.db.Client, draft.Writes...))
		codes[openedBy] = draft.Code
	}
	if n, err := s.RevokeOpenedBy(t.Context(), alice, a); n != 2 || err != nil {
		t.Errorf("ended %d, %v", n, err)
	}
	s.refuse(codes[a], codes[""])
	s.open(codes[other])
	s.open(codes[session.ByPassword])
}

func TestTheLeastRecentlyUsedSessionMakesRoom(t *testing.T) {
	s := newStore(t)
	var codes []string
	for range session.MaxPerCustomer {
		code, _ := s.login(alice)
		codes = append(codes, code)
		s.Pass(time.Second)
	}
	s.Pass(time.Minute)
	s.open(codes[0]) // the oldest, but no longer the least recently used
	code, _ := s.login(alice)
	for _, open := range []string{code, codes[0], codes[2]} {
		s.open(open)
	}
	s.refuse(codes[1])
}

// A collision passes by itself, and the SDK sends no transaction again for one.
func TestALoginOfABusyCustomerIsNotRefusedForACollision(t *testing.T) {
	s := newStore(t)
	for range session.MaxPerCustomer {
		s.login(alice)
	}
	busy := s.through(s.db.Through(dynamotest.NewFaults()))
	ctx := dynamotest.WithTrouble(t.Context(), &dynamotest.Trouble{
		Rate: 0.5, Rand: rand.New(rand.NewPCG(1, 1)), Kind: []dynamotest.Fault{dynamotest.Conflict},
	})
	for range 10 {
		_, err := busy.Issue(ctx, alice)
		testkit.Must(t, err)
	}
}

func TestSessionsThatEndedMakeRoomFirst(t *testing.T) {
	s := newStore(t)
	for range session.MaxPerCustomer - 1 {
		s.login(alice)
	}
	s.Pass(session.IdleLimit)
	alive, _ := s.login(alice)
	s.login(alice)
	if n, err := s.Count(t.Context(), alice); n != 2 || err != nil {
		t.Errorf("%d are left, %v, want those that are alive", n, err)
	}
	for range session.MaxPerCustomer - 2 {
		s.login(alice)
	}
	s.open(alive)
}

func TestAnExpiredSessionIsRefusedThoughNotYetSwept(t *testing.T) {
	s := newStore(t)
	code, issued := s.login(alice)
	s.Pass(session.AbsoluteLimit + time.Hour)
	s.refuse(code)
	_, err := s.Get(t.Context(), issued.ID)
	testkit.WantError(t, err, session.ErrInvalid)
	if s.db.Item(t, "SessionsTable", dynamo.Item{"code_hash": dynamo.Text(issued.ID)}) == nil {
		t.Error("the item is gone: it shows nothing")
	}
}

func TestTheTableHoldsNoCode(t *testing.T) {
	s := newStore(t)
	code, _ := s.login(alice)
	s.db.Lacks(t, "SessionsTable", strings.TrimPrefix(code, "dbc_")[:16])
}
