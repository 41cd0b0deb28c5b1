package bridge_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
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

// login is a bridge on the real engine, with a clock that the test moves.
type login struct {
	*bridge.Bridge
	*testkit.Clock
	db *dynamotest.DB
}

func newLogin(t *testing.T) *login {
	t.Helper()
	db := dynamotest.New(t)
	return newLoginOn(t, db, db.Client)
}

func newLoginOn(t *testing.T, db *dynamotest.DB, client *dynamodb.Client) *login {
	t.Helper()
	l := &login{db: db, Clock: testkit.NewClock()}
	l.Bridge = bridge.New(bridge.Config{Client: client, Table: db.Tables["NoncesTable"], Now: l.Now})
	return l
}

func (l *login) issue(t *testing.T, person identity.Person, client identity.ClientID) string {
	t.Helper()
	sessionID, expiresIn, err := l.Issue(t.Context(), person, client)
	testkit.Must(t, err)
	if expiresIn != bridge.Lifetime {
		t.Fatalf("good for %v", expiresIn)
	}
	return sessionID
}

// code is the write that a redeemed session_id earns.
func (l *login) code(name string) types.TransactWriteItem {
	return types.TransactWriteItem{Put: &types.Put{
		TableName: aws.String(l.db.Tables["SessionsTable"]), Item: dynamo.Item{"code_hash": dynamo.Text(name)},
	}}
}

func (l *login) codes(t *testing.T) map[string]bool {
	t.Helper()
	codes := make(map[string]bool)
	pages := dynamodb.NewScanPaginator(l.db.Client,
		&dynamodb.ScanInput{TableName: aws.String(l.db.Tables["SessionsTable"])})
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		testkit.Must(t, err)
		for _, it := range page.Items {
			codes[dynamo.TextOf(it["code_hash"])] = true
		}
	}
	return codes
}

func want(t *testing.T, err, wanted error) {
	t.Helper()
	if !errors.Is(err, wanted) || !errors.Is(err, bridge.ErrInvalid) {
		t.Fatalf("got %v, want %v", err, wanted)
	}
}

func TestASessionIDIsRedeemedOnceAndEarnsItsCode(t *testing.T) {
	l := newLogin(t)
	id := l.issue(t, alice, web)
	testkit.Must(t, l.Redeem(t.Context(), id, alice, web, l.code("first")))
	want(t, l.Redeem(t.Context(), id, alice, web, l.code("second")), bridge.ErrUnknown)
	if codes := l.codes(t); len(codes) != 1 || !codes["first"] {
		t.Errorf("codes: %v", codes)
	}
}

func TestASessionIDServesNobodyElse(t *testing.T) {
	l := newLogin(t)
	id := l.issue(t, alice, web)
	want(t, l.Redeem(t.Context(), id, bob, web, l.code("x")), bridge.ErrOtherSubject)
	want(t, l.Redeem(t.Context(), id, alice, mobile, l.code("x")), bridge.ErrOtherClient)
	want(t, l.Redeem(t.Context(), id, "", web, l.code("x")), bridge.ErrOtherSubject)
	if codes := l.codes(t); len(codes) != 0 {
		t.Errorf("codes: %v", codes)
	}
	testkit.Must(t, l.Redeem(t.Context(), id, alice, web)) // and those attempts used nothing up
}

func TestAnExpiredSessionIDIsRefusedThoughNotYetSwept(t *testing.T) {
	l := newLogin(t)
	id, other := l.issue(t, alice, web), l.issue(t, alice, web)
	l.Pass(bridge.Lifetime - time.Second)
	testkit.Must(t, l.Redeem(t.Context(), other, alice, web))
	l.Pass(time.Second)
	// ErrExpired, not ErrUnknown: the item was there when it was refused.
	want(t, l.Redeem(t.Context(), id, alice, web, l.code("x")), bridge.ErrExpired)
}

func TestWhatIsNoSessionIDIsRefusedWithoutARead(t *testing.T) {
	l := newLoginOn(t, dynamotest.New(t), nowhere())
	for _, id := range []string{
		"", "x", strings.Repeat("A", 42), strings.Repeat("A", 44), strings.Repeat("A", 42) + "=",
		strings.Repeat("A", 42) + "\n",
		strings.Repeat("A", 42) + "B", // bits left over
		strings.Repeat("+", 43),
	} {
		want(t, l.Redeem(t.Context(), id, alice, web), bridge.ErrMalformed)
	}
}

func TestAFailedConditionOfTheWritesUsesNothingUp(t *testing.T) {
	l := newLogin(t)
	id := l.issue(t, alice, web)
	impossible := l.code("x")
	impossible.Put.ConditionExpression = aws.String("attribute_exists(code_hash)")
	err := l.Redeem(t.Context(), id, alice, web, impossible)
	if errors.Is(err, bridge.ErrInvalid) || !dynamo.ConditionFailed(err) {
		t.Fatalf("got %v", err)
	}
	testkit.Must(t, l.Redeem(t.Context(), id, alice, web))
}

// Anybody can make a user's browser log in again and again, by single sign-on from a foreign page: each makes one more.
func TestSingleSignOnsFromAForeignPagePushNoSessionIDOut(t *testing.T) {
	l := newLogin(t)
	first := l.issue(t, alice, web)
	for range 30 {
		l.issue(t, alice, web)
	}
	testkit.Must(t, l.Redeem(t.Context(), first, alice, web))
}

func TestTheTableHoldsNoSessionID(t *testing.T) {
	l := newLogin(t)
	id := l.issue(t, alice, web)
	out, err := l.db.Client.Scan(t.Context(), &dynamodb.ScanInput{TableName: aws.String(l.db.Tables["NoncesTable"])})
	testkit.Must(t, err)
	if len(out.Items) != 1 {
		t.Fatalf("%d items, want the session_id's alone", len(out.Items))
	}
	for _, it := range out.Items {
		for name, value := range it {
			if strings.Contains(fmt.Sprintf("%+v", value), id) {
				t.Errorf("the session_id stands in %s", name)
			}
		}
		if !dynamo.TimeOf(it["expires_at"]).After(l.Now()) {
			t.Error("an item that is never swept")
		}
	}
}
