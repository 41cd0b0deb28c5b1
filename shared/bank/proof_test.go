package bank_test

import (
	"bytes"
	"errors"
	"strings"
	"sync"
	"testing"

	"drawbridge/shared/bank"
	"drawbridge/shared/bank/banktest"
)

var proofID = strings.Repeat("a1", 32)

// proved is a request of alice to bob with a key and an approval of its own, that came with the proof.
func proved(f *banktest.Fixture, amount bank.Amount) bank.TransferRequest {
	request := f.Request(alice, bob, amount)
	request.ProofID = proofID
	return request
}

func TestAProofMovesMoneyOnce(t *testing.T) {
	f := aBank(t)
	first := proved(f, 10_00)
	receipt := transfer(t, f, first)
	if _, err := f.Transfer(t.Context(), proved(f, 10_00)); !errors.Is(err, bank.ErrProofUsed) {
		t.Errorf("another transfer by the same proof: %v", err)
	}
	again := transfer(t, f, first)
	if !again.Replayed || !bytes.Equal(again.Answer, receipt.Answer) {
		t.Errorf("the same request again: %+v", again)
	}
	wantBalances(t, f, map[bank.AccountID]bank.Amount{alice: 90_00, bob: 60_00})
}

func TestARefusedTransferLeavesTheProofUnused(t *testing.T) {
	f := aBank(t)
	if receipt := transfer(t, f, proved(f, 500_00)); receipt.Refusal != bank.InsufficientFunds {
		t.Fatalf("%+v", receipt)
	}
	if receipt := transfer(t, f, proved(f, 5_00)); receipt.Refusal != "" {
		t.Errorf("%+v", receipt)
	}
}

func TestOfSixteenTransfersByOneProofOneIsMade(t *testing.T) {
	f := aBank(t)
	var all sync.WaitGroup
	var mu sync.Mutex
	made := 0
	for range 16 {
		request := proved(f, 1_00)
		all.Go(func() {
			receipt, err := f.Transfer(t.Context(), request)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil && receipt.Refusal == "":
				made++
			case !errors.Is(err, bank.ErrProofUsed):
				t.Errorf("%+v, %v", receipt, err)
			}
		})
	}
	all.Wait()
	if made != 1 {
		t.Errorf("%d were made", made)
	}
	wantBalances(t, f, map[bank.AccountID]bank.Amount{alice: 99_00, bob: 51_00})
}
