package bridge_test

import (
	"errors"
	"math"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"drawbridge/shared/bridge"
	"drawbridge/shared/dynamo/dynamotest"
	"drawbridge/shared/identity"
	"drawbridge/shared/testkit"
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
	w := newWorld(t)
	network := w.through(w.db.Through(dynamotest.NewFaults()))
	began := time.Now()
	histories := make([][]porcupine.Operation, ids)
	var mu sync.Mutex
	outcomes := make(map[outcome]int)
	w.each(t, ids, func(i int, id string, person identity.Person) {
		testkit.Together(workers, func(worker int) {
			try := attempt{id: i, rightful: worker%4 != 0}
			by := person
			if !try.rightful {
				by = bob
			}
			call := time.Since(began)
			// Without an end: beyond the SDK's attempts, some are left in doubt.
			err := network.Redeem(losing(t, 0.6, 0, uint64(i*workers+worker)), id, by, web)
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
			histories[i] = append(histories[i],
				porcupine.Operation{ClientId: worker, Input: try, Call: int64(call), Output: result, Return: returned})
		})
	})
	for i, operations := range histories {
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
