// Package banktest gives a test a bank with accounts in it, on a real engine.
package banktest

import (
	"context"
	"encoding/json"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"drawbridge/shared/bank"
	"drawbridge/shared/dynamo"
	"drawbridge/shared/dynamo/dynamotest"
	"drawbridge/shared/testkit"

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
	f.Bank = On(db, db.Client, func() time.Time { return f.Now })
	return f
}

// On returns a bank on the tables of db that speaks through client, which may be a disturbed one.
func On(db *dynamotest.DB, client *dynamodb.Client, now func() time.Time) *bank.Bank {
	return bank.New(bank.Config{
		Client: client, Now: now,
		Accounts: db.Tables["AccountsTable"], Transfers: db.Tables["TransfersTable"],
		Ledger: db.Tables["LedgerTable"], Approvals: db.Tables["ApprovalsTable"],
		Answer: func(o bank.Outcome) []byte {
			answer, err := json.Marshal(o)
			if err != nil {
				panic(err) // strings, a number and a time
			}
			return answer
		},
	})
}

// Deposit books money that enters the bank.
func Deposit(
	ctx context.Context, b *bank.Bank, id bank.AccountID, amount bank.Amount, c bank.Currency, key string,
) error {
	_, err := b.Book(ctx, bank.Booking{Account: id, Amount: amount, Currency: c, Key: key})
	return err
}

// Deposit books money that enters the bank.
func (f *Fixture) Deposit(t testing.TB, id bank.AccountID, amount bank.Amount, c bank.Currency, key string) {
	t.Helper()
	testkit.Must(t, Deposit(t.Context(), f.Bank, id, amount, c, key))
}

// Account opens an account and deposits the balance, in minor units, then moves the clock on by a second.
func (f *Fixture) Account(t testing.TB, id bank.AccountID, currency bank.Currency, balance bank.Amount) bank.AccountID {
	t.Helper()
	testkit.Must(t, f.Open(t.Context(), id, currency))
	if balance > 0 {
		f.Deposit(t, id, balance, currency, "opening")
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

// Pay makes a transfer, which may be refused.
func (f *Fixture) Pay(t testing.TB, request bank.TransferRequest) bank.Receipt {
	t.Helper()
	receipt, err := f.Transfer(t.Context(), request)
	testkit.Must(t, err)
	return receipt
}

// Balances are those of several accounts.
type Balances map[bank.AccountID]bank.Amount

// Want fails the test unless accounts have these balances.
func (f *Fixture) Want(t testing.TB, want Balances) {
	t.Helper()
	for id, amount := range want {
		if got := f.Balance(t, id); got != amount {
			t.Errorf("%s has %d, want %d", id, got, amount)
		}
	}
}

// Tamper gives an account a cent of which its ledger knows nothing.
func (f *Fixture) Tamper(t testing.TB, id bank.AccountID) {
	t.Helper()
	f.DB.Update(t, "AccountsTable", Key(id), "ADD balance :value", dynamo.Number(1))
}

// Key is the key of an account in its table.
func Key(id bank.AccountID) dynamo.Item {
	return dynamo.Item{"customer_id": dynamo.Text(id.Owner()), "account_id": dynamo.Text(string(id))}
}

// Balance returns an account's balance.
func (f *Fixture) Balance(t testing.TB, id bank.AccountID) bank.Amount {
	t.Helper()
	account, err := f.Find(t.Context(), id)
	testkit.Must(t, err)
	return account.Balance
}
