package bridge_test

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"drawbridge/shared/bridge"
	"drawbridge/shared/dynamo"
	"drawbridge/shared/dynamo/dynamotest"
	"drawbridge/shared/identity"
	"drawbridge/shared/testkit"
)

const (
	callers    = 32
	sessionIDs = 60
	atOnce     = 8 // of the session_ids: what waits for a lost answer leaves the processor to others
)

// race lets callers redeem each session_id at the same instant through l: one must win it.
func race(t *testing.T, l *login) {
	t.Helper()
	quiet := newLoginOn(t, l.db, l.db.Client)
	var all sync.WaitGroup
	turn := make(chan struct{}, atOnce)
	for i := range sessionIDs {
		turn <- struct{}{}
		all.Go(func() {
			defer func() { <-turn }()
			person := identity.Person(fmt.Sprint("auth0|", i))
			id, _, err := quiet.Issue(t.Context(), person, web)
			if err != nil {
				t.Error(err)
				return
			}
			raceFor(t, l, id, person)
		})
	}
	all.Wait()
	if codes := len(l.codes(t)); codes != sessionIDs {
		t.Errorf("%d session_ids earned %d codes", sessionIDs, codes)
	}
}

func raceFor(t *testing.T, l *login, id string, person identity.Person) {
	var won, lost atomic.Int64
	var all sync.WaitGroup
	start := make(chan struct{})
	for c := range callers {
		all.Go(func() {
			<-start
			switch err := l.Redeem(t.Context(), id, person, web, l.code(fmt.Sprint(person, " ", c))); {
			case err == nil:
				won.Add(1)
			case errors.Is(err, bridge.ErrUnknown):
				lost.Add(1)
			default:
				t.Errorf("%s: %v", person, err)
			}
		})
	}
	close(start)
	all.Wait()
	if won.Load() != 1 || lost.Load() != callers-1 {
		t.Errorf("%s: %d won, %d lost", person, won.Load(), lost.Load())
	}
}

func TestOfManyAtTheSameInstantOneWins(t *testing.T) {
	race(t, newLogin(t))
}

// Every third transaction is disturbed, up to three times: the SDK sends it four times. One wins still: a lost answer
// does not refuse the rightful login, and does not let two in.
func TestOfManyAtTheSameInstantOneWinsThoughAnswersAreLost(t *testing.T) {
	db := dynamotest.New(t)
	network := newUnreliable(0.35, dynamo.Attempts-1, 1)
	race(t, newLoginOn(t, db, db.Through(network)))
	if network.lost < 100 {
		t.Errorf("only %d answers were lost: the test shows little", network.lost)
	}
}

// Alone, with nobody to race against, a login whose every answer is lost until the last attempt gets in.
func TestALostAnswerDoesNotRefuseTheRightfulLogin(t *testing.T) {
	db := dynamotest.New(t)
	network := newUnreliable(1, dynamo.Attempts-1, 2)
	l := newLoginOn(t, db, db.Through(network))
	quiet := newLoginOn(t, db, db.Client)
	for i := range 20 {
		id := quiet.issue(t, alice, web)
		testkit.Must(t, l.Redeem(t.Context(), id, alice, web, l.code(fmt.Sprint(i))))
	}
	if got := len(l.codes(t)); got != 20 || network.lost == 0 {
		t.Errorf("%d codes, %d answers lost", got, network.lost)
	}
}
