package bank_test

import (
	"testing"
	"time"

	"drawbridge/shared/bank"
	"drawbridge/shared/bank/banktest"
)

func TestEveryTerminalRefusalNamesItsRule(t *testing.T) {
	const yen bank.AccountID = "1000000001-09"
	do := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	freeze := func(id bank.AccountID) func(*banktest.Fixture) {
		return func(f *banktest.Fixture) { do(f.Freeze(t.Context(), id)) }
	}
	closeSavings := func(f *banktest.Fixture) { do(f.Close(t.Context(), savings)) }
	limitAlice := func(f *banktest.Fixture) { do(f.SetDailyLimit(t.Context(), alice, 20_00)) }
	for name, c := range map[string]struct {
		prepare func(f *banktest.Fixture)
		from    bank.AccountID
		to      bank.AccountID
		amount  bank.Amount
		want    bank.Refusal
	}{
		"not covered":             {nil, alice, bob, 100_01, bank.InsufficientFunds},
		"same account":            {nil, alice, alice, 1, bank.SameAccount},
		"no such payee":           {nil, alice, "1000000009-01", 1, bank.NoSuchAccount},
		"no such payer":           {nil, "1000000001-55", bob, 1, bank.NoSuchAccount},
		"payer in other currency": {nil, yen, bob, 1, bank.CurrencyMismatch},
		"payee in other currency": {nil, alice, yen, 1, bank.CurrencyMismatch},
		"payer frozen":            {freeze(alice), alice, bob, 1, bank.AccountFrozen},
		"payee frozen":            {freeze(bob), alice, bob, 1, bank.AccountFrozen},
		"payer closed":            {closeSavings, savings, bob, 1, bank.AccountClosed},
		"payee closed":            {closeSavings, alice, savings, 1, bank.AccountClosed},
		"over the daily limit":    {limitAlice, alice, bob, 20_01, bank.DailyLimit},
	} {
		t.Run(name, func(t *testing.T) {
			f := aBank(t)
			f.Account(t, yen, "JPY", 1000)
			f.Account(t, savings, "EUR", 0)
			if c.prepare != nil {
				c.prepare(f)
			}
			request := f.Request(c.from, c.to, c.amount)
			if got := transfer(t, f, request); got.Refusal != c.want {
				t.Errorf("got %q, want %q", got.Refusal, c.want)
			}
			wantBalances(t, f, map[bank.AccountID]bank.Amount{alice: 100_00, bob: 50_00, savings: 0, yen: 1000})
		})
	}
}

func TestTheDailyLimitCountsAllTransfersOfADayAndStartsAfreshTheNext(t *testing.T) {
	f := aBank(t)
	if err := f.SetDailyLimit(t.Context(), alice, 20_00); err != nil {
		t.Fatal(err)
	}
	step := func(amount bank.Amount, want bank.Refusal) {
		t.Helper()
		if got := transfer(t, f, f.Request(alice, bob, amount)); got.Refusal != want {
			t.Errorf("%d: %q, want %q", amount, got.Refusal, want)
		}
	}
	step(15_00, "")
	step(5_01, bank.DailyLimit)
	step(5_00, "")
	step(1, bank.DailyLimit)
	f.Now = f.Now.Add(12 * time.Hour) // midnight
	step(20_00, "")
	step(1, bank.DailyLimit)
	f.Now = f.Now.Add(-12 * time.Hour) // a function whose clock is behind: the new day's limit holds
	step(1, bank.DailyLimit)
	if err := f.SetDailyLimit(t.Context(), alice, 0); err != nil {
		t.Fatal(err)
	}
	step(30_00, "")
	wantBalances(t, f, map[bank.AccountID]bank.Amount{alice: 30_00, bob: 120_00})
}
