package bank_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"drawbridge/shared/bank"

	"github.com/anishathalye/porcupine"
)

// step is one operation on one account.
type step struct {
	change  bank.Amount // what a transfer takes or brings
	refused bool        // the change was not covered
	read    bool
}

// ledgerOf is what one account must behave like: a number that a covered change moves at one instant between the
// request and its answer.
var ledgerOf = porcupine.Model{
	Init: func() any { return endowment },
	Step: func(state, input, output any) (bool, any) {
		balance, s := state.(bank.Amount), input.(step)
		switch {
		case s.read:
			return output.(bank.Amount) == balance, balance
		case s.refused:
			return balance+s.change < 0, balance
		}
		return balance+s.change >= 0, balance + s.change
	},
}

func TestEachAccountIsLinearizable(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	w := chaos(t, seed, 500, nil)
	began := w.snapshots[0].called
	for _, f := range w.fates {
		if f.called.Before(began) {
			began = f.called
		}
	}
	for place, account := range w.hot {
		history := w.history(place, account, began)
		if result := porcupine.CheckOperationsTimeout(ledgerOf, history, 20*time.Second); result != porcupine.Ok {
			t.Errorf("seed %d: %s: %d operations are %s", seed, account, len(history), result)
		}
	}
}

// history is all that callers saw of one account. Every operation is given a client of its own, for a client is one
// whose operations do not overlap.
func (w *world) history(place int, account bank.AccountID, began time.Time) (history []porcupine.Operation) {
	add := func(s step, output any, called, answered time.Time) {
		history = append(history, porcupine.Operation{
			ClientId: len(history), Input: s, Output: output,
			Call: called.Sub(began).Nanoseconds(), Return: answered.Sub(began).Nanoseconds(),
		})
	}
	for _, f := range w.fates {
		if len(f.answers) == 0 || f.request.From == f.request.To {
			continue
		}
		refusal := f.answers[0].Refusal
		switch {
		case refusal != "" && refusal != bank.InsufficientFunds: // the balance had no part in it
		case f.request.From == account:
			add(step{change: -f.request.Amount, refused: refusal != ""}, nil, f.called, f.answered)
		case f.request.To == account && refusal == "":
			add(step{change: f.request.Amount}, nil, f.called, f.answered)
		}
	}
	for _, shot := range w.snapshots {
		add(step{read: true}, shot.balances[place], shot.called, shot.answered)
	}
	return history
}

func TestTheLinearizabilityCheckNoticesALateChange(t *testing.T) {
	at := func(call, answer int64, s step, output any) porcupine.Operation {
		return porcupine.Operation{ClientId: int(call), Input: s, Output: output, Call: call, Return: answer}
	}
	history := []porcupine.Operation{at(0, 10, step{change: -1_00}, nil), at(11, 12, step{read: true}, endowment)}
	if porcupine.CheckOperations(ledgerOf, history) {
		t.Error("a read after the answer showed the balance before it")
	}
}
