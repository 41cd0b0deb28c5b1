package main

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"drawbridge/shared/dynamo/dynamotest"
	"drawbridge/shared/reconcile"
	"drawbridge/shared/reconcile/reconciletest"
	"drawbridge/shared/testkit"
)

func TestADepositIsMadeOnce(t *testing.T) {
	w := newWorld(t)
	var first, second booked
	w.once("deposit", money("5.50", "wages"), change{Of: itself, What: "balance", By: "5.50"}).into(&first)
	again := w.do("deposit", money("5.5", "wages")) // one meaning, so one operation
	if again.into(&second); again.Outcome != unchanged || second != first {
		t.Errorf("%s, then %s", first, again.text)
	}
	w.wantBalance("105.50")
}

func TestAWithdrawalIsMadeOnce(t *testing.T) {
	w := newWorld(t) // though there is nothing left for a second
	w.once("withdraw", money("100.00", "till"), change{Of: itself, What: "balance", By: "-100.00"})
	w.wantBalance("0.00")
}

func TestMoreThanThereIsIsNotWithdrawn(t *testing.T) {
	w := newWorld(t)
	w.refuses(insufficientFunds, "withdraw", money("100.01", "till"))
	w.done("withdraw", money("100.00", "till")) // a refusal does not use the operation_id up
}

func TestAnOperationIDStandsForOneOperationOnItsAccount(t *testing.T) {
	w := newWorld(t)
	w.refuses(operationIDReused, "deposit", money("1.00", "opening"))
	w.refuses(operationIDReused, "withdraw", money("100.00", "opening"))
	w.done("open_account", fields{"account_id": alice + "-02", "currency": "EUR"})
	w.done("deposit", money("100.00", "opening").with("account_id", alice+"-02"))
}

func TestAnotherCurrencyIsRefused(t *testing.T) {
	newWorld(t).refuses(currencyMismatch, "deposit", money("5", "yen").with("currency", "JPY"))
}

func TestOfManyEqualWithdrawalsAtOnceOneIsMade(t *testing.T) {
	w := newWorld(t)
	testkit.Together(8, func(int) {
		_, err := w.Invoke(invocation(t.Context()), []byte(payload("withdraw", money("60.00", "till"))))
		testkit.WantError(t, err, nil)
	})
	w.wantBalance("40.00")
}

func TestOfManyWithdrawalsAtOnceNoneTakesMoreThanThereIs(t *testing.T) {
	w := newWorld(t)
	testkit.Together(8, func(i int) {
		_, err := w.Invoke(invocation(t.Context()), []byte(payload("withdraw", money("30.00", fmt.Sprint("till ", i)))))
		testkit.WantError(t, err, nil)
	})
	w.wantBalance("10.00")
}

func TestACommandRepeatedUntilItIsAnsweredIsCarriedOutOnce(t *testing.T) {
	w := newWorld(t)
	troubled := w.through(w.db.Through(dynamotest.NewFaults()))
	random := rand.New(rand.NewPCG(7, 11))
	for i := range 20 {
		ctx := dynamotest.WithTrouble(invocation(t.Context()), &dynamotest.Trouble{Rate: 0.5, Rand: random})
		command, amount := [...]string{"deposit", "withdraw"}[i%2], [...]string{"1.00", "3.00"}[i%2]
		text := []byte(payload(command, money(amount, fmt.Sprint("op ", i))))
		for _, err := troubled.Invoke(ctx, text); err != nil; _, err = troubled.Invoke(ctx, text) {
			wantFailure(t, err, unavailable)
		}
	}
	w.wantBalance("80.00") // ten of 1.00 in, ten of 3.00 out
	report, _, _, err := reconciletest.On(w.db, w.db.Client, 100).Page(t.Context(), reconcile.Position{})
	if err != nil || len(report.Differences) > 0 || report.Entries != 21 {
		t.Errorf("%+v, %v", report, err)
	}
}
