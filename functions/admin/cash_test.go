package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"drawbridge/shared/dynamo/dynamotest"
	"drawbridge/shared/reconcile"

	"github.com/aws/aws-lambda-go/lambda/messages"
)

func TestADepositIsMadeOnce(t *testing.T) {
	w := aBank(t)
	if c := w.plan(t, "deposit", money("5.50", "wages")).change(t, "balance"); c.By != "5.50" {
		t.Errorf("%+v", c)
	}
	var first, second booked
	w.do(t, "deposit", money("5.50", "wages")).into(t, &first)
	again := w.do(t, "deposit", money("5.5", "wages")) // one meaning, so one operation
	again.want(t, unchanged)
	if again.into(t, &second); second != first || w.balance(t) != "105.50" {
		t.Errorf("%s, then %s; balance %s", first, second, w.balance(t))
	}
}

func TestAWithdrawalIsMadeOnce(t *testing.T) {
	w := aBank(t)
	if c := w.plan(t, "withdraw", money("100.00", "till")).change(t, "balance"); c.By != "-100.00" {
		t.Errorf("%+v", c)
	}
	w.do(t, "withdraw", money("100.00", "till")).want(t, done)
	w.do(t, "withdraw", money("100.00", "till")).want(t, unchanged) // though there is nothing left
	if w.balance(t) != "0.00" {
		t.Error(w.balance(t))
	}
}

func TestMoreThanThereIsIsNotWithdrawn(t *testing.T) {
	w := aBank(t)
	w.do(t, "withdraw", money("100.01", "till")).refused(t, insufficientFunds)
	w.plan(t, "withdraw", money("100.01", "till")).refused(t, insufficientFunds)
	w.do(t, "withdraw", money("100.00", "till")).want(t, done) // a refusal does not use the operation_id up
}

func TestAnOperationIDStandsForOneOperation(t *testing.T) {
	w := aBank(t)
	w.do(t, "deposit", money("1.00", "opening")).refused(t, operationIDReused)
	w.plan(t, "withdraw", money("100.00", "opening")).refused(t, operationIDReused)
}

func TestAnOperationIDOnAnotherAccountIsAnotherOperation(t *testing.T) {
	w := aBank(t)
	w.do(t, "open_account", fields{"account_id": alice + "-02", "currency": "EUR"}).want(t, done)
	other := money("100.00", "opening")
	other["account_id"] = alice + "-02"
	w.do(t, "deposit", other).want(t, done)
}

func TestAnotherCurrencyIsRefused(t *testing.T) {
	w := aBank(t)
	f := money("5", "yen")
	f["currency"] = "JPY"
	w.do(t, "deposit", f).refused(t, currencyMismatch)
}

func TestOfManyEqualWithdrawalsAtOnceOneIsMade(t *testing.T) {
	w := aBank(t)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			payload := fmt.Sprintf(
				`{"command":"withdraw","operator":"carol","account_id":%q,"amount":"60.00","currency":"EUR",`+
					`"operation_id":"till"}`, account)
			if _, err := w.Invoke(invocation(t.Context()), []byte(payload)); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if w.balance(t) != "40.00" {
		t.Error(w.balance(t))
	}
}

func TestOfManyWithdrawalsAtOnceNoneTakesMoreThanThereIs(t *testing.T) {
	w := aBank(t)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			payload := fmt.Sprintf(
				`{"command":"withdraw","operator":"carol","account_id":%q,"amount":"30.00","currency":"EUR",`+
					`"operation_id":"till %d"}`, account, i)
			if _, err := w.Invoke(invocation(t.Context()), []byte(payload)); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if w.balance(t) != "10.00" {
		t.Error(w.balance(t))
	}
}

func TestACommandRepeatedUntilItIsAnsweredIsCarriedOutOnce(t *testing.T) {
	w := aBank(t)
	troubled := w.through(t, w.db.Through(dynamotest.NewFaults()))
	random := rand.New(rand.NewPCG(7, 11))
	for i := range 20 {
		ctx := dynamotest.WithTrouble(invocation(t.Context()), &dynamotest.Trouble{Rate: 0.5, Rand: random})
		command := [...]string{"deposit", "withdraw"}[i%2]
		payload := fmt.Appendf(nil,
			`{"command":%q,"operator":"carol","account_id":%q,"amount":"%d.00","currency":"EUR",`+
				`"operation_id":"op %d"}`, command, account, i%2*2+1, i)
		for _, err := troubled.Invoke(ctx, payload); err != nil; _, err = troubled.Invoke(ctx, payload) {
			if failure, _ := errors.AsType[messages.InvokeResponse_Error](err); failure.Type != string(unavailable) {
				t.Fatal(err)
			}
		}
	}
	if w.balance(t) != "80.00" { // ten of 1.00 in, ten of 3.00 out
		t.Error(w.balance(t))
	}
	reconciler := reconcile.New(reconcile.Config{
		Client: w.db.Client, Accounts: w.db.Tables["AccountsTable"], Ledger: w.db.Tables["LedgerTable"],
	})
	report, _, _, err := reconciler.Page(t.Context(), reconcile.Position{})
	if err != nil || len(report.Differences) > 0 || report.Entries != 21 {
		t.Errorf("%+v, %v", report, err)
	}
}
