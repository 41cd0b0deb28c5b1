package session_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"drawbridge/shared/dynamo"
	"drawbridge/shared/dynamo/dynamotest"
	"drawbridge/shared/session"
	"drawbridge/shared/testkit"
)

const alice, bob = "1000000001", "1000000002"

// bank is a session store on the real engine, with a clock that the test moves.
type bank struct {
	*session.Store
	*testkit.Clock
	db *dynamotest.DB
}

func newBank(t *testing.T) *bank {
	t.Helper()
	return newBankOn(t, dynamotest.New(t))
}

func newBankOn(t *testing.T, db *dynamotest.DB) *bank {
	t.Helper()
	b := &bank{db: db, Clock: testkit.NewClock()}
	b.Store = session.New(session.Config{Client: db.Client, Table: db.Tables["SessionsTable"], Now: b.Now})
	return b
}

func (b *bank) login(t *testing.T, customerID string) (code string, s session.Session) {
	t.Helper()
	draft, err := b.Issue(t.Context(), customerID)
	if err != nil {
		t.Fatal(err)
	}
	return draft.Code, draft.Session
}

func (b *bank) mustOpen(t *testing.T, code string) session.Session {
	t.Helper()
	s, err := b.Verify(t.Context(), code)
	if err != nil {
		t.Fatalf("a good code was refused: %v", err)
	}
	return s
}

func (b *bank) mustRefuse(t *testing.T, code string) {
	t.Helper()
	if s, err := b.Verify(t.Context(), code); !errors.Is(err, session.ErrInvalid) {
		t.Fatalf("want ErrInvalid, got %+v, %v", s, err)
	}
}

func TestACodeOpensTheSessionOfItsCustomer(t *testing.T) {
	b := newBank(t)
	code, issued := b.login(t, alice)
	got := b.mustOpen(t, code)
	if got != issued || got.CustomerID != alice {
		t.Errorf("issued %+v, opened %+v", issued, got)
	}
	if want := b.Now().Add(session.IdleLimit); !got.ExpiresAt.Equal(want) {
		t.Errorf("expires at %v, want %v", got.ExpiresAt, want)
	}
}

func TestASessionGoesIdleAfterFiveMinutes(t *testing.T) {
	b := newBank(t)
	code, _ := b.login(t, alice)
	b.Pass(session.IdleLimit)
	b.mustRefuse(t, code)
}

func TestUsingASessionKeepsItAlive(t *testing.T) {
	b := newBank(t)
	code, _ := b.login(t, alice)
	for range 10 {
		b.Pass(4 * time.Minute)
		b.mustOpen(t, code)
	}
}

func TestASessionEndsAfterTwelveHoursHoweverMuchItIsUsed(t *testing.T) {
	b := newBank(t)
	code, issued := b.login(t, alice)
	for b.Now().Add(4 * time.Minute).Before(issued.EndsAt) {
		b.Pass(4 * time.Minute)
		if s := b.mustOpen(t, code); s.ExpiresAt.After(issued.EndsAt) {
			t.Fatalf("expires at %v, after the absolute end %v", s.ExpiresAt, issued.EndsAt)
		}
	}
	b.Pass(issued.EndsAt.Sub(b.Now()))
	b.mustRefuse(t, code)
}

func TestASessionUsedAMomentAgoEndsAfterTwelveHoursAllTheSame(t *testing.T) {
	b := newBank(t)
	code, issued := b.login(t, alice)
	for b.Now().Add(4 * time.Minute).Before(issued.EndsAt) {
		b.Pass(4 * time.Minute)
		b.mustOpen(t, code)
	}
	b.Pass(issued.EndsAt.Sub(b.Now()) - 30*time.Second)
	b.mustOpen(t, code)
	b.Pass(30 * time.Second)
	b.mustRefuse(t, code)
}

func TestTheClockIsMovedAtMostOnceAMinute(t *testing.T) {
	b := newBank(t)
	code, issued := b.login(t, alice)
	b.Pass(59 * time.Second)
	if s := b.mustOpen(t, code); !s.UsedAt.Equal(issued.UsedAt) {
		t.Error("the clock was moved within the minute")
	}
	b.Pass(time.Second)
	if s := b.mustOpen(t, code); !s.UsedAt.Equal(b.Now()) {
		t.Error("the clock was not moved after a minute")
	}
}

func TestARevokedCodeIsRefused(t *testing.T) {
	b := newBank(t)
	code, s := b.login(t, alice)
	other, _ := b.login(t, alice)
	if err := b.Revoke(t.Context(), s.ID); err != nil {
		t.Fatal(err)
	}
	b.mustRefuse(t, code)
	b.mustOpen(t, other)
	if err := b.Revoke(t.Context(), s.ID); err != nil {
		t.Errorf("to revoke it again: %v", err)
	}
}

func TestLoggingOutEverywhereEndsAllSessionsOfThatCustomerAlone(t *testing.T) {
	b := newBank(t)
	var codes []string
	for range 5 {
		code, _ := b.login(t, alice)
		codes = append(codes, code)
	}
	kept, _ := b.login(t, bob)
	if n, err := b.RevokeAll(t.Context(), alice); err != nil || n != 5 {
		t.Fatalf("revoked %d, %v", n, err)
	}
	for _, code := range codes {
		b.mustRefuse(t, code)
	}
	b.mustOpen(t, kept)
}

func TestTheLeastRecentlyUsedSessionMakesRoom(t *testing.T) {
	b := newBank(t)
	var codes []string
	for range session.MaxPerCustomer {
		code, _ := b.login(t, alice)
		codes = append(codes, code)
		b.Pass(time.Second)
	}
	b.Pass(time.Minute)
	b.mustOpen(t, codes[0]) // the oldest, but no longer the least recently used
	code, _ := b.login(t, alice)
	b.mustOpen(t, code)
	b.mustOpen(t, codes[0])
	b.mustRefuse(t, codes[1])
	b.mustOpen(t, codes[2])
}

// collisions happen to transactions alone.
type collisions struct{ dynamotest.Faults }

func (c *collisions) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.Contains(r.Header.Get("X-Amz-Target"), "Transact") {
		return c.Faults.RoundTrip(r)
	}
	return c.Next.RoundTrip(r)
}

// A collision passes by itself, and the SDK sends no transaction again for one.
func TestALoginOfABusyCustomerIsNotRefusedForACollision(t *testing.T) {
	b := newBank(t)
	for range session.MaxPerCustomer {
		b.login(t, alice)
	}
	busy := session.New(session.Config{
		Client: b.db.Through(&collisions{dynamotest.Faults{Next: dynamotest.Transport()}}),
		Table:  b.db.Tables["SessionsTable"], Now: b.Now,
	})
	ctx := dynamotest.WithTrouble(t.Context(), &dynamotest.Trouble{
		Rate: 0.5, Rand: rand.New(rand.NewPCG(1, 1)), Kind: []dynamotest.Fault{dynamotest.Conflict},
	})
	for range 10 {
		_, err := busy.Issue(ctx, alice)
		testkit.Must(t, err)
	}
}

func TestSessionsThatEndedMakeRoomFirst(t *testing.T) {
	b := newBank(t)
	for range session.MaxPerCustomer - 1 {
		b.login(t, alice)
	}
	b.Pass(session.IdleLimit)
	alive, _ := b.login(t, alice)
	for range session.MaxPerCustomer - 1 {
		b.login(t, alice)
	}
	b.mustOpen(t, alive)
}

func TestAnExpiredSessionIsRefusedThoughNotYetSwept(t *testing.T) {
	b := newBank(t)
	code, issued := b.login(t, alice)
	b.Pass(session.AbsoluteLimit + time.Hour)
	b.mustRefuse(t, code)
	out, err := b.db.Client.GetItem(t.Context(), &dynamodb.GetItemInput{
		TableName: aws.String(b.db.Tables["SessionsTable"]), Key: dynamo.Item{"code_hash": dynamo.Text(issued.ID)},
	})
	if err != nil || out.Item == nil {
		t.Fatalf("the item is gone, the test shows nothing: %v", err)
	}
}

func TestTheTableHoldsNoCode(t *testing.T) {
	b := newBank(t)
	code, _ := b.login(t, alice)
	out, err := b.db.Client.Scan(t.Context(), &dynamodb.ScanInput{TableName: aws.String(b.db.Tables["SessionsTable"])})
	if err != nil {
		t.Fatal(err)
	}
	secret := strings.TrimPrefix(code, "dbc_")[:16]
	for _, it := range out.Items {
		for name, value := range it {
			if strings.Contains(fmt.Sprintf("%+v", value), secret) {
				t.Errorf("the code stands in the table, in %s", name)
			}
		}
	}
	if len(out.Items) == 0 {
		t.Error("the table is empty, the test shows nothing")
	}
}
