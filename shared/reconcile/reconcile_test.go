package reconcile_test

import (
	"fmt"
	"testing"
	"time"

	"drawbridge/shared/bank"
	"drawbridge/shared/bank/banktest"
	"drawbridge/shared/dynamo"
	"drawbridge/shared/reconcile"
	"drawbridge/shared/reconcile/reconciletest"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// over returns a bank of five customers with two accounts each, all of which have paid, and a reconciler over it.
func over(t *testing.T) (*banktest.Fixture, *reconcile.Reconciler) {
	f := banktest.New(t)
	var accounts []bank.AccountID
	for customer := range 5 {
		for number := range 2 {
			accounts = append(
				accounts,
				f.Account(t, bank.AccountID(fmt.Sprintf("100000000%d-0%d", customer+1, number+1)), "EUR", 100_00),
			)
		}
	}
	for i, account := range accounts {
		if _, err := f.Transfer(
			t.Context(), f.Request(account, accounts[(i+1)%len(accounts)], bank.Amount(i+1)),
		); err != nil {
			t.Fatal(err)
		}
	}
	r := reconcile.New(reconcile.Config{
		Client: f.DB.Client, Accounts: f.DB.Tables["AccountsTable"], Ledger: f.DB.Tables["LedgerTable"], PageSize: 3,
		Pause: time.Millisecond,
	})
	return f, r
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
	key := dynamo.Item{"customer_id": dynamo.Text(account.Owner()), "account_id": dynamo.Text(string(account))}
	for name, tamper := range map[string]func(t *testing.T, f *banktest.Fixture) error{
		"a balance changed": func(t *testing.T, f *banktest.Fixture) error {
			_, err := f.DB.Client.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{
				TableName: new(f.DB.Tables["AccountsTable"]), Key: key, UpdateExpression: new("ADD balance :one"),
				ExpressionAttributeValues: dynamo.Item{":one": dynamo.Number(1)},
			})
			return err
		},
		"a balance that is no number": func(t *testing.T, f *banktest.Fixture) error {
			_, err := f.DB.Client.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{
				TableName: new(f.DB.Tables["AccountsTable"]), Key: key, UpdateExpression: new("SET balance = :text"),
				ExpressionAttributeValues: dynamo.Item{":text": dynamo.Text("1")},
			})
			return err
		},
		"an account deleted": func(t *testing.T, f *banktest.Fixture) error {
			_, err := f.DB.Client.DeleteItem(t.Context(), &dynamodb.DeleteItemInput{
				TableName: new(f.DB.Tables["AccountsTable"]), Key: key,
			})
			return err
		},
		"an entry deleted": func(t *testing.T, f *banktest.Fixture) error {
			entries, _, err := f.Statement(t.Context(), account.Owner(), bank.Page{Limit: 100})
			if err != nil {
				return err
			}
			for _, e := range entries {
				if e.Account == account {
					_, err = f.DB.Client.DeleteItem(t.Context(), &dynamodb.DeleteItemInput{
						TableName: new(f.DB.Tables["LedgerTable"]),
						Key:       dynamo.Item{"customer_id": dynamo.Text(e.CustomerID), "entry_id": dynamo.Text(e.ID)},
					})
					break
				}
			}
			return err
		},
		"an entry of nothing added": func(t *testing.T, f *banktest.Fixture) error {
			_, err := f.DB.Client.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: new(
				f.DB.Tables["LedgerTable"],
			), Item: dynamo.Item{
				"customer_id": dynamo.Text(account.Owner()), "entry_id": dynamo.Text("forged"),
				"account_id": dynamo.Text(string(account)), "amount": dynamo.Number(0),
			}})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			f, r := over(t)
			if err := tamper(t, f); err != nil {
				t.Fatal(err)
			}
			report, err := reconciletest.All(t.Context(), r)
			if err != nil || len(report.Differences) != 1 || report.Differences[0].Account != account {
				t.Errorf("%+v, %v", report, err)
			}
		})
	}
}

func TestAPageTakesUpWhereTheLastOneEnded(t *testing.T) {
	_, r := over(t)
	seen := 0
	position := reconcile.Position{}
	for pages := 1; ; pages++ {
		report, next, more, err := r.Page(t.Context(), position)
		if err != nil {
			t.Fatal(err)
		}
		seen += report.Accounts
		if !more {
			if pages < 4 {
				t.Errorf("10 accounts took %d pages of 3", pages)
			}
			break
		}
		position = next
	}
	if seen != 10 {
		t.Errorf("%d accounts seen", seen)
	}
}

func TestMoneyThatMovesIsNotADifference(t *testing.T) {
	f, r := over(t)
	done := make(chan error, 1)
	stop := make(chan struct{})
	go func() {
		for {
			select {
			case <-stop:
				done <- nil
				return
			default:
			}
			if _, err := f.Transfer(t.Context(), f.Request("1000000001-01", "1000000002-01", 1)); err != nil {
				done <- err
				return
			}
		}
	}()
	for range 5 {
		report, err := reconciletest.All(t.Context(), r)
		if err != nil || len(report.Differences) > 0 {
			t.Errorf("%+v, %v", report, err)
		}
	}
	close(stop)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}
