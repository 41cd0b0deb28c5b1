package bank_test

import (
	"bytes"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"drawbridge/shared/bank"
	"drawbridge/shared/bank/banktest"
	"drawbridge/shared/testkit"
)

const (
	alice   bank.AccountID = "1000000001-01"
	savings bank.AccountID = "1000000001-02"
	bob     bank.AccountID = "1000000002-01"
)

type balances = banktest.Balances

// aBank has alice with 100.00 EUR and an empty savings account, and bob with 50.00 EUR.
func aBank(t *testing.T) *banktest.Fixture {
	t.Helper()
	f := banktest.New(t)
	f.Account(t, alice, "EUR", 100_00)
	f.Account(t, savings, "EUR", 0)
	f.Account(t, bob, "EUR", 50_00)
	return f
}

// same fails the test unless the second receipt is a repetition of the first.
func same(t *testing.T, first, second bank.Receipt) {
	t.Helper()
	if !second.Replayed || !bytes.Equal(first.Answer, second.Answer) {
		t.Errorf("first %s\nthen  %s, replayed %t", first.Answer, second.Answer, second.Replayed)
	}
}

// made fails the test unless a transfer was made now.
func made(t *testing.T, receipt bank.Receipt) {
	t.Helper()
	if receipt.Refusal != "" || receipt.Replayed {
		t.Errorf("%+v", receipt)
	}
}

func TestATransferMovesMoneyAndWritesTwoEntries(t *testing.T) {
	f := aBank(t)
	receipt := f.Pay(t, f.Request(alice, bob, 30_00))
	if made(t, receipt); !bytes.Contains(receipt.Answer, []byte(`"TransferID":"tr_`)) {
		t.Errorf("answer %s", receipt.Answer)
	}
	f.Want(t, balances{alice: 70_00, bob: 80_00})
	for id, amount := range (balances{alice: -30_00, bob: 30_00}) {
		entries, _, err := f.Statement(t.Context(), id.Owner(), bank.Page{Limit: 10})
		if err != nil || len(entries) != 2 { // the opening deposit and this
			t.Fatalf("%s: %d entries, %v", id, len(entries), err)
		}
		if e := entries[0]; e.Amount != amount || e.Account != id || e.Currency != "EUR" || e.Counterparty == id {
			t.Errorf("entry %+v", e)
		}
	}
}

func TestARepetitionGetsTheFirstAnswerByteForByte(t *testing.T) {
	f := aBank(t)
	request := f.Request(alice, bob, 100_00) // empties the account: the repetition would not be covered
	first := f.Pay(t, request)
	f.Now = f.Now.Add(48 * time.Hour)
	request.ApprovalID = "another approval"
	same(t, first, f.Pay(t, request))
	f.Want(t, balances{alice: 0, bob: 150_00})
}

func TestSixteenAtTheSameInstantGetOneAnswer(t *testing.T) {
	f := aBank(t)
	request := f.Request(alice, bob, 60_00)
	answers := make([]bank.Receipt, 16)
	testkit.Together(len(answers), func(i int) {
		var err error
		answers[i], err = f.Transfer(t.Context(), request)
		testkit.WantError(t, err, nil)
	})
	fresh := 0
	for _, answer := range answers {
		if !answer.Replayed {
			fresh++
		}
		if !bytes.Equal(answer.Answer, answers[0].Answer) {
			t.Errorf("%s and %s", answers[0].Answer, answer.Answer)
		}
	}
	if fresh != 1 {
		t.Errorf("%d of them moved the money", fresh)
	}
	f.Want(t, balances{alice: 40_00, bob: 110_00})
}

func TestAKeyIsRefusedForAnotherRequest(t *testing.T) {
	f := aBank(t)
	request := f.Request(alice, bob, 10_00)
	f.Pay(t, request)
	for name, change := range map[string]func(*bank.TransferRequest){
		"amount":    func(r *bank.TransferRequest) { r.Amount++ },
		"payee":     func(r *bank.TransferRequest) { r.To = savings },
		"payer":     func(r *bank.TransferRequest) { r.From = savings },
		"currency":  func(r *bank.TransferRequest) { r.Currency = "JPY" },
		"reference": func(r *bank.TransferRequest) { r.Reference = "another" },
		"refused":   func(r *bank.TransferRequest) { r.To = r.From }, // would be a terminal refusal under its own key
	} {
		other := request
		change(&other)
		if _, err := f.Transfer(t.Context(), other); !errors.Is(err, bank.ErrKeyReused) {
			t.Errorf("another %s: %v", name, err)
		}
	}
	f.Want(t, balances{alice: 90_00, bob: 60_00})
}

func TestTheSameKeyOfAnotherCustomerIsAnotherKey(t *testing.T) {
	f := aBank(t)
	one, other := f.Request(alice, bob, 1_00), f.Request(bob, alice, 2_00)
	other.Key = one.Key
	made(t, f.Pay(t, one))
	made(t, f.Pay(t, other))
}

func TestARefusalIsFinalForItsKeyAndUsesNothingUp(t *testing.T) {
	f := aBank(t)
	request := f.Request(alice, bob, 100_01)
	request.ProofID = proofID
	first := f.Pay(t, request)
	if first.Refusal != bank.InsufficientFunds {
		t.Fatalf("refusal %q", first.Refusal)
	}
	f.Deposit(t, alice, 500_00, "EUR", "salary")
	same(t, first, f.Pay(t, request))
	retried := f.Request(alice, bob, 100_01)
	retried.ApprovalID, retried.ProofID = request.ApprovalID, request.ProofID
	made(t, f.Pay(t, retried))
	f.Want(t, balances{alice: 499_99, bob: 150_01})
}

// An approval pays for one transfer, and so does a proof of a key.
func TestAnApprovalAndAProofPayForOneTransfer(t *testing.T) {
	for want, share := range map[error]func(from, to *bank.TransferRequest){
		bank.ErrApprovalUsed: func(from, to *bank.TransferRequest) { to.ApprovalID = from.ApprovalID },
		bank.ErrProofUsed:    func(from, to *bank.TransferRequest) { to.ProofID = from.ProofID },
	} {
		f := aBank(t)
		first, second := proved(f, 1_00), f.Request(alice, bob, 2_00)
		unshared := second
		share(&first, &second)
		paid := f.Pay(t, first)
		made(t, paid)
		_, err := f.Transfer(t.Context(), second)
		testkit.WantError(t, err, want)
		same(t, paid, f.Pay(t, first)) // a repetition is no second use
		made(t, f.Pay(t, unshared))    // and the error was not recorded under the key
		f.Want(t, balances{alice: 97_00, bob: 53_00})
	}
}

func TestTwoTransfersRacingForOneApprovalHaveOneWinner(t *testing.T) {
	race(t, bank.ErrApprovalUsed, func(r *bank.TransferRequest) { r.ApprovalID = "shared" })
}

func TestOfSixteenTransfersByOneProofOneIsMade(t *testing.T) {
	race(t, bank.ErrProofUsed, func(r *bank.TransferRequest) { r.ProofID = proofID })
}

// race makes sixteen transfers at one instant that share something: one is made, the others meet the error.
func race(t *testing.T, want error, share func(*bank.TransferRequest)) {
	t.Helper()
	f := aBank(t)
	var moved, refused atomic.Int64
	testkit.Together(16, func(int) {
		request := f.Request(alice, bob, 1_00)
		share(&request)
		switch receipt, err := f.Transfer(t.Context(), request); {
		case err == nil && receipt.Refusal == "":
			moved.Add(1)
		case errors.Is(err, want):
			refused.Add(1)
		default:
			t.Errorf("%+v, %v", receipt, err)
		}
	})
	if moved.Load() != 1 || refused.Load() != 15 {
		t.Errorf("%d moved, %d refused", moved.Load(), refused.Load())
	}
	f.Want(t, balances{alice: 99_00, bob: 51_00})
}

func TestAnAccountOfSomebodyElseAnswersAsOneThatIsNotThere(t *testing.T) {
	f := aBank(t)
	theft, nowhere := f.Request(bob, alice, 1_00), f.Request("1000000001-77", bob, 1_00)
	theft.CustomerID = alice.Owner()
	one, other := f.Pay(t, theft), f.Pay(t, nowhere)
	if one.Refusal != bank.NoSuchAccount || other.Refusal != bank.NoSuchAccount {
		t.Errorf("%q and %q", one.Refusal, other.Refusal)
	}
	blank := strings.NewReplacer(string(bob), "", string(alice), "", "1000000001-77", "")
	if a, b := blank.Replace(string(one.Answer)), blank.Replace(string(other.Answer)); a != b {
		t.Errorf("%s and %s", a, b)
	}
	f.Want(t, balances{alice: 100_00, bob: 50_00})
}

var proofID = strings.Repeat("a1", 32)

// proved is a request of alice to bob with a key and an approval of its own, that came with the proof.
func proved(f *banktest.Fixture, amount bank.Amount) bank.TransferRequest {
	request := f.Request(alice, bob, amount)
	request.ProofID = proofID
	return request
}
