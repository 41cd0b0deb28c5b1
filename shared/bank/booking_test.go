package bank_test

import (
	"errors"
	"math/rand/v2"
	"sync"
	"testing"

	"drawbridge/shared/bank"
	"drawbridge/shared/bank/banktest"
	"drawbridge/shared/dynamo/dynamotest"
)

// withdrawal takes amount, in euro cents, out of alice's account.
func withdrawal(amount bank.Amount, key string) bank.Booking {
	return bank.Booking{Account: alice, Amount: -amount, Currency: "EUR", Key: key}
}

func TestAWithdrawalLeavesOneEntryAndItsIDFindsIt(t *testing.T) {
	f := aBank(t)
	id, err := f.Book(t.Context(), withdrawal(30_00, "till"))
	if err != nil {
		t.Fatal(err)
	}
	entries, err := f.EntriesOf(t.Context(), alice.Owner(), bank.TransferID(id))
	if err != nil || len(entries) != 1 {
		t.Fatalf("%+v, %v", entries, err)
	}
	if e := entries[0]; e.Amount != -30_00 || e.Counterparty != "" || e.Account != alice {
		t.Errorf("%+v", e)
	}
	wantBalances(t, f, map[bank.AccountID]bank.Amount{alice: 70_00})
}

func TestARepeatedWithdrawalIsTheFirstOne(t *testing.T) {
	f := aBank(t)
	first, err := f.Book(t.Context(), withdrawal(100_00, "till"))
	if err != nil {
		t.Fatal(err)
	}
	second, err := f.Book(t.Context(), withdrawal(100_00, "till")) // there is no money for another
	if err != nil || second != first {
		t.Errorf("%s, then %s, %v", first, second, err)
	}
	wantBalances(t, f, map[bank.AccountID]bank.Amount{alice: 0})
}

func TestOneWithdrawalOfManyAtOnceIsCarriedOut(t *testing.T) {
	f := aBank(t)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if _, err := f.Book(t.Context(), withdrawal(60_00, "till")); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	wantBalances(t, f, map[bank.AccountID]bank.Amount{alice: 40_00})
}

func TestMoreThanTheBalanceIsNotWithdrawn(t *testing.T) {
	f := aBank(t)
	if _, err := f.Book(t.Context(), withdrawal(100_01, "till")); !errors.Is(err, bank.ErrState) {
		t.Error(err)
	}
	wantBalances(t, f, map[bank.AccountID]bank.Amount{alice: 100_00})
}

func TestNothingIsWithdrawnFromAFrozenAccount(t *testing.T) {
	f := aBank(t)
	if err := f.Freeze(t.Context(), alice); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Book(t.Context(), withdrawal(1, "till")); !errors.Is(err, bank.ErrState) {
		t.Error(err)
	}
}

func TestAKeyThatBroughtMoneyInTakesNoneOut(t *testing.T) {
	f := aBank(t)
	if _, err := f.Book(t.Context(), withdrawal(100_00, "opening")); !errors.Is(err, bank.ErrKeyReused) {
		t.Error(err)
	}
	if _, err := f.Booked(t.Context(), withdrawal(100_00, "opening")); !errors.Is(err, bank.ErrKeyReused) {
		t.Error(err)
	}
}

func TestWhatIsBookedIsKnownAndWhatIsNotIsNot(t *testing.T) {
	f := aBank(t)
	if id, err := f.Booked(t.Context(), withdrawal(5, "till")); id != "" || err != nil {
		t.Errorf("%q, %v", id, err)
	}
	want, err := f.Book(t.Context(), withdrawal(5, "till"))
	if err != nil {
		t.Fatal(err)
	}
	if id, err := f.Booked(t.Context(), withdrawal(5, "till")); id != want || err != nil {
		t.Errorf("%q, %v", id, err)
	}
}

func TestAWithdrawalHappensOnceWhateverFails(t *testing.T) {
	f := aBank(t)
	troubled := banktest.On(f.DB, f.DB.Through(dynamotest.NewFaults()), nil)
	random := rand.New(rand.NewPCG(1, 2))
	for i := range 20 {
		ctx := dynamotest.WithTrouble(t.Context(), &dynamotest.Trouble{Rate: 0.5, Rand: random})
		key := string(rune('a' + i))
		for {
			_, err := troubled.Book(ctx, withdrawal(1_00, key))
			if err == nil {
				break
			}
			if !errors.Is(err, bank.ErrUnavailable) {
				t.Fatal(err)
			}
		}
	}
	wantBalances(t, f, map[bank.AccountID]bank.Amount{alice: 80_00})
}

func TestAnAccountIsShownAsItStands(t *testing.T) {
	f := aBank(t)
	if err := f.SetDailyLimit(t.Context(), alice, 50_00); err != nil {
		t.Fatal(err)
	}
	account, err := f.Find(t.Context(), alice)
	if err != nil || account.Balance != 100_00 || account.Status != bank.Open || account.Entries != 1 {
		t.Errorf("%+v, %v", account, err)
	}
	if left, ok := account.LimitOn(f.Now); left != 50_00 || !ok {
		t.Errorf("%d left, %v", left, ok)
	}
	if _, err := f.Find(t.Context(), nowhere); !errors.Is(err, bank.ErrNoSuchAccount) {
		t.Error(err)
	}
}

func TestARequestIsFoundByItsKey(t *testing.T) {
	f := aBank(t)
	request := f.Request(alice, nowhere, 1)
	if _, err := f.Transfer(t.Context(), request); err != nil {
		t.Fatal(err)
	}
	answered, ok, err := f.Answered(t.Context(), request.CustomerID, request.Key)
	if err != nil || !ok || answered.Refusal != bank.NoSuchAccount || answered.TransferID != "" {
		t.Errorf("%+v, %v, %v", answered, ok, err)
	}
	if _, ok, err := f.Answered(t.Context(), request.CustomerID, "another"); ok || err != nil {
		t.Errorf("%v, %v", ok, err)
	}
}
