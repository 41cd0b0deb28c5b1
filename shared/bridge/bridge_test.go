package bridge_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"drawbridge/shared/bridge"
	"drawbridge/shared/dynamo"
	"drawbridge/shared/dynamo/dynamotest"
)

const (
	alice, bob  = "auth0|66f0a1c0de00000000000001", "auth0|66f0a1c0de00000000000002"
	web, mobile = "web-client", "mobile-client"
)

// login is a bridge on the real engine, with a clock that the test moves.
type login struct {
	*bridge.Bridge
	db  *dynamotest.DB
	mu  sync.Mutex
	now time.Time
}

func newLogin(t *testing.T) *login {
	t.Helper()
	db := dynamotest.New(t)
	return newLoginOn(t, db, db.Client)
}

func newLoginOn(t *testing.T, db *dynamotest.DB, client *dynamodb.Client) *login {
	t.Helper()
	l := &login{db: db, now: time.Unix(1_800_000_000, 0)}
	b, err := bridge.New(bridge.Config{Client: client, Table: db.Tables["NoncesTable"], Now: l.clock})
	must(t, err)
	l.Bridge = b
	return l
}

func (l *login) clock() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.now
}

func (l *login) wait(d time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.now = l.now.Add(d)
}

func (l *login) issue(t *testing.T, sub, client, transaction string) string {
	t.Helper()
	sessionID, expiresIn, err := l.Issue(t.Context(), sub, client, transaction)
	must(t, err)
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
	pages := dynamodb.NewScanPaginator(l.db.Client, &dynamodb.ScanInput{TableName: aws.String(l.db.Tables["SessionsTable"])})
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		must(t, err)
		for _, it := range page.Items {
			codes[dynamo.TextOf(it["code_hash"])] = true
		}
	}
	return codes
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func want(t *testing.T, err, wanted error) {
	t.Helper()
	if !errors.Is(err, wanted) || !errors.Is(err, bridge.ErrInvalid) {
		t.Fatalf("got %v, want %v", err, wanted)
	}
}

func TestASessionIDIsRedeemedOnceAndEarnsItsCode(t *testing.T) {
	l := newLogin(t)
	id := l.issue(t, alice, web, "1")
	must(t, l.Redeem(t.Context(), id, alice, web, l.code("first")))
	want(t, l.Redeem(t.Context(), id, alice, web, l.code("second")), bridge.ErrUnknown)
	if codes := l.codes(t); len(codes) != 1 || !codes["first"] {
		t.Errorf("codes: %v", codes)
	}
}

func TestASessionIDServesNobodyElse(t *testing.T) {
	l := newLogin(t)
	id := l.issue(t, alice, web, "1")
	want(t, l.Redeem(t.Context(), id, bob, web, l.code("x")), bridge.ErrOtherSubject)
	want(t, l.Redeem(t.Context(), id, alice, mobile, l.code("x")), bridge.ErrOtherClient)
	want(t, l.Redeem(t.Context(), id, "", web, l.code("x")), bridge.ErrOtherSubject)
	if codes := l.codes(t); len(codes) != 0 {
		t.Errorf("codes: %v", codes)
	}
	must(t, l.Redeem(t.Context(), id, alice, web)) // and those attempts used nothing up
}

func TestAnExpiredSessionIDIsRefusedThoughNotYetSwept(t *testing.T) {
	l := newLogin(t)
	id, other := l.issue(t, alice, web, "1"), l.issue(t, alice, web, "2")
	l.wait(bridge.Lifetime - time.Second)
	must(t, l.Redeem(t.Context(), other, alice, web))
	l.wait(time.Second)
	// ErrExpired, not ErrUnknown: the item was there when it was refused.
	want(t, l.Redeem(t.Context(), id, alice, web, l.code("x")), bridge.ErrExpired)
}

func TestWhatIsNoSessionIDIsRefusedWithoutARead(t *testing.T) {
	l := newLoginOn(t, dynamotest.New(t), nowhere())
	for _, id := range []string{
		"", "x", strings.Repeat("A", 42), strings.Repeat("A", 44), strings.Repeat("A", 42) + "=", strings.Repeat("A", 42) + "\n",
		strings.Repeat("A", 42) + "B", // bits left over
		strings.Repeat("+", 43), "sub#" + strings.Repeat("0", 64),
	} {
		want(t, l.Redeem(t.Context(), id, alice, web), bridge.ErrMalformed)
	}
}

func TestAFailedConditionOfTheWritesUsesNothingUp(t *testing.T) {
	l := newLogin(t)
	id := l.issue(t, alice, web, "1")
	impossible := l.code("x")
	impossible.Put.ConditionExpression = aws.String("attribute_exists(code_hash)")
	err := l.Redeem(t.Context(), id, alice, web, impossible)
	if errors.Is(err, bridge.ErrInvalid) || !dynamo.ConditionFailed(err) {
		t.Fatalf("got %v", err)
	}
	must(t, l.Redeem(t.Context(), id, alice, web))
}

func TestALoginThatAsksAgainHasOnlyTheNewerSessionID(t *testing.T) {
	l := newLogin(t)
	first, second := l.issue(t, alice, web, "same"), l.issue(t, alice, web, "same")
	want(t, l.Redeem(t.Context(), first, alice, web), bridge.ErrUnknown)
	must(t, l.Redeem(t.Context(), second, alice, web))
}

func TestAUserHasFiveSessionIDsAtMostAndTheNewestAlwaysWork(t *testing.T) {
	l := newLogin(t)
	var ids []string
	for i := range bridge.MaxAlive + 3 {
		ids = append(ids, l.issue(t, alice, web, fmt.Sprint(i)))
	}
	bobs := l.issue(t, bob, web, "1")
	for i, id := range ids {
		if err := l.Redeem(t.Context(), id, alice, web); (err == nil) != (i >= 3) {
			t.Errorf("number %d: %v", i, err)
		}
	}
	must(t, l.Redeem(t.Context(), bobs, bob, web))
}

func TestIssuedAtTheSameInstantFiveStayAlive(t *testing.T) {
	l := newLogin(t)
	ids := make([]string, 24)
	var all sync.WaitGroup
	for i := range ids {
		all.Go(func() { ids[i], _, _ = l.Issue(t.Context(), alice, web, fmt.Sprint(i)) })
	}
	all.Wait()
	alive := 0
	for i, id := range ids {
		if id == "" {
			t.Fatalf("number %d was not issued", i)
		}
		if l.Redeem(t.Context(), id, alice, web) == nil {
			alive++
		}
	}
	if alive != bridge.MaxAlive {
		t.Errorf("%d were alive", alive)
	}
}

func TestIncompleteRequestsAreRefused(t *testing.T) {
	l := newLogin(t)
	for _, c := range [][3]string{{"", web, "1"}, {alice, "", "1"}, {alice, web, ""}} {
		if id, _, err := l.Issue(t.Context(), c[0], c[1], c[2]); err == nil {
			t.Errorf("%v: %s", c, id)
		}
	}
}

func TestTheTableHoldsNoSessionID(t *testing.T) {
	l := newLogin(t)
	id := l.issue(t, alice, web, "1")
	out, err := l.db.Client.Scan(t.Context(), &dynamodb.ScanInput{TableName: aws.String(l.db.Tables["NoncesTable"])})
	must(t, err)
	if len(out.Items) != 2 {
		t.Fatalf("%d items, want the session_id's and the user's", len(out.Items))
	}
	for _, it := range out.Items {
		for name, value := range it {
			if strings.Contains(fmt.Sprintf("%+v", value), id) {
				t.Errorf("the session_id stands in %s", name)
			}
		}
		if !dynamo.TimeOf(it["expires_at"]).After(l.now) {
			t.Error("an item that is never swept")
		}
	}
}
