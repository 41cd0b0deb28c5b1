package bridge_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"drawbridge/shared/bridge"
	"drawbridge/shared/dynamo/dynamotest"
	"drawbridge/shared/identity"
)

// attempt is somebody's try to redeem a session_id.
type attempt struct {
	id       int  // which session_id
	rightful bool // by the user and client that it was made for
}

type outcome int

const (
	redeemed outcome = iota
	refused
	inDoubt // the answer never came: it may have been carried out, now or later
)

// aSessionID is what one session_id must look like to everybody together: as if all attempts came one after the other,
// the first rightful one was let in, and every other was refused. The state is whether it is still good.
var aSessionID = (&porcupine.NondeterministicModel{
	Init: func() []any { return []any{true} },
	Step: func(state, input, output any) []any {
		good, try := state.(bool), input.(attempt)
		switch output.(outcome) {
		case redeemed:
			if good && try.rightful {
				return []any{false}
			}
			return nil
		case refused:
			if good && try.rightful {
				return nil
			}
			return []any{good}
		default:
			return []any{good, good && !try.rightful}
		}
	},
}).ToModel()

func TestEachSessionIDIsLinearizable(t *testing.T) {
	const ids, workers = 120, 8
	db := dynamotest.New(t)
	network := newUnreliable(0.6, math.MaxInt, 3) // beyond the SDK's attempts: some are left in doubt
	l := newLoginOn(t, db, db.Through(network))
	quiet := newLoginOn(t, db, db.Client)
	began := time.Now()
	history := make(map[int][]porcupine.Operation)
	var mu sync.Mutex
	outcomes := make(map[outcome]int)

	var all sync.WaitGroup
	for i := range ids {
		sub := identity.Person(fmt.Sprint("auth0|", i))
		id := quiet.issue(t, sub, web)
		for w := range workers {
			all.Go(func() {
				time.Sleep(rand.N(20 * time.Millisecond))
				try := attempt{id: i, rightful: w%4 != 0}
				by := sub
				if !try.rightful {
					by = bob
				}
				call := time.Since(began)
				err := l.Redeem(t.Context(), id, by, web)
				result, returned := inDoubt, int64(math.MaxInt64) // in doubt, it may yet be carried out at any time
				switch {
				case err == nil:
					result, returned = redeemed, int64(time.Since(began))
				case errors.Is(err, bridge.ErrInvalid):
					result, returned = refused, int64(time.Since(began))
				}
				mu.Lock()
				defer mu.Unlock()
				outcomes[result]++
				history[i] = append(history[i],
					porcupine.Operation{ClientId: w, Input: try, Call: int64(call), Output: result, Return: returned})
			})
		}
	}
	all.Wait()
	for i, operations := range history {
		if !porcupine.CheckOperations(aSessionID, operations) {
			t.Errorf("session_id %d: %+v", i, operations)
		}
	}
	for _, result := range []outcome{redeemed, refused, inDoubt} {
		if outcomes[result] == 0 {
			t.Errorf("no attempt ended as %d: the history shows little (%v)", result, outcomes)
		}
	}
	t.Logf("redeemed, refused, in doubt: %v", outcomes)
}
