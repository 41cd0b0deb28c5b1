package main

import (
	"testing"

	"drawbridge/shared/bank"
	"drawbridge/shared/testkit"
)

var ofAccount = fields{"account_id": account}

func TestAnAccountIsOpenedOnce(t *testing.T) {
	w := aBank(t)
	f := fields{"account_id": alice + "-02", "currency": "JPY"}
	if g := w.plan(t, "open_account", f); g.change(t, "status").To != "open" || g.change(t, "currency").To != "JPY" {
		t.Error(g.text)
	}
	w.do(t, "open_account", f).want(t, done)
	w.do(t, "open_account", f).want(t, unchanged)
	w.do(t, "open_account", fields{"account_id": alice + "-02", "currency": "EUR"}).refused(t, currencyMismatch)
}

func TestAFrozenAccountNeitherPaysNorIsPaidUntilItIsNot(t *testing.T) {
	w := aBank(t)
	if c := w.plan(t, "freeze_account", ofAccount).change(t,
		"status"); c != (change{Of: "account " + account, What: "status", From: "open", To: "frozen"}) {
		t.Errorf("%+v", c)
	}
	w.do(t, "freeze_account", ofAccount).want(t, done)
	w.do(t, "freeze_account", ofAccount).want(t, unchanged)
	w.do(t, "deposit", money("1.00", "a")).refused(t, accountFrozen)
	w.do(t, "withdraw", money("1.00", "b")).refused(t, accountFrozen)
	w.plan(t, "unfreeze_account", ofAccount).want(t, planned)
	w.do(t, "unfreeze_account", ofAccount).want(t, done)
	w.do(t, "unfreeze_account", ofAccount).want(t, unchanged)
	w.do(t, "withdraw", money("1.00", "b")).want(t, done)
}

func TestAnAccountIsClosedForGoodWhenItIsEmpty(t *testing.T) {
	w := aBank(t)
	w.do(t, "close_account", ofAccount).refused(t, accountNotEmpty)
	w.plan(t, "close_account", ofAccount).refused(t, accountNotEmpty)
	w.do(t, "withdraw", money("100.00", "all of it")).want(t, done)
	w.plan(t, "close_account", ofAccount).want(t, planned)
	w.do(t, "close_account", ofAccount).want(t, done)
	w.do(t, "close_account", ofAccount).want(t, unchanged)
	for command, f := range map[string]fields{
		"open_account": {"account_id": account, "currency": "EUR"}, "freeze_account": ofAccount,
		"unfreeze_account": ofAccount,
		"deposit":          money("1.00", "late"), "withdraw": money("1.00", "later"), "clear_daily_limit": ofAccount,
	} {
		w.do(t, command, f).refused(t, accountClosed)
	}
	w.do(t, "withdraw", money("100.00", "all of it")).want(t, unchanged) // what was done before stays done
}

func TestAFrozenEmptyAccountIsClosed(t *testing.T) {
	w := aBank(t)
	w.do(t, "withdraw", money("100.00", "all")).want(t, done)
	w.do(t, "freeze_account", ofAccount).want(t, done)
	w.do(t, "close_account", ofAccount).want(t, done)
}

func TestADailyLimitIsSetAndTakenAway(t *testing.T) {
	w := aBank(t)
	limit := fields{"account_id": account, "amount": "50.00", "currency": "EUR"}
	if c := w.plan(t, "set_daily_limit", limit).change(t, "daily_limit"); c.From != "none" || c.To != "50.00" {
		t.Errorf("%+v", c)
	}
	w.do(t, "set_daily_limit", limit).want(t, done)
	w.do(t, "set_daily_limit", limit).want(t, unchanged)
	var view accountView
	w.do(t, "show_account", ofAccount).into(t, &view)
	if view.DailyLimit != "50.00" || view.LeftToday != "50.00" {
		t.Errorf("%+v", view)
	}
	w.do(t, "set_daily_limit", fields{"account_id": account, "amount": "50", "currency": "JPY"}).refused(t,
		currencyMismatch)
	w.do(t, "clear_daily_limit", ofAccount).want(t, done)
	w.do(t, "clear_daily_limit", ofAccount).want(t, unchanged)
}

func TestALimitThatIsSetAgainDoesNotBeginAnew(t *testing.T) {
	w := aBank(t)
	limit := fields{"account_id": account, "amount": "50.00", "currency": "EUR"}
	w.do(t, "set_daily_limit", limit).want(t, done)
	w.do(t, "open_account", fields{"account_id": bob + "-01", "currency": "EUR"}).want(t, done)
	w.transfer(t, "k", 30_00)
	w.do(t, "set_daily_limit", limit).want(t, unchanged)
	var view accountView
	w.do(t, "show_account", ofAccount).into(t, &view)
	if view.LeftToday != "20.00" {
		t.Errorf("%+v", view)
	}
}

func TestAnAccountThatIsNotThereIsSaidSo(t *testing.T) {
	w := aBank(t)
	const none = alice + "-99"
	for command, f := range map[string]fields{
		"freeze_account": {}, "unfreeze_account": {}, "close_account": {}, "clear_daily_limit": {}, "show_account": {},
		"set_daily_limit": {"amount": "1.00", "currency": "EUR"},
		"deposit":         money("1.00", "x"), "withdraw": money("1.00", "y"),
	} {
		f["account_id"] = none
		w.do(t, command, f).refused(t, noSuchAccount)
		w.plan(t, command, f).refused(t, noSuchAccount)
	}
}

// transfer sends euro cents from alice's account to bob's.
func (w *world) transfer(t *testing.T, key string, amount bank.Amount) bank.Receipt {
	t.Helper()
	receipt, err := w.direct.bank.Transfer(t.Context(), bank.TransferRequest{
		CustomerID: alice, Key: bank.IdempotencyKey(key), From: account, To: bob + "-01", Amount: amount,
		Currency:   "EUR",
		ApprovalID: "approval-" + key,
	})
	testkit.Must(t, err)
	return receipt
}
