package bridge_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"drawbridge/shared/bridge"
	"drawbridge/shared/dynamo"
	"drawbridge/shared/dynamo/dynamotest"
	"drawbridge/shared/identity"
	"drawbridge/shared/testkit"
)

const (
	alice, bob  = "auth0|66f0a1c0de00000000000001", "auth0|66f0a1c0de00000000000002"
	web, mobile = "web-client", "mobile-client"
)

// world is a bridge on the real engine, with a clock that the test moves.
type world struct {
	*bridge.Bridge
	*testkit.Clock
	db *dynamotest.DB
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{db: dynamotest.New(t), Clock: testkit.NewClock()}
	w.Bridge = w.through(w.db.Client)
	return w
}

// through is a bridge on the same table whose requests go another way.
func (w *world) through(client *dynamodb.Client) *bridge.Bridge {
	return bridge.New(bridge.Config{Client: client, Table: w.db.Tables["NoncesTable"], Now: w.Now})
}

func (w *world) issue(t *testing.T, person identity.Person, client identity.ClientID) string {
	t.Helper()
	sessionID, expiresIn, err := w.Issue(t.Context(), person, client)
	testkit.Must(t, err)
	if expiresIn != 30*time.Second {
		t.Fatalf("good for %v", expiresIn)
	}
	return sessionID
}

// code is the write that a redeemed session_id earns.
func (w *world) code(name string) types.TransactWriteItem {
	return types.TransactWriteItem{Put: &types.Put{
		TableName: new(w.db.Tables["SessionsTable"]), Item: dynamo.Item{"code_hash": dynamo.Text(name)},
	}}
}

func (w *world) wantCodes(t *testing.T, want int) {
	t.Helper()
	if codes := w.db.Items(t, "SessionsTable"); len(codes) != want {
		t.Errorf("%d codes, want %d: %v", len(codes), want, codes)
	}
}

func want(t *testing.T, err, wanted error) {
	t.Helper()
	testkit.WantError(t, err, wanted)
	testkit.WantError(t, err, bridge.ErrInvalid)
}

func TestASessionIDIsRedeemedOnceAndEarnsItsCode(t *testing.T) {
	w := newWorld(t)
	id := w.issue(t, alice, web)
	testkit.Must(t, w.Redeem(t.Context(), id, alice, web, w.code("first")))
	want(t, w.Redeem(t.Context(), id, alice, web, w.code("second")), bridge.ErrUnknown)
	if codes := w.db.Items(t, "SessionsTable"); len(codes) != 1 || dynamo.TextOf(codes[0]["code_hash"]) != "first" {
		t.Errorf("codes: %v", codes)
	}
}

func TestASessionIDServesNobodyElse(t *testing.T) {
	w := newWorld(t)
	id := w.issue(t, alice, web)
	want(t, w.Redeem(t.Context(), id, bob, web, w.code("x")), bridge.ErrOtherSubject)
	want(t, w.Redeem(t.Context(), id, alice, mobile, w.code("x")), bridge.ErrOtherClient)
	want(t, w.Redeem(t.Context(), id, "", web, w.code("x")), bridge.ErrOtherSubject)
	w.wantCodes(t, 0)
	testkit.Must(t, w.Redeem(t.Context(), id, alice, web)) // and those attempts used nothing up
}

func TestAnExpiredSessionIDIsRefusedThoughNotYetSwept(t *testing.T) {
	w := newWorld(t)
	id, other := w.issue(t, alice, web), w.issue(t, alice, web)
	w.Pass(30*time.Second - time.Second)
	testkit.Must(t, w.Redeem(t.Context(), other, alice, web))
	w.Pass(time.Second)
	// ErrExpired, not ErrUnknown: the item was there when it was refused.
	want(t, w.Redeem(t.Context(), id, alice, web, w.code("x")), bridge.ErrExpired)
}

func TestWhatIsNoSessionIDIsRefusedWithoutARead(t *testing.T) {
	w := newWorld(t)
	unasked := w.through(w.db.Through(testkit.RoundTrip(func(*http.Request) (*http.Response, error) {
		t.Error("the database was asked")
		return nil, io.EOF
	})))
	for _, id := range []string{
		"", "x", strings.Repeat("A", 42), strings.Repeat("A", 44), strings.Repeat("A", 42) + "=",
		strings.Repeat("A", 42) + "\n", strings.Repeat("+", 43),
		strings.Repeat("A", 42) + "B", // bits left over
	} {
		want(t, unasked.Redeem(t.Context(), id, alice, web), bridge.ErrMalformed)
	}
}

func TestAFailedConditionOfTheWritesUsesNothingUp(t *testing.T) {
	w := newWorld(t)
	id := w.issue(t, alice, web)
	impossible := w.code("x")
	impossible.Put.ConditionExpression = new("attribute_exists(code_hash)")
	err := w.Redeem(t.Context(), id, alice, web, impossible)
	if errors.Is(err, bridge.ErrInvalid) || !dynamo.ConditionFailed(err) {
		t.Fatalf("got %v", err)
	}
	testkit.Must(t, w.Redeem(t.Context(), id, alice, web))
}

// Anybody can make a user's browser log in again and again, by single sign-on from a foreign page: each makes one more.
func TestSingleSignOnsFromAForeignPagePushNoSessionIDOut(t *testing.T) {
	w := newWorld(t)
	first := w.issue(t, alice, web)
	for range 30 {
		w.issue(t, alice, web)
	}
	testkit.Must(t, w.Redeem(t.Context(), first, alice, web))
}

func TestTheTableHoldsNoSessionID(t *testing.T) {
	w := newWorld(t)
	w.db.Lacks(t, "NoncesTable", w.issue(t, alice, web))
	items := w.db.Items(t, "NoncesTable")
	if len(items) != 1 || !dynamo.TimeOf(items[0]["expires_at"]).After(w.Now()) {
		t.Errorf("want the session_id's item alone, to be swept: %v", items)
	}
}
