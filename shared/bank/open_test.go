package bank_test

import (
	"errors"
	"testing"

	"drawbridge/shared/bank"
	"drawbridge/shared/bank/banktest"
)

func TestOpeningAndDepositingAgainChangeNothing(t *testing.T) {
	f := aBank(t)
	for range 3 {
		if err := f.Open(t.Context(), alice, "EUR"); err != nil {
			t.Fatal(err)
		}
		if err := banktest.Deposit(t.Context(), f.Bank, alice, 5_00, "EUR", "gift"); err != nil {
			t.Fatal(err)
		}
	}
	wantBalances(t, f, map[bank.AccountID]bank.Amount{alice: 105_00})
	entries, _, err := f.Statement(t.Context(), alice.Owner(), bank.Page{Limit: 10})
	if err != nil || len(entries) != 2 {
		t.Errorf("%d entries, %v", len(entries), err)
	}
}

func TestADepositThatCannotBeIsRefused(t *testing.T) {
	f := aBank(t)
	if err := banktest.Deposit(t.Context(), f.Bank, alice, 1, "EUR", "opening"); !errors.Is(err, bank.ErrKeyReused) {
		t.Errorf("another amount under a used key: %v", err)
	}
	if err := banktest.Deposit(t.Context(), f.Bank, nowhere, 1, "EUR", "k"); !errors.Is(err, bank.ErrNoSuchAccount) {
		t.Errorf("no account: %v", err)
	}
	if err := banktest.Deposit(t.Context(), f.Bank, alice, 1, "JPY", "k"); !errors.Is(err, bank.ErrState) {
		t.Errorf("another currency: %v", err)
	}
	if err := banktest.Deposit(t.Context(), f.Bank, alice, 0, "EUR", "k"); err == nil {
		t.Error("nothing was deposited")
	}
	wantBalances(t, f, map[bank.AccountID]bank.Amount{alice: 100_00})
}

func TestAnAccountIsNotOpenedInASecondCurrency(t *testing.T) {
	f := aBank(t)
	if err := f.Open(t.Context(), alice, "JPY"); !errors.Is(err, bank.ErrState) {
		t.Error(err)
	}
}

func TestAnAccountWithMoneyIsNotClosed(t *testing.T) {
	f := aBank(t)
	if err := f.Close(t.Context(), alice); !errors.Is(err, bank.ErrState) {
		t.Error(err)
	}
	if err := f.Close(t.Context(), nowhere); !errors.Is(err, bank.ErrNoSuchAccount) {
		t.Error(err)
	}
}

func TestAClosedAccountStaysClosed(t *testing.T) {
	f := aBank(t)
	f.Account(t, savings, "EUR", 0)
	if err := f.Close(t.Context(), savings); err != nil {
		t.Fatal(err)
	}
	if err := f.Thaw(t.Context(), savings); !errors.Is(err, bank.ErrState) {
		t.Error(err)
	}
}
