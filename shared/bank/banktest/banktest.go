// Package banktest gives a test a bank with accounts in it, on a real engine.
package banktest

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"drawbridge/shared/bank"
	"drawbridge/shared/dynamo/dynamotest"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// Fixture is a bank on tables of its own.
type Fixture struct {
	*bank.Bank
	DB  *dynamotest.DB
	Now time.Time // the bank's clock; set it before the calls that it is for

	keys atomic.Int64
}

// New returns an empty bank whose clock stands at noon of 22 November 2026, UTC.
func New(t testing.TB) *Fixture {
	t.Helper()
	db := dynamotest.New(t)
	f := &Fixture{DB: db, Now: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)}
	f.Bank = On(t, db, db.Client, func() time.Time { return f.Now })
	return f
}

// On returns a bank on the tables of db that speaks through client, which may be a disturbed one.
func On(t testing.TB, db *dynamotest.DB, client *dynamodb.Client, now func() time.Time) *bank.Bank {
	t.Helper()
	return bank.New(bank.Config{
		Client: client, Now: now,
		Accounts: db.Tables["AccountsTable"], Transfers: db.Tables["TransfersTable"],
		Ledger: db.Tables["LedgerTable"], Approvals: db.Tables["ApprovalsTable"],
	})
}

// Account opens an account and deposits the balance, in minor units, then moves the clock on by a second.
func (f *Fixture) Account(t testing.TB, id bank.AccountID, currency bank.Currency, balance bank.Amount) bank.AccountID {
	t.Helper()
	if err := f.Open(t.Context(), id, currency); err != nil {
		t.Fatal(err)
	}
	if balance > 0 {
		if err := f.Deposit(t.Context(), id, balance, currency, "opening"); err != nil {
			t.Fatal(err)
		}
	}
	f.Now = f.Now.Add(time.Second)
	return id
}

// Request returns a transfer in euros, asked for by the payer's owner, with a key and an approval of its own.
func (f *Fixture) Request(from, to bank.AccountID, amount bank.Amount) bank.TransferRequest {
	n := f.keys.Add(1)
	return bank.TransferRequest{
		CustomerID: from.Owner(), Key: bank.IdempotencyKey(fmt.Sprintf("key-%d", n)), From: from, To: to,
		Amount: amount, Currency: "EUR", ApprovalID: fmt.Sprintf("approval-%d", n),
	}
}

// Balance returns an account's balance.
func (f *Fixture) Balance(t testing.TB, id bank.AccountID) bank.Amount {
	t.Helper()
	accounts, err := f.Balances(t.Context(), id.Owner())
	if err != nil {
		t.Fatal(err)
	}
	for _, account := range accounts {
		if account.ID == id {
			return account.Balance
		}
	}
	t.Fatalf("there is no account %s", id)
	return 0
}
