package reconcile_test

import (
	"context"
	"fmt"
	"testing"

	"drawbridge/shared/bank"
	"drawbridge/shared/bank/banktest"
	"drawbridge/shared/dynamo"
	"drawbridge/shared/reconcile"
	"drawbridge/shared/reconcile/reconciletest"
	"drawbridge/shared/testkit"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// over is a bank of five customers with two accounts each, all of which have paid, and a reconciler over it.
func over(t *testing.T) (*banktest.Fixture, *reconcile.Reconciler) {
	t.Helper()
	f := banktest.New(t)
	var accounts []bank.AccountID
	for i := range 10 {
		id := bank.AccountID(fmt.Sprintf("100000000%d-0%d", i/2+1, i%2+1))
		accounts = append(accounts, f.Account(t, id, "EUR", 100_00))
	}
	for i, account := range accounts {
		_, err := f.Transfer(t.Context(), f.Request(account, accounts[(i+1)%len(accounts)], bank.Amount(i+1)))
		testkit.Must(t, err)
	}
	return f, reconciletest.On(f.DB, f.DB.Client, 3)
}

// moving moves money between two accounts until the function that it returns is called.
func moving(t *testing.T, f *banktest.Fixture) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			if _, err := f.Transfer(t.Context(), f.Request("1000000001-01", "1000000002-01", 1)); err != nil {
				t.Error(err)
				return
			}
		}
	}()
	return func() {
		cancel()
		<-done
	}
}

// Nor does an account count twice: with three accounts a page, some customers have theirs on two pages.
func TestASoundBankHasNoDifferences(t *testing.T) {
	_, r := over(t)
	report, err := reconciletest.All(t.Context(), r)
	if err != nil || len(report.Differences) > 0 || len(report.Unsettled) > 0 || report.Accounts != 10 ||
		report.Entries != 30 {
		t.Errorf("%+v, %v", report, err)
	}
}

func TestEveryKindOfTamperingIsFound(t *testing.T) {
	const account bank.AccountID = "1000000003-02"
	for name, tamper := range map[string]func(t *testing.T, f *banktest.Fixture){
		"a balance changed": func(t *testing.T, f *banktest.Fixture) { f.Tamper(t, account) },
		"a balance that is no number": func(t *testing.T, f *banktest.Fixture) {
			f.DB.Update(t, "AccountsTable", banktest.Key(account), "SET balance = :value", dynamo.Text("1"))
		},
		"an account deleted": func(t *testing.T, f *banktest.Fixture) {
			_, err := f.DB.Client.DeleteItem(t.Context(), &dynamodb.DeleteItemInput{
				TableName: new(f.DB.Tables["AccountsTable"]), Key: banktest.Key(account),
			})
			testkit.Must(t, err)
		},
		"an entry deleted": func(t *testing.T, f *banktest.Fixture) {
			for _, e := range f.DB.Items(t, "LedgerTable") {
				if dynamo.TextOf(e["account_id"]) == string(account) {
					_, err := f.DB.Client.DeleteItem(t.Context(), &dynamodb.DeleteItemInput{
						TableName: new(f.DB.Tables["LedgerTable"]),
						Key:       dynamo.Item{"customer_id": e["customer_id"], "entry_id": e["entry_id"]},
					})
					testkit.Must(t, err)
					return
				}
			}
			t.Fatal("there is no entry")
		},
		"an entry of nothing added": func(t *testing.T, f *banktest.Fixture) {
			_, err := f.DB.Client.PutItem(t.Context(), &dynamodb.PutItemInput{
				TableName: new(f.DB.Tables["LedgerTable"]),
				Item: dynamo.Item{
					"customer_id": dynamo.Text(account.Owner()), "entry_id": dynamo.Text("forged"),
					"account_id": dynamo.Text(string(account)), "amount": dynamo.Number(0),
				},
			})
			testkit.Must(t, err)
		},
	} {
		t.Run(name, func(t *testing.T) {
			f, r := over(t)
			tamper(t, f)
			report, err := reconciletest.All(t.Context(), r)
			if err != nil || len(report.Differences) != 1 || report.Differences[0].Account != account {
				t.Errorf("%+v, %v", report, err)
			}
		})
	}
}

func TestAPageTakesUpWhereTheLastOneEnded(t *testing.T) {
	_, r := over(t)
	seen, pages := 0, 0
	for position, more := (reconcile.Position{}), true; more; pages++ {
		var report reconcile.Report
		var err error
		report, position, more, err = r.Page(t.Context(), position)
		testkit.Must(t, err)
		seen += report.Accounts
	}
	if seen != 10 || pages < 4 {
		t.Errorf("%d accounts on %d pages of 3, want 10", seen, pages)
	}
}

func TestMoneyThatMovesIsNotADifference(t *testing.T) {
	f, r := over(t)
	defer moving(t, f)()
	for range 5 {
		if report, err := reconciletest.All(t.Context(), r); err != nil || len(report.Differences) > 0 {
			t.Errorf("%+v, %v", report, err)
		}
	}
}
