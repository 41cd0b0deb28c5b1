package bank_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"drawbridge/shared/bank"
	"drawbridge/shared/bank/banktest"
	"drawbridge/shared/dynamo/dynamotest"
)

func TestATransferThatMeetsOnlyTroubleIsUnavailableInTimeAndItsKeyStaysGood(t *testing.T) {
	f := aBank(t)
	faults := dynamotest.NewFaults()
	troubled := banktest.On(f.DB, f.DB.Through(faults), func() time.Time { return f.Now })
	request := f.Request(alice, bob, 10_00)
	ctx, cancel := context.WithTimeout(t.Context(), 800*time.Millisecond)
	defer cancel()
	random := rand.New(rand.NewPCG(1, 1))
	conflicts := &dynamotest.Trouble{Rate: 1, Rand: random, Kind: []dynamotest.Fault{dynamotest.Conflict}}
	_, err := troubled.Transfer(dynamotest.WithTrouble(ctx, conflicts), request)
	if !errors.Is(err, bank.ErrUnavailable) || ctx.Err() != nil {
		t.Fatalf("got %v; the caller's time is up: %v", err, ctx.Err())
	}
	if tries := faults.Injected()[dynamotest.Conflict]; tries < 2 {
		t.Errorf("tried %d times", tries)
	}
	made(t, f.Pay(t, request)) // so the trouble was not recorded
	f.Want(t, balances{alice: 90_00, bob: 60_00})
}
