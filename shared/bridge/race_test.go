package bridge_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"

	"drawbridge/shared/bridge"
	"drawbridge/shared/dynamo"
	"drawbridge/shared/dynamo/dynamotest"
	"drawbridge/shared/identity"
	"drawbridge/shared/testkit"
)

// losing is a context whose transactions are lost before they arrive, or their answers are, or they collide.
func losing(t *testing.T, rate float64, most int, seed uint64) context.Context {
	return dynamotest.WithTrouble(t.Context(), &dynamotest.Trouble{
		Rate: rate, Most: most, Rand: rand.New(rand.NewPCG(seed, 0)),
		Kind: []dynamotest.Fault{
			dynamotest.DropBefore, dynamotest.DropAfter, dynamotest.ErrorAfter, dynamotest.Conflict,
		},
	})
}

// each calls f for n session_ids of as many people, eight at a time: what waits for a lost answer leaves the processor
// to others.
func (w *world) each(t *testing.T, n int, f func(i int, id string, person identity.Person)) {
	t.Helper()
	var all sync.WaitGroup
	turn := make(chan struct{}, 8)
	for i := range n {
		turn <- struct{}{}
		person := identity.Person(fmt.Sprint("auth0|", i))
		id := w.issue(t, person, web)
		all.Go(func() {
			f(i, id, person)
			<-turn
		})
	}
	all.Wait()
}

// race lets callers redeem each session_id at the same instant: one must win it.
func (w *world) race(t *testing.T, through *bridge.Bridge, within func(seed uint64) context.Context) {
	t.Helper()
	const callers, sessionIDs = 32, 60
	w.each(t, sessionIDs, func(i int, id string, person identity.Person) {
		var won, lost atomic.Int64
		testkit.Together(callers, func(c int) {
			code := w.code(fmt.Sprint(person, " ", c))
			switch err := through.Redeem(within(uint64(i*callers+c)), id, person, web, code); {
			case err == nil:
				won.Add(1)
			case errors.Is(err, bridge.ErrUnknown):
				lost.Add(1)
			default:
				t.Errorf("%s: %v", person, err)
			}
		})
		if won.Load() != 1 || lost.Load() != callers-1 {
			t.Errorf("%s: %d won, %d lost", person, won.Load(), lost.Load())
		}
	})
	w.wantCodes(t, sessionIDs)
}

func TestOfManyAtTheSameInstantOneWins(t *testing.T) {
	w := newWorld(t)
	w.race(t, w.Bridge, func(uint64) context.Context { return t.Context() })
}

// Every third transaction is disturbed, up to three times: the SDK sends it four times. One wins still: a lost answer
// does not refuse the rightful login, and does not let two in.
func TestOfManyAtTheSameInstantOneWinsThoughAnswersAreLost(t *testing.T) {
	w := newWorld(t)
	faults := dynamotest.NewFaults()
	w.race(t, w.through(w.db.Through(faults)),
		func(seed uint64) context.Context { return losing(t, 0.35, dynamo.Attempts-1, seed) })
	if lost := lost(faults); lost < 100 {
		t.Errorf("only %d answers were lost: the test shows little", lost)
	}
}

// lost is how many answers were lost of what had been carried out.
func lost(f *dynamotest.Faults) int {
	return f.Injected()[dynamotest.DropAfter] + f.Injected()[dynamotest.ErrorAfter]
}

// Alone, with nobody to race against, a login whose every answer is lost until the last attempt gets in.
func TestALostAnswerDoesNotRefuseTheRightfulLogin(t *testing.T) {
	w := newWorld(t)
	faults := dynamotest.NewFaults()
	losingAll := w.through(w.db.Through(faults))
	for i := range uint64(20) {
		id := w.issue(t, alice, web)
		ctx := losing(t, 1, dynamo.Attempts-1, i)
		testkit.Must(t, losingAll.Redeem(ctx, id, alice, web, w.code(fmt.Sprint(i))))
	}
	w.wantCodes(t, 20)
	if lost(faults) == 0 {
		t.Error("no answer was lost")
	}
}
