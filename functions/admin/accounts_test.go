package main

import (
	"testing"

	"drawbridge/shared/bank"
	"drawbridge/shared/testkit"
)

const itself = "account " + account

func TestAnAccountIsOpenedOnce(t *testing.T) {
	w := newWorld(t)
	const second = alice + "-02"
	f := fields{"account_id": second, "currency": "JPY"}
	w.once("open_account", f, change{Of: "account " + second, What: "status", To: "open"})
	w.refuses(currencyMismatch, "open_account", f.with("currency", "EUR"))
}

func TestAFrozenAccountNeitherPaysNorIsPaidUntilItIsNot(t *testing.T) {
	w := newWorld(t)
	w.once("freeze_account", ofAccount, change{Of: itself, What: "status", From: "open", To: "frozen"})
	w.refuses(accountFrozen, "deposit", money("1.00", "a"))
	w.refuses(accountFrozen, "withdraw", money("1.00", "b"))
	w.once("unfreeze_account", ofAccount, change{Of: itself, What: "status", From: "frozen", To: "open"})
	w.done("withdraw", money("1.00", "b"))
}

func TestAnAccountIsClosedForGoodWhenItIsEmpty(t *testing.T) {
	w := newWorld(t)
	w.refuses(accountNotEmpty, "close_account", ofAccount)
	w.done("withdraw", money("100.00", "all of it"))
	w.once("close_account", ofAccount, change{Of: itself, What: "status", From: "open", To: "closed"})
	for command, f := range map[string]fields{
		"open_account": ofAccount.with("currency", "EUR"), "freeze_account": ofAccount, "unfreeze_account": ofAccount,
		"deposit": money("1.00", "late"), "withdraw": money("1.00", "later"), "clear_daily_limit": ofAccount,
	} {
		w.refuses(accountClosed, command, f)
	}
	w.do("withdraw", money("100.00", "all of it")).want(unchanged) // what was done before stays done
}

func TestAFrozenEmptyAccountIsClosed(t *testing.T) {
	w := newWorld(t)
	w.done("withdraw", money("100.00", "all"))
	w.done("freeze_account", ofAccount)
	w.once("close_account", ofAccount, change{Of: itself, What: "status", From: "frozen", To: "closed"})
}

var limit = ofAccount.with("amount", "50.00").with("currency", "EUR")

func TestADailyLimitIsSetAndTakenAway(t *testing.T) {
	w := newWorld(t)
	w.once("set_daily_limit", limit, change{Of: itself, What: "daily_limit", From: "none", To: "50.00"})
	if view := w.account(); view.DailyLimit != "50.00" || view.LeftToday != "50.00" {
		t.Errorf("%+v", view)
	}
	w.refuses(currencyMismatch, "set_daily_limit", limit.with("amount", "50").with("currency", "JPY"))
	w.once("clear_daily_limit", ofAccount, change{Of: itself, What: "daily_limit", From: "50.00", To: "none"})
}

func TestALimitThatIsSetAgainDoesNotBeginAnew(t *testing.T) {
	w := newWorld(t)
	w.done("set_daily_limit", limit)
	w.done("open_account", fields{"account_id": bob + "-01", "currency": "EUR"})
	w.transfer("k", 30_00)
	w.do("set_daily_limit", limit).want(unchanged)
	if view := w.account(); view.LeftToday != "20.00" {
		t.Errorf("%+v", view)
	}
}

func TestAnAccountThatIsNotThereIsSaidSo(t *testing.T) {
	w := newWorld(t)
	for command, f := range map[string]fields{
		"freeze_account": {}, "unfreeze_account": {}, "close_account": {}, "clear_daily_limit": {}, "show_account": {},
		"set_daily_limit": limit, "deposit": money("1.00", "x"), "withdraw": money("1.00", "y"),
	} {
		w.refuses(noSuchAccount, command, f.with("account_id", alice+"-99"))
	}
}

// transfer sends euro cents from alice's account to bob's.
func (w *world) transfer(key string, amount bank.Amount) {
	w.t.Helper()
	_, err := w.direct.bank.Transfer(w.t.Context(), bank.TransferRequest{
		CustomerID: alice, Key: bank.IdempotencyKey(key), From: account, To: bob + "-01", Amount: amount,
		Currency: "EUR", ApprovalID: "approval-" + key,
	})
	testkit.Must(w.t, err)
}
