package bank_test

import (
	"bytes"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"drawbridge/shared/bank"
	"drawbridge/shared/bank/banktest"
)

const (
	alice   bank.AccountID = "1000000001-01"
	savings bank.AccountID = "1000000001-02"
	bob     bank.AccountID = "1000000002-01"
)

// aBank has alice with 100.00 EUR and bob with 50.00 EUR.
func aBank(t *testing.T) *banktest.Fixture {
	f := banktest.New(t)
	f.Account(t, alice, "EUR", 100_00)
	f.Account(t, bob, "EUR", 50_00)
	return f
}

func transfer(t *testing.T, f *banktest.Fixture, request bank.TransferRequest) bank.Receipt {
	t.Helper()
	receipt, err := f.Transfer(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	return receipt
}

func wantBalances(t *testing.T, f *banktest.Fixture, want map[bank.AccountID]bank.Amount) {
	t.Helper()
	for id, amount := range want {
		if got := f.Balance(t, id); got != amount {
			t.Errorf("%s has %d, want %d", id, got, amount)
		}
	}
}

func TestATransferMovesMoneyAndWritesTwoEntries(t *testing.T) {
	f := aBank(t)
	receipt := transfer(t, f, f.Request(alice, bob, 30_00))
	if receipt.Refusal != "" || receipt.Replayed || !bytes.Contains(receipt.Answer, []byte(`"TransferID":"tr_`)) {
		t.Errorf("receipt %+v, answer %s", receipt, receipt.Answer)
	}
	wantBalances(t, f, map[bank.AccountID]bank.Amount{alice: 70_00, bob: 80_00})
	for id, amount := range map[bank.AccountID]bank.Amount{alice: -30_00, bob: 30_00} {
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
	first := transfer(t, f, request)
	f.Now = f.Now.Add(48 * time.Hour)
	request.ApprovalID = "another approval"
	second := transfer(t, f, request)
	if !second.Replayed || !bytes.Equal(first.Answer, second.Answer) {
		t.Errorf("first %s\nthen  %s", first.Answer, second.Answer)
	}
	wantBalances(t, f, map[bank.AccountID]bank.Amount{alice: 0, bob: 150_00})
}

func TestSixteenAtTheSameInstantGetOneAnswer(t *testing.T) {
	f := aBank(t)
	request := f.Request(alice, bob, 60_00)
	answers := make([]bank.Receipt, 16)
	var group sync.WaitGroup
	for i := range answers {
		group.Go(func() {
			var err error
			if answers[i], err = f.Transfer(t.Context(), request); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
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
	wantBalances(t, f, map[bank.AccountID]bank.Amount{alice: 40_00, bob: 110_00})
}

func TestAKeyIsRefusedForAnotherRequest(t *testing.T) {
	f := aBank(t)
	f.Account(t, savings, "EUR", 0)
	request := f.Request(alice, bob, 10_00)
	transfer(t, f, request)
	for name, change := range map[string]func(*bank.TransferRequest){
		"amount":   func(r *bank.TransferRequest) { r.Amount++ },
		"payee":    func(r *bank.TransferRequest) { r.To = savings },
		"payer":    func(r *bank.TransferRequest) { r.From = savings },
		"currency": func(r *bank.TransferRequest) { r.Currency = "JPY" },
		"refused":  func(r *bank.TransferRequest) { r.To = r.From }, // would be a terminal refusal under its own key
	} {
		other := request
		change(&other)
		if _, err := f.Transfer(t.Context(), other); !errors.Is(err, bank.ErrKeyReused) {
			t.Errorf("another %s: %v", name, err)
		}
	}
	wantBalances(t, f, map[bank.AccountID]bank.Amount{alice: 90_00, bob: 60_00})
}

func TestTheSameKeyOfAnotherCustomerIsAnotherKey(t *testing.T) {
	f := aBank(t)
	one, other := f.Request(alice, bob, 1_00), f.Request(bob, alice, 2_00)
	other.Key = one.Key
	transfer(t, f, one)
	if receipt := transfer(t, f, other); receipt.Replayed || receipt.Refusal != "" {
		t.Errorf("%+v", receipt)
	}
}

func TestARefusalIsFinalForItsKeyAndUsesNothingUp(t *testing.T) {
	f := aBank(t)
	request := f.Request(alice, bob, 100_01)
	first := transfer(t, f, request)
	if first.Refusal != bank.InsufficientFunds {
		t.Fatalf("refusal %q", first.Refusal)
	}
	if err := banktest.Deposit(t.Context(), f.Bank, alice, 500_00, "EUR", "salary"); err != nil {
		t.Fatal(err)
	}
	if again := transfer(t, f, request); !again.Replayed || !bytes.Equal(first.Answer, again.Answer) {
		t.Errorf("first %s\nthen  %s", first.Answer, again.Answer)
	}
	retried := f.Request(alice, bob, 100_01)
	retried.ApprovalID = request.ApprovalID
	if receipt := transfer(t, f, retried); receipt.Refusal != "" {
		t.Errorf("the approval of a refused transfer was used up: %q", receipt.Refusal)
	}
	wantBalances(t, f, map[bank.AccountID]bank.Amount{alice: 499_99, bob: 150_01})
}

func TestAnApprovalPaysForOneTransfer(t *testing.T) {
	f := aBank(t)
	first, second := f.Request(alice, bob, 1_00), f.Request(alice, bob, 2_00)
	second.ApprovalID = first.ApprovalID
	transfer(t, f, first)
	if _, err := f.Transfer(t.Context(), second); !errors.Is(err, bank.ErrApprovalUsed) {
		t.Fatalf("second: %v", err)
	}
	if again := transfer(t, f, first); !again.Replayed {
		t.Error("a repetition of the first counted as a second use")
	}
	second.ApprovalID = "a new approval"
	if receipt := transfer(t, f, second); receipt.Refusal != "" || receipt.Replayed {
		t.Errorf("the challenge was recorded under the key: %+v", receipt)
	}
	wantBalances(t, f, map[bank.AccountID]bank.Amount{alice: 97_00, bob: 53_00})
}

func TestTwoTransfersRacingForOneApprovalHaveOneWinner(t *testing.T) {
	f := aBank(t)
	var group sync.WaitGroup
	var mu sync.Mutex
	moved, refused := 0, 0
	for range 8 {
		request := f.Request(alice, bob, 1_00)
		request.ApprovalID = "shared"
		group.Go(func() {
			_, err := f.Transfer(t.Context(), request)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				moved++
			case errors.Is(err, bank.ErrApprovalUsed):
				refused++
			default:
				t.Error(err)
			}
		})
	}
	group.Wait()
	if moved != 1 || refused != 7 {
		t.Errorf("%d moved, %d refused", moved, refused)
	}
}

func TestAnAccountOfSomebodyElseAnswersAsOneThatIsNotThere(t *testing.T) {
	f := aBank(t)
	theft, nowhere := f.Request(bob, alice, 1_00), f.Request("1000000001-77", bob, 1_00)
	theft.CustomerID = alice.Owner()
	one, other := transfer(t, f, theft), transfer(t, f, nowhere)
	if one.Refusal != bank.NoSuchAccount || other.Refusal != bank.NoSuchAccount {
		t.Errorf("%q and %q", one.Refusal, other.Refusal)
	}
	blank := strings.NewReplacer(string(bob), "", string(alice), "", "1000000001-77", "")
	if a, b := blank.Replace(string(one.Answer)), blank.Replace(string(other.Answer)); a != b {
		t.Errorf("%s and %s", a, b)
	}
	wantBalances(t, f, map[bank.AccountID]bank.Amount{alice: 100_00, bob: 50_00})
}
